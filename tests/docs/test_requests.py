"""The requests of the page about the verifier, sent as written."""

import json
import re
from pathlib import Path

from starlette.testclient import TestClient

from tests.house.sources import ROOT
from tests.verifier.test_programs import RECEIVER, Heard
from tests.verifier.world import KEY, World

BLOCK = re.compile(
    r"^```http\n(\w+) (\S+)\n((?:[\w-]+: [^\n]*\n)*)(?:\n(.*?))?^```", re.MULTILINE | re.DOTALL
)
"""Method, path, headers and body of a request."""


def test_requests_are_answered_as_written(tmp_path: Path) -> None:
    world = World(tmp_path, more={"dev_origins": {RECEIVER: "http://localhost:9"}})
    world.internet.sites[RECEIVER] = TestClient(Heard().app, base_url=RECEIVER)
    made, sent = "", []
    for method, path, headers, body in BLOCK.findall((ROOT / "docs/verifier.md").read_text()):
        more = dict(line.split(": ", 1) for line in headers.splitlines())
        answer = world.client.request(
            method,
            path.replace("{id}", made),
            headers=KEY | more,
            json=json.loads(body) if body else None,
        )
        assert answer.status_code // 100 == 2, (method, path, answer.text)
        made = answer.json()["id"] if path == "/api/requests" else made
        sent.append(f"{method} {path}")
    assert len(sent) == 5
