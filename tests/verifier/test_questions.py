"""Questions: what is declared with them, what may be asked without account, under which name."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, RejectedError
from credentials.jose import peek
from credentials.openid4vc.client_identifier import HASH_PREFIX
from schemas import catalog
from schemas.declarations import Declared, lists
from schemas.messages import LANGUAGES, known, sentence
from tests.conftest import NOW
from tests.credentials.authorities import Authority
from tests.verifier.world import KEY, VERIFIER, World
from verifier.keys import open_certificates
from verifier.questions import Firm, Question, own_question, preset_question

TYPES = "https://skillspass.example/types"
CHECKED = {"client_checked": True, "client_name": "Metaal BV", "client_kvk": "12345678"}


def asking(*paths: list[JsonValue]) -> JsonObject:
    claims: list[JsonValue] = [{"path": path} for path in paths]
    return {
        "credentials": [{"id": "a", "format": "dc+sd-jwt", "meta": {}, "claims": claims}],
    }


HIRING = {"purpose": "hiring"}
WITH_NAME = asking(["skills", None], ["family_name"])


def test_a_request_declares_what_it_is_for(world: World) -> None:
    told = {
        "relation": "agency",
        "purpose": "hiring",
        "legal_basis": "contract",
        "retention_days": 365,
    }
    request = world.request(world.ask(declaration=told)["request_uri"])
    assert request.declaration is not None
    assert request.declaration.declared == Declared("agency", "hiring", "contract", 365)
    assert request.relation == "agency"
    assert request.declaration.deletion_uri == f"{VERIFIER}/oid4vp/deletions"


def test_without_account_the_verifiers_own_name_stands_there_unchecked(world: World) -> None:
    request = world.request(world.ask()["request_uri"])
    assert request.declaration is not None
    assert (request.declaration.name, request.declaration.checked) == ("skillspass", False)
    assert request.declaration.kvk is None


def test_a_checked_firm_is_named_with_its_number(world: World) -> None:
    world = World(world.directory / "checked", CHECKED)
    asked = world.ask(None, dcql_query=WITH_NAME, declaration=HIRING)
    request = world.request(asked["request_uri"])
    assert request.declaration is not None
    assert request.declaration.checked
    assert (request.declaration.name, request.declaration.kvk) == ("Metaal BV", "12345678")
    assert request.client_name == "Metaal BV"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"dcql_query": WITH_NAME}, "asker_unchecked"),
        ({"dcql_query": {}}, "dcql_invalid"),
        ({"preset": "skills", "declaration": {"purpose": "curiosity"}}, "declaration_invalid"),
        ({"preset": "skills", "declaration": {"retention_days": 9_999}}, "declaration_invalid"),
        ({"preset": "skills", "dcql_query": WITH_NAME}, "invalid_request"),
        ({"preset": "skills", "client_id_prefix": "redirect_uri"}, "invalid_request"),
    ],
    ids=["a name", "no query", "purpose", "retention", "two questions", "prefix"],
)
def test_what_may_not_be_asked_is_refused_before_it_is_signed(
    world: World, body: dict[str, object], code: str
) -> None:
    answer = world.client.post("/api/requests", json=body, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_every_choice_has_its_words() -> None:
    found = lists()
    keys = [
        *(f"declaration.relation.{each}" for each in found.relations),
        *(f"declaration.purpose.{each}" for each in found.purposes),
        *(f"declaration.legal_basis.{each}" for each in found.legal_bases),
        *(f"declaration.retention_days.{each}" for each in found.retention_days),
    ]
    assert all(known(key) for key in keys)
    assert {len({sentence(key, each) for each in LANGUAGES}) for key in keys} == {2}


def as_firm(query: JsonObject, purpose: str) -> Question:
    """A question of a firm that somebody looked up."""
    declared = Declared("hirer", purpose, "consent", 28)
    return own_question(query, declared=declared, firm=Firm("Metaal BV"))


@pytest.mark.parametrize("name", ["given_name", "family_name", "document_number"])
def test_nothing_that_names_a_person_is_among_the_open_claims(name: str) -> None:
    assert name not in lists().unchecked_claims
    as_firm(asking([name]), "hiring").check()
    with pytest.raises(RejectedError, match="asker_unchecked"):
        own_question(asking([name])).check()


@pytest.mark.parametrize("purpose", lists().purposes)
@pytest.mark.parametrize("name", ["birth_date", "nationality", "photo", "reason_for_leaving"])
def test_no_purpose_needs_what_says_who_somebody_is(purpose: str, name: str) -> None:
    with pytest.raises(RejectedError, match="asked_beyond_need"):
        as_firm(asking(["skills", None], [name]), purpose).check()


@pytest.mark.parametrize("purpose", ["hiring", "site_access", "training"])
def test_a_name_is_asked_for_purposes_that_need_one(purpose: str) -> None:
    as_firm(WITH_NAME, purpose).check()


@pytest.mark.parametrize("purpose", ["intake", "advice"])
def test_a_name_is_not_asked_to_get_acquainted(purpose: str) -> None:
    with pytest.raises(RejectedError, match="asked_beyond_need") as refusal:
        as_firm(WITH_NAME, purpose).check()
    assert refusal.value.detail == f"a, for {purpose}: family_name"


@pytest.mark.parametrize(
    "query",
    [
        {"id": "a", "format": "ldp_vc", "meta": {"type_values": [[f"{TYPES}/vca-basis/1"]]}},
        {"id": "a", "format": "ldp_vc", "meta": {"type_values": [["https://other.example/Card"]]}},
        {"id": "a", "format": "jwt_vc_json", "meta": {"type_values": [["VerifiableCredential"]]}},
    ],
    ids=["names", "a type that is not ours", "any type"],
)
def test_who_asks_for_everything_asks_for_each_claim_of_it(query: JsonObject) -> None:
    with pytest.raises(RejectedError, match="asked_beyond_need"):
        as_firm({"credentials": [query]}, "intake").check()


def test_everything_may_be_asked_where_all_of_it_is_needed() -> None:
    meta: JsonObject = {"type_values": [["VerifiableCredential", f"{TYPES}/vca-basis/1"]]}
    query: JsonObject = {"id": "a", "format": "ldp_vc", "meta": meta}
    as_firm({"credentials": [query]}, "site_access").check()


def test_a_firm_is_told_which_detail_it_asks_too_much(world: World) -> None:
    world = World(world.directory / "checked", CHECKED)
    body = {"dcql_query": asking(["birth_date"]), "declaration": HIRING}
    answer = world.client.post("/api/requests", json=body, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (400, "asked_beyond_need")
    assert "birth_date" in answer.json()["detail"]
    odd = {**body, "dcql_query": asking(["<b>Jan</b>"])}
    assert "Jan" not in world.client.post("/api/requests", json=odd, headers=KEY).text


@pytest.mark.parametrize(
    ("relation", "purpose"),
    [
        ("hirer", "hiring"),
        ("other_employer", "hiring"),
        ("agency", "intake"),
        ("trainer", "intake"),
    ],
)
def test_a_vacancy_is_asked_to_hire_somebody_but_by_an_agency(
    world: World, relation: str, purpose: str
) -> None:
    asked = world.ask(None, vacancy="vac-001", declaration={"relation": relation})
    request = world.request(asked["request_uri"])
    assert request.declaration is not None
    assert request.declaration.declared.purpose == purpose
    said = {"relation": relation, "purpose": "intake"}
    asked = world.ask(None, vacancy="vac-001", declaration=said)
    told = world.request(asked["request_uri"]).declaration
    assert told is not None
    assert told.declared.purpose == "intake"


def test_a_preset_is_asked_as_it_stands_in_the_catalogue() -> None:
    assert preset_question("vca").query == catalog.query("vca")
    with pytest.raises(RejectedError, match="preset_unknown"):
        preset_question("birthday")


def test_a_request_under_a_certificate_carries_its_chain_and_no_key_id(world: World) -> None:
    asked = world.ask(client_id_prefix="x509_hash")
    assert asked["client_id"].startswith(HASH_PREFIX)
    token = world.client.get(urlsplit(asked["request_uri"]).path).text
    request = world.request(asked["request_uri"], asked["client_id"])
    assert (request.did, request.certificate, request.anchored) == (None, "skillspass", False)
    assert request.host == VERIFIER
    assert len(token) < 12_000


def test_the_trials_certificate_is_kept_over_a_restart(world: World) -> None:
    first = world.app.state.ports.asker.client_ids
    assert world.start().state.ports.asker.client_ids == first


def pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def test_a_certificate_of_ones_own_is_used(world: World, tmp_path: Path) -> None:
    file = tmp_path / "chain.pem"
    leaf = Authority().certify(world.signer.public, "De Firma", host="verifier.skillspass.example")
    file.write_bytes(pem(leaf))
    more = {"certificate_file": file, "client_id_prefix": "x509_hash"}
    own = World(world.directory / "own", more, signer=world.signer)
    asked = own.ask()
    request = own.request(asked["request_uri"], asked["client_id"])
    assert request.certificate == "De Firma"


@pytest.mark.parametrize("case", ["another key", "another host", "ended", "no file", "no PEM"])
def test_a_certificate_that_does_not_fit_stops_the_start(
    world: World, tmp_path: Path, case: str
) -> None:
    file, root = tmp_path / "chain.pem", Authority()
    key = world.school.public if case == "another key" else world.signer.public
    host = "other.example" if case == "another host" else "verifier.skillspass.example"
    leaf = root.certify(key, "De Firma", host=host, ends=NOW if case == "ended" else None)
    if case != "no file":
        file.write_bytes(b"x" if case == "no PEM" else pem(leaf))
    settings = world.settings().model_copy(update={"certificate_file": file})
    with pytest.raises(RejectedError, match="config_certificate"):
        open_certificates(settings, world.signer, clock=world.clock)


def test_without_a_certificate_none_can_be_asked_under(world: World) -> None:
    with pytest.raises(CredentialError, match="config_"):
        World(
            world.directory / "none",
            {"demo": False, "client_id_prefix": "x509_hash", "passphrase": "a-long-enough-phrase"},
        )


def test_no_request_says_more_than_is_asked(world: World) -> None:
    """The members of the request object are those of the standard, and our two sentences."""
    token = world.client.get(urlsplit(world.ask()["request_uri"]).path).text
    payload = peek(token, typ=frozenset({"oauth-authz-req+jwt"})).payload
    assert payload.keys() == {
        *("client_id", "aud", "response_type", "response_mode", "response_uri", "nonce", "state"),
        *("iat", "exp", "dcql_query", "client_metadata", "verifier_info", "purpose", "relation"),
    }
    metadata = payload["client_metadata"]
    assert isinstance(metadata, dict)
    assert metadata.keys() == {
        *("jwks", "encrypted_response_enc_values_supported", "vp_formats_supported"),
        "client_name",
    }
    assert metadata["encrypted_response_enc_values_supported"] == ["A128GCM", "A256GCM"]
    assert '"d"' not in json.dumps(payload)
