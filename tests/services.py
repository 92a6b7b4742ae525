"""The landing page and the three real services over real HTTP, on free ports of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import skillspass
from service.clock import clock_from
from service.place import Place
from service.serving import free_ports, running, seat
from tests.conftest import NOW

LABELS = ("trust", "issuer", "wallet", "verifier")


@dataclass(frozen=True, slots=True)
class Services:
    """Where they answer, and where their files are.

    Attributes:
        ports: by label; ``trust`` is the landing page.
    """

    var: Path
    ports: dict[str, int]

    def address(self, label: str) -> str:
        """The address of one service, as people have it."""
        return f"http://localhost:{self.ports[label]}"


@contextmanager
def services_in(var: Path) -> Iterator[Services]:
    """Serve all four until the block ends; their clock starts at NOW."""
    ports = dict(zip(LABELS, free_ports(len(LABELS)), strict=True))
    place = Place(var=var, ports=ports, public=None, clock=clock_from(NOW))
    with skillspass.trial(place) as apps, running([seat(app) for app in apps]):
        yield Services(var, ports)
