"""A credential of data model 1.1, made by didkit or by us, judged by both."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime

import pytest

from credentials import dids
from credentials.cryptosuites import ED25519_SIGNATURE_2020, EDDSA_RDFC_2022, ProofOptions
from credentials.encoding import JsonObject
from credentials.errors import ProofInvalid
from credentials.findings import Outcome
from credentials.formats.base import verify
from credentials.formats.data_integrity import DataIntegrity
from credentials.keys import Algorithm, PublicKey, SoftwareSigner
from credentials.model import KeyReference
from verifier.second_opinion import second_opinion

try:
    import didkit
except ImportError:
    if os.environ.get("CI") == "true" and sys.version_info < (3, 13):
        raise
    pytest.skip("didkit is not installed (extra didkit)", allow_module_level=True)

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
CREATED = "2026-11-23T12:00:00Z"
FORMAT = DataIntegrity(EDDSA_RDFC_2022)


def unsigned(issuer: str) -> JsonObject:
    return {
        "@context": [
            "https://www.w3.org/2018/credentials/v1",
            "https://w3id.org/citizenship/v1",
            "https://w3id.org/security/suites/ed25519-2020/v1",
        ],
        "type": ["VerifiableCredential", "PermanentResidentCard"],
        "issuer": issuer,
        "issuanceDate": CREATED,
        "credentialSubject": {
            "id": "did:example:worker",
            "type": ["PermanentResident", "Person"],
            "givenName": "Jan",
            "familyName": "Öztürk",
            "birthDate": "1990-01-01",
        },
    }


def altered(document: JsonObject) -> JsonObject:
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    return {**document, "credentialSubject": {**subject, "givenName": "Piet"}}


def key_of(reference: KeyReference) -> PublicKey:
    def no_fetch(url: str) -> bytes:
        raise AssertionError(url)

    return dids.resolve(reference.issuer, no_fetch).key(reference.key_id)


async def issued_by_didkit() -> JsonObject:
    key = didkit.generate_ed25519_key()
    method = await didkit.key_to_verification_method("key", key)
    options = {
        "type": "Ed25519Signature2020",
        "proofPurpose": "assertionMethod",
        "verificationMethod": method,
        "created": CREATED,
    }
    document = unsigned(didkit.key_to_did("key", key))
    signed: JsonObject = json.loads(
        await didkit.issue_credential(json.dumps(document), json.dumps(options), key)
    )
    return signed


def issued_by_us() -> JsonObject:
    signer = SoftwareSigner.generate(Algorithm.EDDSA)
    did = dids.did_key(signer.public)
    options = ProofOptions(f"{did}#{signer.public.multikey()}", "assertionMethod", CREATED)
    document = unsigned(did)
    return {**document, "proof": ED25519_SIGNATURE_2020.sign(document, options, signer)}


@pytest.mark.parametrize("maker", ["didkit", "us"])
def test_both_accept_the_credential_and_refuse_it_once_altered(maker: str) -> None:
    document = asyncio.run(issued_by_didkit()) if maker == "didkit" else issued_by_us()
    assert verify(FORMAT, document, key_of, at=AT).credential.type == "PermanentResidentCard"
    assert second_opinion(document) is Outcome.PASSED

    with pytest.raises(ProofInvalid) as refused:
        verify(FORMAT, altered(document), key_of, at=AT)
    assert refused.value.code == "proof_invalid"
    assert second_opinion(altered(document)) is Outcome.FAILED


def test_what_didkit_cannot_read_stays_undetermined() -> None:
    document = issued_by_us()
    assert second_opinion({**document, "foobar": "evil"}) is Outcome.UNDETERMINED
    assert second_opinion({}) is Outcome.UNDETERMINED


def test_credential_without_proof_is_no_pass() -> None:
    document = {name: value for name, value in issued_by_us().items() if name != "proof"}
    assert second_opinion(document) is Outcome.FAILED
