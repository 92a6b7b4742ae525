"""The official vectors of ecdsa-sd-2023: every intermediate, byte for byte, signatures included.

The unsigned document of the residence card differs from the signed one in its description, so the
signed one is what everything here starts from.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest

from credentials.cryptosuites.base import ProofOptions, canonical_document
from credentials.cryptosuites.ecdsa_sd_2023 import ECDSA_SD_2023
from credentials.cryptosuites.ecdsa_sd_2023.derive import disclosure_data
from credentials.cryptosuites.ecdsa_sd_2023.proof_value import (
    DerivedProof,
    parse_base,
    parse_derived,
    serialize_base,
    serialize_derived,
)
from credentials.cryptosuites.ecdsa_sd_2023.sign import hash_of_configuration, hash_of_mandatory
from credentials.cryptosuites.ecdsa_sd_2023.verify import verify_data
from credentials.cryptosuites.selective import (
    Grouped,
    canonicalize_and_group,
    fixed_labels,
    hmac_labels,
    parse_pointer,
    relabelled_statements,
    select,
)
from credentials.encoding import JsonObject, JsonValue
from credentials.keys import PublicKey, SoftwareSigner
from credentials.multibase import multibase_decode
from tests.conformance.di_vectors import DeterministicSigner, key_of, load, signer_of, unsecured

FOLDERS = {"employ": "employ", "prc": "prCred"}


@dataclass(frozen=True, slots=True)
class Vectors:
    """One example, from the credential to the verified part."""

    place: Path
    document: JsonObject
    proof: JsonObject
    mandatory: list[str]
    selective: list[str]

    def json(self, name: str) -> JsonObject:
        return load(self.place / f"{name}.json")

    def lines(self, name: str) -> list[str]:
        lines: list[str] = json.loads((self.place / f"{name}.json").read_bytes())
        return lines

    @property
    def hmac_key(self) -> bytes:
        return bytes.fromhex(str(self.keys["hmacKeyString"]))

    @property
    def keys(self) -> JsonObject:
        return load(self.place.parent / "SDKeyMaterial.json")

    @property
    def options(self) -> JsonObject:
        return {name: value for name, value in self.proof.items() if name != "proofValue"}

    def grouped(self) -> Grouped:
        groups = {
            "mandatory": self.mandatory,
            "selective": self.selective,
            "combined": [*self.mandatory, *self.selective],
        }
        return canonicalize_and_group(self.document, hmac_labels(self.hmac_key), groups)

    def signer(self, pair: str) -> SoftwareSigner:
        keys = self.keys[pair]
        assert isinstance(keys, dict)
        return signer_of(keys, str(self.proof["verificationMethod"]))

    @property
    def key(self) -> PublicKey:
        return key_of(str(self.proof["verificationMethod"]))


@pytest.fixture(params=FOLDERS)
def case(request: pytest.FixtureRequest, vectors: Path) -> Vectors:
    root = vectors / "di-ecdsa"
    place = root / "ecdsa-sd-2023" / request.param
    document, proof = unsecured(load(place / "addSignedSDBase.json"))
    mandatory, selective = (
        json.loads((root / f"{FOLDERS[request.param]}{kind}.json").read_bytes())
        for kind in ("Mandatory", "Selective")
    )
    return Vectors(place, document, proof, mandatory, selective)


def pairs(value: JsonValue) -> list[tuple[JsonValue, JsonValue]]:
    """A map as the vectors write it."""
    assert isinstance(value, dict)
    entries = value["value"]
    assert isinstance(entries, list)
    return [(entry[0], entry[1]) for entry in entries if isinstance(entry, list)]


def hexes(octets: tuple[bytes, ...]) -> list[str]:
    return [each.hex() for each in octets]


def test_pointers_and_canonical_statements_are_as_published(case: Vectors) -> None:
    for entry in json.loads((case.place / "addPointerValues.json").read_bytes()):
        value: JsonValue = case.document
        for token in parse_pointer(entry["pointer"]):
            assert isinstance(value, dict)
            value = value[token]
        assert value == entry["value"]
    canonical = canonical_document(case.document)
    assert canonical.splitlines(keepends=True) == case.lines("addBaseDocCanon")
    assert list(case.grouped().nquads) == case.lines("addBaseDocHMACCanon")


def test_groups_are_as_published(case: Vectors) -> None:
    groups = case.grouped().groups
    transform = case.json("addBaseTransform")
    assert transform["mandatoryPointers"] == case.mandatory
    assert list(groups["mandatory"].matching.items()) == pairs(transform["mandatory"])
    assert list(groups["mandatory"].rest.items()) == pairs(transform["nonMandatory"])
    published = case.json("derivedAllGroupData")["groups"]
    assert isinstance(published, dict)
    for name, group in groups.items():
        entry = published[name]
        assert isinstance(entry, dict)
        assert list(group.matching.items()) == pairs(entry["matching"])
        assert list(group.rest.items()) == pairs(entry["nonMatching"])
    indexes = case.json("derivedGroupIndexes")
    assert [*groups["combined"].matching] == indexes["combinedIndexes"]
    assert [*groups["mandatory"].matching] == indexes["mandatoryIndexes"]
    assert [*groups["mandatory"].rest] == indexes["nonMandatoryIndexes"]


def test_hashes_and_configuration_are_as_published(case: Vectors) -> None:
    config = case.json("addProofConfig")
    assert {**case.options, "@context": case.document["@context"]} == config
    canonical = canonical_document(config)
    assert canonical == (case.place / "addProofConfigCanon.txt").read_text(encoding="utf-8")
    hashes = case.json("addHashData")
    proof_hash = hash_of_configuration(case.document, case.options)
    assert proof_hash.hex() == hashes["proofHash"]
    assert proof_hash == hashlib.sha256(canonical.encode()).digest()
    mandatory = case.grouped().groups["mandatory"].matching.values()
    assert hash_of_mandatory(mandatory).hex() == hashes["mandatoryHash"]


def test_our_base_proof_is_the_published_one(case: Vectors) -> None:
    drawn: Iterator[bytes] = chain(
        [
            case.hmac_key,
            multibase_decode(str(_pair(case, "proofKeyPair")["secretKeyMultibase"]))[2:],
        ]
    )
    signed = ECDSA_SD_2023.sign(
        case.document,
        ProofOptions(
            str(case.proof["verificationMethod"]), "assertionMethod", str(case.proof["created"])
        ),
        DeterministicSigner(case.signer("baseKeyPair")),
        mandatory=case.mandatory,
        entropy=lambda _octets: next(drawn),
    )
    assert signed == case.proof
    ECDSA_SD_2023.verify_base(case.document, case.proof, case.key)


def test_the_base_proof_holds_what_is_published(case: Vectors) -> None:
    base = parse_base(case.proof)
    assert serialize_base(base) == case.proof["proofValue"]
    for name in ("addRawBaseSignatureInfo", "derivedRecoveredBaseData"):
        published = case.json(name)
        assert base.base_signature.hex() == published["baseSignature"]
        assert hexes(base.signatures) == published["signatures"]
        assert [*base.mandatory_pointers] == published["mandatoryPointers"]
        multikey = published.get("publicKey") or published["proofPublicKey"]
        assert base.public_key == multibase_decode(str(multikey))
        assert base.hmac_key.hex() == published.get("hmacKey", base.hmac_key.hex())
    assert base.hmac_key == case.hmac_key
    assert ECDSA_SD_2023.is_base(case.proof)
    assert ECDSA_SD_2023.mandatory(case.proof) == tuple(case.mandatory)


def test_our_derived_proof_is_the_published_one(case: Vectors) -> None:
    disclosure = disclosure_data(case.document, parse_base(case.proof), case.selective)
    assert disclosure.document == case.json("derivedUnsignedReveal")
    proof, published = disclosure.proof, case.json("derivedDisclosureData")
    assert proof.base_signature.hex() == published["baseSignature"]
    assert proof.public_key == multibase_decode(str(published["publicKey"]))
    assert hexes(proof.signatures) == published["signatures"]
    assert dict(proof.labels) == dict(pairs(published["labelMap"]))
    assert [*proof.mandatory_indexes] == published["mandatoryIndexes"]
    adjusted = case.json("derivedAdjMandatoryIndexes")["adjMandatoryIndexes"]
    assert [*proof.mandatory_indexes] == adjusted
    assert hexes(proof.signatures) == case.json("derivedAdjSignatures")["filteredSignatures"]
    shown = ECDSA_SD_2023.derive(
        case.document, case.proof, reveal=case.selective, entropy=lambda _octets: b""
    )
    assert shown == case.json("derivedRevealDocument")


def test_the_published_derived_proof_is_read_and_holds(case: Vectors) -> None:
    document, proof = unsecured(case.json("derivedRevealDocument"))
    parts = parse_derived(proof)
    published = case.json("verifyDerivedProofValue")
    assert parts == DerivedProof(
        bytes.fromhex(str(published["baseSignature"])),
        multibase_decode(str(published["publicKey"])),
        parts.signatures,
        dict(pairs({"value": published["labelMap"]})),  # type: ignore[arg-type]  # texts
        tuple(published["mandatoryIndexes"]),  # type: ignore[arg-type]  # numbers
    )
    assert hexes(parts.signatures) == published["signatures"]
    assert serialize_derived(parts) == proof["proofValue"]
    nquads = relabelled_statements(document, fixed_labels(parts.labels))
    assert list(nquads) == case.lines("verifyNQuads")
    data, checked = verify_data(document, proof), case.json("verifyCreateVerifyData")
    assert data.base_signature.hex() == checked["baseSignature"]
    assert data.proof_hash.hex() == checked["proofHash"]
    assert data.public_key == multibase_decode(str(checked["publicKey"]))
    assert hexes(tuple(data.signatures)) == checked["signatures"]
    assert list(data.statements) == checked["nonMandatory"]
    assert data.mandatory_hash.hex() == checked["mandatoryHash"]
    assert list(ECDSA_SD_2023.verify(document, proof, case.key)) == checked["nonMandatory"]


def test_the_published_selection_is_ours(case: Vectors) -> None:
    pointers = [*case.mandatory, *case.selective]
    assert select(case.document, pointers) == case.json("derivedUnsignedReveal")


def _pair(case: Vectors, name: str) -> JsonObject:
    pair = case.keys[name]
    assert isinstance(pair, dict)
    return pair
