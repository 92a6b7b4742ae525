"""An institute under fire: its issuer in a process that is killed, its people with their phones."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Lock, Thread

import httpx2

from benchmarks.drills.issuer_process import FAULTS
from credentials.encoding import JsonObject
from credentials.errors import UndeterminedError
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Wire
from credentials.openid4vc.key_proof import create_proof
from credentials.openid4vc.offer import parse_offer
from credentials.openid4vc.token import create_token_request
from issuer import offers
from issuer.app import open_installation
from issuer.installation import FIRST, Installation
from issuer.keys import kept_signers
from issuer.orders import order
from issuer.ports import Ports
from issuer.settings import DEMO_ORIGIN, IssuerSettings
from service.clock import system_clock
from service.serving import free_ports

ROOT = Path(__file__).resolve().parents[2]
LOG = "drill.log"
"""In the drill's folder: what the process said, for whoever wonders why it did not start."""

TIMEOUT = 30.0
CLIENTS = 6
LIFE = timedelta(days=14)
TYPE = "heftruck"


@dataclass(slots=True)
class Person:
    """Someone who fetches one proof.

    Attributes:
        uri: address of the offer, as its link says.
        token: the access token, while it is good.
        wire: what was received.
    """

    offer_id: str
    uri: str
    pin: str
    key: SoftwareSigner = field(repr=False)
    token: str | None = None
    wire: Wire | None = None


@dataclass(slots=True)
class Office:
    """The institute: its files, its database, and its issuer's process.

    Attributes:
        given: settings of the process and of this program, which share the files.
        kills: how often the process was killed.
    """

    given: JsonObject
    installation: Installation
    process: subprocess.Popen[str] | None = None
    kills: int = 0

    @property
    def ports(self) -> Ports:
        """The doors of the first organisation, for what the institute's own program does."""
        return self.installation.ports(FIRST)

    @property
    def address(self) -> str:
        """Where the process listens."""
        return f"http://127.0.0.1:{self.given['port']}"

    def start(self, *, before: Sequence[str] = (), **wrong: float) -> None:
        """Start the issuer and wait until it answers.

        Args:
            before: goes before its command.
            wrong: what is wrong with it (``benchmarks.drills.issuer_process``).
        """
        command = [sys.executable, "-m", "benchmarks.drills.issuer_process", json.dumps(self.given)]
        with (Path(str(self.given["var"])) / LOG).open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [*before, *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True,
                env={**os.environ, FAULTS: json.dumps(wrong)},
            )  # fmt: skip
        line = self.process.stdout.readline() if self.process.stdout else ""
        if line.strip() != "ready":
            raise UndeterminedError("start_failed", "the issuer did not start")

    def kill(self) -> None:
        """Kill -9: nothing is said, nothing is tidied up."""
        if self._end(signal.SIGKILL):
            self.kills += 1

    def stop(self) -> None:
        """Ask politely."""
        self._end(signal.SIGTERM)

    def close(self) -> None:
        """End everything."""
        self._end(signal.SIGKILL)
        self.installation.database.close()

    def _end(self, how: signal.Signals) -> bool:
        process, self.process = self.process, None
        if process is None:
            return False
        process.send_signal(how)
        process.communicate()
        return True

    def invite(self, count: int) -> list[Person]:
        """Make offers for so many people, in one transaction."""
        ports, at = self.ports, self.ports.clock()
        template = ports.templates[TYPE]
        people = []
        with ports.database.transaction() as session:
            for number in range(count):
                claims: JsonObject = {
                    "given_name": "Jan",
                    "family_name": f"Bakker {number}",
                    "date_of_test": "2026-09-07",
                    "skills": [{"skill": "heftruck", "level": 2}],
                }
                wanted = order(template, claims)
                made = offers.offer(session, wanted, ports=ports, at=at, life=LIFE)
                key = SoftwareSigner.generate(Algorithm.ES256)
                people.append(Person(made.id, made.offer_uri, made.tx_code, key))
        return people

    def renew(self, person: Person) -> None:
        """Give a person whose code was used, and who got nothing, a new one."""
        with self.ports.database.transaction() as session:
            made = offers.renew(session, person.offer_id, ports=self.ports, at=self.ports.clock())
        person.uri, person.pin, person.token = made.offer_uri, made.tx_code, None


