"""The fixtures of the BBS draft, both ciphersuites: every value and every intermediate."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from credentials.bbs import arkworks, proof, signature
from credentials.bbs.generators import generators
from credentials.bbs.signature import SoftwareBbsSigner, scalar_octets
from credentials.bbs.suite import EXPAND_OCTETS, SHA_256, SHAKE_256, Suite
from credentials.bbs_keys import BbsPublicKey
from credentials.errors import ProofInvalid

SUITES = {"bls12-381-sha-256": SHA_256, "bls12-381-shake-256": SHAKE_256}
SIGNATURES = [f"signature{number:03}" for number in range(1, 11)]
PROOFS = [f"proof{number:03}" for number in range(1, 16)]
both_suites = pytest.mark.parametrize("name", SUITES)

Fixture = dict[str, Any]  # Any: the shape differs from file to file


def load(path: Path) -> Fixture:
    fixture: Fixture = json.loads(path.read_bytes())
    return fixture


def octets(values: list[str]) -> list[bytes]:
    return [bytes.fromhex(value) for value in values]


def mocked(suite: Suite, seed: bytes, tag: bytes, count: int) -> Callable[[int], bytes]:
    """The draft's seeded_random_scalars (section 8.1) as a source of entropy."""
    stream = suite.expand(seed, tag, EXPAND_OCTETS * count)
    pieces: Iterator[bytes] = (
        stream[start : start + EXPAND_OCTETS] for start in range(0, len(stream), EXPAND_OCTETS)
    )
    return lambda _: next(pieces)


def test_all_61_files_are_covered(vectors: Path) -> None:
    found = {path.relative_to(vectors) for path in (vectors / "bbs-ietf").rglob("*.json")}
    single = ["MapMessageToScalarAsHash", "generators", "h2s", "keypair", "mockedRng"]
    names = [*single, *(f"signature/{each}" for each in SIGNATURES)]
    names += [f"proof/{each}" for each in PROOFS]
    covered = {Path("bbs-ietf") / suite / f"{name}.json" for suite in SUITES for name in names}
    assert found == covered | {Path("bbs-ietf/messages.json")}
    assert len(found) == 61


@both_suites
def test_hashes_to_scalars_are_as_published(name: str, vectors: Path) -> None:
    suite, folder = SUITES[name], vectors / "bbs-ietf" / name
    h2s = load(folder / "h2s.json")
    assert bytes.fromhex(h2s["dst"]) == suite.api + b"H2S_"
    scalar = suite.challenge(bytes.fromhex(h2s["message"]))
    assert scalar_octets(scalar).hex() == h2s["scalar"]
    mapped = load(folder / "MapMessageToScalarAsHash.json")["cases"]
    scalars = suite.message_scalars(octets([case["message"] for case in mapped]))
    assert [scalar_octets(each).hex() for each in scalars] == [case["scalar"] for case in mapped]
    messages: list[str] = json.loads((vectors / "bbs-ietf/messages.json").read_bytes())
    assert messages == [case["message"] for case in mapped]


@both_suites
def test_generators_are_as_published_whatever_was_asked_before(name: str, vectors: Path) -> None:
    suite = SUITES[name]
    published = load(vectors / "bbs-ietf" / name / "generators.json")
    for messages in (2, 10, 5):
        made = generators(suite, messages)
        expected = [published["Q1"], *published["MsgGenerators"][:messages]]
        assert [arkworks.write_point(point).hex() for point in made.points] == expected
        assert made.octets.hex() == "".join(expected)
    assert arkworks.write_point(made.fixed).hex() == published["P1"]
    tag, api = suite.api + b"SIG_GENERATOR_SEED_", suite.api
    seed = suite.expand(api + b"BP_MESSAGE_GENERATOR_SEED", tag, EXPAND_OCTETS)
    seed = suite.expand(seed + (1).to_bytes(8, "big"), tag, EXPAND_OCTETS)
    fixed = suite.hash_to_point(seed, api + b"SIG_GENERATOR_DST_")
    assert arkworks.write_point(fixed) == suite.fixed_point


@both_suites
def test_the_key_pair_is_as_published(name: str, vectors: Path) -> None:
    pair = load(vectors / "bbs-ietf" / name / "keypair.json")
    signer = SoftwareBbsSigner.from_material(
        bytes.fromhex(pair["keyMaterial"]),
        info=bytes.fromhex(pair["keyInfo"]),
        tag=bytes.fromhex(pair["keyDst"]),
        suite=SUITES[name],
    )
    assert signer.secret().hex() == pair["keyPair"]["secretKey"]
    assert signer.public.octets.hex() == pair["keyPair"]["publicKey"]


@both_suites
def test_mocked_random_scalars_are_as_published(name: str, vectors: Path) -> None:
    mock = load(vectors / "bbs-ietf" / name / "mockedRng.json")
    seed, tag = bytes.fromhex(mock["seed"]), bytes.fromhex(mock["dst"])
    entropy = mocked(SUITES[name], seed, tag, mock["count"])
    drawn = proof._random_scalars(entropy, mock["count"])
    assert [scalar_octets(scalar).hex() for scalar in drawn] == mock["mockedScalars"]


