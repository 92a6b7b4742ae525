"""Where the issuer's time goes: the steps of one request, and of one proof of a long list.

Each step is run many times in this process, on SQLite without a wait for the disk; the figure is
the median of its processor time.
"""

import json
import secrets
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import TypeVar

from fastapi import Request

from benchmarks.bulk_run import class_list
from credentials.encoding import JsonObject
from credentials.formats.base import verify
from credentials.model import Credential
from credentials.openid4vc.credential import parse_request
from issuer import api, batches, holds
from issuer.app import open_installation
from issuer.formats import ISSUED_FORMATS
from issuer.installation import FIRST, Installation
from issuer.keys import kept_signers
from issuer.orders import FORMAT_IDS
from issuer.settings import IssuerSettings
from issuer.templates import validity
from service.clock import system_clock

TIMES = 100
"""After as many that do not count."""

_T = TypeVar("_T")


class Steps:
    """Processor microseconds of named steps."""

    def __init__(self) -> None:
        self._took: dict[str, list[float]] = defaultdict(list)

    def time(self, name: str, step: Callable[[], _T]) -> _T:
        """Do a step; what it gives."""
        started = time.process_time()
        done = step()
        self._took[name].append((time.process_time() - started) * 1e6)
        return done

    def medians(self) -> JsonObject:
        """By name; the first half of each, which was to warm up, is left out."""
        return {name: round(median(took[len(took) // 2 :])) for name, took in self._took.items()}


def opened(var: Path) -> Installation:
    """An issuer of its own for a measurement."""
    settings = IssuerSettings.model_validate({"var": str(var), "durability": "normal"})
    return open_installation(
        settings,
        signers_of=kept_signers(settings),
        clock=system_clock,
        entropy=secrets.token_bytes,
    )


def endpoint(requests: Callable[[Installation, int], Sequence[str]]) -> JsonObject:
    """The steps of one request for a credential; the rest is HTTP."""
    steps = Steps()
    with tempfile.TemporaryDirectory(prefix="profile-") as made:
        installation = opened(Path(made))
        installation.ports(FIRST).signers.begin()
        for text in requests(installation, 2 * TIMES):
            _one(text, installation, steps)
        installation.database.close()
    return steps.medians()


def _one(text: str, installation: Installation, steps: Steps) -> None:
    head, _, body = text.partition("\r\n\r\n")
    lines = [line.split(": ", 1) for line in head.split("\r\n")[1:]]
    headers = [(name.lower().encode(), value.encode()) for name, value in lines]
    request = Request({"type": "http", "method": "POST", "path": "/credential", "headers": headers})
    ports = steps.time("the organisation", lambda: installation.ports_at(""))
    at = ports.clock()
    grant = steps.time("the access token", lambda: api._grant(request, "/credential", ports, at))  # noqa: SLF001 - a step of it
    asked = steps.time("reading the request", lambda: parse_request(json.loads(body)))
    keys, nonces = steps.time(
        "the proof of possession and its nonce",
        lambda: api._proven(asked, grant, ports, at),  # noqa: SLF001 - as above
    )
    made = steps.time(
        "intent, signature, read-back, keeping",
        lambda: holds.issue_or_defer(ports, grant=grant, keys=keys, nonces=nonces, at=at),
    )
    steps.time("the answer", lambda: api._answer(made, None, ports, at))  # noqa: SLF001 - as above


def long_list(format_id: str) -> JsonObject:
    """The steps of one proof of a long list; the rest is the database and the way between."""
    steps = Steps()
    with tempfile.TemporaryDirectory(prefix="profile-") as made:
        installation = opened(Path(made))
        ports = installation.ports(FIRST)
        ports.signers.begin()
        report = batches.check(
            class_list(2 * TIMES), type_id=None, templates=ports.templates, at=ports.clock()
        )
        written = ISSUED_FORMATS[format_id]
        signer = ports.signers[written.signer]
        for row in report.found.rows:
            at = ports.clock()
            wanted = steps.time(
                "completing and checking the claims",
                lambda row=row: batches.order_of(row, FORMAT_IDS[0], ports),  # type: ignore[misc]  # bound now
            )
            kind = ports.template(wanted.type_id).type
            credential = Credential(
                type=kind.url,
                issuer=ports.did,
                claims=wanted.claims,
                issued_at=at,
                validity=validity(wanted.claims, at=at),
                credential_id="urn:uuid:6f9619ff-8b86-4011-b42d-00c04fc964ff",
            )
            disclosable = kind.disclosable() if written.written.selective else frozenset()
            wire = steps.time(
                "signing",
                lambda one=credential, paths=disclosable: written.written.issue(  # type: ignore[misc]  # as above
                    one, signer, holder=None, disclosable=paths, entropy=secrets.token_bytes
                ),
            )
            steps.time(
                "reading back",
                lambda one=wire, at=at: verify(  # type: ignore[misc]  # as above
                    written.written, one, lambda _: signer.public, at=at
                ),
            )
        installation.database.close()
    return {f"{format_id}: {name}": took for name, took in steps.medians().items()}
