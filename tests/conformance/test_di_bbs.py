"""The official vectors of bbs-2023: every intermediate of the baseline, byte for byte."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from credentials.bbs.signature import SoftwareBbsSigner
from credentials.bbs.suite import EXPAND_OCTETS, SHA_256
from credentials.bbs_keys import verification_key_from_multikey
from credentials.cryptosuites import ProofOptions
from credentials.cryptosuites.base import canonical_document, proof_configuration
from credentials.cryptosuites.bbs_2023 import BBS_2023, derive, proof_value, sign, verify
from credentials.cryptosuites.selective import relabelled_statements, select, shuffled_labels
from credentials.encoding import JsonObject
from credentials.errors import ProofInvalid, UnsupportedError
from credentials.model import Entropy
from credentials.multibase import multibase_decode
from schemas import contexts

INLINE = {"@vocab": "https://windsurf.grotto-networking.com/selective#"}
ADDRESS = "https://windsurf.grotto-networking.com/context"
FEATURES = {"HolderBinding": (4, 5), "Pseudonym": (8, 9), "PseudonymHB": (8, 9)}


@dataclass(frozen=True, slots=True)
class Example:
    """One document of the specification, with what is mandatory and what is chosen of it."""

    folder: Path
    document: JsonObject
    mandatory: tuple[str, ...]
    reveal: tuple[str, ...]
    materials: Path

    def read(self, name: str) -> Any:  # noqa: ANN401 - the shape differs from file to file
        return without_inline(json.loads((self.folder / name).read_bytes()))

    def text(self, name: str) -> str:
        return (self.folder / name).read_text()

    def hmac_key(self) -> bytes:
        keys = json.loads((self.materials / "BBSKeyMaterial.json").read_bytes())
        return bytes.fromhex(keys["hmacKeyString"])

    def signer(self) -> SoftwareBbsSigner:
        keys = json.loads((self.materials / "BBSKeyMaterial.json").read_bytes())
        method = self.read("addSignedSDBase.json")["proof"]["verificationMethod"]
        signer = SoftwareBbsSigner.from_secret(bytes.fromhex(keys["privateKeyHex"]), method)
        assert signer.public.octets.hex() == keys["publicKeyHex"]
        return signer

    def options(self) -> ProofOptions:
        proof = self.read("addSignedSDBase.json")["proof"]
        return ProofOptions(
            verification_method=proof["verificationMethod"],
            purpose=proof["proofPurpose"],
            created=proof["created"],
        )

    def header(self) -> bytes:
        hashes = self.read("addHashData.json")
        return bytes.fromhex(hashes["proofHash"] + hashes["mandatoryHash"])


def without_inline(value: object) -> object:
    """The product refuses inline contexts; under an address the same context means the same."""
    if isinstance(value, dict):
        context = value.get("@context")
        if isinstance(context, list) and INLINE in context:
            named = [ADDRESS if each == INLINE else each for each in context]
            return {**value, "@context": named}
    return value


@pytest.fixture(params=["windsurf", "prc"])
def example(
    request: pytest.FixtureRequest, vectors: Path, monkeypatch: pytest.MonkeyPatch
) -> Example:
    known = contexts.load

    def load(url: str) -> JsonObject:
        return {"@context": {**INLINE}} if url == ADDRESS else known(url)

    monkeypatch.setattr(contexts, "load", load)
    folder = vectors / "di-bbs"
    start, place = ("wind", folder) if request.param == "windsurf" else ("prCred", folder / "prc")
    read = (folder / f"{start}{kind}.json" for kind in ("Mandatory", "Selective"))
    mandatory, reveal = (tuple(json.loads(path.read_bytes())) for path in read)
    signed = json.loads((place / "addSignedSDBase.json").read_bytes())
    document = without_inline(signed)  # prCredUnsigned.json has another description
    assert isinstance(document, dict)
    return Example(place, unsecured(document)[0], mandatory, reveal, folder)


def pairs(entries: Any) -> dict[Any, Any]:  # noqa: ANN401 - a Map as JSON
    return dict(entries["value"] if isinstance(entries, dict) else entries)


def unsecured(signed: JsonObject) -> tuple[JsonObject, JsonObject]:
    proof = signed["proof"]
    assert isinstance(proof, dict)
    return {name: value for name, value in signed.items() if name != "proof"}, proof


def drawn(example: Example, hidden: int) -> Entropy:
    """The draft's mocked random scalars; these vectors take the bare api_id as their tag."""
    seed = json.loads((example.materials / "BBSDeriveMaterial.json").read_bytes())
    octets = bytes.fromhex(seed["pseudoRandSeedHex"])
    stream = SHA_256.expand(octets, SHA_256.api, EXPAND_OCTETS * (5 + hidden))
    pieces: Iterator[bytes] = (
        stream[start : start + EXPAND_OCTETS] for start in range(0, len(stream), EXPAND_OCTETS)
    )
    return lambda _: next(pieces)


