"""Two organisations in one issuer, everything that one of them has, and the routes that name it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from credentials.model import StatusKind
from issuer import confirmations, designs, events, holds, paper, programs
from issuer.confirmations import Details
from issuer.demo_office import FIRM, FIRM_ROLES
from issuer.designs import Design
from issuer.installation import FIRST
from issuer.ports import Ports
from issuer.programs import Scope
from issuer.settings import DEMO_ROLES
from issuer.tables import (
    Batch,
    Duty,
    Issued,
    IssuerTable,
    Member,
    MemberLogin,
    MemberPasskey,
    Offer,
    StatusList,
)
from service.demo import local_origins
from tests.issuer.class_lists import Desk
from tests.issuer.lists import csv_of, other
from tests.issuer.office import Holder, Office, open_office

RECEIVER = "https://receiver.skillspass.example"
OWN_TEMPLATE = "onze-heftruck"
FIRM_LIST = 2
"""Number of the firm's status lists; the first organisation has but number 1."""

Values = dict[str, tuple[str, ...]]
"""Name of a parameter to ids that stand for it."""


@dataclass(frozen=True, slots=True)
class Door:
    """One route: how it is called, and which names stand in its path and query."""

    method: str
    path: str
    names: tuple[str, ...]
    query: tuple[str, ...]
    dependencies: frozenset[str]

    @property
    def changes(self) -> bool:
        """Whether a browser would call it to change something."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}


def doors_of(app: FastAPI) -> list[Door]:
    """Every route of an application, those of included routers at the place where they stand."""
    found = []
    for context in iter_route_contexts(app.routes):
        names = tuple(re.findall(r"{(\w+)(?::\w+)?}", context.path or ""))
        dependant: Dependant | None = getattr(context, "dependant", None)
        inner = frozenset(_called(dependant)) if dependant else frozenset()
        query = tuple(sorted(_query(dependant))) if dependant else ()
        found += [
            Door(method, context.path or "", names, query, inner)
            for method in sorted(context.methods or ())
        ]
    return found


def _called(dependant: Dependant) -> Iterator[str]:
    for inner in dependant.dependencies:
        yield getattr(inner.call, "__name__", "")
        yield from _called(inner)


def _query(dependant: Dependant) -> Iterator[str]:
    yield from (str(field.alias) for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _query(inner)


# --- the two organisations ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in member with every duty, and a program with every scope, of one organisation."""

    client: TestClient
    token: str
    key: str

    def call(self, door: Door, path: str, fields: dict[str, str], **more: str) -> Response:
        """Knock at a door, as its own page or its own program would."""
        if path.startswith("/api"):
            headers = {"Authorization": f"Bearer {self.key}"}
            body = fields or None
            return self.client.request(door.method, path, json=body, headers=headers)
        data = {"csrf_token": self.token, **fields} if door.changes else None
        return self.client.request(
            door.method, path, data=data, headers=more, follow_redirects=False
        )


def open_two(directory: Path) -> Office:
    """An issuer in which both organisations may give everything, and each member do everything."""
    roles = DEMO_ROLES | FIRM_ROLES
    local = {**local_origins(), RECEIVER: "http://localhost:9"}
    office = open_office(directory, roles=roles, rate_limits=False, dev_origins=local)
    with office.ports.database.transaction() as session:
        for row in session.exec(select(Member)):
            row.duties = [*Duty]
            session.add(row)
        for kind in StatusKind:
            session.add(StatusList(organisation_id=FIRM, kind=kind, number=FIRM_LIST))
    return office


def visitor(office: Office, member: str) -> Visitor:
    """Somebody of an organisation, in a browser of their own."""
    browser = TestClient(office.app, base_url=office.settings.public_url)
    replace(office, client=browser).sign_in(member)
    page = browser.get("/kinds", headers={"Accept": "text/html"}).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    organisation = FIRM if FIRM in member else FIRST
    return Visitor(browser, token[1], key_of(office, organisation, member)[1])


