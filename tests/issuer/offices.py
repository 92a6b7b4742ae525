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
    """The offices of the demo, on this database, or on that of the environment."""
    named = {} if database_url is None else {"database_url": database_url}
    settings = IssuerSettings.model_validate({"var": directory, **named})
    return open_installation(
        settings,
        signers_of=signers_of or make_signers(),
        clock=clock or HandClock(),
        entropy=token_bytes,
    )
