"""A world for each test, and cheap slots: one test of the sealed file pays the real price."""

from pathlib import Path

import pytest

from tests.wallet.world import World
from wallet.holder import slots


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An issuer, a verifier and a kiosk that know one another."""
    return World(tmp_path)


@pytest.fixture
def light_argon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer passes over less memory."""
    monkeypatch.setattr(slots, "ARGON2_MEMORY_KIB", 64)
    monkeypatch.setattr(slots, "ARGON2_PASSES", 1)