def key_of(office: Office, organisation: str, member: str) -> tuple[str, str]:
    """Id and key of a program that may do everything."""
    ports: Ports = office.app.state.installation.ports(organisation)
    with ports.database.transaction() as session:
        row, key = programs.make_key(
            session, "Bord", scopes=[*Scope], ports=ports, actor=member, at=office.clock()
        )
        return row.id, key


def belongings(office: Office) -> Values:
    """Something of each kind that the first organisation has, by how routes name it."""
    ports, at, actor = office.ports, office.clock(), "demo-own-1"
    made = _offers(office)
    with ports.database.transaction() as session:
        receiver, _ = events.add_receiver(
            session, f"{RECEIVER}/in", kinds=(), ports=ports, actor=actor
        )
        welder = confirmations.add_welder(
            session,
            Details("Jan", "Bakker", "LM-2026-17", "135"),
            last_on=date(2026, 6, 1),
            numbers_confirmed=False,
            ports=ports,
            actor=actor,
            at=at,
        )
        for number in (1, 2):  # of two, one may be removed
            session.add(
                MemberPasskey(id=f"p{number}", owner_id=actor, public_key=b"", created_at=at)
            )
        designs.keep_version(
            session,
            Design(base="heftruck", title_nl="Onze heftruck", title_en="Our truck"),
            template_id=OWN_TEMPLATE,
            organisation_id=FIRST,
            member_id=actor,
            sealer=ports.sealer,
            at=at,
        )
        named = (receiver.id, welder.id)
    lists = _lists(office)
    with ports.database.reading() as session:
        return {
            "offer_id": tuple(made),
            "issued_id": tuple(session.exec(select(Issued.id))),
            "link_id": (session.get_one(Offer, made[0]).link_id,),
            "receiver_id": named[:1],
            "welder_id": named[1:],
            "key_id": (key_of(office, FIRST, actor)[0],),
            "member_id": ("demo-own-2",),
            "passkey_id": ("p1",),
            "login_id": tuple(session.exec(select(MemberLogin.id)))[:1],
            "template_id": (OWN_TEMPLATE,),
            "type_id": (OWN_TEMPLATE,),
            "list_id": lists,
            "batch_id": tuple(session.exec(select(Batch.id))),
            "number": ("1",),
        }


def _offers(office: Office) -> list[str]:
    """An offer that waits, one that was fetched in each form, one that is held, one on paper."""
    waiting = office.offer(mail_to="ahmet@example.org")
    fetched = [office.offer(format=name) for name in ("dc+sd-jwt", "ldp_vc")]
    for one in fetched:
        Holder(office).receive(one)
    held, printed = office.offer(), office.offer()
    ports, at = office.ports, office.clock()
    with ports.database.transaction() as session:
        holds.hold(session, held["id"], ports=ports, at=at, actor="demo-own-2")
    paper.give(ports, printed["id"], language="nl", actor="demo-own-1", at=at)
    return [one["id"] for one in (waiting, *fetched, held, printed)]


def _lists(office: Office) -> tuple[str, ...]:
    """A list that was just read, and one of which something was given."""
    desk = Desk(office)
    desk.put_down(csv_of(other("27001")).encode())
    desk.press(f"{desk.base}/give", delivery="cards", format="dc+sd-jwt")
    given = desk.base
    desk.put_down(csv_of(other("27002"), other("27003", Examendatum="31-02-2026")).encode())
    return (desk.base.rpartition("/")[2], given.rpartition("/")[2])


def dump(office: Office) -> dict[str, list[str]]:
    """Every row that is not the firm's own, by table."""
    found = {}
    with office.ports.database.reading() as session:
        for table in IssuerTable.metadata.sorted_tables:
            rows = map(dict, session.connection().execute(table.select()).mappings())
            found[table.name] = sorted(repr(row) for row in rows if not _of_firm(row))
    return found


