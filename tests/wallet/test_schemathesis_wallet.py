"""The keeper's interface beside its description (tests.described)."""

from collections.abc import Mapping
from pathlib import Path

from starlette.testclient import TestClient

from tests.described import faults_of
from tests.wallet.keeping import KEEPER, SHARE, keeping_at


def test_every_answer_is_one_that_the_description_knows(tmp_path: Path) -> None:
    keeping = keeping_at(tmp_path, f"sqlite:///{tmp_path / 'wallet.db'}")
    document = TestClient(keeping.app, base_url=KEEPER).get("/api/openapi.json").json()
    own = {"Origin": KEEPER, "Sec-Fetch-Site": "same-origin"}

    def client() -> tuple[TestClient, Mapping[str, str]]:
        return keeping.keeper().join().client, own

    assert faults_of(document, client) == []


def test_the_description_is_on_the_keepers_site_alone(tmp_path: Path) -> None:
    keeping = keeping_at(tmp_path, f"sqlite:///{tmp_path / 'wallet.db'}")
    elsewhere = TestClient(keeping.app, base_url=SHARE).get("/api/openapi.json")
    assert elsewhere.status_code == 404
