"""The door for official suites: what each endpoint takes, what it refuses, and who stays out."""

import secrets
from typing import Any, cast

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from credentials.cryptosuites import EDDSA_RDFC_2022, ProofOptions
from credentials.data_model import V1_CONTEXT, V2_CONTEXT, format_time
from credentials.dids import did_key
from credentials.dids.key import method_id
from credentials.encoding import JsonObject
from credentials.errors import CredentialError, UndeterminedError
from credentials.findings import Check, Outcome
from credentials.formats import FORMATS
from credentials.keys import Algorithm, SoftwareSigner
from credentials.verification import Expectations, Policy, Sources, check
from tests.conftest import NOW
from verifier.conformance import create_door
from verifier.conformance_status import TAKEN_BACK

BASE = "https://localhost:40443"
CREDENTIAL: JsonObject = {
    "@context": [V2_CONTEXT],
    "type": ["VerifiableCredential"],
    "issuer": "https://school.example/issuers/1",
    "credentialSubject": {"id": "did:example:alice", "name": "Alice"},
}
OLD_CREDENTIAL: JsonObject = {
    "@context": [V1_CONTEXT],
    "type": ["VerifiableCredential"],
    "issuer": "https://school.example/issuers/1",
    "issuanceDate": format_time(NOW),
    "credentialSubject": {"id": "did:example:alice"},
}
WHOLE = (
    "eddsa-rdfc-2022",
    "eddsa-jcs-2022",
    "ecdsa-rdfc-2019-p256",
    "ecdsa-rdfc-2019-p384",
    "ecdsa-jcs-2019-p256",
    "ecdsa-jcs-2019-p384",
    "vc2.0",
    "vc-jwt",
    "bitstring-status-list",
)
SELECTIVE = ("ecdsa-sd-2023-p256", "bbs-2023")
LISTS = "bitstring-status-list"
PROOF = {"checks": ["proof"]}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder = tmp_path_factory.mktemp("door")
    return create_door(40443, folder, clock=lambda: NOW, entropy=secrets.token_bytes)


@pytest.fixture(scope="module")
def client(door: FastAPI) -> TestClient:
    return TestClient(door, base_url=BASE)


def post(client: TestClient, path: str, **message: object) -> httpx2.Response:
    return client.post(path, json=message)


def issued(
    client: TestClient, name: str, credential: JsonObject = CREDENTIAL, **options: object
) -> JsonObject:
    response = post(
        client, f"/issuers/{name}/credentials/issue", credential=credential, options=options
    )
    assert response.status_code == 201, response.text
    found: JsonObject = response.json()["verifiableCredential"]
    return found


def status_of(client: TestClient, credential: object, **options: object) -> int:
    asked = options or PROOF
    return post(
        client, "/credentials/verify", verifiableCredential=credential, options=asked
    ).status_code


def presented(*credentials: JsonObject, **options: str) -> JsonObject:
    """A presentation signed by a holder of our own."""
    signer = SoftwareSigner.generate(Algorithm.EDDSA)
    did = did_key(signer.public)
    document: JsonObject = {
        "@context": [V2_CONTEXT],
        "type": ["VerifiablePresentation"],
        "holder": did,
        "verifiableCredential": [*credentials],
    }
    proof = EDDSA_RDFC_2022.sign(
        document,
        ProofOptions(method_id(did), "authentication", format_time(NOW), **options),
        signer,
    )
    return {**document, "proof": proof}


@pytest.mark.parametrize("name", WHOLE)
def test_each_issuer_signs_in_its_own_name_and_is_verified(client: TestClient, name: str) -> None:
    secured = issued(client, name)
    assert status_of(client, secured) == 200
    if name != "vc-jwt":
        assert secured["issuer"] == client.get("/issuers").json()[name]["id"]
        altered = {**secured, "credentialSubject": {"id": "did:example:bob"}}
        assert status_of(client, altered) == 400


