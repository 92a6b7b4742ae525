"""The gate without a network: a bundle made while the services ran, used after they stopped."""

import json
import secrets
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from credentials.model import Wire
from service import demo
from service.clock import clock_from
from service.fetch import Fetcher
from tests.conftest import NOW
from tests.journeys.command import Ran, skillspass
from tests.services import Services, services_in
from wallet.holder import receiving
from wallet.holder.outside import Outside
from wallet.settings import WalletSettings
from wallet.trust import TrustSource

PATIENCE = 60
"""Seconds for an answer of a busy machine."""

CLAIMS = '{"given_name": "Jan", "family_name": "Hendriks", "date_of_test": "2026-09-07"}'


def fetched(services: Services, offer: Ran) -> Wire:
    """The proof that an offer of the running issuer leads to, in a holder's hands."""
    clock, origins = clock_from(NOW), demo.local_origins(services.ports)
    http = Fetcher(dev_origins=origins, own_addresses=("127.0.0.1",), clock=clock, seconds=PATIENCE)
    settings = WalletSettings(var=services.var, dev_origins=origins)
    outside = Outside(
        http=http,
        trust=TrustSource(settings, http=http, clock=clock),
        now=clock,
        entropy=secrets.token_bytes,
    )
    found = offer.json()
    preview = receiving.read_offer(str(found["offer_uri"]), outside=outside)
    received = receiving.fetch_credential(preview, pin=str(found["tx_code"]), outside=outside)
    assert received.problem is None
    http.close()
    return received.wire


def test_the_gate_works_after_the_services_have_stopped(tmp_path: Path) -> None:
    var, proof, bundle = tmp_path / "var", tmp_path / "proof.txt", tmp_path / "gate.json"
    var.mkdir()
    with services_in(var) as services:
        origins = json.dumps(demo.local_origins(services.ports))
        reach = {f"{role}_DEV_ORIGINS": origins for role in ("ISSUER", "VERIFIER")}
        offer = skillspass(
            *("offer", "--type", "heftruck", "--claims", "-", "--json"),
            var=var,
            stdin=CLAIMS,
            **reach,
        )
        assert offer.status == 0, offer.messages
        proof.write_text(str(fetched(services, offer)), encoding="ascii")
        made = skillspass(
            *("trust", "bundle", str(proof), "--out", str(bundle)),
            *("--at", NOW.isoformat(), "--json"),
            var=var,
            **reach,
        )
        assert made.status == 0, made.messages
        assert made.json()["missing"] == []
    for port in services.ports.values():
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=5)

    def checked(hours: int, *more: str) -> tuple[int, object, set[str]]:
        """Exit status, verdict, and what is not known, so long after the bundle was made."""
        at = (NOW + timedelta(hours=hours)).isoformat()
        ran = skillspass(*("verify", str(proof), "--json", "--at", at, *more), var=var, **reach)
        findings = ran.json()["findings"]
        assert isinstance(findings, list)
        open_ones = {one["code"] for one in findings if one["outcome"] == "undetermined"}
        return ran.status, ran.json()["verdict"], open_ones

    with_it = ("--bundle", str(bundle), "--policy", "gate")
    assert checked(6, *with_it) == (0, "passed", set())
    assert checked(13, *with_it) == (2, "undetermined", {"status_stale"})
    status, verdict, unknown = checked(24 * 60, *with_it)
    assert (status, verdict) == (2, "undetermined")
    assert "trust_list_stale" in unknown
    without = checked(6)
    assert without[:2] == (2, "undetermined")  # nobody answers any more
