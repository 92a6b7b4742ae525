"""The issuer's interface for programs beside its description (tests.described)."""

from collections.abc import Mapping
from pathlib import Path

from fastapi.testclient import TestClient

from tests.described import faults_of
from tests.issuer.office import API_KEY, open_office


def test_every_answer_is_one_that_the_description_knows(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    document = office.client.get("/api/openapi.json").json()

    def client() -> tuple[TestClient, Mapping[str, str]]:
        caller = TestClient(office.app, base_url=office.settings.public_url)
        return caller, {"Authorization": f"Bearer {API_KEY}"}

    assert faults_of(document, client) == []