@pytest.mark.parametrize("name", SELECTIVE)
def test_base_proofs_are_derived_from_and_not_verified(client: TestClient, name: str) -> None:
    base = issued(client, name, mandatoryPointers=["/issuer"])
    assert status_of(client, base) == 400
    options = {"selectivePointers": ["/credentialSubject/name"]}
    response = post(client, "/credentials/derive", verifiableCredential=base, options=options)
    assert response.status_code == 201
    derived = response.json()["verifiableCredential"]
    assert derived["issuer"] == base["issuer"]
    assert status_of(client, derived) == 200
    derived["credentialSubject"]["name"] = "Bob"
    assert status_of(client, derived) == 400


@pytest.mark.parametrize(
    "pointers", ["/issuer", [1], ["issuer"], ["/nowhere"], ["/x"] * 2000], ids=str
)
def test_bad_pointers_are_refused(client: TestClient, pointers: object) -> None:
    base = issued(client, SELECTIVE[0], mandatoryPointers=["/issuer"])
    options = {"selectivePointers": pointers}
    response = post(client, "/credentials/derive", verifiableCredential=base, options=options)
    assert response.status_code == 400


def test_nothing_is_derived_without_a_base_proof_that_holds(client: TestClient) -> None:
    base = issued(client, SELECTIVE[0], mandatoryPointers=["/issuer"])
    forged = {**base, "credentialSubject": {"id": "did:example:bob", "name": "Bob"}}
    options = {"selectivePointers": ["/credentialSubject/name"]}
    for credential in (forged, issued(client, "eddsa-rdfc-2022"), CREDENTIAL):
        response = post(
            client, "/credentials/derive", verifiableCredential=credential, options=options
        )
        assert response.status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "school"},
        {"issuer": None},
        {"type": ["Nothing"]},
        {"@context": []},
        {"@context": [V2_CONTEXT, "https://unknown.example/v1"]},
        {"credentialSubject": {}},
        {"validFrom": "yesterday"},
        {"undefined_term": 1},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019-p256", "vc-jwt"])
def test_what_does_not_conform_is_not_issued(
    client: TestClient, name: str, change: JsonObject
) -> None:
    credential = {**CREDENTIAL, **change}
    response = post(client, f"/issuers/{name}/credentials/issue", credential=credential)
    assert response.status_code == 400
    assert response.json()["verified"] is False


def test_options_may_be_missing_and_those_given_are_honoured(client: TestClient) -> None:
    path = "/issuers/eddsa-rdfc-2022/credentials/issue"
    assert post(client, path, credential=CREDENTIAL).status_code == 201
    secured = cast("dict[str, Any]", issued(client, "eddsa-rdfc-2022", domain="a", challenge="b"))
    assert (secured["proof"]["domain"], secured["proof"]["challenge"]) == ("a", "b")
    assert status_of(client, secured) == 200


def test_data_model_1_1_gets_the_context_of_its_proof(client: TestClient) -> None:
    secured = issued(client, "eddsa-rdfc-2022", OLD_CREDENTIAL)
    assert secured["@context"] == [V1_CONTEXT, "https://w3id.org/security/data-integrity/v2"]
    assert status_of(client, secured) == 200


def test_a_proof_that_was_there_stays_beside_the_new_one(client: TestClient) -> None:
    twice = issued(client, "eddsa-rdfc-2022", issued(client, "eddsa-rdfc-2022"))
    assert isinstance(twice["proof"], list)
    assert len(twice["proof"]) == 2
    assert status_of(client, twice) == 200


@pytest.mark.parametrize("name", ["vc2.0", "eddsa-rdfc-2022"])
def test_contexts_inside_a_document_are_signed_and_lent_to_nobody(
    client: TestClient, name: str
) -> None:
    inline: JsonObject = {"Diploma": "https://school.example/#Diploma"}
    types: list[Any] = ["VerifiableCredential", "Diploma"]  # JSON
    credential: JsonObject = {**CREDENTIAL, "@context": [V2_CONTEXT, inline], "type": types}
    secured = issued(client, name, credential)
    assert secured["@context"] == [V2_CONTEXT, inline]
    assert status_of(client, secured) == 200
    other: list[Any] = [V2_CONTEXT, {"Diploma": "https://school.example/#Other"}]  # JSON
    assert status_of(client, {**secured, "@context": other}) == 400
    with pytest.raises(CredentialError, match="context_inline"):
        FORMATS["ldp_vc"].parse(secured)


