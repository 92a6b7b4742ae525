"""H049 to H054 and H056 to H058 for derived proofs: what a holder may show, and may not hide."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import cbor2
import pytest

from credentials import cbor, dids
from credentials.claims import Paths
from credentials.cryptosuites import ECDSA_SD_2023, ProofOptions
from credentials.cryptosuites.proofs import check_proofs
from credentials.encoding import JsonObject
from credentials.errors import CredentialError, ProofInvalid
from credentials.findings import Check, Outcome
from credentials.formats import data_integrity, derivation, selection
from credentials.formats.data_integrity import CONFIGURED
from credentials.keys import Algorithm, SoftwareSigner
from credentials.multibase import multibase_decode, multibase_encode
from credentials.verification import Expectations, Policy, Sources, check
from tests.conftest import NOW
from tests.formats.conftest import EVERYTHING, NOTHING, entropy, sample_of

SAMPLE = sample_of(CONFIGURED["ecdsa-sd-2023"], Algorithm.ES256)
METHOD = f"{SAMPLE.credential.issuer}#k"
NEEDED = ("issuer", "type", "validFrom", "validUntil", "credentialStatus")
HELD = SAMPLE.issued()
assert isinstance(HELD, dict)
UNSECURED: JsonObject = {name: value for name, value in HELD.items() if name != "proof"}


OPTIONS = ProofOptions(METHOD, "assertionMethod", "2026-11-23T12:00:00Z")


def base_with(
    *mandatory: str, document: JsonObject = UNSECURED, options: ProofOptions = OPTIONS
) -> JsonObject:
    """A credential whose issuer made only some parts mandatory."""
    proof = ECDSA_SD_2023.sign(
        document,
        options,
        SAMPLE.issuer,
        mandatory=[f"/{name}" for name in mandatory],
        entropy=entropy,
    )
    return {**document, "proof": proof}


def derived(held: JsonObject, *reveal: str) -> JsonObject:
    """What a holder makes of it, with the standard's freedom and not our own rules."""
    document = {name: value for name, value in held.items() if name != "proof"}
    proof = held["proof"]
    assert isinstance(proof, dict)
    return ECDSA_SD_2023.derive(document, proof, reveal=reveal, entropy=entropy)


def shown(credential: JsonObject) -> JsonObject:
    """A presentation of exactly this."""
    wire = SAMPLE.presented(held=credential)
    assert isinstance(wire, dict)
    return wire


def code_of(wire: JsonObject) -> str:
    with pytest.raises(CredentialError) as refused:
        SAMPLE.accepted(wire)
    return refused.value.code


def of_held(held: JsonObject, *, at: datetime = NOW) -> str:
    with pytest.raises(CredentialError) as refused:
        SAMPLE.verified(held, at=at)
    return refused.value.code


def test_what_is_bent_below_is_good() -> None:
    assert SAMPLE.verified(HELD).credential == SAMPLE.credential
    assert SAMPLE.accepted(SAMPLE.presented(EVERYTHING)).credential == SAMPLE.credential
    whole = shown(derived(base_with(*NEEDED), "/credentialSubject"))
    assert SAMPLE.accepted(whole).credential == SAMPLE.credential


def test_h049_a_derived_proof_by_the_key_of_another_is_not_the_issuers() -> None:
    stranger = SoftwareSigner.generate(Algorithm.ES256, "did:web:attacker.example#key")
    forged = SAMPLE.issued(signer=stranger)
    presented = SAMPLE.presented(held=forged)
    unverified = SAMPLE.format.parse(presented)
    SAMPLE.format.check_proof(unverified, stranger.public, at=NOW)  # the proof layer alone
    document = dids.base.document_of(SAMPLE.credential.issuer, [SAMPLE.issuer.public])
    with pytest.raises(ProofInvalid) as refused:
        document.key(unverified.key.key_id)
    assert refused.value.code == "method_not_of_issuer"


def test_h050_a_base_proof_for_another_purpose_is_refused() -> None:
    held = base_with(*NEEDED, options=replace(OPTIONS, purpose="authentication"))
    assert of_held(held) == "proof_purpose_mismatch"
    assert code_of(shown(derived(held, "/credentialSubject"))) == "proof_purpose_mismatch"


@pytest.mark.parametrize(
    "options",
    [
        replace(OPTIONS, created="2026-11-24T12:00:00Z"),
        replace(OPTIONS, expires="2026-11-23T11:59:59Z"),
    ],
)
def test_h051_a_derived_proof_with_wrong_dates_is_refused(options: ProofOptions) -> None:
    held = base_with(*NEEDED, options=options)
    assert of_held(held) == "proof_date_invalid"
    assert code_of(shown(derived(held, "/credentialSubject"))) == "proof_date_invalid"


