"""The verifier's interface beside its description (tests.described)."""

from collections.abc import Mapping

from fastapi.testclient import TestClient

from tests.described import faults_of
from tests.verifier.world import KEY, World


def test_every_answer_is_one_that_the_description_knows(world: World) -> None:
    document = world.client.get("/api/openapi.json").json()
    world.app.state.stopping.set()  # a line that tells ends at its first look

    def client() -> tuple[TestClient, Mapping[str, str]]:
        return TestClient(world.app, base_url="http://localhost:8003"), KEY

    assert faults_of(document, client) == []


def test_an_answer_that_is_not_described_would_be_seen(world: World) -> None:
    document = world.client.get("/api/openapi.json").json()
    del document["paths"]["/api/requests"]["post"]["responses"]["4XX"]
    kept = {"/api/requests": document["paths"]["/api/requests"]}

    def client() -> tuple[TestClient, Mapping[str, str]]:
        return world.client, KEY

    assert faults_of({**document, "paths": kept}, client) != []
