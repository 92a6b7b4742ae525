"""Services in one process: ready when the block begins, gone when it ends."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from credentials.errors import RejectedError
from service import demo
from service.clock import clock_from, system_clock
from service.serving import free_ports, listen, running, seat
from tests.service.small import settings_for, small_app


def test_several_services_answer_and_stop_together(tmp_path: Path) -> None:
    seats = [seat(small_app(settings_for(tmp_path / name, port=0))) for name in "abc"]
    ports = [one.port for one in seats]
    assert len(set(ports)) == 3
    with running(seats):
        for port in ports:
            answer = httpx2.get(f"http://localhost:{port}/health", trust_env=False)
            assert (answer.status_code, answer.text) == (200, "ok")
            assert "server" not in answer.headers
    for port in ports:
        listen("127.0.0.1", port).close()  # free again


def test_services_stop_when_the_block_ends_in_an_error(tmp_path: Path) -> None:
    one = seat(small_app(settings_for(tmp_path, port=0)))
    port = one.port
    with pytest.raises(RuntimeError), running([one]):
        raise RuntimeError
    listen("127.0.0.1", port).close()


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    taken = listen("127.0.0.1", 0)
    taken.listen()
    port = taken.getsockname()[1]
    with pytest.raises(RejectedError, match=f"port_in_use.*{port}"):
        seat(small_app(settings_for(tmp_path, port=port)))
    taken.close()


def test_free_ports_differ() -> None:
    assert len(set(free_ports(4))) == 4


PROGRAM = """
import sys
from pathlib import Path
from service.serving import seat, serve
from tests.service.small import settings_for, small_app
app = small_app(settings_for(Path(sys.argv[1]), port=0))
serve([seat(app)], ready=lambda: print("ready", flush=True))
print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_services_cleanly(number: signal.Signals, tmp_path: Path) -> None:
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "stopped\n")
    assert "Traceback" not in err


def test_a_clock_starts_where_it_is_told_and_ticks_on() -> None:
    start = datetime(2026, 11, 23, 12, tzinfo=UTC)
    clock = clock_from(start)
    first, second = clock(), clock()
    assert start <= first <= second < start + timedelta(minutes=5)
    assert first.tzinfo is UTC
    assert system_clock().utcoffset() == timedelta(0)
    with pytest.raises(ValueError, match="time zone"):
        clock_from(datetime(2026, 11, 23, 12))  # noqa: DTZ001 - that is the point


def test_the_trials_names_lead_to_its_ports_and_a_domain_to_its_hosts() -> None:
    origins = demo.local_origins()
    assert origins["https://issuer.skillspass.example"] == "http://localhost:8001"
    deel = "https://deel.skillspass.example"  # a deelkaart that somebody pastes is fetched there
    assert set(origins) == {demo.identifier(label) for label in demo.PORTS} | {deel}
    assert demo.local_origins({"trust": 9})[demo.identifier("trust")] == "http://localhost:9"
    assert demo.public_origin("wallet", "https://pas.nl/") == "https://wallet.pas.nl"
    assert demo.public_origin("trust", "https://pas.nl/") == "https://pas.nl"
