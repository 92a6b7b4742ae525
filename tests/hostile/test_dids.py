"""H061, H064 and H065: names and documents that would lead a reader elsewhere."""

import pytest

from credentials.dids import did_web, document_url, resolve, write_document
from credentials.dids.base import read_members
from credentials.encoding import JsonObject, compact_json
from credentials.errors import CredentialError
from credentials.keys import Algorithm, SoftwareSigner

DID = "did:web:issuer.skillspass.example"
KEY = SoftwareSigner.generate(Algorithm.ES256).public


class Opened(Exception):
    """A fetch was attempted."""


def no_socket(url: str) -> bytes:
    raise Opened(url)


def code_of(did: str) -> str:
    with pytest.raises(CredentialError) as refused:
        resolve(did, no_socket)
    return refused.value.code


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1%3A6379",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "169.254.169.254",
        "[::ffff:127.0.0.1]",
        "[fd00::1]",
        "2130706433",
        "0x7f000001",
        "127.0.0.1.",
        "017700000001",
    ],
)
def test_h061_a_private_place_is_refused_before_a_socket_is_opened(place: str) -> None:
    with pytest.raises(Opened):
        resolve(DID, no_socket)
    assert code_of(f"did:web:{place}") == "address_forbidden"


@pytest.mark.parametrize(
    "place",
    [
        "host.example:..%2f..%2fetc",
        "host.example:..",
        "host.example:.:a",
        "a@b.example",
        "user%40host.example",
        "host.example%3A22",
        "host.example%3a8443",
        "host.example::b",
        "host.example:",
        "host.example%2Fb",
        "Host.example",
        "b\u00fcro.example",
        "host.example:\u00fc",
        "host.example/path",
        "host.example\\@evil.example",
        "host.example#a",
        "host.example?a",
        "host .example",
        "host.example\x00",
        "",
    ],
)
def test_h064_a_tricky_path_is_refused(place: str) -> None:
    assert document_url("did:web:host.example%3A8443:a:b-c.d") == (
        "https://host.example:8443/a/b-c.d/did.json"
    )
    assert code_of(f"did:web:{place}") == "did_malformed"


METHOD: JsonObject = {
    "id": f"{DID}#k",
    "controller": DID,
    "type": "JsonWebKey",
    "publicKeyJwk": KEY.jwk(),
}
OTHER = did_web("https://attacker.example")


@pytest.mark.parametrize(
    "change",
    [
        {"id": OTHER},
        {"id": [DID]},
        {"id": f"{DID}#k"},
        {"verificationMethod": [METHOD | {"controller": OTHER}]},
        {"verificationMethod": [METHOD | {"controller": [DID, OTHER]}]},
        {"verificationMethod": [{k: v for k, v in METHOD.items() if k != "controller"}]},
        {"verificationMethod": [METHOD | {"id": f"{OTHER}#k"}]},
        {"assertionMethod": [METHOD | {"controller": OTHER}]},
        {"assertionMethod": [f"{OTHER}#k"]},
        {"authentication": [f"{DID}.attacker.example#k"]},
    ],
)
def test_h065_a_document_about_another_is_refused(change: JsonObject) -> None:
    sound = write_document(DID, [KEY])
    assert read_members(DID, sound).key(None) == KEY
    with pytest.raises(CredentialError) as refused:
        resolve(DID, lambda _url: compact_json(sound | change))
    assert refused.value.code == "did_document_mismatch"
