"""Why a proof was paused or withdrawn: told to its holder alone, proved with the key of the proof.

A status list tells everybody that a proof is withdrawn; why is nobody else's business. The address
stands in the issuer's metadata as ``status_reason_endpoint``, an extension of OpenID4VCI 1.0
(section 12.2.4 lets a wallet ignore it). The request is a key proof, as for a credential.
"""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlmodel import Session, col, select

from credentials.encoding import JsonObject
from credentials.openid4vc.key_proof import ProofRules, verify_proofs
from issuer.api import STATUS_REASONS
from issuer.doors import PortsOf
from issuer.issuance import spend
from issuer.oauth import NO_STORE, at_server
from issuer.offers import fingerprint
from issuer.ports import Ports
from issuer.tables import Issued, StatusWord
from schemas.messages import LANGUAGES, known, sentence

router = APIRouter()


class ReasonRequest(BaseModel):
    """A key proof by the holder of one or more proofs."""

    model_config = ConfigDict(extra="forbid")
    proof: Annotated[str, StringConstraints(max_length=8_000)]


def reasons_of(session: Session, holder: str, *, ports: Ports) -> list[JsonObject]:
    """What is told about proofs bound to this key (its thumbprint) that do not hold now."""
    rows = session.exec(
        select(Issued)
        .where(
            Issued.organisation_id == ports.organisation_id,
            Issued.holder == holder,
            Issued.status != StatusWord.VALID,
        )
        .order_by(col(Issued.id))
    )
    return [_told(row) for row in rows]


def _told(row: Issued) -> JsonObject:
    reason, key = row.status_reason or "", f"issuer.reason.{row.status_reason}"
    words: JsonObject = {
        f"reason_{language}": sentence(key, language) if known(key) else reason
        for language in LANGUAGES
    }
    at = row.status_at.isoformat() if row.status_at else None
    return {"id": row.id, "status": row.status, "at": at, **words}


@router.post(STATUS_REASONS)
def reasons(asked: ReasonRequest, ports: PortsOf) -> JSONResponse:
    """Why proofs of this key were paused or withdrawn."""
    at, used = ports.clock(), list[str]()

    def nonce_known(nonce: str) -> bool:
        """Whether it is fresh is decided where it is used up."""
        used.append(nonce)
        return True

    with at_server(ports, at, "invalid_proof"):
        keys = verify_proofs(
            [asked.proof], rules=ProofRules(ports.origin), nonce_known=nonce_known, at=at
        )
        with ports.database.transaction() as session:
            spend(session, used, grant_id=f"reason {fingerprint(asked.proof)}", ports=ports, at=at)
            found = reasons_of(session, keys[0].thumbprint, ports=ports)
    answer: JsonObject = {"credentials": [*found]}
    return JSONResponse(answer, headers=NO_STORE)