def presentation_header(example: Example) -> bytes:
    material = json.loads((example.materials / "BBSDeriveMaterial.json").read_bytes())
    return bytes.fromhex(material["presentationHeaderHex"])


def test_the_base_proof_is_as_published_step_by_step(example: Example) -> None:
    canonical = canonical_document(example.document)
    assert canonical == "".join(example.read("addBaseDocCanon.json"))
    labels = shuffled_labels(example.hmac_key())
    lines = relabelled_statements(example.document, labels)
    assert list(lines) == example.read("addBaseDocHMACCanon.json")
    published = example.read("addBaseTransform.json")
    assert published["mandatoryPointers"] == list(example.mandatory)
    grouped = sign.transformed(example.document, example.mandatory, example.hmac_key())
    assert grouped.groups["mandatory"].matching == pairs(published["mandatory"])
    assert grouped.groups["mandatory"].rest == pairs(published["nonMandatory"])
    _, proof = unsecured(example.read("addSignedSDBase.json"))
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    configuration = proof_configuration(example.document, options, BBS_2023.name)
    assert configuration == example.read("addProofConfig.json")
    assert canonical_document(configuration) == example.text("addProofConfigCanon.txt")
    mandatory = [*grouped.groups["mandatory"].matching.values()]
    assert sign.hashed(configuration, mandatory) == example.header()


def test_the_base_proof_value_is_as_published(example: Example) -> None:
    signed = example.read("addSignedSDBase.json")
    hmac_key = example.hmac_key()
    proof = BBS_2023.sign(
        example.document,
        example.options(),
        example.signer(),
        mandatory=example.mandatory,
        entropy=lambda size: hmac_key[:size],
    )
    assert {**example.document, "proof": proof} == signed
    raw = example.read("addRawBaseSignatureInfo.json")
    value = proof_value.read_base(proof)
    assert value.signature.hex() == raw["bbsSignature"]
    assert list(value.mandatory) == raw["mandatoryPointers"]
    assert BBS_2023.is_base(proof)
    assert BBS_2023.mandatory(proof) == example.mandatory
    key = verification_key_from_multikey(str(proof["verificationMethod"]).partition("#")[2])
    assert key == example.signer().public
    BBS_2023.verify_base(example.document, proof, key)
    with pytest.raises(ProofInvalid, match="base_proof_presented"):
        BBS_2023.verify(example.document, proof, key)