def _of_firm(row: dict[str, object]) -> bool:
    owners = (row.get(name) for name in ("organisation_id", "owner_id", "tenant"))
    return any(FIRM in str(owner) for owner in owners)


# --- how to knock at each door -----------------------------------------------------------------

FORKLIFT_FORM = {"given_name": "Jan", "family_name": "Bakker", "date_of_test": "2026-11-09"}

FIXED: Values = {
    "slug": (FIRM,),
    "line": ("2",),
    "purpose": ("revocation", "suspension"),
    "name": ("certificate.png", "badge.json"),
}
"""What stands in a path and names nothing that is somebody's own."""

CHOICES: Values = {
    "/api/offers/{offer_id}/{what}": ("cancel", "remind"),
    "/batches/{batch_id}/{what}.pdf": ("cards", "pins"),
}
"""By path: what ``what`` can be."""

SECRETS = frozenset({"token"})
"""What opens by itself: an invitation is for whoever holds its link, and belongs to no visitor."""

FORMS: dict[str, tuple[dict[str, str], ...]] = {
    "/api/issued/{issued_id}/status": ({"status": "revoked", "reason": "asked"},),
    "/authorize": ({"request_uri": "urn:x", "client_id": "x", "link": "y", "pin": "123456"},),
    "/batches/{batch_id}/{what}.pdf": ({"language": "nl", "part": "1"},),
    "/confirmations": (
        {
            "given_name": "Piet",
            "family_name": "Bakker",
            "document_number": "LM-2026-18",
            "process": "135",
            "last_on": "2026-06-01",
        },
    ),
    "/confirmations/{welder_id}": ({"due_on": "2026-12-01"}, {"do": "leave"}),
    "/kinds": (
        {"base": "heftruck", "title_nl": "Heftruck twee", "do": "keep", "ask.document_number": "1"},
    ),
    "/lists": ({"pasted": csv_of(other("27009"))},),
    "/lists/{list_id}/approval": ({"do": "approve"}, {"do": "back"}),
    "/lists/{list_id}/give": ({"delivery": "cards", "format": "dc+sd-jwt", "version": "1"},),
    "/lists/{list_id}/drop": ({"version": "1"},),
    "/lists/{list_id}/rows/{line}": ({"do": "leave", "version": "1"}, {"do": "save", "c1": "Jo"}),
    "/made/{offer_id}/mail": ({"address": "b@example.org"},),
    "/made/{offer_id}/status": ({"to": "revoked", "reason": "asked"},),
    "/overview": ({"do": "cancel"},),
    "/people": ({"name": "Wil de Vries", "duty.issuer": "yes"},),
    "/people/{member_id}": ({"do": "leave"}, {"do": "invite"}, {"duty.issuer": "yes"}),
    "/programs": ({"name": "Bord", "scope.read": "yes"},),
    "/receivers": ({"url": f"{RECEIVER}/other"},),
    "/settings": ({"bulk_limit": "3", "domain": "", "status_hosting": "own"},),
    "/sign-in/demo": ({"member": "demo-own-2"},),
    "/statements/{offer_id}": ({"do": "agree"}, {"do": "refuse"}),
    "/templates/{type_id}/offers": (FORKLIFT_FORM,),
}
"""By path: forms and bodies that do something where they are allowed to."""


def paths_of(door: Door, ids: Values) -> list[str]:
    """Every address of a door with these ids.

    Raises:
        KeyError: a name in its path for which nothing is known: it has to be put into the tables.
    """
    known = {**FIXED, **ids, "what": CHOICES.get(door.path, ())}
    choices = [[(name, value) for value in known[name]] for name in door.names]
    pattern = door.path.replace(":path}", "}")
    return [pattern.format(**dict(chosen)) for chosen in product(*choices)]


def forms_of(door: Door) -> tuple[dict[str, str], ...]:
    """What is sent to a door, one after the other."""
    plain = door.path.removeprefix("/o/{slug}") or "/"
    return FORMS.get(plain, ({},)) if door.changes else ({},)
