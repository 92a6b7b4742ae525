"""The trial's class: on a first start the fictional trainees get their offers, once."""

from pathlib import Path

from sqlmodel import select

from issuer import batches
from issuer.ports import Ports
from issuer.tables import Offer

CLASS_LIST = Path(__file__).parent / "demo" / "trainees.csv"
"""Sixty fictional trainees, as Excel in Dutch saves them."""


def fill(ports: Ports) -> int:
    """Offer a proof to everyone in the trial's class who passed, unless there are offers already.

    Returns:
        How many offers were made.
    """
    with ports.database.reading() as session:
        if session.exec(select(Offer.id).limit(1)).first() is not None:
            return 0
    data, at = CLASS_LIST.read_bytes(), ports.clock()
    report = batches.check(data, type_id=None, templates=ports.templates, at=at)
    issued = batches.issue(
        report, name=CLASS_LIST.name, data=data, ready_only=True, ports=ports, at=at
    )
    return len(issued.offers)
