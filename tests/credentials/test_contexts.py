"""The vendored contexts, and our own: pinned, offline, and complete."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from credentials.jsonld.expansion import statements
from schemas import catalog, contexts
from schemas.files import JsonObject
from schemas.lending import lending
from skills.framework import metalektro, statement

V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES: dict[str, object] = {
    "code": "A1",
    "code ISO 4063": "135",
    "date": "2026-11-23",
    "date range": "2020/2021-05",
    "decimal": 7.5,
    "number": 40,
    "yes/no": True,
    "list of {code, name}": [{"code": "W1", "name": "werk voorbereiden"}],
    "list of {part, recognised}": [{"part": "uitlijnen", "recognised": False}],
    "number 1-8": 3,
}


def claims_of(type_id: str) -> JsonObject:
    """A value for every claim that may be issued."""
    found: dict[str, object] = {}
    for claim in catalog.credential_type(type_id).claims:
        if claim.kind == "list of {skill, level}":
            found[claim.path] = [statement(skill, 2) for skill in [*metalektro().skills][:3]]
        elif claim.disclosure != "never":
            example = EXAMPLES.get(claim.kind, "x")
            is_list = claim.kind.startswith("list of ") and not isinstance(example, list)
            found[claim.path] = [example] if is_list else example
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]  # JSON of our own making


def names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for member in value.values():
            yield from names(member)
    elif isinstance(value, list):
        for member in value:
            yield from names(member)


def test_every_file_is_one_of_the_accepted_copies() -> None:
    contexts.check_all()
    assert len(contexts.manifest()) == 21
    listed = {entry.file for entry in contexts.manifest().values()}
    assert {path.name for path in contexts.FOLDER.iterdir()} == listed | {"manifest.json"}


@pytest.mark.parametrize("url", sorted(contexts.manifest()))
def test_one_altered_octet_is_refused(url: str) -> None:
    def altered(path: Path) -> bytes:
        octets = bytearray(path.read_bytes())
        octets[len(octets) // 2] ^= 1
        return bytes(octets)

    with pytest.raises(contexts.ContextError) as refused:
        contexts.read(url, altered)
    assert refused.value.code == "context_digest_mismatch"
    assert contexts.read(url) == contexts.load(url)


@pytest.mark.parametrize(
    "url", ["https://evil.example/ctx", V2 + "/", V2.replace("https", "http"), "", "../errors.py"]
)
def test_unknown_address_is_refused_and_nothing_is_opened(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_socket(*_: object, **__: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket, "socket", no_socket)
    with pytest.raises(contexts.ContextError) as refused:
        contexts.load(url)
    assert refused.value.code == "context_unknown"


@pytest.mark.parametrize("entry", catalog.credential_types(), ids=lambda entry: entry.id)
def test_every_claim_of_every_type_is_defined(entry: catalog.CredentialType) -> None:
    claims = claims_of(entry.id)
    document: JsonObject = {
        "@context": [V2, contexts.SKILLS_CONTEXT],
        "type": ["VerifiableCredential", entry.url],
        "credentialSubject": claims,
    }
    predicates = {quad.predicate for quad in statements(document)}
    own = contexts.load(contexts.SKILLS_CONTEXT)["@context"]
    assert isinstance(own, dict)
    for name in set(names(claims)):
        definition = own[name]
        target = definition["@id"] if isinstance(definition, dict) else definition
        assert f"<{target}>" in predicates


def test_our_terms_are_protected_and_each_has_its_own_meaning() -> None:
    own = contexts.load(contexts.SKILLS_CONTEXT)["@context"]
    assert isinstance(own, dict)
    assert own["@protected"] is True
    targets = [
        definition["@id"] if isinstance(definition, dict) else definition
        for name, definition in own.items()
        if not name.startswith("@")
    ]
    assert len(targets) == len(set(targets))
    assert own["given_name"] == "https://schema.org/givenName"


def test_lent_contexts_are_known_inside_the_block_alone() -> None:
    address = "https://inline.invalid/contexts/1"
    with lending({address: {"@context": {}}}):
        assert contexts.load(address) == {"@context": {}}
    with pytest.raises(contexts.ContextError, match="context_unknown"):
        contexts.load(address)
    with pytest.raises(ValueError, match="own"), lending({contexts.SKILLS_CONTEXT: {}}):
        pass
