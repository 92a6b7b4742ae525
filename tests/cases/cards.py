"""Cases of the recovery card, the deelkaart and the export (wallet design, 5, 6 and 8)."""

import json
from datetime import timedelta

from credentials import share_card
from credentials.encoding import JsonObject, JsonValue, b64url_decode, b64url_encode, compact_json
from tests.cases.card_engine import ANSWERS, seal, seal_case
from tests.cases.case import Case
from tests.cases.keys import entropy
from tests.cases.token_samples import DC
from tests.conftest import NOW
from wallet.holder import recovery
from wallet.holder.archive import pack

__all__ = ["ANSWERS", "cases"]

SECRET = entropy("recovery")(recovery.SECRET_BYTES)
CODE = recovery.code_of(SECRET)
GROUPS = CODE.split("-")
ENDS = int((NOW + timedelta(days=7)).timestamp())
ORIGIN = "https://deel.skillspass.example"
LINK = share_card.new_link(ORIGIN, coded=False, entropy=entropy("link"))
CODED = share_card.new_link("http://deel.localhost:8002", coded=True, entropy=entropy("coded"))


def _group(number: int, text: str) -> str:
    """The code with another group at that place, from 1."""
    return "-".join([*GROUPS[: number - 1], text, *GROUPS[number:]])


def _other(letter: str) -> str:
    return "7" if letter != "7" else "8"


def _swapped(one: int, other: int) -> str:
    groups = [*GROUPS]
    groups[one - 1], groups[other - 1] = groups[other - 1], groups[one - 1]
    return "-".join(groups)


TYPED = {
    "right": CODE,
    "small letters": CODE.lower(),
    "spaces": CODE.replace("-", " "),
    "in one piece": CODE.replace("-", ""),
    "with line breaks": CODE.replace("-", "\n ", 2),
    "H098 O for 0, I and L for 1": recovery.code_of(bytes(20)).replace("0", "o", 7),
    "H098 one wrong character": _group(3, GROUPS[2][:3] + _other(GROUPS[2][3])),
    "wrong in the checksum": _group(9, _other(GROUPS[8][0]) + GROUPS[8][1:]),
    "H098 two groups swapped": _swapped(2, 7),
    "a group cut short": _group(4, GROUPS[3][:3]),
    "a letter that is none": _group(5, "UUUU"),
    "a group missing": "-".join(GROUPS[:8]),
    "a group too many": f"{CODE}-0000",
    "two groups wrong": "-".join(["7777", "8888", *GROUPS[2:]]),
    "empty": "",
    "foreign letters": "é" * 36,
}


def _link(text: str) -> JsonObject:
    return {"text": text}


LINKS = {
    "plain": LINK.text(),
    "coded": CODED.text(),
    "with blanks": f" {LINK.text()}\n",
    "another path": LINK.text().replace("/s/", "/t/"),
    "a path below": LINK.text().replace("#", "/x#"),
    "a query": LINK.text().replace("#", "?a=b#"),
    "no fragment": LINK.text().partition("#")[0],
    "key cut": LINK.text()[:-1],
    "another mark": LINK.text() + "d",
    "http": LINK.text().replace("https", "http"),
    "another scheme": LINK.text().replace("https", "ftp"),
    "user": LINK.text().replace("deel.", "me@deel."),
    "spare bits in the id": LINK.text()
    .replace("#", "_#")
    .replace(b64url_encode(LINK.share_id)[-1] + "_#", "_#"),
    "no link": "x",
    "empty": "",
}

CARDS: list[JsonValue] = [DC, {"@context": [], "type": "VerifiablePresentation"}]


def sealing(link: share_card.ShareLink, code: str | None, cards: list[JsonValue]) -> JsonObject:
    """The input of a case that seals a share."""
    return {
        "link": link.text(),
        "cards": cards,
        "expires": ENDS,
        "code": code,
        "seed": "share",
    }


def _opening(**change: JsonValue) -> JsonObject:
    given = sealing(CODED, "4711", CARDS)
    sealed = seal(given)
    assert isinstance(sealed, dict)
    return {**given, "sealed": sealed["sealed"], "at": ENDS - 1, **change}


def _bent(sealed: JsonValue) -> str:
    octets = bytearray(b64url_decode(str(sealed)))
    octets[40] ^= 1
    return b64url_encode(bytes(octets))


