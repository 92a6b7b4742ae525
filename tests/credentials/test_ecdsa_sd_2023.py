"""ecdsa-sd-2023: one skill out of a list, and every way to bend a proof."""

import copy
import hashlib
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import cbor
from credentials.cbor import CborValue
from credentials.cryptosuites.base import ProofOptions, SelectiveCryptosuite
from credentials.cryptosuites.ecdsa_sd_2023 import ECDSA_SD_2023
from credentials.cryptosuites.ecdsa_sd_2023.proof_value import (
    BASE_HEADER,
    DERIVED_HEADER,
    parse_base,
    parse_derived,
)
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, MalformedError
from credentials.keys import Algorithm, SoftwareSigner
from credentials.multibase import multibase_decode, multibase_encode

V2 = "https://www.w3.org/ns/credentials/v2"
SKILLS = "https://skillspass.example/contexts/skills/v1"
METHOD = "did:web:school.example#k"
OPTIONS = ProofOptions(METHOD, "assertionMethod", "2026-11-23T12:00:00Z")
SIGNER = SoftwareSigner.generate(Algorithm.ES256, METHOD)
DOCUMENT: JsonObject = {
    "@context": [V2, SKILLS],
    "id": "urn:uuid:58172aac-d8ba-41ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "https://skillspass.example/types/x"],
    "issuer": "did:web:school.example",
    "credentialSubject": {
        "id": "did:web:worker.example",
        "given_name": "Sam",
        "skills": [{"skill": "mag", "level": 2}, {"skill": "tig", "level": 1}],
    },
}
MANDATORY = ("/issuer", "/type", "/credentialSubject/id")
_DRAWN = count(1)


def entropy(octets: int) -> bytes:
    """Not random, but never the same twice."""
    return hashlib.shake_128(str(next(_DRAWN)).encode()).digest(octets)


def base_proof(document: JsonObject = DOCUMENT, *mandatory: str) -> JsonObject:
    suite: SelectiveCryptosuite = ECDSA_SD_2023
    return suite.sign(document, OPTIONS, SIGNER, mandatory=mandatory or MANDATORY, entropy=entropy)


BASE = base_proof()


def derived(*reveal: str, proof: JsonObject = BASE) -> tuple[JsonObject, JsonObject]:
    shown = ECDSA_SD_2023.derive(DOCUMENT, proof, reveal=reveal, entropy=entropy)
    found = shown.pop("proof")
    assert isinstance(found, dict)
    return shown, found


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(CredentialError) as refused:
        action()
    return refused.value.code


def refusal(document: JsonObject, proof: JsonObject) -> str:
    return code_of(lambda: ECDSA_SD_2023.verify(document, proof, SIGNER.public))


def rebuilt(proof: JsonObject, change: Callable[[list[CborValue]], object]) -> JsonObject:
    """A proof whose components were changed, in CBOR again."""
    octets = multibase_decode(str(proof["proofValue"]))
    components = cbor.decode(octets[3:])
    assert isinstance(components, list)
    change(components)
    return {**proof, "proofValue": multibase_encode(octets[:3] + cbor.encode(components), "u")}


def replaced(proof: JsonObject, position: int, value: CborValue) -> JsonObject:
    """A proof with another component."""
    return rebuilt(proof, lambda components: components.__setitem__(position, value))


def test_one_skill_out_of_a_list_is_shown_and_holds() -> None:
    document, proof = derived("/credentialSubject/skills/1")
    assert document["credentialSubject"] == {
        "id": "did:web:worker.example",
        "skills": [{"skill": "tig", "level": 1}],
    }
    chosen = ECDSA_SD_2023.verify(document, proof, SIGNER.public)
    assert len(chosen) == 3
    assert all("Sam" not in line for line in chosen)
    assert not ECDSA_SD_2023.is_base(proof)


def test_everything_and_nothing_beside_the_mandatory_parts_can_be_shown() -> None:
    nothing, proof = derived()
    assert nothing["credentialSubject"] == {"id": "did:web:worker.example"}
    assert ECDSA_SD_2023.verify(nothing, proof, SIGNER.public) == ()
    everything, proof = derived("/credentialSubject")
    assert everything == DOCUMENT
    assert len(ECDSA_SD_2023.verify(everything, proof, SIGNER.public)) == 7