@pytest.mark.parametrize("algorithm", [Algorithm.EDDSA, Algorithm.ES384])
def test_h052_a_derived_proof_under_another_kind_of_key_is_refused(algorithm: Algorithm) -> None:
    other = SoftwareSigner.generate(algorithm, METHOD).public
    for wire in (HELD, SAMPLE.presented()):
        with pytest.raises(ProofInvalid) as refused:
            SAMPLE.format.check_proof(SAMPLE.format.parse(wire), other, at=NOW)
        assert refused.value.code == "cryptosuite_not_allowed"


@pytest.mark.parametrize("position", [0, 1])
def test_h053_one_false_derived_proof_of_two_refuses_the_whole(position: int) -> None:
    credential = derived(base_with(*NEEDED), "/credentialSubject")
    good = credential["proof"]
    assert isinstance(good, dict)
    octets = bytearray(multibase_decode(str(good["proofValue"])))
    octets[20] ^= 1
    false: JsonObject = {**good, "proofValue": multibase_encode(bytes(octets), "u")}
    assert SAMPLE.accepted(shown({**credential, "proof": [good, good]})).holder_bound
    proofs = [good]
    proofs.insert(position, false)
    assert code_of(shown({**credential, "proof": [*proofs]})) == "proof_invalid"
    chained: JsonObject = {**good, "previousProof": "urn:uuid:absent"}
    assert code_of(shown({**credential, "proof": chained})) == "proof_invalid"


def test_h054_what_was_shown_in_part_needs_its_proof() -> None:
    credential = derived(base_with(*NEEDED), "/credentialSubject")
    presentation = shown(credential)
    bare = {name: value for name, value in credential.items() if name != "proof"}
    assert code_of({**presentation, "verifiableCredential": [bare]}) == "no_proof"


