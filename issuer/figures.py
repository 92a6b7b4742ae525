"""How many proofs an organisation gave, by kind and quarter: counts, where it chose so (R33).

A proof counts once, however many copies of it were fetched, in the quarter in which it was made.
The moment of making never changes, nor does what becomes of a proof later change a count. People
are told apart by their name; two of one name count as one, which tells less and never more.
"""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from issuer.offers import person_of
from issuer.ports import Ports
from issuer.tables import Issued, Offer
from service.figures import Figures, Group, Quarter, closed, figures, require_wanted


def given(session: Session, *, ports: Ports) -> tuple[Figures, ...]:
    """The figures of the last quarters that are over, the newest first.

    Raises:
        RejectedError: ``figures_off``.
    """
    require_wanted(wanted=ports.settings.figures)
    return tuple(
        figures(quarter, _groups(_made(session, quarter, ports), ports))
        for quarter in closed(ports.clock())
    )


def _made(session: Session, quarter: Quarter, ports: Ports) -> Iterable[Offer]:
    return session.exec(
        select(Offer)
        .join(Issued, col(Issued.offer_id) == col(Offer.id))
        .where(
            Offer.organisation_id == ports.organisation_id,
            Issued.copy_number == 0,
            col(Issued.issued_at) >= quarter.begins,
            col(Issued.issued_at) < quarter.ends,
        )
    )


def _groups(made: Iterable[Offer], ports: Ports) -> dict[str, Group]:
    people: dict[str, list[str]] = {}
    for offer in made:
        name = " ".join(person_of(offer, ports).casefold().split())
        people.setdefault(offer.type_id, []).append(name)
    return {kind: Group(len(names), frozenset(names)) for kind, names in people.items()}
