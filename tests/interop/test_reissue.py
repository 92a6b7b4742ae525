"""What an export names is given again, to a holder made of other people's libraries (wallet, 6).

``@openid4vc/openid4vci`` takes the offer and ``@sd-jwt/sd-jwt-vc`` checks and shows what it got.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credentials.formats import FORMATS
from schemas import catalog
from tests.browser.wallet_person import Town, shift_to
from tests.conftest import NOW
from tests.services import services_in
from tests.wallet.world import ISSUER, World
from wallet.holder.archive import unpack
from wallet.holder.portability import archive_of

HOLDER = Path(__file__).parent / "wallet"
SECONDS = 60
"""Far more than a slow machine needs."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The running services."""
    if shutil.which("node") is None or not (HOLDER / "node_modules").is_dir():
        reason = "no foreign holder: make interop, which runs npm ci in tests/interop/wallet"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    started = time.time()
    with services_in(tmp_path_factory.mktemp("var")) as running:
        yield Town(running, shift_to(started))


def takes(town: Town, offer: Any, pin: str) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - JSON
    """What the foreign holder makes of an offer."""
    given = {
        "offer": offer["offer_uri"],
        "pin": pin,
        "at": int(NOW.timestamp()),
        "origins": {ISSUER: town.services.address("issuer")},
    }
    return subprocess.run(
        ["node", "holder.mjs"],  # noqa: S607 - whatever node there is
        input=json.dumps(given),
        cwd=HOLDER,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


def test_what_the_export_names_is_given_again_to_a_foreign_holder(
    town: Town, tmp_path: Path
) -> None:
    world = World(tmp_path)
    vault = world.vault()
    world.keep(vault, world.offer())
    (moved,) = json.loads(unpack(archive_of(vault, {}))["migration.json"])
    assert "key" not in moved
    known = catalog.by_url(moved["type"])
    assert known is not None
    offer = town.offer(known.id)
    done = takes(town, offer, offer["tx_code"])
    assert done.returncode == 0, done.stderr[-2_000:]
    told = json.loads(done.stdout)
    assert told["payload"]["vct"] == moved["type"]
    assert told["payload"]["iss"] == moved["issuer"]
    read = FORMATS["dc+sd-jwt"].parse(told["credential"])
    assert read.holder is not None
    assert read.holder.jwk()["x"] == told["holder"]["x"]
    shown = FORMATS["dc+sd-jwt"].parse(told["presentation"])
    assert "skills" in shown.credential.claims
    assert "family_name" not in shown.credential.claims


def test_a_foreign_holder_gets_nothing_for_a_wrong_pin(town: Town) -> None:
    offer = town.offer()
    done = takes(town, offer, "000000" if offer["tx_code"] != "000000" else "111111")
    assert done.returncode != 0
    assert "invalid_grant" in done.stderr