@pytest.mark.parametrize(
    ("wrapped", "expected"), [({"Diploma": "https://a.example/#D"}, 200), ({"@base": "a:b"}, 400)]
)
def test_a_wrapped_context_is_read_as_what_is_in_it(
    client: TestClient, wrapped: JsonObject, expected: int
) -> None:
    plain = cast("dict[str, Any]", issued(client, "eddsa-rdfc-2022"))
    assert status_of(client, {**plain, "@context": [V2_CONTEXT, {"@context": wrapped}]}) == expected


def test_a_derived_proof_keeps_the_contexts_that_were_written_in_it(client: TestClient) -> None:
    context: list[Any] = [V2_CONTEXT, {"@vocab": "https://school.example/#"}]  # JSON
    subject: JsonObject = {"boats": 2, "boards": 3}
    credential: JsonObject = {**CREDENTIAL, "@context": context, "credentialSubject": subject}
    base = issued(client, SELECTIVE[0], credential, mandatoryPointers=["/issuer"])
    options = {"selectivePointers": ["/credentialSubject/boats"]}
    response = post(client, "/credentials/derive", verifiableCredential=base, options=options)
    derived = response.json()["verifiableCredential"]
    assert (derived["@context"], derived["credentialSubject"]) == (context, {"boats": 2})
    assert status_of(client, derived) == 200


@pytest.mark.parametrize("path", ["credentials/verify", "presentations/verify"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"a":1,"a":2}', b"\xff"])
def test_bodies_that_are_no_message_are_refused(client: TestClient, path: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert client.post(f"/{path}", content=body, headers=headers).status_code == 400


@pytest.mark.parametrize("value", [None, "text", 1, [], {}, CREDENTIAL], ids=str)
def test_what_carries_no_proof_is_not_verified(client: TestClient, value: object) -> None:
    assert status_of(client, value) == 400


def test_keys_that_do_not_name_themselves_are_refused(client: TestClient) -> None:
    secured = cast("dict[str, Any]", issued(client, "eddsa-rdfc-2022"))
    for method in ("did:web:school.example#key", "did:key:invalid", 1, None):
        changed = {**secured, "proof": {**secured["proof"], "verificationMethod": method}}
        assert status_of(client, changed) == 400


def test_envelopes_need_their_type_and_context_and_form(client: TestClient) -> None:
    envelope = cast("dict[str, Any]", issued(client, "vc-jwt"))
    assert envelope["type"] == "EnvelopedVerifiableCredential"
    token = envelope["id"].partition(",")[2]
    changes: list[dict[str, Any]] = [  # JSON
        {"@context": []},
        {"type": "VerifiableCredential"},
        {"id": token},
        {"id": f"data:text/plain,{token}"},
        {"id": f"data:application/vc+jwt,{token[:-4]}AAAA"},
    ]
    assert [status_of(client, {**envelope, **change}) for change in changes] == [400] * 5


def test_presentations_are_verified_for_their_request(client: TestClient) -> None:
    signed = presented(issued(client, "eddsa-rdfc-2022"), challenge="c", domain="d")
    path, options = "/presentations/verify", {"challenge": "c", "domain": "d"}
    assert post(client, path, verifiablePresentation=signed, options=options).status_code == 200
    for wrong in ({"challenge": "x"}, {"domain": "x"}, {"challenge": 1}):
        asked = {**options, **wrong}
        response = post(client, path, verifiablePresentation=signed, options=asked)
        assert response.status_code == 400
    altered = {**signed, "holder": "did:example:bob"}
    assert post(client, path, verifiablePresentation=altered).status_code == 400


def test_credentials_inside_a_presentation_must_hold(client: TestClient) -> None:
    secured = issued(client, "eddsa-rdfc-2022")
    forged: JsonObject = {**secured, "credentialSubject": {"id": "did:example:bob"}}
    path = "/presentations/verify"
    for credential, expected in ((secured, 200), (forged, 400), (CREDENTIAL, 400)):
        signed = presented(credential)
        assert post(client, path, verifiablePresentation=signed).status_code == expected


def test_unsigned_presentations_are_read_as_data(client: TestClient) -> None:
    path = "/presentations/verify"
    document: JsonObject = {"@context": [V2_CONTEXT], "type": ["VerifiablePresentation"]}
    assert post(client, path, verifiablePresentation=document).status_code == 200
    document["id"] = "data:application/vp+jwt,a.b.c"
    assert post(client, path, verifiablePresentation=document).status_code == 400


def test_status_lists_are_published_and_looked_up(client: TestClient) -> None:
    secured = cast("dict[str, Any]", issued(client, LISTS))
    purposes = [entry["statusPurpose"] for entry in secured["credentialStatus"]]
    assert purposes == ["revocation", "suspension"]
    for entry in secured["credentialStatus"]:
        address = entry["statusListCredential"].removeprefix(BASE)
        published = client.get(address)
        assert published.status_code == 200
        assert status_of(client, published.json()) == 200
    both = {"checks": ["proof", "credentialStatus"]}
    assert status_of(client, secured, **both) == 200
    assert client.get("/status/elsewhere").status_code == 404


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"statusListIndex": "1"}, 200),
        ({"statusListIndex": str(TAKEN_BACK)}, 400),
        ({"statusListCredential": "https://elsewhere.example/status/revocation"}, 400),
    ],
    ids=["kept", "taken back", "elsewhere"],
)
def test_a_status_that_is_set_or_unknown_is_refused(
    client: TestClient, change: JsonObject, expected: int
) -> None:
    entry: JsonObject = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "1",
        "statusListCredential": f"{BASE}/status/revocation",
    }
    credential: JsonObject = {**CREDENTIAL, "credentialStatus": [{**entry, **change}]}
    secured = issued(client, "eddsa-rdfc-2022", credential)
    assert status_of(client, secured) == 200
    assert status_of(client, secured, checks=["proof", "credentialStatus"]) == expected


