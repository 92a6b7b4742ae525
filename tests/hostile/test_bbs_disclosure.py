"""H056 to H058 for bbs-2023, and what the unlinkable suite adds: no key of another kind serves."""

from dataclasses import replace

import pytest

from credentials import cbor, dids
from credentials.bbs.signature import SoftwareBbsSigner
from credentials.bbs_keys import PairingAlgorithm
from credentials.cryptosuites import BBS_2023, ProofOptions
from credentials.cryptosuites.bbs_2023 import proof_value
from credentials.encoding import JsonObject
from credentials.errors import CredentialError
from credentials.findings import Check, Outcome
from credentials.formats import derivation, selection
from credentials.formats.data_integrity import CONFIGURED
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Wire
from credentials.multibase import multibase_decode, multibase_encode
from credentials.verification import Expectations, Policy, Sources, check
from tests.conftest import NOW
from tests.formats.conftest import EVERYTHING, entropy, sample_of

SAMPLE = sample_of(CONFIGURED["bbs-2023"], PairingAlgorithm.BBS)
NEEDED = ("issuer", "type", "validFrom", "validUntil", "credentialStatus")
OPTIONS = ProofOptions(f"{SAMPLE.credential.issuer}#k", "assertionMethod", "2026-11-23T12:00:00Z")
HELD = SAMPLE.issued()
assert isinstance(HELD, dict)
UNSECURED: JsonObject = {name: value for name, value in HELD.items() if name != "proof"}


def shown(mandatory: list[str], *reveal: str) -> JsonObject:
    """A presentation of what an issuer with other rules would let a holder show."""
    pointers = [f"/{name}" for name in mandatory]
    proof = BBS_2023.sign(UNSECURED, OPTIONS, SAMPLE.issuer, mandatory=pointers, entropy=entropy)
    derived = BBS_2023.derive(UNSECURED, proof, reveal=reveal, entropy=entropy)
    return presented(derived)


def presented(held: Wire) -> JsonObject:
    wire = SAMPLE.presented(held=held)
    assert isinstance(wire, dict)
    return wire


def code_of(wire: Wire) -> str:
    with pytest.raises(CredentialError) as refused:
        SAMPLE.accepted(wire)
    return refused.value.code


def test_what_is_bent_below_is_good() -> None:
    assert SAMPLE.accepted(shown([*NEEDED], "/credentialSubject")).credential == SAMPLE.credential


@pytest.mark.parametrize("member", ["validFrom", "validUntil", "credentialStatus"])
def test_h056_a_hidden_mandatory_part_is_refused(
    member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = shown([name for name in NEEDED if name != member], "/credentialSubject")
    assert code_of(wire) == "mandatory_hidden"
    monkeypatch.setattr(selection, "check_nothing_hidden", lambda _document: None)
    assert SAMPLE.accepted(wire).holder_bound


@pytest.mark.parametrize("member", NEEDED[:1] + NEEDED[2:])
def test_h056_what_a_verdict_needs_is_not_the_holders_choice(
    member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient = [name for name in NEEDED if name != member]
    wire = shown(lenient, f"/{member}", "/credentialSubject")
    assert code_of(wire) == "mandatory_hidden"
    monkeypatch.setattr(selection, "check_nothing_chosen", lambda _document, _chosen: None)
    assert SAMPLE.accepted(wire).holder_bound


def test_h057_a_base_proof_in_a_presentation_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SAMPLE.verified(HELD).credential == SAMPLE.credential  # its holder may keep it
    with monkeypatch.context() as patched:
        patched.setattr(derivation, "derived", lambda secured, *_, **__: secured)
        wire = SAMPLE.presented()
    assert code_of(wire) == "base_proof_presented"


@pytest.mark.parametrize("held", [False, True])
def test_h057_a_verifier_refuses_what_its_holder_may_keep(*, held: bool) -> None:
    signer = SoftwareBbsSigner.generate(entropy)
    did = dids.did_key(signer.public)
    named = replace(signer, public=signer.public.with_key_id(f"{did}#{did[8:]}"))
    own = replace(SAMPLE, credential=replace(SAMPLE.credential, issuer=did, status=()))
    sources = Sources(get=lambda _url: b"", trust_list=None, schemas=lambda _url: None)
    expected = Expectations(policy=Policy.ANY, held=held)
    verdict = check(own.issued(signer=named), expected=expected, sources=sources, at=NOW)
    found = next(each for each in verdict.findings if each.check is Check.PROOF)
    if held:
        assert (found.outcome, found.facts["algorithm"]) == (Outcome.PASSED, "BBS")
    else:
        assert (found.outcome, found.code) == (Outcome.FAILED, "base_proof_presented")


@pytest.mark.parametrize("behind", [b"\0", b"\xff"], ids=["a value", "a break"])
@pytest.mark.parametrize("front", [b"", b"\xd9\xd9\xf7" * 300, b"\x9f"], ids=["", "tags", "open"])
def test_h058_hostile_cbor_is_refused(front: bytes, behind: bytes) -> None:
    wire = shown([*NEEDED], "/credentialSubject")
    inner = wire["verifiableCredential"]
    assert isinstance(inner, list)
    credential = inner[0]
    assert isinstance(credential, dict)
    proof = credential["proof"]
    assert isinstance(proof, dict)
    octets = multibase_decode(str(proof["proofValue"]))
    value = octets[len(proof_value.DERIVED_HEADER) :]
    assert cbor.encode(cbor.decode(value)) == value
    hostile = proof_value.DERIVED_HEADER + front + value + behind
    bent: JsonObject = {**proof, "proofValue": multibase_encode(hostile, "u")}
    assert code_of(presented({**credential, "proof": bent})) == "cbor_invalid"


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_key_of_another_kind_is_refused(algorithm: Algorithm) -> None:
    other = SoftwareSigner.generate(algorithm, OPTIONS.verification_method)
    for wire in (HELD, SAMPLE.presented(EVERYTHING)):
        with pytest.raises(CredentialError, match="cryptosuite_not_allowed"):
            SAMPLE.format.check_proof(SAMPLE.format.parse(wire), other.public, at=NOW)
    with pytest.raises(CredentialError, match="cryptosuite_not_allowed"):
        SAMPLE.issued(signer=other)
    for name, each in CONFIGURED.items():
        if name != BBS_2023.name:
            with pytest.raises(CredentialError, match="cryptosuite_not_allowed"):
                replace(SAMPLE, format=each).issued()


def test_two_presentations_of_one_credential_share_no_proof() -> None:
    proofs = []
    for _ in range(2):
        inner = presented(HELD)["verifiableCredential"]
        assert isinstance(inner, list)
        assert isinstance(inner[0], dict)
        proof = inner[0]["proof"]
        assert isinstance(proof, dict)
        proofs.append(proof_value.read_derived(proof).proof)
    pieces = [{made[i : i + 16] for i in range(0, len(made), 16)} for made in proofs]
    assert not pieces[0] & pieces[1]
