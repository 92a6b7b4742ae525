"""bbs-2023 beyond the vectors: what is shown, what is refused, and what two proofs share."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.bbs.signature import SoftwareBbsSigner
from credentials.cryptosuites import ProofOptions, bbs_2023
from credentials.cryptosuites.bbs_2023 import BBS_2023, proof_value
from credentials.encoding import JsonObject, b64url_encode
from credentials.errors import CredentialError, MalformedError, ProofInvalid, UnsupportedError
from credentials.keys import Algorithm, SoftwareSigner

DID = "did:web:issuer.skillspass.example"
SIGNER = SoftwareBbsSigner.from_material(
    b"the issuer of this test, and of no other one", key_id=DID
)
OPTIONS = ProofOptions(
    verification_method=f"{DID}#bbs", purpose="assertionMethod", created="2026-11-23T12:00:00Z"
)
MANDATORY = ["/issuer", "/validFrom", "/validUntil", "/credentialStatus"]
SKILLS = "/credentialSubject/skills"


def entropy() -> Callable[[int], bytes]:
    numbers = count()
    return lambda size: hashlib.shake_256(b"%d" % next(numbers)).digest(size)


def skill(number: int) -> JsonObject:
    return {"framework": "metalektro", "skill": f"skill-{number}", "level": number % 4 + 1}


DOCUMENT: JsonObject = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://skillspass.example/contexts/skills/v1",
    ],
    "type": ["VerifiableCredential", "https://skillspass.example/types/heftruck/1"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "issuer": DID,
    "validFrom": "2026-11-23T12:00:00Z",
    "validUntil": "2027-11-23T12:00:00Z",
    "credentialSubject": {"given_name": "Jan", "skills": [skill(n) for n in range(5)]},
    "credentialStatus": [
        {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "7",
            "statusListCredential": "https://issuer.skillspass.example/status/1",
        }
    ],
}
BASE = BBS_2023.sign(DOCUMENT, OPTIONS, SIGNER, mandatory=MANDATORY, entropy=entropy())


def derive(*reveal: str, source: Callable[[int], bytes] | None = None) -> JsonObject:
    return BBS_2023.derive(DOCUMENT, BASE, reveal=reveal, entropy=source or entropy())


def verify(shown: JsonObject) -> tuple[str, ...]:
    document = {name: value for name, value in shown.items() if name != "proof"}
    proof = shown["proof"]
    assert isinstance(proof, dict)
    return BBS_2023.verify(document, proof, SIGNER.public)


def with_value(shown: JsonObject, text: str) -> JsonObject:
    proof = shown["proof"]
    assert isinstance(proof, dict)
    return {**shown, "proof": {**proof, "proofValue": text}}


def value_of(shown: JsonObject) -> proof_value.DerivedProof:
    proof = shown["proof"]
    assert isinstance(proof, dict)
    return proof_value.read_derived(proof)


SHOWN = derive(f"{SKILLS}/1", f"{SKILLS}/3")


def test_one_skill_of_a_list_is_shown_and_the_others_stay_hidden() -> None:
    shown = derive(f"{SKILLS}/3")
    subject = shown["credentialSubject"]
    assert isinstance(subject, dict)
    assert subject == {"skills": [skill(3)]}
    assert {"issuer", "validFrom", "validUntil", "credentialStatus"} < shown.keys()
    chosen = verify(shown)
    assert any("skill-3" in line for line in chosen)
    assert not any("issuer" in line for line in chosen)


def test_the_mandatory_part_alone_can_be_shown() -> None:
    shown = derive()
    assert "credentialSubject" not in shown
    assert verify(shown) == ()


def test_the_holder_checks_what_the_issuer_sent() -> None:
    BBS_2023.verify_base(DOCUMENT, BASE, SIGNER.public)
    other = SoftwareBbsSigner.from_material(b"somebody else, who never signed a thing here")
    for document, proof, key in (
        ({**DOCUMENT, "validUntil": "2099-01-01T00:00:00Z"}, BASE, SIGNER.public),
        ({**DOCUMENT, "id": "urn:uuid:98172aac-d8ba-11ed-83dd-0b3aef56cc33"}, BASE, SIGNER.public),
        (DOCUMENT, {**BASE, "created": "2026-11-24T12:00:00Z"}, SIGNER.public),
        (DOCUMENT, BASE, other.public),
    ):
        with pytest.raises(ProofInvalid, match="proof_invalid"):
            BBS_2023.verify_base(document, proof, key)


def test_a_changed_or_missing_statement_is_refused() -> None:
    verify(SHOWN)
    changed: list[JsonObject] = [
        {**SHOWN, "validUntil": "2099-11-23T12:00:00Z"},
        {**SHOWN, "issuer": "did:web:attacker.example"},
        {**SHOWN, "credentialSubject": {"skills": [skill(1)]}},
        {**SHOWN, "credentialSubject": {"skills": [skill(1), skill(2)]}},
        {**SHOWN, "credentialSubject": {"given_name": "Jan", "skills": [skill(1), skill(3)]}},
        {name: value for name, value in SHOWN.items() if name != "validUntil"},
        {name: value for name, value in SHOWN.items() if name != "credentialStatus"},
    ]
    for each in changed:
        with pytest.raises(ProofInvalid, match="proof_invalid"):
            verify(each)


def test_changed_options_are_refused() -> None:
    proof = SHOWN["proof"]
    assert isinstance(proof, dict)
    for change in ({"created": "2026-11-22T12:00:00Z"}, {"proofPurpose": "authentication"}):
        with pytest.raises(ProofInvalid, match="proof_invalid"):
            verify({**SHOWN, "proof": {**proof, **change}})
    with pytest.raises(UnsupportedError, match="cryptosuite_not_allowed"):
        verify({**SHOWN, "proof": {**proof, "cryptosuite": "ecdsa-sd-2023"}})
    with pytest.raises(MalformedError, match="context_keyword_forbidden"):
        verify({**SHOWN, "proof": {**proof, "@context": {}}})


def test_two_presentations_share_no_octets_of_proof() -> None:
    source = entropy()
    proofs = [value_of(derive(f"{SKILLS}/1", source=source)).proof for _ in range(2)]
    pieces = [{made[i : i + 16] for i in range(0, len(made), 16)} for made in proofs]
    assert not pieces[0] & pieces[1]


def test_the_presentation_header_is_part_of_the_proof() -> None:
    shown = BBS_2023.derive(
        DOCUMENT, BASE, reveal=[], entropy=entropy(), presentation_header=b"nonce"
    )
    verify(shown)
    other = replace(value_of(shown), presentation_header=b"other")
    with pytest.raises(ProofInvalid, match="proof_invalid"):
        verify(with_value(shown, proof_value.write_derived(other)))


def test_a_base_proof_is_refused_by_a_verifier() -> None:  # H057
    assert BBS_2023.is_base(BASE)
    with pytest.raises(ProofInvalid, match="base_proof_presented"):
        verify({**DOCUMENT, "proof": BASE})


def test_a_derived_proof_cannot_be_derived_again() -> None:
    document = {name: value for name, value in SHOWN.items() if name != "proof"}
    proof = SHOWN["proof"]
    assert isinstance(proof, dict)
    assert not BBS_2023.is_base(proof)
    with pytest.raises(ProofInvalid, match="proof_invalid"):
        BBS_2023.derive(document, proof, reveal=[], entropy=entropy())
    with pytest.raises(ProofInvalid, match="proof_invalid"):
        BBS_2023.mandatory(proof)


HOSTILE = {
    "tags": "d9d9f7" * 20 + "00",
    "no end": "9fff",
    "4 GB announced": "855affffffff",
    "a key twice": "8540a2000000018080" + "40",
    "something behind it": "8540a0808040" + "00",
    "nothing": "",
    "too many items": "9b0000000100000000",
    "a number of two spellings": "8558" + "00" + "a0808040",
}


@pytest.mark.parametrize("octets", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("header", [proof_value.BASE_HEADER, proof_value.DERIVED_HEADER])
def test_hostile_cbor_is_refused(octets: str, header: bytes) -> None:  # H058
    text = "u" + b64url_encode(header + bytes.fromhex(octets))
    read = {
        proof_value.BASE_HEADER: BBS_2023.mandatory,
        proof_value.DERIVED_HEADER: proof_value.read_derived,
    }
    with pytest.raises(ProofInvalid, match="cbor_invalid"):
        read[header]({**BASE, "proofValue": text})


def bent() -> dict[str, proof_value.DerivedProof]:
    value = value_of(SHOWN)
    first, second, *rest = value.mandatory
    labels = dict(value.labels)
    twice = labels | {"c14n0": labels["c14n1"]}
    return {
        "indexes descend": replace(value, mandatory=(second, first, *rest)),
        "an index twice": replace(value, selective=(value.selective[0], *value.selective)),
        "a mandatory index outside": replace(value, mandatory=(*value.mandatory, 10_000)),
        "a selective index outside": replace(value, selective=(*value.selective[:-1], 2_000)),
        "one mandatory index less": replace(value, mandatory=value.mandatory[1:]),
        "one selective index less": replace(value, selective=value.selective[1:]),
        "a label for two nodes": replace(value, labels=twice),
        "a label missing": replace(value, labels=dict(list(labels.items())[1:])),
        "a label for no node": replace(value, labels=labels | {"c14n99": "b99"}),
        "another label": replace(value, labels=labels | {"c14n0": "b77"}),
        "no proof": replace(value, proof=b""),
    }


@pytest.mark.parametrize("name", bent())
def test_a_bent_proof_value_is_refused(name: str) -> None:
    verify(with_value(SHOWN, proof_value.write_derived(value_of(SHOWN))))
    with pytest.raises(ProofInvalid, match="proof_invalid"):
        verify(with_value(SHOWN, proof_value.write_derived(bent()[name])))


@pytest.mark.parametrize("value", [None, 7, "", "z2V0", "u", "u2V0=", "u2V0B", "u0000"], ids=str)
def test_what_is_no_proof_value_is_refused(value: str | int | None) -> None:
    proof = SHOWN["proof"]
    assert isinstance(proof, dict)
    with pytest.raises(ProofInvalid, match="proof_invalid"):
        verify({**SHOWN, "proof": {**proof, "proofValue": value}})


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_any_octets_are_refused_by_our_own_error(octets: bytes) -> None:
    for header in (b"", proof_value.BASE_HEADER, proof_value.DERIVED_HEADER):
        text = "u" + b64url_encode(header + octets)
        with pytest.raises(CredentialError):
            verify(with_value(SHOWN, text))
        with pytest.raises(CredentialError):
            BBS_2023.derive(DOCUMENT, {**BASE, "proofValue": text}, reveal=[], entropy=entropy())


def test_pointers_that_choose_nothing_are_refused() -> None:
    with pytest.raises(MalformedError, match="pointer_unmatched"):
        derive(f"{SKILLS}/5")
    with pytest.raises(MalformedError, match="pointer_unmatched"):
        BBS_2023.sign(DOCUMENT, OPTIONS, SIGNER, mandatory=["/evidence"], entropy=entropy())
    bare = BBS_2023.sign(DOCUMENT, OPTIONS, SIGNER, mandatory=[], entropy=entropy())
    with pytest.raises(MalformedError, match="nothing_selected"):
        BBS_2023.derive(DOCUMENT, bare, reveal=[], entropy=entropy())


def test_a_proof_that_builds_upon_others_cannot_be_derived() -> None:
    chained = {**BASE, "previousProof": "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544"}
    with pytest.raises(UnsupportedError, match="selection_unsupported"):
        BBS_2023.derive(DOCUMENT, chained, reveal=[], entropy=entropy())


def test_keys_of_another_kind_are_refused() -> None:
    other = SoftwareSigner.generate(Algorithm.ES256)
    with pytest.raises(UnsupportedError, match="cryptosuite_not_allowed"):
        BBS_2023.sign(DOCUMENT, OPTIONS, other, mandatory=MANDATORY, entropy=entropy())
    document = {name: value for name, value in SHOWN.items() if name != "proof"}
    proof = SHOWN["proof"]
    assert isinstance(proof, dict)
    with pytest.raises(ProofInvalid, match="cryptosuite_not_allowed"):
        BBS_2023.verify(document, proof, other.public)
    with pytest.raises(ProofInvalid, match="cryptosuite_not_allowed"):
        BBS_2023.verify_base(DOCUMENT, BASE, other.public)


def test_without_the_extra_the_suite_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bbs_2023, "_LIBRARY", "no_such_library")
    refused: list[Callable[[], object]] = [
        lambda: verify(SHOWN),
        derive,
        lambda: BBS_2023.verify_base(DOCUMENT, BASE, SIGNER.public),
        lambda: BBS_2023.sign(DOCUMENT, OPTIONS, SIGNER, mandatory=[], entropy=entropy()),
    ]
    for work in refused:
        with pytest.raises(UnsupportedError, match="needs the extra bbs"):
            work()


def test_the_curve_is_not_loaded_before_it_is_used() -> None:
    script = (
        "import sys; import credentials.verification, credentials.cryptosuites.bbs_2023; "
        "print('py_arkworks_bls12381' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)  # noqa: S603 - our own interpreter and words
    assert ran.stdout == b"False\n"