def _share_cases() -> list[Case]:
    good = _opening()
    longer = share_card.new_link(ORIGIN, coded=True, entropy=entropy("longer")).text()
    opened = {
        "in time": good,
        "at its end": good | {"at": ENDS},
        "another code": good | {"code": "4712"},
        "no code": good | {"code": None},
        "code of letters": good | {"code": "abcd"},
        "code of five": good | {"code": "47110"},
        "code of other digits": good | {"code": "\u0664\u0667\u0661\u0661"},
        "another link": good | {"link": longer},
        "another end": good | {"expires": ENDS + 1},
        "a bit": good | {"sealed": _bent(good["sealed"])},
        "cut": good | {"sealed": str(good["sealed"])[:-4]},
        "empty": good | {"sealed": ""},
    }
    sealed = {
        "plain": sealing(LINK, None, [DC]),
        "coded": sealing(CODED, "0000", CARDS),
        "code where none belongs": sealing(LINK, "0000", [DC]),
        "code missing": sealing(CODED, None, [DC]),
        "no cards": sealing(LINK, None, []),
        "too large": sealing(LINK, None, ["x" * 70_000]),
        "51 cards": sealing(LINK, None, ["x"] * 51),
    }
    names: dict[str, JsonObject] = {
        "a name": {"link": LINK.text(), "name": "De firma é", "code": None, "seed": "name"},
        "no name": {"link": LINK.text(), "name": "", "code": None, "seed": "name"},
        "a long name": {"link": LINK.text(), "name": "x" * 128, "code": None, "seed": "name"},
    }
    return [
        *(Case(f"share seal {name}", "share seal", given) for name, given in sealed.items()),
        *(Case(f"share open {name}", "share open", given) for name, given in opened.items()),
        *(Case(f"share link {name}", "share link", _link(text)) for name, text in LINKS.items()),
        *(Case(f"visitor {name}", "visitor", given) for name, given in names.items()),
    ]


FILES: JsonObject = {
    "credentials/abc_-123.sd-jwt": DC,
    "keys.jwks": '{"keys":[]}',
    "README.txt": "Dit is van jou \u2014 bewaar het goed.",
}


def _export_cases() -> list[Case]:
    archive = pack({name: str(text).encode() for name, text in FILES.items()})
    packed = b64url_encode(archive)
    card: JsonObject = {"recovery": b64url_encode(SECRET)}
    words: JsonObject = {"passphrase": "drie natte fietsen"}
    by_card = str(seal_case({"archive": packed, "seed": "export", **card}))
    by_words = str(seal_case({"archive": packed, "seed": "export", **words}))
    head, _, rest = by_card.partition(".")
    header = json.loads(b64url_decode(head))
    weak = json.loads(b64url_decode(by_words.partition(".")[0])) | {"p2c": 1000}

    def headed(change: JsonObject, body: str = rest) -> str:
        return f"{b64url_encode(compact_json(change))}.{body}"

    tokens: dict[str, JsonObject] = {
        "by card": {"token": by_card, **card},
        "by passphrase": {"token": by_words, **words},
        "another card": {"token": by_card, "recovery": b64url_encode(bytes(20))},
        "another passphrase": {"token": by_words, "passphrase": "x"},
        "card for a passphrase": {"token": by_words, **card},
        "passphrase for a card": {"token": by_card, **words},
        "a bit": {"token": by_card[:-1] + ("A" if by_card[-1] != "A" else "Q"), **card},
        "few rounds": {"token": headed(weak, by_words.partition(".")[2]), **words},
        "many rounds": {"token": headed(weak | {"p2c": 50_000_000}), **words},
        "zip": {"token": headed(header | {"zip": "DEF"}), **card},
        "another alg": {"token": headed(header | {"alg": "RSA-OAEP"}), **card},
        "another type": {"token": headed(header | {"typ": "JWT"}), **card},
        "no salt": {"token": headed(header | {"salt": "AA"}), **card},
        "three parts": {"token": "a.b.c", **card},
        "no base64": {"token": "!.a.b.c.d", **card},
        "empty": {"token": "", **card},
    }
    bent = bytearray(archive)
    bent[archive.index(b"keys.jwks") + 12] ^= 1
    archives = {
        "whole": archive,
        "a bit": bytes(bent),
        "cut": archive[:-1],
        "no archive": b"PK",
        "empty": b"",
    }
    return [
        Case("archive", "archive", {"files": FILES}),
        Case("export by card", "export", {"archive": packed, "seed": "export", **card}),
        Case("export by passphrase", "export", {"archive": packed, "seed": "export", **words}),
        *(Case(f"import {name}", "import", given) for name, given in tokens.items()),
        *(
            Case(f"unpack {name}", "unpack", {"archive": b64url_encode(octets)})
            for name, octets in archives.items()
        ),
    ]


def cases() -> list[Case]:
    """Everything of this subject."""
    secrets = [SECRET, bytes(20), b"\xff" * 20]
    return [
        *(
            Case(f"recovery {i}", "recovery", {"secret": b64url_encode(each)})
            for i, each in enumerate(secrets)
        ),
        *(Case(f"typed {name}", "typed", _link(text)) for name, text in TYPED.items()),
        *(Case(f"groups {name}", "groups", _link(text)) for name, text in TYPED.items()),
        *_share_cases(),
        *_export_cases(),
    ]
