"""One set of services for all journeys."""

from collections.abc import Iterator

import pytest

from tests.services import Services, services_in


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The running services."""
    with services_in(tmp_path_factory.mktemp("var")) as running:
        yield running
