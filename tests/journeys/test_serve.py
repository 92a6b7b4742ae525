"""``skillspass serve``: starts, says where it is, keeps its data, stops on Ctrl-C."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from credentials.errors import RejectedError
from service import demo
from service.serving import listen
from tests.house.sources import ROOT
from tests.journeys.command import environment, skillspass

SECONDS = 120
"""In which a busy machine starts a service, answers and stops it."""


def free_row() -> int:
    """The first of four neighbouring ports that nobody uses."""
    start = 18_000 + os.getpid() % 1_000 * 10  # two test processes begin at different places
    for first in range(start, start + 1_000, 10):
        with ExitStack() as stack:
            try:
                for port in range(first, first + len(demo.PORTS)):
                    stack.enter_context(closing(listen("127.0.0.1", port)))
            except RejectedError:
                continue
            return first
    pytest.fail("no free ports")


@contextmanager
def serving(var: Path, *words: str, port: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """The services of the trial, until the block ends."""
    row = ("--port", str(port or free_row()))
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", "import skillspass; skillspass.main()", "serve", *row, *words],
        env=environment(var),
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stderr is not None
    told = ""
    deadline = time.monotonic() + SECONDS
    while "Ctrl-C" not in told and time.monotonic() < deadline and process.poll() is None:
        told += process.stderr.readline()
    assert "Ctrl-C" in told, told
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve")


def test_a_trial_starts_serves_and_stops_cleanly(var: Path) -> None:
    first = free_row()
    with serving(var, port=first) as process:
        pages = {
            label: httpx2.get(
                f"http://localhost:{first + place}/", timeout=SECONDS, follow_redirects=True
            )
            for place, label in enumerate(demo.PORTS)
        }
        assert {label: page.status_code for label, page in pages.items()} == dict.fromkeys(
            demo.PORTS, 200
        )
        assert "telefoon kan deze codes niet openen" in pages["trust"].text
        assert pages["issuer"].url.path == "/sign-in"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=SECONDS) == 0


def test_what_was_made_outlives_a_restart_and_the_verbs_find_it(var: Path) -> None:
    claims = json.dumps(
        {"given_name": "Jan", "family_name": "Hendriks", "date_of_test": "2026-09-07"}
    )
    with serving(var) as process:
        offered = skillspass(
            "offer", "--type", "heftruck", "--claims", "-", "--json", var=var, stdin=claims
        )
        assert offered.status == 0, offered.messages
        passphrase = {"WALLET_PASSPHRASE": "een heel lang woord"}
        received = skillspass(
            *("wallet", "receive", str(offered.json()["offer_uri"])),
            *("--pin", str(offered.json()["tx_code"]), "--yes", "--json"),
            var=var,
            **passphrase,
        )
        assert received.status == 0, received.messages
        asked = skillspass("ask", "--preset", "forklift", "--json", var=var)
        assert asked.status == 0, asked.messages
        waiting = skillspass("answer", str(asked.json()["id"]), "--json", var=var)
        assert waiting.status == 2
        shown = skillspass(
            *("wallet", "present", str(asked.json()["request_uri"]), "--all", "--yes", "--json"),
            var=var,
            **passphrase,
        )
        assert shown.status == 0, shown.messages
        answered = skillspass("answer", str(asked.json()["id"]), "--json", var=var)
        assert answered.status == 0, answered.messages
        assert answered.json()["verdict"] == "passed"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=SECONDS) == 0
    history = skillspass("wallet", "history", "--json", var=var, **passphrase)
    entries = history.json()["history"]
    assert isinstance(entries, list)
    assert len(entries) == 1


def test_the_log_holds_no_name(var: Path) -> None:
    log = (var / "services.log").read_text("utf-8")
    assert re.search(r'"route": "/credential"', log)
    assert "Hendriks" not in log
    assert "Jan" not in log


def test_a_public_address_goes_into_links_and_codes(tmp_path: Path) -> None:
    port = free_row()
    with serving(tmp_path, "--public", "https://skills.example.org", port=port) as process:
        first = httpx2.get(
            f"http://localhost:{port}/", headers={"Host": "skills.example.org"}, timeout=SECONDS
        ).text
        for label in ("issuer", "wallet", "verifier"):
            assert f"https://{label}.skills.example.org" in first
        assert "telefoon kan deze codes niet openen" not in first
        offered = skillspass(
            *("offer", "--type", "heftruck", "--claims", "-", "--json"),
            var=tmp_path,
            stdin='{"given_name":"Jan","family_name":"Hendriks","date_of_test":"2026-09-07"}',
        )
        assert str(offered.json()["offer_uri"]).startswith("https://issuer.skills.example.org/")
        assert str(offered.json()["link"]).startswith("https://wallet.skills.example.org/")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=SECONDS) == 0
    settings = json.loads((tmp_path / "deployment.json").read_text("utf-8"))
    assert [one["dev_origins"] for one in settings.values()] == [{}] * 4
