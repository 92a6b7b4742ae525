"""What is over is erased, every minute: results are kept as long as was declared, and no longer."""

from service.rounds import Rounds
from verifier import deliveries, requests
from verifier.ports import Ports

ROUND_SECONDS = 60.0
"""Retention is told in days; a minute later it is gone."""


def sweep(ports: Ports) -> None:
    """Erase what was kept long enough, the keys of questions that are over, and a firm's notes."""
    with ports.database.transaction() as session:
        requests.sweep(session, at=ports.clock())
        deliveries.sweep(session, at=ports.clock())


def rounds(ports: Ports) -> Rounds:
    """What sweeps beside the service."""
    return Rounds("verifier", lambda: sweep(ports), seconds=ROUND_SECONDS, failed="not_swept")
