"""The doors of one organisation for a verb of the command line, on the issuer's own files."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from issuer.app import open_installation
from issuer.keys import kept_signers
from issuer.ports import Ports
from issuer.settings import IssuerSettings
from service.clock import clock_from, system_clock


@contextmanager
def open_ports(organisation: str, start: datetime | None) -> Iterator[Ports]:
    """Open the organisation at that part of the address; keys are touched when one is used.

    Raises:
        RejectedError: ``not_found``.
    """
    settings = IssuerSettings()
    installation = open_installation(
        settings,
        signers_of=kept_signers(settings),
        clock=clock_from(start) if start else system_clock,
        entropy=secrets.token_bytes,
    )
    try:
        yield installation.ports_at(organisation)
    finally:
        installation.database.close()
