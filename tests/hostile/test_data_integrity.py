"""H041 to H055, H059, H060: hostile credentials and presentations with embedded proofs."""

import base64
import hashlib
import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import dids
from credentials.encoding import JsonObject, JsonValue, parse_json
from credentials.errors import BindingInvalid, CredentialError, ProofInvalid
from credentials.formats.base import verify, verify_presentation
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Binding
from credentials.multibase import multibase_encode
from schemas import contexts
from tests.formats.di_samples import (
    AT,
    BINDING,
    CREDENTIAL,
    DID,
    FORMAT,
    ISSUER,
    METHOD,
    STRANGER,
    changed,
    issue,
    issuer_key,
    present,
    resign,
)

V2 = "https://www.w3.org/ns/credentials/v2"


def code_of(document: JsonObject) -> str:
    """What a verifier that holds the right key says."""
    with pytest.raises(CredentialError) as refused:
        FORMAT.check_proof(FORMAT.parse(document), ISSUER.public, at=AT)
    return refused.value.code


def binding_code(document: JsonObject) -> str:
    with pytest.raises(BindingInvalid) as refused:
        FORMAT.check_binding(FORMAT.parse(document), expected=BINDING, at=AT)
    return refused.value.code


@pytest.fixture(autouse=True)
def no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here opens a connection."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)


def test_the_credential_that_is_bent_below_is_good() -> None:
    assert verify(FORMAT, issue(), issuer_key, at=AT).credential == CREDENTIAL


@pytest.mark.parametrize("path", [("foobar",), ("credentialSubject", "foobar")])
def test_h041_an_added_term_that_no_context_defines_is_refused(path: tuple[str, ...]) -> None:
    assert code_of(changed(issue(), *path, value="evil")) == "term_undefined"


def test_h041_an_added_term_under_a_context_that_defines_all_breaks_the_proof() -> None:
    known = [*contexts_of(issue()), "https://www.w3.org/ns/credentials/examples/v2"]
    assert code_of({**issue(), "@context": known, "foobar": "evil"}) == "proof_invalid"


@pytest.mark.parametrize(
    "inline", [{"given_name": "https://schema.org/familyName"}, {"@vocab": "urn:evil#"}]
)
def test_h042_an_inline_context_is_refused(inline: JsonObject) -> None:
    assert code_of({**issue(), "@context": [*contexts_of(issue()), inline]}) == "context_inline"


def test_h043_an_unknown_context_is_refused() -> None:
    document = {**issue(), "@context": [*contexts_of(issue()), "https://evil.example/ctx"]}
    assert code_of(document) == "context_unknown"


def test_h044_a_context_file_with_one_other_octet_is_refused() -> None:
    def altered(path: Path) -> bytes:
        return path.read_bytes().replace(b"schema.org", b"schema.orf", 1)

    with pytest.raises(contexts.ContextError) as refused:
        contexts.read(V2, altered)
    assert refused.value.code == "context_digest_mismatch"


def related(**digests: JsonValue) -> JsonObject:
    return {**issue(), "relatedResource": {"id": V2, **digests}}


def test_h044_a_related_resource_with_another_digest_is_refused() -> None:
    octets = contexts.octets(V2)
    wrong, right = (
        "sha384-" + base64.b64encode(hashlib.sha384(text).digest()).decode()
        for text in (octets + b" ", octets)
    )
    multihash = b"\x12\x20" + hashlib.sha256(octets).digest()
    for digests in ({"digestSRI": right}, {"digestMultibase": multibase_encode(multihash, "u")}):
        good = resign(related(**digests))
        assert verify(FORMAT, good, issuer_key, at=AT).credential == CREDENTIAL
    for bad in (
        {"digestSRI": wrong},
        {"digestSRI": "md5-x"},
        {"digestMultibase": multibase_encode(multihash[:-1], "u")},
        {"digestSRI": right, "digestMultibase": 7},
        {},
    ):
        assert code_of(resign(related(**bad)) if bad else related()) == "context_digest_mismatch"
    elsewhere: JsonObject = {
        **issue(),
        "relatedResource": {"id": "https://x.example/", "digestSRI": right},
    }
    assert code_of(elsewhere) == "related_resource_unknown"


@pytest.mark.parametrize(
    "trick",
    [{"@import": V2}, {"@base": "urn:x"}, {"@propagate": False}, {"@protected": False}, None],
)
def test_h045_a_context_that_moves_meaning_is_refused(trick: JsonValue) -> None:
    document = {**issue(), "@context": [*contexts_of(issue()), trick]}
    assert code_of(document) == "context_keyword_forbidden"