def test_messages_have_a_text_for_each_value(client: TestClient) -> None:
    secured = cast("dict[str, Any]", issued(client, f"{LISTS}-messages"))
    (entry,) = secured["credentialStatus"]
    assert len(entry["statusMessage"]) == 2 ** entry["statusSize"]
    assert status_of(client, secured, checks=["proof", "credentialStatus"]) == 200


def test_identifiers_are_resolved_without_fetching(client: TestClient) -> None:
    did = client.get("/issuers").json()["bbs-2023"]["id"]
    document = client.get(f"/identifiers/{did}").json()
    assert document["verificationMethod"][0]["publicKeyMultibase"] in did
    assert document["assertionMethod"] == [document["verificationMethod"][0]["id"]]
    for name in ("did:web:school.example", "did:key:zNothing", "nothing"):
        assert client.get(f"/identifiers/{name}").status_code == 400


def test_addresses_that_lead_nowhere_are_not_found(client: TestClient) -> None:
    path = "/issuers/nobody/credentials/issue"
    assert post(client, path, credential=CREDENTIAL).status_code == 404
    assert client.get("/nowhere").status_code == 404


def test_the_product_refuses_what_this_door_accepts(client: TestClient) -> None:
    signer = SoftwareSigner.generate(Algorithm.EDDSA)
    method = method_id(did_key(signer.public))
    options = ProofOptions(method, "assertionMethod", format_time(NOW))
    by_someone_else = {
        **CREDENTIAL,
        "proof": EDDSA_RDFC_2022.sign(CREDENTIAL, options, signer),
    }
    own = issued(client, "eddsa-rdfc-2022")
    assert [status_of(client, wire) for wire in (by_someone_else, own)] == [200, 200]

    def nothing(url: str) -> bytes:
        raise UndeterminedError("fetch_failed", url)

    sources = Sources(nothing, None, lambda _type: None)
    for wire, policy in ((by_someone_else, Policy.ANY), (by_someone_else, Policy.LISTED)):
        verdict = check(wire, expected=Expectations(policy=policy), sources=sources, at=NOW)
        assert verdict.outcome is not Outcome.PASSED
        assert verdict.verified is None
    verdict = check(own, expected=Expectations(), sources=sources, at=NOW)
    assert verdict.outcome is not Outcome.PASSED
    assert {each.check for each in verdict.findings if each.outcome is not Outcome.PASSED} & {
        Check.TRUST
    }
