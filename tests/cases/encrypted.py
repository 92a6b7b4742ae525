"""Cases of encrypted messages, and the key that opens them."""

from credentials import jose
from credentials.encoding import (
    JsonObject,
    JsonValue,
    b64url_decode,
    b64url_encode,
    compact_json,
    parse_json_object,
)
from tests.cases.keys import p256, p384

FIRST, SECOND = p256("first"), p384("second")
PLAIN = bytes(range(200))


def encrypted_cases() -> dict[str, JsonObject]:
    """Encrypted tokens and the key to open them, by a name."""
    key = FIRST.private_jwk() | {"use": "enc", "alg": "ECDH-ES", "kid": "e"}
    public = jose.public_encryption_key(key)
    good = jose.encrypt_compact(PLAIN, public, enc="A256GCM", apu=b"us", apv=b"you")
    parts = good.split(".")
    plain = jose.encrypt_compact(b"short", public)

    def with_header(change: JsonObject) -> str:
        header = parse_json_object(b64url_decode(parts[0])) | change
        return ".".join([b64url_encode(compact_json(header)), *parts[1:]])

    return {
        "A256GCM": {"token": good, "key": key},
        "A128GCM": {"token": plain, "key": key},
        "another key": {"token": good, "key": p256("other").private_jwk()},
        "another kid": {"token": good, "key": key | {"kid": "x"}},
        "public key": {"token": good, "key": public},
        "four parts": {"token": ".".join(parts[:4]), "key": key},
        "a wrapped key": {"token": ".".join([parts[0], "AAAA", *parts[2:]]), "key": key},
        "short tag": {"token": ".".join([*parts[:4], "AAAA"]), "key": key},
        "short iv": {"token": ".".join([*parts[:2], "AAAA", *parts[3:]]), "key": key},
        "flipped": {"token": ".".join([*parts[:3], "A" + parts[3][1:], parts[4]]), "key": key},
        "no header": {"token": ".".join(["e30", *parts[1:]]), "key": key},
        "zip": {"token": with_header({"zip": "DEF"}), "key": key},
        "crit": {"token": with_header({"crit": ["x"]}), "key": key},
        "PBES2": {"token": with_header({"alg": "PBES2-HS512+A256KW"}), "key": key},
        "A192GCM": {"token": with_header({"enc": "A192GCM"}), "key": key},
        "apu no text": {"token": with_header({"apu": 5}), "key": key},
        "no epk": {"token": with_header({"epk": "x"}), "key": key},
        "epk off the curve": {
            "token": with_header({"epk": FIRST.public.jwk() | {"y": "AAAA"}}),
            "key": key,
        },
        "epk on P-384": {"token": with_header({"epk": SECOND.public.jwk()}), "key": key},
    }


def decrypt(given: JsonObject) -> JsonValue:
    """The plaintext."""
    key = given["key"]
    assert isinstance(key, dict)
    return b64url_encode(jose.decrypt_compact(str(given["token"]), key))
