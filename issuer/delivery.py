"""How an offer reaches its holder: by mail, on a printed card, or on the screen before them.

A letter is a job of the same commit as the offer; it holds the link and never the PIN, which the
giver tells or prints apart. Reminders go to whoever has not fetched a proof yet.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from credentials.errors import MalformedError, RejectedError
from issuer import offers
from issuer.audit import record
from issuer.installation import Installation
from issuer.links import wallet_link
from issuer.offers import LETTER_LIFE, offer_uri, person_of
from issuer.ports import Ports
from issuer.tables import Delivery, Offer, OfferState
from schemas.messages import LANGUAGES, sentence
from service.dates import in_words
from service.jobs import Work
from service.mail import Letter, check_address

MAIL, REMINDER = "offer_mail", "offer_reminder"
"""Kinds of jobs."""

REMIND_AFTER = timedelta(days=1)
"""Nobody gets two letters about one proof in a day."""

MAX_AT_ONCE = 500
"""Offers that one press of a button reminds: a year's class."""


def address_of(row: Offer, ports: Ports) -> str | None:
    """Where letters about an offer go."""
    if row.address is None:
        return None
    return ports.sealer.open(row.address, about=f"address {row.id}").decode()


def by_mail(
    session: Session, offer_id: str, address: str, *, ports: Ports, now: bool = True
) -> None:
    """Send the link of an offer by mail; without ``now`` the letter waits for ``send_kept``.

    Raises:
        MalformedError: ``mail_address``.
        RejectedError: ``not_found``; ``offer_closed`` for an offer that waits no more.
    """
    row = offers.find(session, offer_id, ports=ports)
    if row.state != OfferState.OFFERED:
        raise RejectedError("offer_closed", f"state {row.state}")
    plain = check_address(address.strip())
    row.address = ports.sealer.seal(plain.encode(), about=f"address {row.id}")
    row.delivery, row.expires_at = Delivery.MAIL, row.created_at + LETTER_LIFE
    session.add(row)
    if now:
        ports.outbox.enqueue(session, MAIL, _about(row))


def send_kept(session: Session, offer_id: str, *, ports: Ports) -> None:
    """Send the letter of an offer that had to wait, where it has an address."""
    row = offers.find(session, offer_id, ports=ports)
    if row.address is not None and row.sent_at is None:
        ports.outbox.enqueue(session, MAIL, _about(row))


def handed_over(session: Session, offer_id: str, delivery: Delivery, *, ports: Ports) -> None:
    """Note that an offer goes on a card or a screen."""
    row = offers.find(session, offer_id, ports=ports)
    row.delivery = delivery
    session.add(row)


def _about(row: Offer) -> dict[str, str]:
    return {"offer": row.id, "organisation": row.organisation_id}


def can_remind(row: Offer, *, at: datetime) -> bool:
    """Whether a letter may go again: it waits, it went by mail, and not today."""
    last = row.reminded_at or row.sent_at
    waits = row.state == OfferState.OFFERED and at < row.expires_at and row.address is not None
    return waits and (last is None or at - last >= REMIND_AFTER)


def remind(session: Session, offer_id: str, *, ports: Ports, actor: str, at: datetime) -> None:
    """Send the link once more to whoever has not fetched their proof.

    Raises:
        RejectedError: ``not_found``; ``remind_unfit``: fetched, over, without an address, or a
            letter went less than a day ago.
    """
    row = offers.find_to_change(session, offer_id, ports=ports)
    if not can_remind(row, at=at):
        raise RejectedError("remind_unfit", "not waiting, no address, or reminded today")
    row.reminded_at = at
    session.add(row)
    ports.outbox.enqueue(session, REMINDER, _about(row))
    record(session, ports, "reminded", about=row.id, actor=actor)


def remind_all(session: Session, *, ports: Ports, actor: str, at: datetime) -> int:
    """Remind everyone who may be reminded now; says how many.

    An offer that somebody else is changing at this very moment is left out.
    """
    rows = session.exec(
        select(Offer)
        .where(
            Offer.organisation_id == ports.organisation_id,
            Offer.state == OfferState.OFFERED,
            col(Offer.address).is_not(None),
            col(Offer.expires_at) > at,
        )
        .order_by(col(Offer.created_at))
        .limit(MAX_AT_ONCE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    found = [row for row in rows if can_remind(row, at=at)]
    for row in found:
        remind(session, row.id, ports=ports, actor=actor, at=at)
    return len(found)


def letter_maker(installation: Installation, *, again: bool) -> Callable[[Work], Letter | None]:
    """What writes the letter of a job; ``again`` for a reminder."""

    def letter_of(work: Work) -> Letter | None:
        """The letter; None for an offer that waits no more."""
        ports = installation.ports(work.text("organisation"))
        at = ports.clock()
        with ports.database.transaction() as session:
            row = offers.find_to_change(session, work.text("offer"), ports=ports)
            address = address_of(row, ports)
            if row.state != OfferState.OFFERED or at >= row.expires_at or address is None:
                return None
            row.sent_at = row.sent_at or at
            session.add(row)
            return _letter(row, address, ports=ports, again=again)

    return letter_of


def _letter(row: Offer, address: str, *, ports: Ports, again: bool) -> Letter:
    kind = "reminder" if again else "mail"
    first, second = LANGUAGES
    template = ports.template(row.type_id, row.template_version)

    def say(key: str, language: str) -> str:
        return sentence(
            f"issuer.letter.{key}",
            language,
            name=person_of(row, ports) or sentence("issuer.letter.you", language),
            proof=template.type.title(language),
            giver=ports.identity.name,
            day=in_words(row.expires_at.date(), language),
        )

    return Letter(
        to=address,
        subject=say(f"{kind}_subject", first),
        paragraphs=tuple(say(key, first) for key in ("hello", kind, "how", "pin", "until")),
        language=first,
        link=(
            wallet_link(offer_uri(row, ports), ports.settings),
            say("button", first),
        ),
        after=tuple(say(key, second) for key in ("hello", kind, "how", "pin", "until")),
        from_name=ports.identity.name,
    )


def check_deliverable(address: str | None) -> str:
    """An address that a letter can be sent to.

    Raises:
        MalformedError: ``mail_address``, also for none.
    """
    if not address:
        raise MalformedError("mail_address", "none")
    return check_address(address.strip())