@pytest.mark.parametrize("member", ["@nest", "@context", "@graph", "@reverse", "@included", "@id"])
def test_h045_a_keyword_inside_the_subject_is_refused(member: str) -> None:
    document = changed(issue(), "credentialSubject", member, value={"given_name": "Piet"})
    assert code_of(document) == "context_keyword_forbidden"
    assert code_of(changed(issue(), "credentialSubject", "@context", value=None)) == (
        "context_keyword_forbidden"
    )


def test_h046_a_clique_of_eight_nodes_is_refused() -> None:
    nodes: list[JsonValue] = [
        {"id": f"_:n{i}", "skills": [{"id": f"_:n{j}"} for j in range(8) if j != i]}
        for i in range(8)
    ]
    assert code_of(changed(issue(), "credentialSubject", "skills", value=nodes)) == "too_complex"


def test_h047_two_hundred_levels_are_refused() -> None:
    deep: JsonObject = {"given_name": "Jan"}
    for _ in range(200):
        deep = {"skills": deep}
    document = {**issue(), "credentialSubject": deep}
    assert code_of(document) == "too_deep"
    with pytest.raises(CredentialError) as refused:
        FORMAT.parse(json.dumps(document))
    assert refused.value.code == "too_deep"


def test_h048_five_thousand_items_are_refused() -> None:
    many: list[JsonValue] = [{"skill": "x"} for _ in range(5_001)]
    document = changed(issue(), "credentialSubject", "skills", value=many)
    assert code_of(document) == "too_large"


@pytest.mark.parametrize("method", ["did:web:attacker.example#key", "did:key", "self-named"])
def test_h049_a_proof_by_the_key_of_another_is_not_the_issuers(method: str) -> None:
    if method == "self-named":
        method = f"{dids.did_key(STRANGER.public)}#{STRANGER.public.multikey()}"
    document = resign(issue(), STRANGER, verification_method=method)
    FORMAT.check_proof(FORMAT.parse(document), STRANGER.public, at=AT)
    with pytest.raises(ProofInvalid) as refused:
        verify(FORMAT, document, issuer_key, at=AT)
    assert refused.value.code == "method_not_of_issuer"


def test_h050_a_proof_for_another_purpose_is_refused() -> None:
    assert code_of(resign(issue(), purpose="authentication")) == "proof_purpose_mismatch"
    assert code_of(changed(issue(), "proof", "proofPurpose", value=["assertionMethod"])) == (
        "proof_purpose_mismatch"
    )
    shown = changed(present(issue()), "proof", "proofPurpose", value="assertionMethod")
    assert binding_code(shown) == "proof_purpose_mismatch"


@pytest.mark.parametrize(
    "dates",
    [
        {"created": "2026-11-24T12:00:00Z"},
        {"expires": "2026-11-22T12:00:00Z"},
        {"expires": "2026-11-23T12:00:00Z"},
        {"created": "2026-11-23T12:00:00"},
        {"created": "2026-11-23"},
    ],
)
def test_h051_a_proof_with_wrong_dates_is_refused(dates: dict[str, str]) -> None:
    assert code_of(resign(issue(), ISSUER, **dates)) == "proof_date_invalid"
    good = resign(issue(), created="2026-11-23T12:01:00Z", expires="2026-11-23T12:00:01Z")
    FORMAT.check_proof(FORMAT.parse(good), ISSUER.public, at=AT)


def test_h052_a_suite_that_does_not_fit_the_key_is_refused() -> None:
    unknown = changed(issue(), "proof", "cryptosuite", value="xyz-2099")
    assert code_of(unknown) == "cryptosuite_not_allowed"
    other = changed(issue(), "proof", "cryptosuite", value="ecdsa-rdfc-2019")
    assert code_of(other) == "cryptosuite_not_allowed"  # under an Ed25519 key
    p256 = SoftwareSigner.generate(Algorithm.ES256, METHOD).public
    with pytest.raises(ProofInvalid) as refused:
        FORMAT.check_proof(FORMAT.parse(issue()), p256, at=AT)
    assert refused.value.code == "cryptosuite_not_allowed"


def test_h053_one_false_proof_of_two_refuses_the_whole() -> None:
    held = issue()
    good = held["proof"]
    assert isinstance(good, dict)
    value = str(good["proofValue"])
    false: JsonObject = {**good, "proofValue": value[:-1] + ("2" if value[-1] != "2" else "3")}
    FORMAT.check_proof(FORMAT.parse({**held, "proof": [good, good]}), ISSUER.public, at=AT)
    assert code_of({**held, "proof": [good, false]}) == "proof_invalid"
    assert code_of({**held, "proof": [false, good]}) == "proof_invalid"
    absent: list[JsonValue] = ["urn:uuid:absent", ["urn:uuid:absent"], [], 7]
    for previous in absent:
        document = changed(held, "proof", "previousProof", value=previous)
        assert code_of(document) == "proof_invalid"