def open_office(var: Path, *, database_url: str | None = None) -> Office:
    """The files and the database of an institute; its process is not started yet."""
    given: JsonObject = {
        "var": str(var),
        "port": free_ports(1)[0],
        "database_url": database_url,
        "api_key": "the-drill",
        "rate_limits": False,
    }
    settings = IssuerSettings.model_validate(given)
    installation = open_installation(
        settings,
        signers_of=kept_signers(settings),
        clock=system_clock,
        entropy=secrets.token_bytes,
    )
    return Office(given, installation)


@dataclass(slots=True)
class Tally:
    """What the people met on their way.

    Attributes:
        broken: connections that broke, or were refused while nobody listened.
        renewed: people whose code was used while the answer was lost.
        unavailable: answers that say "not now".
        refused: answers that nobody should get.
    """

    broken: int = 0
    renewed: int = 0
    unavailable: int = 0
    refused: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


def fetch(person: Person, office: Office, http: httpx2.Client, tally: Tally) -> None:
    """Fetch a proof, however often the connection breaks; what was asked is asked again."""
    while person.wire is None:
        try:
            next_step(person, office, http, tally)
        except httpx2.TransportError:
            with tally.lock:
                tally.broken += 1
            time.sleep(0.05)


def fetch_all(office: Office, people: Sequence[Person], *, clients: int = CLIENTS) -> Tally:
    """Let them all fetch, some at a time; returns when the last one has a proof."""
    tally, waiting, lock = Tally(), list(reversed(people)), Lock()

    def visit() -> None:
        with httpx2.Client(base_url=office.address, timeout=TIMEOUT) as http:
            while True:
                with lock:
                    person = waiting.pop() if waiting else None
                if person is None:
                    return
                fetch(person, office, http, tally)

    threads = [Thread(target=visit) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def next_step(person: Person, office: Office, http: httpx2.Client, tally: Tally) -> None:
    """One step towards a proof: a token, a new code, or the proof itself."""
    if person.token is None:
        person.token = token_of(person, http)
    if person.token is None:
        office.renew(person)
        with tally.lock:
            tally.renewed += 1
        return
    answer = ask(person, http)
    if answer.status_code == httpx2.codes.OK:
        person.wire = answer.json()["credentials"][0]["credential"]
    elif answer.status_code == httpx2.codes.UNAUTHORIZED:
        person.token = None
    elif answer.status_code < httpx2.codes.INTERNAL_SERVER_ERROR:
        with tally.lock:
            tally.refused.append(answer.text[:200])
        person.token = None
    else:
        with tally.lock:
            tally.unavailable += 1
        time.sleep(0.05)


def ask(person: Person, http: httpx2.Client) -> httpx2.Response:
    """Ask for the credential with the token that the person has."""
    nonce = http.post("/nonce").json()["c_nonce"]
    proof = create_proof(person.key, audience=DEMO_ORIGIN, nonce=nonce, at=system_clock())
    return http.post(
        "/credential",
        json={
            "credential_configuration_id": f"{TYPE}.dc+sd-jwt",
            "proofs": {"jwt": [proof]},
        },
        headers={"Authorization": f"Bearer {person.token}"},
    )


def token_of(person: Person, http: httpx2.Client) -> str | None:
    """Exchange code and PIN; None where the code was used before."""
    found = http.get(person.uri.removeprefix(DEMO_ORIGIN))
    if found.status_code != httpx2.codes.OK:
        return None
    code = parse_offer(found.json()).pre_authorized_code or ""
    answer = http.post(
        "/token",
        content=create_token_request(code, tx_code=person.pin),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    return str(answer.json()["access_token"]) if answer.status_code == httpx2.codes.OK else None
