"""What every test may use: the fixed clock, and the vectors of the standards."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from tests.databases import (
    database_url,
    on_both_databases,
    postgres_server,
    postgres_url,
    sqlite_url,
)

__all__ = ["database_url", "on_both_databases", "postgres_server", "postgres_url", "sqlite_url"]

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""The moment at which all tests and the demo take place."""

settings.register_profile("tests", deadline=None)  # a busy machine is no fault
settings.load_profile("tests")


@pytest.fixture(scope="session")
def now() -> datetime:
    """The fixed clock."""
    return NOW


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder with the vectors of the standards, which are never copied into the project."""
    checkout = Path(__file__).parent.parent
    shared = Path(os.environ.get("SKILLSPASS_SHARED") or checkout.parent / "shared")
    folder = shared / "vectors"
    if not folder.is_dir():
        reason = f"no vectors at {folder}: set SKILLSPASS_SHARED to the folder that holds them"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


def named(value: object) -> str:
    """What a parameter is called in a test's name: the same in every process."""
    name = getattr(value, "name", None) or getattr(value, "__name__", None)
    return str(name or (type(value).__name__ if " object at " in repr(value) else value))
