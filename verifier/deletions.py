"""Erase a result at the holder's wish, and sign that it was done (decision 0052)."""

import hmac
from datetime import datetime

from sqlmodel import Session, col, select

from credentials.errors import RejectedError
from credentials.keys import PublicKey
from credentials.openid4vc.deletion import (
    Deletion,
    Erased,
    create_receipt,
    holder_digest,
    read_deletion,
)
from verifier import events, requests
from verifier.ports import Ports
from verifier.tables import RequestRow, ResultRow


def erase(ports: Ports, text: str, *, at: datetime) -> str:
    """Honour a request to erase.

    Returns:
        The signed receipt.

    Raises:
        ProtocolError: ``deletion_request_invalid``.
        RejectedError: ``aud_mismatch``; ``deletion_not_yours``.
    """
    deletion = read_deletion(text, at=at)
    if deletion.audience not in ports.asker.client_ids:
        raise RejectedError("aud_mismatch", "meant for another asker")
    with ports.database.transaction() as session:
        row = requests.find_by_nonce(session, deletion.nonce)
        outcome = Erased.NOTHING_KEPT if row is None else _erase(session, row, deletion)
        if row is not None and outcome is Erased.DELETED:
            events.emit(session, events.DELETED, row, ports=ports, at=at)
    if row is not None:
        ports.reports.drop(row.id)
    return create_receipt(
        ports.signer, deletion, request=text, outcome=outcome, at=at, x5c=ports.asker.x5c
    )


def _erase(session: Session, row: RequestRow, deletion: Deletion) -> Erased:
    if row.client_id != deletion.audience:
        raise RejectedError("aud_mismatch", "asked under another name")
    kept = session.exec(select(ResultRow).where(col(ResultRow.request_id) == row.id)).all()
    if not kept:
        return Erased.NOTHING_KEPT
    if not any(_is_shown(each, row.nonce, deletion.holder) for each in kept):
        raise RejectedError("deletion_not_yours", "signed by a key that was not shown")
    requests.erase(session, row)
    return Erased.DELETED


def _is_shown(result: ResultRow, nonce: str, holder: PublicKey) -> bool:
    shown = result.holder
    return shown is not None and hmac.compare_digest(shown, holder_digest(nonce, holder))