@both_suites
@pytest.mark.parametrize("case", SIGNATURES)
def test_signatures_are_made_and_judged_as_published(name: str, case: str, vectors: Path) -> None:
    fixture = load(vectors / "bbs-ietf" / name / f"signature/{case}.json")
    suite = SUITES[name]
    pair = fixture["signerKeyPair"]
    key = BbsPublicKey(bytes.fromhex(pair["publicKey"]))
    header, messages = bytes.fromhex(fixture["header"]), octets(fixture["messages"])
    signed = bytes.fromhex(fixture["signature"])
    if not fixture["result"]["valid"]:
        with pytest.raises(ProofInvalid, match="signature_invalid"):
            signature.verify(key, signed, header, messages, suite=suite)
        return
    signer = SoftwareBbsSigner.from_secret(bytes.fromhex(pair["secretKey"]), suite=suite)
    assert signer.public == key
    bases = generators(suite, len(messages))
    domain = signature.calculate_domain(suite, key.octets, bases, header)
    assert scalar_octets(domain).hex() == fixture["trace"]["domain"]
    b = signature.commitment(bases, [domain, *suite.message_scalars(messages)])
    assert arkworks.write_point(b).hex() == fixture["trace"]["B"]
    assert signer.sign(header, messages) == signed
    signature.verify(key, signed, header, messages, suite=suite)


def traced(suite: Suite, fixture: Fixture) -> Fixture:
    """Every intermediate of a proof, worked out from the published random scalars."""
    drawn = dict(fixture["trace"]["random_scalars"])
    drawn_messages = drawn.pop("m_tilde_scalars")
    names = ["r1", "r2", "e_tilde", "r1_tilde", "r3_tilde"]
    random = [int(value, 16) for value in [*map(drawn.__getitem__, names), *drawn_messages]]
    scalars = suite.message_scalars(octets(fixture["messages"]))
    shown = [(index, scalars[index]) for index in fixture["disclosedIndexes"]]
    hidden = proof._hidden(fixture["disclosedIndexes"], len(scalars))
    bases = generators(suite, len(scalars))
    key, header = bytes.fromhex(fixture["signerPublicKey"]), bytes.fromhex(fixture["header"])
    domain = signature.calculate_domain(suite, key, bases, header)
    a, e = signature.read_signature(bytes.fromhex(fixture["signature"]))
    b = signature.commitment(bases, [domain, *scalars])
    points = proof._initialised((a, e, b), bases, random, hidden)
    bound = bytes.fromhex(fixture["presentationHeader"])
    challenge = proof._challenge(suite, proof._Commitments(points, domain), shown, bound)
    parsed = proof._read(bytes.fromhex(fixture["proof"]))
    assert proof._verification_initialised(parsed, bases, domain, shown, hidden) == points
    written = (arkworks.write_point(point).hex() for point in points)
    return {
        "random_scalars": None,
        **dict(zip(["A_bar", "B_bar", "D", "T1", "T2"], written, strict=True)),
        "domain": scalar_octets(domain).hex(),
        "challenge": scalar_octets(challenge).hex(),
    }


@both_suites
@pytest.mark.parametrize("case", PROOFS)
def test_proofs_are_made_and_judged_as_published(name: str, case: str, vectors: Path) -> None:
    fixture = load(vectors / "bbs-ietf" / name / f"proof/{case}.json")
    mock = load(vectors / "bbs-ietf" / name / "mockedRng.json")
    suite = SUITES[name]
    key = BbsPublicKey(bytes.fromhex(fixture["signerPublicKey"]))
    header = bytes.fromhex(fixture["header"])
    bound = bytes.fromhex(fixture["presentationHeader"])
    messages, shown = octets(fixture["messages"]), fixture["disclosedIndexes"]
    published = bytes.fromhex(fixture["proof"])
    valid = fixture["result"]["valid"]

    def judge(candidate: bytes) -> None:
        proof.verify(
            key,
            candidate,
            header=header,
            presentation_header=bound,
            messages=[messages[index] for index in shown],
            disclosed=shown,
            suite=suite,
        )

    if not valid:
        with pytest.raises(ProofInvalid, match="proof_invalid"):
            judge(published)
        return
    judge(published)
    assert traced(suite, fixture) == fixture["trace"] | {"random_scalars": None}
    seed, tag = bytes.fromhex(mock["seed"]), bytes.fromhex(mock["dst"])
    made = proof.create(
        key,
        bytes.fromhex(fixture["signature"]),
        header=header,
        presentation_header=bound,
        messages=messages,
        disclosed=shown,
        entropy=mocked(suite, seed, tag, 5 + len(messages) - len(shown)),
        suite=suite,
    )
    assert made == published