@pytest.mark.parametrize("member", ["validFrom", "validUntil", "credentialStatus"])
def test_h056_a_hidden_mandatory_part_is_refused(
    member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient = base_with(*(name for name in NEEDED if name != member))
    presentation = shown(derived(lenient, "/credentialSubject"))
    assert code_of(presentation) == "mandatory_hidden"
    monkeypatch.setattr(selection, "check_nothing_hidden", lambda _document: None)
    assert SAMPLE.accepted(presentation).holder_bound  # without the check it passes


@pytest.mark.parametrize("member", ["issuer", "type"])
def test_h056_a_derived_proof_without_issuer_or_type_is_refused(member: str) -> None:
    lenient = base_with("validFrom")
    credential = derived(lenient, "/credentialSubject", "/validUntil", "/credentialStatus")
    presentation = shown({**credential, "issuer": UNSECURED["issuer"]})
    inner = copy.deepcopy(credential)
    inner.pop(member, None)
    assert code_of({**presentation, "verifiableCredential": [inner]}) == "mandatory_hidden"


@pytest.mark.parametrize("member", ["issuer", "validFrom", "validUntil", "credentialStatus"])
def test_h056_what_a_verdict_needs_is_not_the_holders_choice(
    member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient = base_with(*(name for name in NEEDED if name != member))
    presentation = shown(derived(lenient, f"/{member}", "/credentialSubject"))
    assert code_of(presentation) == "mandatory_hidden"
    monkeypatch.setattr(selection, "check_nothing_chosen", lambda _document, _chosen: None)
    assert SAMPLE.accepted(presentation).holder_bound


def test_h056_one_of_two_statuses_cannot_be_left_out() -> None:
    status = UNSECURED["credentialStatus"]
    assert isinstance(status, list)
    assert isinstance(status[0], dict)
    second: JsonObject = {**status[0], "statusPurpose": "suspension"}
    document: JsonObject = {**UNSECURED, "credentialStatus": [status[0], second]}
    strict = base_with(*NEEDED, document=document)
    verified = SAMPLE.accepted(shown(derived(strict, "/credentialSubject")))
    assert len(verified.credential.status) == 2
    lenient = base_with("issuer", "type", "validFrom", "validUntil", document=document)
    half = derived(lenient, "/credentialStatus/0", "/credentialSubject")
    assert half["credentialStatus"] == [status[0]]
    assert code_of(shown(half)) == "mandatory_hidden"


def test_h056_without_an_identifier_of_its_own_it_is_the_same() -> None:
    document = {name: value for name, value in UNSECURED.items() if name != "id"}
    strict = base_with(*NEEDED, document=document)
    assert SAMPLE.accepted(shown(derived(strict, "/credentialSubject"))).holder_bound
    lenient = base_with("issuer", "type", "validFrom", "credentialStatus", document=document)
    chosen = derived(lenient, "/validUntil", "/credentialSubject")
    assert code_of(shown(chosen)) == "mandatory_hidden"


def test_h057_a_base_proof_in_a_presentation_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def whole(secured: JsonObject, *_: object, **__: object) -> JsonObject:
        return secured

    with monkeypatch.context() as patched:
        patched.setattr(derivation, "derived", whole)
        presentation = SAMPLE.presented()
    assert isinstance(presentation, dict)
    assert code_of(presentation) == "base_proof_presented"
    monkeypatch.setattr(data_integrity, "refuse_base", lambda _wire: None)
    assert code_of(presentation) == "base_proof_presented"  # the proof layer refuses it again
    assert isinstance(HELD, dict)
    check_proofs(HELD, lambda _: SAMPLE.issuer.public, purpose="assertionMethod", at=NOW, held=True)


def test_h057_a_base_proof_beside_a_derived_one_is_refused() -> None:
    credential = derived(base_with(*NEEDED), "/credentialSubject")
    assert isinstance(HELD, dict)
    both: JsonObject = {**credential, "proof": [credential["proof"], HELD["proof"]]}
    assert code_of({**shown(credential), "verifiableCredential": [both]}) == "base_proof_presented"


@pytest.mark.parametrize("held", [False, True])
def test_h057_a_verifier_refuses_what_its_holder_may_keep(*, held: bool) -> None:
    issuer = SAMPLE.issuer
    assert isinstance(issuer, SoftwareSigner)
    did = dids.did_key(issuer.public)
    signer = SoftwareSigner(issuer.public.with_key_id(f"{did}#{did[8:]}"), issuer._key)
    own = replace(SAMPLE, credential=replace(SAMPLE.credential, issuer=did, status=()))
    wire = own.issued(signer=signer)
    sources = Sources(get=lambda _url: b"", trust_list=None, schemas=lambda _url: None)
    verdict = check(
        wire, expected=Expectations(policy=Policy.ANY, held=held), sources=sources, at=NOW
    )
    proof = next(each for each in verdict.findings if each.check is Check.PROOF)
    if held:
        assert proof.outcome is Outcome.PASSED
    else:
        assert (proof.outcome, proof.code) == (Outcome.FAILED, "base_proof_presented")
        assert verdict.verified is None


def tagged(octets: bytes) -> bytes:
    return b"\xd9\xd9\xf7" * 300 + octets


def endless(octets: bytes) -> bytes:
    return b"\x9f" + octets[1:] + b"\xff"


def four_gigabytes(octets: bytes) -> bytes:
    return octets[:1] + b"\x5a\xff\xff\xff\xff" + octets[3:]


def trailing(octets: bytes) -> bytes:
    return octets + b"\0"


def longer(octets: bytes) -> bytes:
    return b"\x98\x05" + octets[1:]


def twice(octets: bytes) -> bytes:
    parts = cbor.decode(octets)
    assert isinstance(parts, list)
    labels = parts[3]
    if not isinstance(labels, dict):
        return trailing(octets)
    pair = cbor.encode(0) + cbor.encode(labels[0])
    members = [pair, pair, *(cbor.encode(k) + cbor.encode(v) for k, v in labels.items() if k)]
    head = bytes([0xA0 + len(members)])
    return (
        b"\x85"
        + b"".join(map(cbor.encode, parts[:3]))
        + head
        + b"".join(members)
        + cbor.encode(parts[4])
    )


LENIENT = {endless, longer, twice}
"""What a common decoder takes without a word."""


@pytest.mark.parametrize("bend", [tagged, endless, four_gigabytes, trailing, longer, twice])
def test_h058_hostile_cbor_in_a_proof_value_is_refused(
    bend: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    credential = derived(base_with(*NEEDED), "/credentialSubject")
    assert isinstance(HELD, dict)
    for good in (HELD, credential):
        SAMPLE.verified(good)
        proof = good["proof"]
        assert isinstance(proof, dict)
        octets = multibase_decode(str(proof["proofValue"]))
        hostile = bend(octets[3:])
        value = multibase_encode(octets[:3] + hostile, "u")
        bent: JsonObject = {**good, "proof": {**proof, "proofValue": value}}
        assert of_held(bent) == "cbor_invalid"
        if bend is tagged:
            assert len(cbor2.loads(hostile)) == 5
        if bend in LENIENT and not (bend is twice and good is HELD):
            with monkeypatch.context() as patched:
                patched.setattr(cbor, "decode", cbor2.loads)
                SAMPLE.verified(bent)


@pytest.mark.parametrize(
    "disclose", [NOTHING, frozenset([("skills", 1)]), frozenset([("given_name",)])], ids=str
)
def test_a_derived_credential_ends_like_the_whole_one(disclose: Paths) -> None:
    end = NOW + timedelta(days=365)
    wire = SAMPLE.presented(disclose, at=end)
    with pytest.raises(CredentialError) as refused:
        SAMPLE.accepted(wire, at=end)
    assert refused.value.code == "expired"
