"""Turns: of two that change what belongs to one organisation, one waits for the other."""

from sqlmodel import Session, select

from issuer.tables import Organisation


def take_turn(session: Session, organisation_id: str) -> None:
    """Wait until whoever has the turn has committed; it is held until the end of the transaction.

    The row of the organisation stands for all that it counts, numbers and names: rows that are not
    there yet cannot be locked. SQLite has one writer anyhow.
    """
    own = select(Organisation.id).where(Organisation.id == organisation_id)
    session.exec(own.with_for_update(key_share=True)).one()


def take_turns(session: Session, own: str, publisher: str) -> None:
    """The turn of one's own organisation first, then that of whoever publishes its status list.

    Whoever withdraws a proof has their own turn when they want the list: the other way round, two
    that share a list would wait for each other.
    """
    take_turn(session, own)
    if publisher != own:
        take_turn(session, publisher)
