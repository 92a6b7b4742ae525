"""What is over is deleted, every minute."""

from service.rounds import Rounds
from wallet import mailboxes, shares, transfers
from wallet.doors import Doors

ROUND_SECONDS = 60.0
"""Nobody may read it any more from its very end on; a minute later it is gone as well."""


def sweep(doors: Doors) -> None:
    """Delete the ciphertext of what is over."""
    at = doors.keeping.clock()
    with doors.database.transaction() as session:
        shares.sweep(session, at=at)
        mailboxes.sweep(session, at=at)
        transfers.sweep(session, at=at)


def rounds(doors: Doors) -> Rounds:
    """What sweeps beside the service."""
    return Rounds("wallet", lambda: sweep(doors), seconds=ROUND_SECONDS, failed="not_swept")