def test_without_anything_mandatory_something_must_be_shown() -> None:
    bare = ECDSA_SD_2023.sign(DOCUMENT, OPTIONS, SIGNER, mandatory=(), entropy=entropy)
    ECDSA_SD_2023.verify_base(DOCUMENT, bare, SIGNER.public)
    assert code_of(lambda: derived(proof=bare)) == "nothing_selected"
    document, proof = derived("/issuer", proof=bare)
    assert len(ECDSA_SD_2023.verify(document, proof, SIGNER.public)) == 3


def test_a_base_proof_is_for_its_holder_alone() -> None:
    ECDSA_SD_2023.verify_base(DOCUMENT, BASE, SIGNER.public)
    assert refusal(DOCUMENT, BASE) == "base_proof_presented"
    document, proof = derived()
    assert (
        code_of(lambda: ECDSA_SD_2023.verify_base(document, proof, SIGNER.public))
        == "proof_invalid"
    )
    assert code_of(lambda: derived(proof=proof)) == "proof_invalid"


@pytest.mark.parametrize(
    "path",
    [("issuer",), ("credentialSubject", "given_name"), ("credentialSubject", "skills", 0, "level")],
)
def test_a_base_proof_of_another_document_is_refused(path: tuple[str | int, ...]) -> None:
    other = copy.deepcopy(DOCUMENT)
    node: JsonValue = other
    for step in path[:-1]:
        node = node[step]  # type: ignore[index]  # the path fits
    node[path[-1]] = "did:web:other.example"  # type: ignore[index]  # as above
    assert code_of(lambda: ECDSA_SD_2023.verify_base(other, BASE, SIGNER.public)) == "proof_invalid"


def test_what_is_shown_cannot_be_changed_dropped_or_added() -> None:
    document, proof = derived("/credentialSubject/skills/1", "/credentialSubject/given_name")
    ECDSA_SD_2023.verify(document, proof, SIGNER.public)
    changes: list[Callable[[JsonObject], object]] = [
        lambda subject: subject.update(given_name="Kim"),
        lambda subject: subject.pop("given_name"),
        lambda subject: subject.update(family_name="Bos"),
        lambda subject: subject.update(skills=[{"skill": "tig", "level": 3}]),
        lambda subject: subject.update(skills=[{"skill": "tig", "level": 1}] * 2),
        lambda subject: subject.update(id="did:web:thief.example"),
    ]
    for change in changes:
        bent = copy.deepcopy(document)
        subject = bent["credentialSubject"]
        assert isinstance(subject, dict)
        change(subject)
        assert refusal(bent, proof) == "proof_invalid"
    assert refusal({**document, "issuer": "did:web:evil.example"}, proof) == "proof_invalid"
    for change_of_proof in ({"created": "2026-11-23T12:00:01Z"}, {"verificationMethod": "did:x:y"}):
        assert refusal(document, {**proof, **change_of_proof}) == "proof_invalid"


def test_statements_of_two_credentials_cannot_be_joined() -> None:
    document, mine = derived("/credentialSubject/given_name")
    _, other = derived("/credentialSubject/given_name", proof=base_proof())
    theirs = parse_derived(other)
    mixed: list[CborValue] = [
        theirs.base_signature,
        theirs.public_key,
        [*theirs.signatures],
    ]
    for position, part in enumerate(mixed):
        assert refusal(document, replaced(mine, position, part)) == "proof_invalid"


@pytest.mark.parametrize(
    ("position", "value"),
    [
        (2, []),
        (3, {}),
        (3, {0: bytes(32)}),
        (3, {1: bytes(32)}),
        (3, {0: bytes(32), 1: bytes(31) + b"\1"}),
        (4, []),
        (4, [0, 1, 2, 3, 99]),
    ],
)
def test_a_derived_proof_whose_parts_do_not_fit_is_refused(position: int, value: CborValue) -> None:
    document, proof = derived("/credentialSubject/skills/0")
    assert refusal(document, replaced(proof, position, value)) == "proof_invalid"


@pytest.mark.parametrize(
    ("position", "value"),
    [
        (0, bytes(63)),
        (1, b"\x80\x24" + bytes(32)),
        (1, b"\xed\x01" + bytes(33)),
        (2, [bytes(65)]),
        (2, {}),
        (3, {0: bytes(31)}),
        (3, {-1: bytes(32)}),
        (3, {"c14n0": bytes(32)}),
        (3, []),
        (4, [1, 0]),
        (4, [0, 0]),
        (4, [-1]),
        (4, ["0"]),
    ],
)
def test_a_derived_proof_of_another_form_is_refused(position: int, value: CborValue) -> None:
    document, proof = derived("/credentialSubject/given_name")
    assert refusal(document, replaced(proof, position, value)) == "cbor_invalid"


