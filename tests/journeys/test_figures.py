"""Figures are where somebody chose to have them, and never at the service of passports (R33)."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from issuer.settings import IssuerSettings
from tests.issuer.office import open_office
from tests.journeys.test_bulk_reads import routes, tried
from tests.verifier.world import World as Verifier
from tests.wallet.keeping import KEEPER, Keeping, keeping_at
from verifier.settings import VerifierSettings
from wallet.settings import WalletSettings
from wallet.tables import WalletTable

TOLD = ("figure", "metric", "statistic", "tally", "telling", "analytic", "aantal", "usage")
"""What such a page, table or setting would be called."""


@pytest.fixture
def keeping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keeping:
    """The service of passports, started by somebody who would like to count."""
    for role in ("WALLET", "ISSUER", "VERIFIER"):
        monkeypatch.setenv(f"{role}_FIGURES", "true")
    return keeping_at(tmp_path / "wallet", "")


def named_so(app: FastAPI) -> list[str]:
    """The routes that are called so."""
    paths = [str(route.path) for route in routes(app)]
    return [path for path in paths if any(word in path for word in TOLD)]


def test_they_are_off_unless_somebody_chooses() -> None:
    assert IssuerSettings.model_fields["figures"].default is False
    assert VerifierSettings.model_fields["figures"].default is False


def test_the_service_of_passports_has_none_also_when_asked(keeping: Keeping) -> None:
    assert named_so(keeping.app) == []
    for names in (WalletSettings.model_fields, WalletTable.metadata.tables):
        assert [name for name in names if any(word in name for word in TOLD)] == []


def test_no_route_of_passports_tells_how_many_there_are(keeping: Keeping) -> None:
    """Whatever is asked: with three accounts the answers are those of one."""
    first = keeping.keeper().join().client
    headers = {"Origin": KEEPER, "Sec-Fetch-Site": "same-origin"}
    reading = [route for route in routes(keeping.app) if route.methods == {"GET"}]
    assert len(reading) > 10
    before = {name: len(octets) for name, octets in tried(first, reading, "nobody", headers)}
    for _ in range(2):
        keeping.keeper().join()
    after = {name: len(octets) for name, octets in tried(first, reading, "nobody", headers)}
    assert before == after


def test_the_other_two_have_one_page_together_and_it_would_be_seen(tmp_path: Path) -> None:
    assert named_so(open_office(tmp_path / "issuer").app) == ["/figures"]
    assert named_so(Verifier(tmp_path / "verifier").app) == []
