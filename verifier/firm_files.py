"""What the verb ``firm`` works on: the verifier's own database, and where its pages are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from credentials.model import Entropy
from service.clock import system_clock
from service.database import Database, open_database
from service.migrations import upgrade
from verifier.settings import VerifierSettings
from verifier.tables import VerifierTable


@dataclass(frozen=True, slots=True)
class FirmFiles:
    """The doors of one verb."""

    settings: VerifierSettings
    database: Database
    entropy: Entropy
    at: datetime

    def join_link(self, token: str) -> str:
        """Where a device of a firm comes in."""
        return f"{self.settings.public_url}/join/{token}"


@contextmanager
def open_files(*, entropy: Entropy) -> Iterator[FirmFiles]:
    """Open the database of the settings, brought up to date; closed when the block ends."""
    settings = VerifierSettings()
    database = open_database(
        settings.database_url,
        file=settings.directory / "verifier.db",
        durability=settings.durability,
    )
    try:
        upgrade(database, "verifier", models=VerifierTable.metadata)
        yield FirmFiles(settings, database, entropy, system_clock())
    finally:
        database.close()
