"""What the Python engine makes of the cases of cards and exports."""

from datetime import datetime

from credentials import share_card
from credentials.encoding import JsonObject, JsonValue, b64url_decode, b64url_encode
from tests.cases.keys import entropy
from tests.conftest import NOW
from wallet.holder import recovery
from wallet.holder.archive import pack, unpack
from wallet.holder.portability import Secret, open_export, seal_export


def derive(given: JsonObject) -> JsonValue:
    """The code, and what the service is told of it."""
    secret = b64url_decode(str(given["secret"]))
    derived = (recovery.locator(secret), recovery.auth(secret))
    return [recovery.code_of(secret), *map(b64url_encode, derived)]


def code_in(given: JsonObject) -> str | None:
    """The spoken code of a case."""
    return None if given["code"] is None else str(given["code"])


def moment(value: JsonValue) -> datetime:
    """A moment from seconds."""
    return NOW.fromtimestamp(float(str(value)), NOW.tzinfo)


def seal(given: JsonObject) -> JsonValue:
    """A sealed share, and its gate."""
    link, cards = share_card.parse_link(str(given["link"])), given["cards"]
    assert isinstance(cards, list)
    sealed = share_card.seal(
        link,
        [card for card in cards if isinstance(card, str | dict)],
        expires=moment(given["expires"]),
        code=code_in(given),
        entropy=entropy(str(given["seed"])),
    )
    gate = share_card.gate(link, code=code_in(given))
    return {"sealed": b64url_encode(sealed), "gate": b64url_encode(gate)}


def open_share(given: JsonObject) -> JsonValue:
    """The cards of a share."""
    return [
        *share_card.open_share(
            share_card.parse_link(str(given["link"])),
            b64url_decode(str(given["sealed"])),
            expires=moment(given["expires"]),
            code=code_in(given),
            at=moment(given["at"]),
        )
    ]


def read_link(given: JsonObject) -> JsonValue:
    """What a link says, and how it is written again."""
    link = share_card.parse_link(str(given["text"]))
    return [link.origin, b64url_encode(link.share_id), link.coded, link.text()]


def name_visitor(given: JsonObject) -> JsonValue:
    """A visitor's name, sealed and read back."""
    link, code = share_card.parse_link(str(given["link"])), code_in(given)
    draw = entropy(str(given["seed"]))
    sealed = share_card.seal_name(link, str(given["name"]), code=code, entropy=draw)
    return [b64url_encode(sealed), share_card.open_name(link, sealed, code=code)]


def write_archive(given: JsonObject) -> JsonValue:
    """The bytes of an archive."""
    files = given["files"]
    assert isinstance(files, dict)
    return b64url_encode(pack({name: str(text).encode() for name, text in files.items()}))


def secret_in(given: JsonObject) -> Secret:
    """What opens the export of a case."""
    if "recovery" in given:
        return Secret(recovery=b64url_decode(str(given["recovery"])))
    return Secret(passphrase=str(given["passphrase"]))


def seal_case(given: JsonObject) -> JsonValue:
    """A sealed export, as a browser makes it."""
    draw = entropy(str(given["seed"]))
    archive = b64url_decode(str(given["archive"]))
    return seal_export(archive, secret_in(given), entropy=draw, rounds=True)


def open_case(given: JsonObject) -> JsonValue:
    """The archive of an export."""
    return b64url_encode(open_export(str(given["token"]), secret_in(given)))


def read_archive(given: JsonObject) -> JsonValue:
    """The files of an archive."""
    files = unpack(b64url_decode(str(given["archive"])))
    return {name: octets.decode() for name, octets in files.items()}


ANSWERS = {
    "recovery": derive,
    "typed": lambda given: b64url_encode(recovery.secret_of(str(given["text"]))),
    "groups": lambda given: [*recovery.wrong_groups(str(given["text"]))],
    "share seal": seal,
    "share open": open_share,
    "share link": read_link,
    "visitor": name_visitor,
    "archive": write_archive,
    "export": seal_case,
    "import": open_case,
    "unpack": read_archive,
}