@pytest.mark.parametrize("proof", [[], {}, None, "x", [None], [{}]])
def test_h054_a_credential_without_its_proof_is_refused(proof: JsonValue) -> None:
    assert code_of({**issue(), "proof": proof}) == "no_proof"
    bare = {name: value for name, value in issue().items() if name != "proof"}
    assert code_of(bare) == "no_proof"


def test_h055_a_presentation_for_another_request_is_refused() -> None:
    shown = present(issue())
    verify_presentation(FORMAT, shown, issuer_key, expected=BINDING, at=AT)
    other_nonce = present(issue(), binding=Binding(BINDING.audience, "nonce-2"))
    assert binding_code(other_nonce) == "nonce_invalid"
    for audience in ("decentralized_identifier:did:web:evil.example", BINDING.audience + "/"):
        other = present(issue(), binding=Binding(audience, BINDING.nonce))
        assert binding_code(other) == "aud_mismatch"


def test_h055_a_presentation_without_challenge_or_with_two_domains_is_refused() -> None:
    holder = SoftwareSigner.generate(Algorithm.EDDSA)
    shown = present(issue(holder=holder.public), holder)
    method = f"{dids.did_jwk(holder.public)}#0"
    bare = resign(shown, holder, verification_method=method, purpose="authentication")
    assert binding_code(bare) == "nonce_invalid"
    two: list[JsonValue] = [BINDING.audience, "decentralized_identifier:did:web:evil.example"]
    assert binding_code(changed(shown, "proof", "domain", value=two)) == "proof_invalid"
    alone: list[JsonValue] = [BINDING.audience]  # the same statement, in another shape
    assert binding_code(changed(shown, "proof", "domain", value=alone)) == "aud_mismatch"


@pytest.mark.parametrize(
    ("spelled", "same"),
    [("2500.0", True), ("25e2", True), ("2.5E+3", True), ("2501", False), ("-0", False)],
)
def test_h059_a_number_in_another_spelling_is_the_same_or_refused(
    spelled: str, *, same: bool
) -> None:
    text = json.dumps(issue()).replace('"max_load_kg": 2500', f'"max_load_kg": {spelled}')
    document = parse_json(text)
    assert isinstance(document, dict)
    if same:
        FORMAT.check_proof(FORMAT.parse(document), ISSUER.public, at=AT)
    else:
        assert code_of(document) == "proof_invalid"


@pytest.mark.parametrize("spelled", ["1e400", "NaN", "12345678901234567890"])
def test_h059_a_number_outside_i_json_is_refused(spelled: str) -> None:
    text = json.dumps(issue()).replace('"max_load_kg": 2500', f'"max_load_kg": {spelled}')
    with pytest.raises(CredentialError) as refused:
        FORMAT.parse(text)
    assert refused.value.code == "json_malformed"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"@value": "Jan", "@direction": "rtl"}, "canonical_value"),
        ({"@value": "Jan", "@language": "nl"}, "proof_invalid"),
        ("Ja\u0301n", "proof_invalid"),
        (["Jan", None], "canonical_value"),
        ([], "canonical_value"),
    ],
)
def test_h059_a_text_in_another_shape_is_refused(value: JsonValue, code: str) -> None:
    assert code_of(changed(issue(), "credentialSubject", "given_name", value=value)) == code


@settings(max_examples=40)
@given(st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e9, 1e9).map(lambda x: round(x, 6)))
def test_h059_any_number_is_signed_as_itself(number: float) -> None:
    claims: JsonObject = {"grade": number}
    held = issue(replace(CREDENTIAL, claims=claims))
    again = parse_json(json.dumps(held))
    assert isinstance(again, dict)
    assert verify(FORMAT, again, issuer_key, at=AT).credential.claims == claims


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=1>", "data:text/html,<script>1</script>", "javascript:alert(1)"]
)
def test_h060_markup_in_a_value_stays_text(text: str) -> None:
    credential = replace(CREDENTIAL, claims={"given_name": text})
    assert verify(FORMAT, issue(credential), issuer_key, at=AT).credential.claims == {
        "given_name": text
    }


def test_h060_an_identifier_that_could_run_is_kept_as_it_is() -> None:
    credential = replace(CREDENTIAL, credential_id="javascript:alert(1)")
    result = verify(FORMAT, issue(credential), issuer_key, at=AT)
    assert result.credential.credential_id == "javascript:alert(1)"
    assert result.credential.issuer == DID


def contexts_of(document: JsonObject) -> list[JsonValue]:
    value = document["@context"]
    assert isinstance(value, list)
    return value
