"""One ldp_vc credential and its people, for tests that bend them."""

import copy
from datetime import UTC, datetime, timedelta

from credentials import dids
from credentials.cryptosuites import EDDSA_RDFC_2022, ProofOptions
from credentials.encoding import JsonObject, JsonValue
from credentials.formats.data_integrity import DataIntegrity
from credentials.keys import Algorithm, PublicKey, SoftwareSigner
from credentials.model import (
    Binding,
    Credential,
    KeyReference,
    Purpose,
    StatusKind,
    StatusReference,
    Validity,
)

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
DID = "did:web:issuer.skillspass.example"
METHOD = f"{DID}#key"
TYPE = "https://skillspass.example/types/heftruck/1"
LIST = "https://issuer.skillspass.example/status/bitstring"
FORMAT = DataIntegrity(EDDSA_RDFC_2022)
ISSUER = SoftwareSigner.generate(Algorithm.EDDSA, METHOD)
HOLDER = SoftwareSigner.generate(Algorithm.EDDSA)
STRANGER = SoftwareSigner.generate(Algorithm.EDDSA)
BINDING = Binding("decentralized_identifier:did:web:verifier.skillspass.example", "nonce-1")

CREDENTIAL = Credential(
    type=TYPE,
    issuer=DID,
    claims={
        "given_name": "Jan",
        "family_name": "de Wit",
        "date_of_test": "2026-11-20",
        "truck_type": "vorkheftruck",
        "max_load_kg": 2500,
        "practical_test": True,
        "skills": [
            {"framework": "metalektro", "skill": "heftruck", "label_nl": "Heftruck", "level": 2}
        ],
    },
    issued_at=AT,
    validity=Validity(AT, AT + timedelta(days=365)),
    status=(
        StatusReference(StatusKind.BITSTRING, f"{LIST}/revocation/1", 7, Purpose.REVOCATION),
        StatusReference(StatusKind.BITSTRING, f"{LIST}/suspension/1", 7, Purpose.SUSPENSION),
    ),
    credential_id="urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
)


def no_entropy(count: int) -> bytes:
    """This format asks for none."""
    raise AssertionError(count)


def issue(
    credential: Credential = CREDENTIAL, holder: PublicKey | None = HOLDER.public
) -> JsonObject:
    """The credential, signed."""
    return FORMAT.issue(
        credential, ISSUER, holder=holder, disclosable=frozenset(), entropy=no_entropy
    )


def issuer_key(reference: KeyReference) -> PublicKey:
    """The key of the issuer's own document."""
    document = dids.base.document_of(DID, [ISSUER.public])
    return document.key(reference.key_id)


def present(
    held: JsonObject, signer: SoftwareSigner = HOLDER, binding: Binding = BINDING
) -> JsonObject:
    """The credential in a presentation."""
    return FORMAT.present(held, signer, binding, disclose=frozenset(), at=AT)


def resign(document: JsonObject, signer: SoftwareSigner = ISSUER, /, **options: str) -> JsonObject:
    """The document with a fresh proof, so that only what was bent is wrong."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    values = {"verification_method": METHOD, "purpose": "assertionMethod", **options}
    values.setdefault("created", "2026-11-23T12:00:00Z")
    proof = EDDSA_RDFC_2022.sign(unsigned, ProofOptions(**values), signer)
    return {**unsigned, "proof": proof}


def changed(document: JsonObject, *path: str | int, value: JsonValue) -> JsonObject:
    """A copy in which one member is another."""
    whole: JsonValue = copy.deepcopy(document)
    node = whole
    for step in path[:-1]:
        node = node[step]  # type: ignore[index]  # the caller knows the shape
    node[path[-1]] = value  # type: ignore[index]  # as above
    assert isinstance(whole, dict)
    return whole
