"""A verifier over real HTTP, with a school, a sector's list and a share site that tests steer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.serving import free_ports, running, seat
from tests.verifier.share_site import ShareSite
from tests.verifier.world import VERIFIER, World


@contextmanager
def serving_verifier(folder: Path, **settings: object) -> Iterator[ShareSite]:
    """Serve it until the block ends; passkeys belong to ``localhost``."""
    (port,) = free_ports(1)
    more = {
        "port": port,
        "public_url": f"http://localhost:{port}",
        "identifier": VERIFIER,
        "rate_limits": False,
        **settings,
    }
    world = World(folder, more=more)
    shares = folder / "shares"
    shares.mkdir()
    with running([seat(world.app)]):
        yield ShareSite.beside(world, shares)


def address(site: ShareSite) -> str:
    """Where its first page is."""
    return str(site.world.app.state.settings.public_url)
