"""An installation without its web: organisations over a database, for tests of use cases."""

from pathlib import Path
from secrets import token_bytes

from issuer.app import open_installation
from issuer.installation import Installation, SignersOf
from issuer.keys import make_signers
from issuer.settings import IssuerSettings
from tests.issuer.office import HandClock


def open_offices(
    directory: Path,
    *,
    database_url: str | None = None,
    clock: HandClock | None = None,
    signers_of: SignersOf | None = None,
) -> Installation:
    """The offices of the demo, on SQLite in ``directory`` or on another database."""
    settings = IssuerSettings(var=directory, database_url=database_url)
    return open_installation(
        settings,
        signers_of=signers_of or make_signers(),
        clock=clock or HandClock(),
        entropy=token_bytes,
    )
