"""The official vectors of the EdDSA cryptosuites: every intermediate, byte for byte."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from credentials.cryptosuites import (
    ED25519_SIGNATURE_2020,
    EDDSA_JCS_2022,
    EDDSA_RDFC_2022,
    Cryptosuite,
    ProofOptions,
    cryptosuite_of,
)
from credentials.cryptosuites.base import (
    canonical_document,
    hash_data,
    in_context,
    json_hash_data,
    proof_configuration,
    signature_of,
)
from credentials.cryptosuites.proofs import check_proofs, proofs_of
from credentials.encoding import JsonObject, canonical_json
from credentials.errors import ProofInvalid
from tests.conformance.di_vectors import key_of, load, signer_of, unsecured
from tests.conftest import named

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def over_statements(document: JsonObject, options: JsonObject) -> JsonObject:
    """The proof configuration of the newer suite."""
    return proof_configuration(document, options, EDDSA_RDFC_2022.name)


CASES = [
    ("di-eddsa/eddsa-rdfc-2022", "DataInt", EDDSA_RDFC_2022, over_statements),
    ("di-eddsa/eddsa-rdfc-2022/employ", "DataInt", EDDSA_RDFC_2022, over_statements),
    ("di-eddsa/Ed25519Signature2020", "EdSig", ED25519_SIGNATURE_2020, in_context),
]
Configure = Callable[[JsonObject, JsonObject], JsonObject]


@pytest.mark.parametrize(("folder", "ending", "suite", "configure"), CASES, ids=named)
def test_every_intermediate_is_as_published(
    folder: str, ending: str, suite: Cryptosuite, configure: Configure, vectors: Path
) -> None:
    place = vectors / folder

    def text(name: str) -> str:
        return (place / f"{name}{ending}.txt").read_text(encoding="utf-8")

    signed, proof = unsecured(load(place / f"signed{ending}.json"))
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    config = load(place / f"proofConfig{ending}.json")
    assert {**options, "@context": signed["@context"]} == config

    configuration = configure(signed, options)
    document, proof_config = canonical_document(signed), canonical_document(configuration)
    assert document == text("canonDoc")
    assert proof_config == text("proofCanon")
    assert hashlib.sha256(document.encode()).hexdigest() == text("docHash").strip()
    assert hashlib.sha256(proof_config.encode()).hexdigest() == text("proofHash").strip()
    data = hash_data(signed, configuration)
    assert data.hex() == text("combinedHash").strip()
    assert signature_of(proof).hex() == text("sigHex").strip()
    assert proof["proofValue"] == text("sigBTC58").strip()
    assert cryptosuite_of(proof) is suite
    suite.verify(signed, proof, key_of(str(proof["verificationMethod"])))


def test_every_intermediate_over_plain_json_is_as_published(vectors: Path) -> None:
    place = vectors / "di-eddsa" / "eddsa-jcs-2022"

    def text(name: str) -> str:
        return (place / f"{name}JCS.txt").read_text(encoding="utf-8")

    document, proof = unsecured(load(place / "signedJCS.json"))
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    assert options == load(place / "proofConfigJCS.json")
    canonical = [canonical_json(value) for value in (document, options)]
    assert [value.decode() for value in canonical] == [text("canonDoc"), text("proofCanon")]
    digests = [hashlib.sha256(value).hexdigest() for value in canonical]
    assert digests == [text("docHash").strip(), text("proofHash").strip()]
    data = json_hash_data(document, options, "SHA-256")
    assert data.hex() == text("combinedHash").strip()
    assert signature_of(proof).hex() == text("sigHex").strip()
    assert proof["proofValue"] == text("sigBTC58").strip()
    assert cryptosuite_of(proof) is EDDSA_JCS_2022
    EDDSA_JCS_2022.verify(document, proof, key_of(str(proof["verificationMethod"])))


@pytest.mark.parametrize(
    ("folder", "ending", "suite"),
    [
        *(case[:3] for case in CASES),
        ("di-eddsa/eddsa-jcs-2022", "JCS", EDDSA_JCS_2022),
    ],
    ids=named,
)
def test_our_proof_is_the_published_one(
    folder: str, ending: str, suite: Cryptosuite, vectors: Path
) -> None:
    signed, published = unsecured(load(vectors / folder / f"signed{ending}.json"))
    method = str(published["verificationMethod"])
    signer = signer_of(load(vectors / "di-eddsa" / "keyPair.json"), method)
    options = ProofOptions(method, "assertionMethod", str(published["created"]))
    assert suite.sign(signed, options, signer) == published


@pytest.mark.parametrize(
    "name",
    ["signedProofSet1", "signedProofSet2", "signedProofChain1", "signedProofChain2"],
)
def test_published_proof_sets_and_chains_hold(name: str, vectors: Path) -> None:
    document = load(vectors / "di-eddsa" / "proof-set-chain" / f"{name}.json")
    check_proofs(document, key_of, purpose="assertionMethod", at=AT)
    proofs = proofs_of(document)
    for position, proof in enumerate(proofs):
        value = str(proof["proofValue"])
        other = {**proof, "proofValue": value[:-1] + ("2" if value[-1] != "2" else "3")}
        broken: JsonObject = {
            **document,
            "proof": [*proofs[:position], other, *proofs[position + 1 :]],
        }
        with pytest.raises(ProofInvalid) as refused:
            check_proofs(broken, key_of, purpose="assertionMethod", at=AT)
        assert refused.value.code == "proof_invalid"


def test_proof_of_a_chain_does_not_hold_without_the_one_before(vectors: Path) -> None:
    document = load(vectors / "di-eddsa" / "proof-set-chain" / "signedProofChain1.json")
    proofs = document["proof"]
    assert isinstance(proofs, list)
    with pytest.raises(ProofInvalid) as refused:
        check_proofs({**document, "proof": proofs[-1]}, key_of, purpose="assertionMethod", at=AT)
    assert refused.value.code == "proof_invalid"


@pytest.mark.parametrize(
    ("kind", "number"), [("Set", 1), ("Set", 2), ("Chain", 1), ("Chain", 2)], ids=named
)
def test_our_proofs_of_sets_and_chains_are_the_published_ones(
    kind: str, number: int, vectors: Path
) -> None:
    place = vectors / "di-eddsa" / "proof-set-chain"
    config = load(place / f"proof{kind}Config{number}.json")
    document = load(place / "unsigned.json")
    if kind == "Chain":
        document = load(place / f"proofChainTempDoc{number}.json")
    previous = config.get("previousProof")
    method = str(config["verificationMethod"])
    options = ProofOptions(
        method,
        "assertionMethod",
        str(config["created"]),
        proof_id=str(config["id"]) if "id" in config else None,
        previous_proof=tuple(map(str, previous)) if isinstance(previous, list) else previous,  # type: ignore[arg-type]  # a string or nothing
    )
    pairs = load(place / "multiKeyPairs.json")
    pair = next(
        pair
        for pair in pairs.values()
        if isinstance(pair, dict) and str(pair["publicKeyMultibase"]) in method
    )
    signed = load(place / f"proof{kind}ConfigSigned{number}.json")
    assert EDDSA_RDFC_2022.sign(document, options, signer_of(pair, method)) == signed
