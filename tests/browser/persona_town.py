"""Who gives the ten personas their proofs, and a search for what must not leak."""

import json
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import Response

from issuer import programs
from issuer.app import open_installation
from issuer.audit import OPERATOR
from issuer.installation import Installation, keep_organisation
from issuer.keys import open_signers
from issuer.members import add_member, invite
from issuer.settings import DEMO_ORIGIN, IssuerSettings
from issuer.tables import Duty, StatusHosting
from schemas import catalog
from service.clock import clock_from
from tests.browser.wallet_person import Town, Worker, shift_to
from tests.conftest import NOW
from tests.services import services_in
from tests.wallet.test_blindness import spellings

Script = Mapping[str, Any]
"""One persona of the samples, as it is written there."""

HENK = "Timmermans Constructie (fictief)"
"""The firm of fourteen people; its owner is invited before he signs in."""

DATED = {
    "cnc-frezen-vakcertificaat": "date_of_result",
    "vca-basis": "date_of_exam",
    "bhv": "date_of_course",
    "heftruck": "date_of_test",
    "nen-3140-vop-opleiding": "date_of_result",
    "evc-ervaringscertificaat": "date_of_issue",
}
"""The claim in which a type says when it was earned."""

USUAL: Mapping[str, Mapping[str, object]] = {
    "werkervaringsverklaring": {"period": "2020-01/2026-06"},
    "nen-3140-aanwijzing-vop": {
        "review_by": "2028-05-01",
        "allowed_work": ["meten en schakelen tot 400 V"],
    },
    "lascertificaat-mag": {"product_type": "P", "joint": "FW", "thickness": "3-12"},
    "praktijkverklaring": {"qualification_file": "Metaal (fictief dossier)"},
}
"""What the scripts leave to who gives the proof."""

APART = {"type", "issuer", "issued", "skills", "valid_until", "confirmations"}
"""What a script says of a proof and is no claim of its own."""

SHORTEST = 12
"""Letters of a canary: of a shorter one too little is left in base64."""

PARTS = {
    "echt": "authentic",
    "van_wie": "issuer",
    "nog_geldig": "valid",
    "van_deze_persoon": "holder",
}


@dataclass
class Turned:
    """A clock that ticks, and that a test can turn on."""

    ahead: timedelta = timedelta()
    ticking: Any = field(default_factory=lambda: clock_from(NOW))

    def __call__(self) -> datetime:
        """The present moment."""
        moment: datetime = self.ticking()
        return moment + self.ahead


@dataclass(frozen=True)
class PersonaTown(Town):
    """The running services with everybody who gives the personas something.

    Attributes:
        keys: what the program of each giver shows, by its name.
        invitations: the path by which the first member of a firm comes in.
    """

    clock: Turned = field(default_factory=Turned)
    keys: Mapping[str, str] = field(default_factory=dict)
    invitations: Mapping[str, str] = field(default_factory=dict)

    def later(self, **by: float) -> "PersonaTown":
        """The same town after some time, for everybody who opens a browser from now on."""
        more = timedelta(**by)
        self.clock.ahead += more
        return replace(self, shift=self.shift + int(more.total_seconds() * 1000))

    def gives(self, name: str, hold: Script, **more: object) -> Mapping[str, str]:
        """What one giver of a script offers to the person of that name."""
        return self.gives_in("dc+sd-jwt", name, hold, **more)

    def gives_in(self, form: str, name: str, hold: Script, /, **more: object) -> Mapping[str, str]:
        """The same in a form of choice."""
        key = self.keys[hold["issuer"]]
        return self._offer(hold["type"], claims_of(name, hold) | more, key, form)

    def withdraws(self, hold: Script, offer: Mapping[str, str]) -> None:
        """The giver of a script takes back what was fetched."""
        key = self.keys[hold["issuer"]]
        issued = self.calls("issuer", f"/api/offers/{offer['id']}", key=key)["issued_id"]
        change = {"status": "revoked", "reason": "Er staat een fout in."}
        self.calls("issuer", f"/api/issued/{issued}/status", change, key)

    def refuses(self, query: Mapping[str, object]) -> str:
        """The code with which the recruiter's own service refuses to ask something."""
        headers = {"Authorization": f"Bearer {self._key('verifier')}"}
        status, told = self._send("verifier", "/api/requests", {"dcql_query": query}, headers)
        assert status >= HTTPStatus.BAD_REQUEST
        code: str = json.loads(told)["code"]
        return code

    def abandons(self, name: str) -> None:
        """Take the site of a giver off the net."""
        slug = _slug(list(self.keys).index(name))

        def nothing() -> Response:
            """What an abandoned site answers."""
            return Response(status_code=410)

        app = self.services.apps["issuer"]
        app.add_api_route(f"/o/{slug}/{{rest:path}}", nothing, methods=["GET", "POST"])
        app.router.routes.insert(0, app.router.routes.pop())

    def octets_of(self, *labels: str) -> bytes:
        """Everything that these services wrote, and the log of all of them."""
        folders = [self.services.var / label for label in labels]
        files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        files.append(self.services.var / "services.log")
        return b"".join(path.read_bytes() for path in files)


