"""The trial's offices: two fictional organisations, their people, and a class with its offers."""

from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import select

from issuer import batches
from issuer.installation import FIRST, Installation, keep_organisation
from issuer.members import add_member, members, name_of
from issuer.ports import Ports
from issuer.tables import Duty, Member, Offer

CLASS_LIST = Path(__file__).parent / "demo" / "trainees.csv"
"""Sixty fictional trainees, as Excel in Dutch saves them."""

FIRM = "brugman"
"""The fictional firm of the trial: it confirms what its own people do."""

FIRM_NAME = "Brugman Machinebouw (fictief)"
FIRM_ROLES = frozenset({"employer", "hirer", "welding_coordinator"})

PEOPLE = {
    FIRST: (
        ("Joke Veenstra", (Duty.ISSUER,)),
        ("Hamid Bouzidi", (Duty.APPROVER, Duty.ISSUER)),
        ("Els van Dijk", (Duty.ADMIN,)),
    ),
    FIRM: (
        ("Gert Brugman", (Duty.ADMIN, Duty.ISSUER)),
        ("Anja Smit", (Duty.APPROVER,)),
    ),
}
"""Who works where, with which duties."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the trial, for the page where one click signs them in."""

    id: str
    name: str
    duties: tuple[Duty, ...]
    organisation: str


def open_offices(installation: Installation) -> None:
    """Enter the trial's firm and its people; what is there already stays as it is."""
    at = installation.clock()
    with installation.database.transaction() as session:
        keep_organisation(
            session,
            installation.settings,
            organisation_id=FIRM,
            slug=FIRM,
            name=FIRM_NAME,
            roles=FIRM_ROLES,
            kvk="00000001",
        )
    for organisation_id, people in PEOPLE.items():
        ports = installation.ports(organisation_id)
        with installation.database.transaction() as session:
            for number, (name, duties) in enumerate(people, 1):
                identifier = f"demo-{organisation_id}-{number}"
                if session.get(Member, identifier) is None:
                    add_member(
                        session, name, duties=duties, ports=ports, at=at, member_id=identifier
                    )


def demo_members(installation: Installation) -> list[Person]:
    """Everyone who can sign in with one click."""
    found = []
    for organisation_id in PEOPLE:
        ports = installation.ports(organisation_id)
        with installation.database.reading() as session:
            found += [
                Person(
                    row.id, name_of(row, ports), tuple(map(Duty, row.duties)), ports.identity.name
                )
                for row in members(session, ports)
                if row.id.startswith(f"demo-{organisation_id}-")
            ]
    return found


def fill(ports: Ports) -> int:
    """Offer a proof to everyone in the trial's class who passed, unless there are offers already.

    Returns:
        How many offers were made.
    """
    with ports.database.reading() as session:
        if session.exec(select(Offer.id).limit(1)).first() is not None:
            return 0
    data, at = CLASS_LIST.read_bytes(), ports.clock()
    report = batches.check(data, type_id=None, templates=ports.templates, at=at)
    issued = batches.issue(
        replace(report, sample=True),
        name=CLASS_LIST.name,
        data=data,
        ready_only=True,
        ports=ports,
    )
    return len(issued.offers)
