"""What the verifier's tests share."""

from pathlib import Path

import pytest

from tests.verifier.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A running verifier and everyone around it."""
    return World(tmp_path)