def leaks(canary: str, *places: bytes | str | Sequence[str]) -> bool:
    """Whether a canary can be read in one of the places: plain, in hex or in base64."""
    assert len(canary) >= SHORTEST, "so few letters are found anywhere"
    return any(each in _octets(place) for place in places for each in spellings(canary))


def _octets(place: bytes | str | Sequence[str]) -> bytes:
    if isinstance(place, bytes):
        return place
    return (place if isinstance(place, str) else "\n".join(place)).encode()


def claims_of(name: str, hold: Script) -> dict[str, object]:
    """The claims of one proof of a script."""
    given, _, family = name.partition(" ")
    claims: dict[str, object] = {"given_name": given, "family_name": family}
    claims |= USUAL.get(hold["type"], {})
    claims |= {key: value for key, value in hold.items() if key not in APART}
    if hold["type"] in DATED:
        claims[DATED[hold["type"]]] = hold["issued"]
    if "skills" in hold:
        claims["skills"] = [{"skill": skill, "level": n} for skill, n in hold["skills"].items()]
    return claims


def personas(samples: Path) -> dict[str, Script]:
    """The ten scripts, by id."""
    found = yaml.safe_load((samples / "personas.yaml").read_text("utf-8"))
    return {each["id"]: each for each in found["personas"]}


@contextmanager
def persona_town(var: Path, samples: Path, **settings: str) -> Iterator[PersonaTown]:
    """The town, with settings of the verifier by name; one host has the givers' status lists."""
    started, clock = time.time(), Turned()
    wanted = _issuers(personas(samples).values())
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(f"VERIFIER_{name}".upper(), value)
        own = IssuerSettings.model_validate({"var": var, "identifier": DEMO_ORIGIN})
        installation = open_installation(
            own, signers_of=open_signers(own), clock=clock, entropy=secrets.token_bytes
        )
        keys = {
            name: _enter(installation, number, name, roles)
            for number, (name, roles) in enumerate(wanted.items())
        }
        invitation = _invites(installation, "Henk Timmermans")
        installation.database.close()
        with services_in(var, clock=clock) as services:
            yield PersonaTown(services, shift_to(started), clock, keys, {HENK: invitation})


def _issuers(scripts: Iterable[Script]) -> dict[str, frozenset[str]]:
    """Every firm and school of the scripts, with the roles that its proofs ask."""
    found: dict[str, frozenset[str]] = {HENK: frozenset({"employer", "welding_coordinator"})}
    for script in scripts:
        for hold in script["holds"]:
            if hold["type"] == "collega-bevestiging":
                continue  # from a person, not from an organisation
            roles = {one.role for one in catalog.credential_type(hold["type"]).may_issue}
            found[hold["issuer"]] = found.get(hold["issuer"], frozenset()) | roles
    return found


def _slug(number: int) -> str:
    return f"giver-{number}"


def _enter(installation: Installation, number: int, name: str, roles: frozenset[str]) -> str:
    """Enter a firm; the key of its program."""
    slug = _slug(number)
    with installation.database.transaction() as session:
        row = keep_organisation(
            session,
            installation.settings,
            organisation_id=slug,
            slug=slug,
            name=name,
            roles=roles,
            kvk="00000014",
        )
        row.status_hosting = StatusHosting.SHARED
        session.add(row)
    ports = installation.ports(slug)
    with installation.database.transaction() as session:
        _, key = programs.make_key(
            session,
            "planbord",
            scopes=["offers", "read", "status"],
            ports=ports,
            actor=OPERATOR,
            at=installation.clock(),
        )
    return key


def _invites(installation: Installation, name: str) -> str:
    ports, at = installation.ports(_slug(0)), installation.clock()
    with installation.database.transaction() as session:
        row = add_member(session, name, duties=[Duty.ADMIN, Duty.ISSUER], ports=ports, at=at)
        return f"/join/{invite(session, row, ports=ports, at=at)}"


def takes(worker: Worker, offer: Mapping[str, str], name: str, *, first: bool = False) -> None:
    """The whole way from a link to a proof in the passport."""
    worker.follows(offer["link"])
    worker.sees("flow.offer.title")
    worker.types_pin(offer["tx_code"])
    worker.sees("flow.name.question", name=name)
    worker.presses("flow.name.yes")
    worker.sees("flow.keep.title")
    worker.presses("flow.keep.yes")
    if first:
        worker.opens()
    worker.sees("flow.kept.title")
    worker.leaves()


def asking(type_id: str, *claims: str, name: str = "") -> dict[str, object]:
    """One part of a question: claims of a type."""
    return {
        "id": name or type_id,
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [catalog.credential_type(type_id).url]},
        "claims": [{"path": [claim]} for claim in claims],
    }


def as_expected(verdict: Script, expected: Mapping[str, str]) -> None:
    """The four parts of a verdict are what the script expects, with its reason and day."""
    assert verdict["parts"].keys() == set(PARTS.values())
    for name, words in expected.items():
        outcome, _, reason = words.partition(": ")
        part = PARTS[name]
        assert verdict["parts"][part] == outcome.replace(" ", "_"), (name, verdict["findings"])
        if reason:
            code, _, since = reason.partition(" since ")
            (found,) = [one for one in verdict["findings"] if one["code"] == code]
            assert found["part"] == part
            assert not since or since in found["facts"].values(), found
