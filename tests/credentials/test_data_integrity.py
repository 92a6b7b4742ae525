"""ldp_vc: issued, held, presented, checked."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from credentials import dids
from credentials.cryptosuites import ED25519_SIGNATURE_2020, ProofOptions
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import (
    BindingInvalid,
    CredentialError,
    MalformedError,
    ProofInvalid,
    UnsupportedError,
)
from credentials.formats.base import verify, verify_presentation
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Binding, StatusKind, StatusReference, Validity
from tests.formats.di_samples import (
    AT,
    BINDING,
    CREDENTIAL,
    DID,
    FORMAT,
    HOLDER,
    ISSUER,
    METHOD,
    STRANGER,
    changed,
    issue,
    issuer_key,
    no_entropy,
    present,
    resign,
)

V1 = "https://www.w3.org/2018/credentials/v1"


def parse_code(document: JsonObject) -> str:
    with pytest.raises((MalformedError, UnsupportedError)) as refused:
        FORMAT.parse(document)
    return refused.value.code


def proof_code(document: JsonObject) -> str:
    unverified = FORMAT.parse(document)
    with pytest.raises(CredentialError) as refused:
        FORMAT.check_proof(unverified, ISSUER.public, at=AT)
    return refused.value.code


def binding_code(document: JsonObject, *, expected: Binding | None = BINDING) -> str:
    unverified = FORMAT.parse(document)
    with pytest.raises(BindingInvalid) as refused:
        FORMAT.check_binding(unverified, expected=expected, at=AT)
    return refused.value.code


@pytest.mark.parametrize("algorithm", [Algorithm.EDDSA, Algorithm.ES256])
def test_credential_is_issued_held_presented_and_checked(algorithm: Algorithm) -> None:
    holder = SoftwareSigner.generate(algorithm)
    held = issue(holder=holder.public)
    assert verify(FORMAT, held, issuer_key, at=AT).credential == CREDENTIAL
    shown = present(held, holder)
    result = verify_presentation(FORMAT, shown, issuer_key, expected=BINDING, at=AT)
    assert result.holder_bound
    assert result.credential == CREDENTIAL
    assert FORMAT.parse(shown).holder == holder.public


def test_text_and_document_are_read_alike() -> None:
    held = issue()
    text = json.dumps(held)
    read = FORMAT.parse(text)
    assert read.wire == text
    assert replace(read, wire=held) == FORMAT.parse(held)
    FORMAT.check_proof(read, ISSUER.public, at=AT)


def test_credential_without_dates_status_and_holder() -> None:
    plain = replace(CREDENTIAL, validity=Validity(), status=(), credential_id=None)
    read = FORMAT.parse(issue(plain, holder=None))
    assert read.credential == plain
    assert read.holder is None
    assert not read.presented


def test_empty_lists_are_left_out_because_nothing_would_sign_them() -> None:
    claims: JsonObject = {
        "given_name": "Jan",
        "position": [],
        "skills": [{"skill": "x", "alignment": []}],
    }
    document = issue(replace(CREDENTIAL, claims=claims))
    assert FORMAT.parse(document).credential.claims == {
        "given_name": "Jan",
        "skills": [{"skill": "x"}],
    }


def test_claim_without_a_term_is_not_issued() -> None:
    with pytest.raises(UnsupportedError) as refused:
        issue(replace(CREDENTIAL, claims={"birth_date": "1999-01-01"}))
    assert refused.value.code == "term_undefined"


def test_issuer_needs_a_named_key_and_a_bitstring_status() -> None:
    nameless = SoftwareSigner.generate(Algorithm.EDDSA)
    with pytest.raises(ValueError, match="DID URL"):
        FORMAT.issue(CREDENTIAL, nameless, holder=None, disclosable=frozenset(), entropy=no_entropy)
    token = StatusReference(StatusKind.TOKEN, "https://issuer.example/1", 1)
    with pytest.raises(ValueError, match="token"):
        issue(replace(CREDENTIAL, status=(token,)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("credentialSubject", "given_name"), "Piet"),
        (("credentialSubject", "max_load_kg"), 9000),
        (("credentialSubject", "practical_test"), False),
        (("credentialSubject", "skills", 0, "level"), 4),
        (("credentialSubject", "language"), "nl"),
        (("credentialSubject", "id"), "did:example:other"),
        (("validUntil",), "2036-01-01T00:00:00Z"),
        (("type", 1), "https://skillspass.example/types/bhv/1"),
        (("credentialStatus", 0, "statusListIndex"), "8"),
        (("proof", "created"), "2026-11-22T12:00:00Z"),
        (("@context",), ["https://www.w3.org/ns/credentials/v2"]),
    ],
)
def test_altered_credential_is_refused(path: tuple[str | int, ...], value: JsonValue) -> None:
    expected = "term_undefined" if path == ("@context",) else "proof_invalid"
    assert proof_code(changed(issue(), *path, value=value)) == expected


def test_credential_by_another_key_is_refused() -> None:
    with pytest.raises(ProofInvalid) as refused:
        FORMAT.check_proof(FORMAT.parse(issue()), STRANGER.public, at=AT)
    assert refused.value.code == "proof_invalid"


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("@context",), "https://www.w3.org/ns/credentials/examples/v2", "context_missing"),
        (("type",), ["https://skillspass.example/types/heftruck/1"], "type_missing"),
        (("type",), [], "type_missing"),
        (("type",), [1], "type_missing"),
        (("issuer",), "school", "issuer_invalid"),
        (("issuer",), ["did:example:a"], "issuer_invalid"),
        (("issuer",), {"name": "x"}, "issuer_invalid"),
        (("credentialSubject",), [], "subject_invalid"),
        (("credentialSubject",), {}, "subject_invalid"),
        (("credentialSubject", "id"), "me", "subject_invalid"),
        (("credentialSubject",), [{"id": "urn:a"}, {"id": "urn:b"}], "subject_many"),
        (("validFrom",), "2026-11-23", "date_invalid"),
        (("validFrom",), "2026-11-23T12:00:00", "date_invalid"),
        (("validUntil",), "2026-13-23T12:00:00Z", "date_invalid"),
        (("validUntil",), ["2026-11-23T12:00:00Z"], "date_invalid"),
        (("id",), "1", "id_invalid"),
        (("credentialStatus", 0, "type"), "StatusList2021Entry", "status_type_unknown"),
        (("credentialStatus", 0, "statusSize"), 2, "status_malformed"),
        (("credentialStatus", 0, "statusPurpose"), "colour", "status_purpose_unknown"),
        (("credentialStatus", 0, "statusPurpose"), ["revocation"], "status_purpose_unknown"),
        (("credentialStatus", 0, "statusListCredential"), "http://x.example", "status_malformed"),
        (("credentialStatus",), [], "status_malformed"),
        (("credentialStatus",), ["x"], "status_malformed"),
        (("proof", "verificationMethod"), 7, "proof_malformed"),
    ],
)
def test_what_breaks_the_data_model_is_refused(
    path: tuple[str | int, ...], value: JsonValue, code: str
) -> None:
    assert parse_code(changed(issue(), *path, value=value)) == code


def test_order_of_types_does_not_choose_the_type() -> None:
    held = issue()
    (kind,) = (name for name in held["type"] if name != "VerifiableCredential")  # type: ignore[union-attr]  # a list
    turned = {**held, "type": [kind, "VerifiableCredential"]}
    assert FORMAT.parse(turned).credential == CREDENTIAL
    FORMAT.check_proof(FORMAT.parse(turned), ISSUER.public, at=AT)


def test_time_may_carry_an_offset_and_fractions() -> None:
    held = changed(issue(), "validFrom", value="2026-11-23T13:00:00.000+01:00")
    assert FORMAT.parse(held).credential.validity.valid_from == AT


@pytest.mark.parametrize("credentials", [[], ["x"], None, [{"a": 1}, {"b": 2}]])
def test_presentation_holds_exactly_one_credential(credentials: JsonValue) -> None:
    assert parse_code({**present(issue()), "verifiableCredential": credentials}) == (
        "presentation_not_one"
    )


def test_presentation_for_another_request_is_refused() -> None:
    shown = present(issue())
    assert binding_code(shown, expected=Binding(BINDING.audience, "other")) == "nonce_invalid"
    assert binding_code(shown, expected=Binding("other", BINDING.nonce)) == "aud_mismatch"
    FORMAT.check_binding(FORMAT.parse(shown), expected=None, at=AT)


def test_presentation_by_another_holder_is_refused() -> None:
    assert binding_code(present(issue(), STRANGER)) == "holder_key_mismatch"
    assert binding_code(present(issue(), STRANGER), expected=None) == "holder_key_mismatch"
    named = {**present(issue()), "holder": dids.did_jwk(STRANGER.public)}
    assert binding_code(named) == "holder_key_mismatch"


def test_presentation_without_proof_is_refused() -> None:
    shown = {name: value for name, value in present(issue()).items() if name != "proof"}
    assert not FORMAT.parse(shown).presented
    assert binding_code(shown) == "holder_binding_missing"
    assert binding_code(issue()) == "holder_binding_missing"
    assert binding_code(present(issue(holder=None))) == "holder_binding_missing"


def test_forged_presentation_is_refused() -> None:
    shown = present(issue())
    later = changed(shown, "proof", "created", value="2026-11-23T12:00:01Z")
    assert binding_code(later) == "proof_invalid"
    altered = changed(
        shown, "verifiableCredential", 0, "credentialSubject", "given_name", value="Piet"
    )
    assert binding_code(altered) == proof_code(altered) == "proof_invalid"
    proof = shown["proof"]
    assert binding_code({**shown, "proof": [proof, proof]}) == "proof_invalid"


@pytest.mark.parametrize("minutes", [-2, 11])
def test_presentation_that_is_not_live_is_refused(minutes: int) -> None:
    unverified = FORMAT.parse(present(issue()))
    with pytest.raises(BindingInvalid) as refused:
        FORMAT.check_binding(unverified, expected=BINDING, at=AT + timedelta(minutes=minutes))
    assert refused.value.code == "proof_date_invalid"


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_holder_presents_with_any_key(algorithm: Algorithm) -> None:
    holder = SoftwareSigner.generate(algorithm)
    shown = present(issue(holder=holder.public), holder)
    FORMAT.check_binding(FORMAT.parse(shown), expected=BINDING, at=AT)


def legacy(**members: JsonValue) -> JsonObject:
    """A credential of data model 1.1 in contexts of others."""
    document: JsonObject = {
        "@context": [
            V1,
            "https://w3id.org/citizenship/v1",
            "https://w3id.org/security/suites/ed25519-2020/v1",
        ],
        "type": ["VerifiableCredential", "PermanentResidentCard"],
        "issuer": DID,
        "issuanceDate": "2026-11-23T12:00:00Z",
        "expirationDate": "2027-11-23T12:00:00Z",
        "credentialSubject": {
            "id": dids.did_key(HOLDER.public),
            "type": ["PermanentResident", "Person"],
            "givenName": "Jan",
        },
        **members,
    }
    options = ProofOptions(METHOD, "assertionMethod", "2026-11-23T12:00:00Z")
    return {**document, "proof": ED25519_SIGNATURE_2020.sign(document, options, ISSUER)}


def test_credential_of_data_model_1_1_is_checked_and_presented() -> None:
    held = legacy()
    result = verify(FORMAT, held, issuer_key, at=AT)
    assert result.credential.type == "PermanentResidentCard"
    assert result.credential.validity == Validity(AT, AT + timedelta(days=365))
    altered = changed(held, "credentialSubject", "givenName", value="Piet")
    assert proof_code(altered) == "proof_invalid"
    shown = present(held)
    assert verify_presentation(FORMAT, shown, issuer_key, expected=BINDING, at=AT).holder_bound


def test_credential_of_data_model_1_1_needs_its_first_date() -> None:
    held = {name: value for name, value in legacy().items() if name != "issuanceDate"}
    assert parse_code(held) == "date_invalid"


def test_credential_of_data_model_1_1_may_carry_the_new_proof() -> None:
    document: JsonObject = {
        **legacy(),
        "@context": [
            V1,
            "https://w3id.org/citizenship/v1",
            "https://w3id.org/security/data-integrity/v2",
        ],
    }
    assert verify(FORMAT, resign(document), issuer_key, at=AT).credential.issuer == DID


def test_further_proof_by_a_self_named_key_must_hold_too() -> None:
    held = issue()
    method = f"{dids.did_key(STRANGER.public)}#{STRANGER.public.multikey()}"
    second = resign(held, STRANGER, verification_method=method)["proof"]
    for proofs in ([held["proof"], second], [second, held["proof"]]):
        both: JsonObject = {**held, "proof": proofs}
        assert FORMAT.parse(both).key.key_id == METHOD
        FORMAT.check_proof(FORMAT.parse(both), ISSUER.public, at=AT)
    elsewhere = resign(held, STRANGER, verification_method="did:web:x.example#1")["proof"]
    assert proof_code({**held, "proof": [held["proof"], elsewhere]}) == "proof_key_unknown"
