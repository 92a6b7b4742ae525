"""The official vectors of the EdDSA and ECDSA cryptosuites: every intermediate, byte for byte."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from credentials.cryptosuites import (
    ECDSA_RDFC_2019,
    ED25519_SIGNATURE_2020,
    EDDSA_RDFC_2022,
    Cryptosuite,
    ProofOptions,
    cryptosuite_of,
    ecdsa_rdfc_2019,
    eddsa_rdfc_2022,
)
from credentials.cryptosuites.base import (
    canonical_document,
    hash_data,
    in_context,
    signature_of,
)
from credentials.cryptosuites.proofs import check_proofs, proofs_of
from credentials.encoding import JsonObject, b64url_encode, multibase_decode
from credentials.errors import ProofInvalid
from credentials.keys import PublicKey, SoftwareSigner, public_key_from_multikey

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
CASES = [
    ("di-eddsa/eddsa-rdfc-2022", "DataInt", EDDSA_RDFC_2022, eddsa_rdfc_2022.proof_configuration),
    (
        "di-eddsa/eddsa-rdfc-2022/employ",
        "DataInt",
        EDDSA_RDFC_2022,
        eddsa_rdfc_2022.proof_configuration,
    ),
    ("di-eddsa/Ed25519Signature2020", "EdSig", ED25519_SIGNATURE_2020, in_context),
    (
        "di-ecdsa/ecdsa-rdfc-2019-p256",
        "ECDSAP256",
        ECDSA_RDFC_2019,
        ecdsa_rdfc_2019.proof_configuration,
    ),
    (
        "di-ecdsa/ecdsa-rdfc-2019-p256/employ",
        "ECDSAP256",
        ECDSA_RDFC_2019,
        ecdsa_rdfc_2019.proof_configuration,
    ),
]
Configure = Callable[[JsonObject, JsonObject], JsonObject]


def load(path: Path) -> JsonObject:
    document: JsonObject = json.loads(path.read_bytes())
    return document


def key_of(method: str) -> PublicKey:
    return public_key_from_multikey(method.partition("#")[2])


def signer_of(pair: JsonObject, method: str) -> SoftwareSigner:
    octets = multibase_decode(str(pair["privateKeyMultibase"]))[2:]
    public = public_key_from_multikey(str(pair["publicKeyMultibase"]))
    signer = SoftwareSigner.from_private_jwk({**public.jwk(), "d": b64url_encode(octets)})
    return SoftwareSigner(signer.public.with_key_id(method), signer._key)


@pytest.mark.parametrize(("folder", "ending", "suite", "configure"), CASES, ids=str)
def test_every_intermediate_is_as_published(
    folder: str, ending: str, suite: Cryptosuite, configure: Configure, vectors: Path
) -> None:
    place = vectors / folder

    def text(name: str) -> str:
        return (place / f"{name}{ending}.txt").read_text(encoding="utf-8")

    signed = load(place / f"signed{ending}.json")
    proof = signed.pop("proof")
    assert isinstance(proof, dict)
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


@pytest.mark.parametrize("case", CASES[:3], ids=lambda case: str(case[0]))
def test_our_signature_is_the_published_one(
    case: tuple[str, str, Cryptosuite, Configure], vectors: Path
) -> None:
    folder, ending, suite, _ = case
    signed = load(vectors / folder / f"signed{ending}.json")
    published = signed.pop("proof")
    assert isinstance(published, dict)
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