def test_the_derived_proof_is_as_published_step_by_step(example: Example) -> None:
    document, proof = unsecured(example.read("addSignedSDBase.json"))
    base = proof_value.read_base(proof)
    recovered = example.read("derivedRecoveredBaseData.json")
    assert base.signature.hex() == recovered["bbsSignature"]
    assert base.hmac_key.hex() == recovered["hmacKey"]
    assert list(base.mandatory) == recovered["mandatoryPointers"]
    grouped = derive.grouped_for(document, base, example.reveal)
    groups, places = grouped.groups, example.read("derivedGroupIndexes.json")
    assert list(derive.indexes_of(grouped).combined) == places["combinedIndexes"]
    assert list(groups["mandatory"].matching) == places["mandatoryIndexes"]
    assert list(groups["mandatory"].rest) == places["nonMandatoryIndexes"]
    assert list(groups["selective"].matching) == places["selectiveIndexes"]
    if example.folder.name == "prc":
        published = example.read("derivedAllGroupData.json")["groups"]
        for name in ("mandatory", "selective"):
            group = groups[name]
            assert group.matching == pairs(published[name]["matching"])
            assert group.rest == pairs(published[name]["nonMatching"])
    indexes, adjusted = derive.indexes_of(grouped), example.read("derivedAdjIndexes.json")
    assert list(indexes.mandatory) == adjusted["adjMandatoryIndexes"]
    assert list(indexes.selective) == adjusted["adjSelectiveIndexes"]
    shown = select(document, [*base.mandatory, *example.reveal])
    assert shown == example.read("derivedUnsignedReveal.json")
    value = derive.disclosure(
        document,
        base,
        reveal=example.reveal,
        entropy=drawn(example, len(groups["mandatory"].rest) - len(indexes.selective)),
        presentation_header=presentation_header(example),
    )
    data = example.read("derivedDisclosureData.json")
    assert value.proof.hex() == data["bbsProof"]
    assert value.labels == pairs(data["labelMap"])
    assert list(value.mandatory) == data["mandatoryIndexes"]
    assert list(value.selective) == data["adjSelectiveIndexes"]
    assert [*value.presentation_header] == [*data["presentationHeader"].values()]


def test_the_derived_document_is_as_published_and_holds(example: Example) -> None:
    document, proof = unsecured(example.read("addSignedSDBase.json"))
    base = proof_value.read_base(proof)
    grouped = derive.grouped_for(document, base, example.reveal)
    hidden = len(grouped.groups["mandatory"].rest) - len(derive.indexes_of(grouped).selective)
    made = BBS_2023.derive(
        document,
        proof,
        reveal=example.reveal,
        entropy=drawn(example, hidden),
        presentation_header=presentation_header(example),
    )
    published = example.read("derivedRevealDocument.json")
    assert made == published
    shown, derived = unsecured(published)
    assert not BBS_2023.is_base(derived)
    chosen = BBS_2023.verify(shown, derived, example.signer().public)
    assert list(chosen) == [
        line
        for place, line in grouped.groups["selective"].matching.items()
        if place in grouped.groups["mandatory"].rest
    ]


def test_what_a_verifier_works_out_is_as_published(vectors: Path) -> None:
    folder = vectors / "di-bbs/prc"
    shown, derived = unsecured(json.loads((folder / "derivedRevealDocument.json").read_bytes()))
    data = verify.verify_data(shown, derived)
    published = json.loads((folder / "verifyDerivedProofValue.json").read_bytes())
    assert data.value.proof.hex() == published["bbsProof"]
    assert data.value.labels == pairs(published["labelMap"])
    assert list(data.value.mandatory) == published["mandatoryIndexes"]
    assert list(data.value.selective) == published["adjSelectedIndexes"]
    lines = json.loads((folder / "verifyNQuads.json").read_bytes())
    assert sorted([*data.mandatory, *data.chosen]) == lines
    hashes = json.loads((folder / "addHashData.json").read_bytes())
    assert data.header.hex() == hashes["proofHash"] + hashes["mandatoryHash"]
    digest = hashlib.sha256("".join(data.mandatory).encode()).hexdigest()
    assert digest == hashes["mandatoryHash"]


@pytest.mark.parametrize("folder", FEATURES)
def test_other_feature_options_are_refused_by_name(folder: str, vectors: Path) -> None:
    place = vectors / "di-bbs" / folder
    document, base = unsecured(json.loads((place / "addSignedSDBase.json").read_bytes()))
    _, derived = unsecured(json.loads((place / "derivedRevealDocument.json").read_bytes()))
    third = [multibase_decode(str(proof["proofValue"]))[2] for proof in (base, derived)]
    assert tuple(third) == FEATURES[folder]
    with pytest.raises(UnsupportedError, match="proof_feature_unsupported"):
        BBS_2023.mandatory(base)
    with pytest.raises(UnsupportedError, match="proof_feature_unsupported"):
        BBS_2023.derive(document, base, reveal=[], entropy=bytes)
    with pytest.raises(UnsupportedError, match="proof_feature_unsupported"):
        proof_value.read_derived(derived)
    assert not BBS_2023.is_base(base)
