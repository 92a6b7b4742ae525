"""Domain linkage: both sides must say so, and each of the two can be tampered with."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import jose
from credentials.dids.web import LINKAGE_CONTEXT, write_document
from credentials.encoding import JsonObject, compact_json
from credentials.errors import CredentialError, UndeterminedError
from credentials.keys import Algorithm, SoftwareSigner
from credentials.trust.linkage import (
    PATH,
    check_linkage,
    sign_linkage,
    write_configuration,
)
from tests.conftest import NOW, named

ORIGIN = "https://vakschool.example"
DID = "did:web:issuer.example:o:vakschool"
DOCUMENT = "https://issuer.example/o/vakschool/did.json"
YEAR = timedelta(days=365)


@dataclass
class Sides:
    """A DID and an origin that speak of one another."""

    algorithm: Algorithm = Algorithm.ES256
    pages: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.signer = SoftwareSigner.generate(self.algorithm, f"{DID}#1")
        self.publish(sign_linkage(DID, ORIGIN, self.signer, at=NOW, lifetime=YEAR))
        self.document([ORIGIN])

    def document(self, domains: list[str], *keys: SoftwareSigner) -> None:
        public = [each.public for each in keys or (self.signer,)]
        self.pages[DOCUMENT] = compact_json(write_document(DID, public, domains=domains))

    def publish(self, *credentials: str) -> None:
        self.pages[ORIGIN + PATH] = compact_json(write_configuration(credentials))

    def signed(self, change: Callable[[JsonObject, JsonObject], None]) -> str:
        """A credential whose payload and ``vc`` were changed before it was signed."""
        token = sign_linkage(DID, ORIGIN, self.signer, at=NOW, lifetime=YEAR)
        payload = jose.peek(token, typ=frozenset([""])).payload
        credential = payload["vc"]
        assert isinstance(credential, dict)
        change(payload, credential)
        return jose.sign_compact({"kid": f"{DID}#1"}, payload, self.signer)

    def check(self, at: datetime = NOW) -> datetime:
        return check_linkage(DID, ORIGIN, self.get, at=at)

    def get(self, url: str) -> bytes:
        if url not in self.pages:
            raise UndeterminedError("fetch_failed", url)
        return self.pages[url]


@pytest.mark.parametrize("algorithm", list(Algorithm), ids=named)
def test_both_sides_agree(algorithm: Algorithm) -> None:
    assert Sides(algorithm).check() == NOW + YEAR


def test_the_header_holds_what_the_format_allows() -> None:
    token = sign_linkage(DID, ORIGIN, Sides().signer, at=NOW, lifetime=YEAR)
    assert jose.peek(token, typ=frozenset([""])).header == {"alg": "ES256", "kid": f"{DID}#1"}


def test_one_of_many_organisations_at_an_origin_is_found() -> None:
    sides = Sides()
    other = SoftwareSigner.generate(Algorithm.ES256, "did:web:issuer.example#1")
    strange = sign_linkage("did:web:issuer.example", ORIGIN, other, at=NOW, lifetime=YEAR)
    own = sign_linkage(DID, ORIGIN, sides.signer, at=NOW, lifetime=YEAR)
    sides.publish("no token", strange, own)
    assert sides.check() == NOW + YEAR
    sides.publish(strange)
    with pytest.raises(CredentialError, match="linkage_missing"):
        sides.check()


@pytest.mark.parametrize(
    "endpoint", [ORIGIN, f"{ORIGIN}/", [ORIGIN], {"origins": [ORIGIN]}], ids=str
)
def test_each_form_of_a_service_is_read(endpoint: object) -> None:
    sides = Sides()
    document = json.loads(sides.pages[DOCUMENT])
    document["service"][0]["serviceEndpoint"] = endpoint
    sides.pages[DOCUMENT] = json.dumps(document).encode()
    assert sides.check() == NOW + YEAR


def test_a_document_that_names_no_origin_links_nothing() -> None:
    sides = Sides()
    for domains in ([], ["https://vakschool.example.evil.example"], ["http://vakschool.example"]):
        sides.document(domains)
        with pytest.raises(CredentialError, match="linkage_missing"):
            sides.check()


def test_an_origin_that_publishes_nothing_is_unknown() -> None:
    sides = Sides()
    del sides.pages[ORIGIN + PATH]
    with pytest.raises(UndeterminedError):
        sides.check()


def _origin(_payload: JsonObject, credential: JsonObject) -> None:
    credential["credentialSubject"] = {"id": DID, "origin": "https://other.example"}


def _subject(payload: JsonObject, _credential: JsonObject) -> None:
    payload["sub"] = "did:web:other.example"


def _issuer(_payload: JsonObject, credential: JsonObject) -> None:
    credential["issuer"] = "did:web:other.example"


def _type(_payload: JsonObject, credential: JsonObject) -> None:
    credential["type"] = ["VerifiableCredential"]


def _endless(payload: JsonObject, _credential: JsonObject) -> None:
    del payload["exp"]


def _without(payload: JsonObject, _credential: JsonObject) -> None:
    payload["vc"] = "gone"


@pytest.mark.parametrize(
    "change", [_origin, _subject, _issuer, _type, _endless, _without], ids=named
)
def test_a_credential_that_says_something_else_is_refused(
    change: Callable[[JsonObject, JsonObject], None],
) -> None:
    sides = Sides()
    sides.publish(sides.signed(change))
    with pytest.raises(CredentialError, match="linkage_invalid"):
        sides.check()


def test_unchanged_it_is_accepted() -> None:
    sides = Sides()
    sides.publish(sides.signed(lambda _payload, _credential: None))
    assert sides.check() == NOW + YEAR


def test_it_ends_and_does_not_start_early() -> None:
    sides = Sides()
    assert sides.check(NOW + YEAR - timedelta(seconds=1)) == NOW + YEAR
    for moment in (NOW + YEAR, NOW - timedelta(minutes=2)):
        with pytest.raises(CredentialError, match="linkage_invalid"):
            sides.check(moment)


def test_a_key_that_is_not_in_the_document_signs_nothing() -> None:
    sides = Sides()
    sides.document([ORIGIN], SoftwareSigner.generate(Algorithm.ES256, f"{DID}#2"))
    with pytest.raises(CredentialError, match="linkage_invalid"):
        sides.check()
    stranger = SoftwareSigner.generate(Algorithm.ES256, f"{DID}#1")
    sides.document([ORIGIN], stranger)
    with pytest.raises(CredentialError, match="linkage_invalid"):
        sides.check()


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b'{"@context": "https://identity.foundation/.well-known/did-configuration/v1"}',
        b'{"@context": "https://other.example", "linked_dids": []}',
    ],
    ids=["empty", "list", "no list", "context"],
)
def test_another_document_is_malformed(body: bytes) -> None:
    sides = Sides()
    sides.pages[ORIGIN + PATH] = body
    with pytest.raises(CredentialError, match="linkage_malformed"):
        sides.check()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(body=st.binary(max_size=200), linked=st.lists(json_values, max_size=4))
def test_any_configuration_is_refused_with_our_own_error(body: bytes, linked: object) -> None:
    sides = Sides()
    whole = json.dumps({"@context": LINKAGE_CONTEXT, "linked_dids": linked}).encode()
    for each in (body, whole):
        sides.pages[ORIGIN + PATH] = each
        with pytest.raises(CredentialError):
            sides.check()


@given(service=json_values)
def test_any_service_is_read_or_passed_over(service: object) -> None:
    sides = Sides()
    document = json.loads(sides.pages[DOCUMENT])
    document["service"] = service
    sides.pages[DOCUMENT] = json.dumps(document).encode()
    with pytest.raises(CredentialError):
        sides.check()
