"""Cases of moving to a new device: codes, letters, words and notes (wallet design, section 5)."""

from cryptography.hazmat.primitives.asymmetric import ec

from credentials.encoding import JsonObject, JsonValue, b64url_decode, b64url_encode, canonical_json
from schemas.transfer_words import transfer_words
from tests.cases.case import Answer, Case
from tests.cases.keys import entropy, p256
from wallet.holder.transfer import (
    Shared,
    check_key,
    greeting,
    invitation_code,
    open_note,
    parse_greeting,
    parse_invitation,
    seal_note,
    word_places,
)

ID = entropy("mailbox")(16)
OLD, NEW, OTHER = (p256(f"transfer {name}") for name in ("old", "new", "other"))


def point(name: str) -> JsonObject:
    """The public half of a one-time key."""
    key = {"old": OLD, "new": NEW, "other": OTHER}[name].public.jwk()
    return {part: key[part] for part in ("kty", "crv", "x", "y")}


def shared(own: str, other: str) -> Shared:
    """What two devices have in common."""
    key = {"old": OLD, "new": NEW, "other": OTHER}[own].private_jwk()
    number = int.from_bytes(b64url_decode(str(key["d"])), "big")
    return Shared.agree(ec.derive_private_key(number, ec.SECP256R1()), point(other))


def _code(given: JsonObject) -> JsonValue:
    return invitation_code(b64url_decode(str(given["id"])), _object(given["key"]))


def _invitation(given: JsonObject) -> JsonValue:
    found = parse_invitation(str(given["text"]))
    return [b64url_encode(found.mailbox_id), b64url_encode(found.print)]


def _fitting(given: JsonObject) -> JsonValue:
    check_key(parse_invitation(str(given["text"])), _object(given["key"]))
    return "the same"


def _words(given: JsonObject) -> JsonValue:
    places = word_places(_object(given["one"]), _object(given["other"]))
    return [[*transfer_words()[place]] for place in places]


def _shared(given: JsonObject) -> JsonValue:
    key = _object(given["key"])
    number = int.from_bytes(b64url_decode(str(key["d"])), "big")
    own = ec.derive_private_key(number, ec.SECP256R1())
    found = Shared.agree(own, _object(given["other"]))
    return [b64url_encode(found.slot), b64url_encode(found.ticket)]


def _sealed(given: JsonObject) -> JsonValue:
    draw = entropy(str(given["seed"]))
    pair = shared(str(given["own"]), str(given["other"]))
    return b64url_encode(seal_note(_object(given["note"]), pair, ID, entropy=draw))


def _opened(given: JsonObject) -> JsonValue:
    pair = shared(str(given["own"]), str(given["other"]))
    return open_note(b64url_decode(str(given["note"])), pair, b64url_decode(str(given["id"])))


ANSWERS: dict[str, Answer] = {
    "code": _code,
    "invitation": _invitation,
    "fitting": _fitting,
    "greeting": lambda given: greeting(_object(given["key"])).decode(),
    "letter": lambda given: parse_greeting(str(given["letter"]).encode()),
    "words": _words,
    "shared": _shared,
    "seal": _sealed,
    "open": _opened,
}


def _object(value: JsonValue) -> JsonObject:
    assert isinstance(value, dict)
    return value


def _letters() -> list[Case]:
    point_of = point("new")
    bent = point_of | {"y": point("other")["y"]}
    wrong: dict[str, JsonValue] = {
        "more": {"v": 1, "pub": point_of, "x": 1},
        "another version": {"v": 2, "pub": point_of},
        "no key": {"v": 1, "pub": "x"},
        "a private key": {"v": 1, "pub": point_of | {"d": "AA"}},
        "another curve": {"v": 1, "pub": point_of | {"crv": "P-384"}},
        "off the curve": {"v": 1, "pub": bent},
        "a list": [1],
    }
    found = [Case("letter", "letter", {"letter": greeting(point_of).decode()})]
    found += [
        Case(f"letter with {name}", "letter", {"letter": canonical_json(letter).decode()})
        for name, letter in wrong.items()
    ]
    found.append(Case("letter of another kind", "letter", {"letter": "{"}))
    found.append(Case("letter without end", "letter", {"letter": '{"v":"' + "x" * 2_048 + '"}'}))
    return found


def _notes() -> list[Case]:
    note: JsonObject = {"step": "added", "wid": b64url_encode(bytes(16))}
    sealed = _sealed({"seed": "note", "own": "old", "other": "new", "note": note})
    assert isinstance(sealed, str)
    bent = sealed[:-2] + ("A" if sealed[-2] != "A" else "B") + sealed[-1]
    mine: JsonObject = {"own": "new", "other": "old", "note": sealed, "id": b64url_encode(ID)}
    changes: dict[str, JsonObject] = {
        "of another pair": {"other": "other"},
        "changed": {"note": bent},
        "of another mailbox": {"id": b64url_encode(bytes(16))},
        "cut short": {"note": sealed[:16]},
        "empty": {"note": ""},
    }
    given: JsonObject = {"seed": "note", "own": "old", "other": "new", "note": note}
    found = [Case("note sealed", "seal", given), Case("note opened", "open", mine)]
    return found + [Case(f"note {name}", "open", mine | each) for name, each in changes.items()]


def cases() -> list[Case]:
    """Everything of this subject."""
    code = invitation_code(ID, point("new"))
    texts = {
        "code": code,
        "code as link": f"https://kluis.skillspass.example/#t={code}",
        "code in groups": f" {code[:12]} {code[12:]}\n",
        "code cut short": code[:-4],
        "code of another link": f"https://kluis.skillspass.example/#o={code}",
        "code with a letter more": f"{code}A",
        "no code": "",
    }
    key: JsonObject = {"key": point("new")}
    words: JsonObject = {"one": point("old"), "other": point("new")}
    found = [Case("code made", "code", {"id": b64url_encode(ID), **key})]
    found += [Case(name, "invitation", {"text": text}) for name, text in texts.items()]
    found += [
        Case("the key of the code", "fitting", {"text": code, **key}),
        Case("another key than that of the code", "fitting", {"text": code, "key": point("old")}),
        Case("greeting", "greeting", key),
        Case("words", "words", words),
        Case("words the other way", "words", {"one": point("new"), "other": point("old")}),
        Case("words with another key", "words", {"one": point("old"), "other": point("other")}),
        Case("shared by the old one", "shared", {"key": OLD.private_jwk(), "other": point("new")}),
        Case("shared by the new one", "shared", {"key": NEW.private_jwk(), "other": point("old")}),
    ]
    return [*found, *_letters(), *_notes()]
