"""The landing page and the three real services over real HTTP, on free ports of this machine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI

import skillspass
from service.clock import Clock, clock_from
from service.place import Place
from service.serving import free_ports, running, seat
from tests.conftest import NOW

LABELS = ("trust", "issuer", "wallet", "verifier")


@dataclass(frozen=True, slots=True)
class Services:
    """Where they answer, and where their files are.

    Attributes:
        ports: by label; ``trust`` is the landing page.
        apps: by label: what runs there.
    """

    var: Path
    ports: dict[str, int]
    apps: Mapping[str, FastAPI] = field(default_factory=dict, repr=False)

    def address(self, label: str) -> str:
        """The address of one service, as people have it."""
        return f"http://localhost:{self.ports[label]}"


@contextmanager
def services_in(var: Path, *, clock: Clock | None = None) -> Iterator[Services]:
    """Serve all four until the block ends; their clock starts at NOW, unless another is given."""
    ports = dict(zip(LABELS, free_ports(len(LABELS)), strict=True))
    place = Place(var=var, ports=ports, public=None, clock=clock or clock_from(NOW))
    with skillspass.trial(place) as apps, running([seat(app) for app in apps]):
        yield Services(var, ports, dict(zip(LABELS, apps, strict=True)))
