"""Credentials with Data Integrity proofs, which the browser checks and shows in part.

What may be left out of each is Python's own answer; what the browser made of them is verified in
``test_made.py``.
"""

from credentials.bbs.signature import SoftwareBbsSigner
from credentials.bbs_keys import IssuingSigner
from credentials.encoding import JsonObject, JsonValue, canonical_json
from credentials.formats.data_integrity import CONFIGURED, configured_for
from credentials.keys import SoftwareSigner
from credentials.model import Credential, Purpose, StatusKind, StatusReference, Validity
from tests.cases.case import Case
from tests.cases.keys import entropy, p256
from tests.conftest import NOW

DID = "did:web:school.example"
TYPE = "https://skillspass.example/types/heftruck/1"
HOLDER = p256("holder")
SKILLS: list[JsonValue] = [
    {"skill": "urn:a", "label_nl": "Rijden", "label_en": "Driving", "level": 2},
    {"skill": "urn:b", "label_nl": "Stapelen", "label_en": "Stacking", "level": 3},
]
CLAIMS: JsonObject = {
    "given_name": "Jan",
    "family_name": "Bakker",
    "date_of_test": "2026-10-01",
    "truck_type": "reachtruck",
    "skills": SKILLS,
}
STATUS = StatusReference(
    StatusKind.BITSTRING, "https://school.example/status/1", 7, purpose=Purpose.REVOCATION
)
CREDENTIAL = Credential(
    TYPE, DID, CLAIMS, NOW, Validity(NOW, NOW.replace(year=2030)), status=(STATUS,)
)
CHOSEN = frozenset({("date_of_test",), ("skills", 0)})
"""What a holder shows of each."""

_ED25519 = SoftwareSigner.from_private_jwk(
    {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "kid": f"{DID}#e",
    }
)
"""The key of RFC 8037, appendix A."""

SIGNERS: dict[str, IssuingSigner] = {
    "eddsa-rdfc-2022": _ED25519,
    "ecdsa-sd-2023": p256("issuer", f"{DID}#k"),
    "bbs-2023": SoftwareBbsSigner.from_material(entropy("bbs")(48), key_id=f"{DID}#b"),
}


def secured(suite: str) -> JsonObject:
    """The credential as a school gives it with one suite."""
    found = CONFIGURED[suite].issue(
        CREDENTIAL,
        SIGNERS[suite],
        holder=HOLDER.public,
        disclosable=frozenset({(name,) for name in CLAIMS} | {("skills", None)}),
        entropy=entropy(suite),
    )
    assert isinstance(found, dict)
    return found


def method(suite: str) -> JsonObject:
    """The key of a suite, as a DID document names it."""
    public = SIGNERS[suite].public
    return {
        "id": public.key_id,
        "controller": DID,
        "publicKeyMultibase": public.multikey(),
    }


def cases() -> list[Case]:
    """One credential for each suite."""
    return [
        Case(
            f"derivation {suite}",
            "secured",
            {
                "wire": canonical_json(secured(suite)).decode(),
                "method": method(suite),
                "holder": HOLDER.private_jwk(),
                "choice": [[*path] for path in sorted(CHOSEN, key=str)],
            },
        )
        for suite in SIGNERS
    ]


def read(given: JsonObject) -> JsonValue:
    """What the credential says before anything is checked."""
    wire = str(given["wire"])
    unverified = configured_for(wire).parse(wire)
    return {
        "type": unverified.credential.type,
        "issuer": unverified.credential.issuer,
        "holder": unverified.holder.thumbprint if unverified.holder else None,
        "key": unverified.key.key_id,
        "claims": unverified.credential.claims,
        "disclosable": sorted(([*path] for path in unverified.disclosable), key=str),
    }


ANSWERS = {"secured": read}