@pytest.mark.parametrize("change", [list.clear, list.pop, lambda parts: parts.append(0)])
def test_a_proof_is_a_list_of_five(change: Callable[[list[CborValue]], object]) -> None:
    document, proof = derived()
    assert refusal(document, rebuilt(proof, change)) == "cbor_invalid"
    assert code_of(lambda: derived(proof=rebuilt(BASE, change))) == "cbor_invalid"


def test_a_statement_key_outside_the_curve_is_refused() -> None:
    document, proof = derived()
    off = b"\x80\x24\x02" + b"\xff" * 32
    assert refusal(document, replaced(proof, 1, off)) == "proof_invalid"


@pytest.mark.parametrize("value", [None, 7, "", "z2V0B", "u", "u2V0C", "m2V0B"])
def test_what_is_no_proof_value_is_refused(value: JsonValue) -> None:
    document, proof = derived()
    assert refusal(document, {**proof, "proofValue": value}) == "proof_invalid"
    assert code_of(lambda: derived(proof={**BASE, "proofValue": value})) == "proof_invalid"


def test_a_key_or_a_name_of_another_suite_is_refused() -> None:
    document, proof = derived()
    for algorithm in (Algorithm.ES384, Algorithm.EDDSA):
        other = SoftwareSigner.generate(algorithm)
        assert (
            code_of(lambda other=other: ECDSA_SD_2023.verify(document, proof, other.public))  # type: ignore[misc]  # bound early
            == "cryptosuite_not_allowed"
        )
        with pytest.raises(CredentialError) as refused:
            ECDSA_SD_2023.sign(DOCUMENT, OPTIONS, other, mandatory=MANDATORY, entropy=entropy)
        assert refused.value.code == "cryptosuite_not_allowed"
    assert refusal(document, {**proof, "cryptosuite": "bbs-2023"}) == "cryptosuite_not_allowed"
    thief = SoftwareSigner.generate(Algorithm.ES256).public
    assert code_of(lambda: ECDSA_SD_2023.verify(document, proof, thief)) == "proof_invalid"


def test_a_pointer_to_nothing_makes_no_proof() -> None:
    assert code_of(lambda: base_proof(DOCUMENT, "/absent")) == "pointer_unmatched"
    assert code_of(lambda: derived("/credentialSubject/skills/2")) == "pointer_unmatched"
    assert code_of(lambda: derived("credentialSubject")) == "pointer_invalid"


def test_a_proof_that_builds_upon_others_is_shown_whole_or_not_at_all() -> None:
    chained: JsonObject = {**BASE, "previousProof": "urn:uuid:before"}
    assert code_of(lambda: derived(proof=chained)) == "selection_unsupported"


def test_entropy_that_repeats_zeros_makes_no_key() -> None:
    with pytest.raises(ValueError, match="scalar"):
        ECDSA_SD_2023.sign(DOCUMENT, OPTIONS, SIGNER, mandatory=MANDATORY, entropy=bytes)


def test_the_holders_secret_is_not_shown_by_a_repr() -> None:
    base = parse_base(BASE)
    assert base.hmac_key.hex() not in repr(base)
    assert str(base.hmac_key) not in repr(base)


@given(st.sampled_from([BASE_HEADER, DERIVED_HEADER]), st.binary(max_size=60))
def test_any_octets_are_a_proof_value_or_refused(header: bytes, octets: bytes) -> None:
    proof: JsonObject = {"proofValue": multibase_encode(header + octets, "u")}
    for parse in (parse_base, parse_derived):
        with pytest.raises(CredentialError):
            parse(proof)


def test_deep_or_endless_octets_are_refused_at_once() -> None:
    document, proof = derived()
    for octets in (
        b"\xc6" * 900 + b"\0",
        b"\x9f" * 9,
        b"\x9b" + b"\xff" * 8,
        b"\x5a\xff\xff\xff\xff",
    ):
        value = multibase_encode(DERIVED_HEADER + octets, "u")
        with pytest.raises(MalformedError) as refused:
            ECDSA_SD_2023.verify(document, {**proof, "proofValue": value}, SIGNER.public)
        assert refused.value.code == "cbor_invalid"
