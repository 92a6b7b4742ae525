"""Letters to people: composed here, sent by a job, over SMTP or into the mailbox of a trial.

    post = open_post(settings)                         # None: this service has no mail
    sender = sender_of(settings, "skillspass")
    handlers = {"offer_mail": mail_handler(post, sender, letter_of, clock=clock)}

``letter_of`` makes the letter of one job from its ids, in a transaction of its own; addresses and
names stand in no job and no log. A letter is sent at least once: its Message-ID stays the same when
it is sent again (RFC 5322, section 3.6.4), so that a mailbox can tell.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from credentials.errors import MalformedError, RejectedError
from service import demo
from service.clock import Clock
from service.jobs import Handler, Work
from service.mail_servers import SmtpPost, read_server
from service.mailbox import Mailbox
from service.settings import RoleSettings

MAX_ADDRESS = 254
"""RFC 5321, section 4.5.3.1.3, less the brackets."""

MAX_LINE = 300
"""Characters of a subject; longer ones are cut off by mailboxes long before."""

MAX_LETTER = 20_000
"""Characters of all paragraphs together."""

_MAILBOX = re.compile(r"([^<>]*?) *<([^<>]*)>")

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told.

    Attributes:
        to: one bare address.
        paragraphs: plain sentences.
        link: a web address and the words on its button; the address is also shown in full.
        after: what stands below the button.
        from_name: the organisation that writes; empty: the sender's own name.
        language: of the text: ``nl`` or ``en``.
    """

    to: str
    subject: str
    paragraphs: tuple[str, ...]
    language: str
    link: tuple[str, str] | None = None
    after: tuple[str, ...] = ()
    from_name: str = ""

    def __repr__(self) -> str:
        """Without what it says and to whom."""
        return f"Letter(language={self.language!r})"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a letter is from.

    Attributes:
        address: the sender's own address.
        name: before the address; may be empty.
        reply_to: where an answer goes; empty: to the sender.
    """

    address: str
    name: str = ""
    reply_to: str = ""


class Post(Protocol):
    """Sends letters: ``SmtpPost``, or ``Mailbox`` in a trial."""

    def send(self, message: EmailMessage) -> None:
        """Send one message.

        Raises:
            UndeterminedError: ``mail_unreachable``: it may work later.
            RejectedError: ``mail_refused``: this address is refused for good.
        """
        ...


def check_address(address: str) -> str:
    """One bare address, as it may stand in a header (RFC 5321, section 4.1.2, ASCII only).

    Raises:
        MalformedError: ``mail_address``: a name beside it, two of them, a line break, no host.
    """
    fault = MalformedError("mail_address", f"{len(address)} characters")
    if not address.isascii() or not address.isprintable() or len(address) > MAX_ADDRESS:
        raise fault
    try:
        parsed = Address(addr_spec=address)
    except (HeaderParseError, ValueError, IndexError):
        raise fault from None
    labels = parsed.domain.split(".")
    plain = parsed.addr_spec == address and '"' not in address
    if not plain or len(labels) < 2 or not all(map(_is_label, labels)):  # noqa: PLR2004 - host.tld
        raise fault
    return address


def read_sender(words: str, *, reply_to: str = "") -> Sender:
    """The sender of the settings: ``Name <address>`` or an address.

    Raises:
        RejectedError: ``config_mail_from``.
    """
    found = _MAILBOX.fullmatch(words)
    name, address = (found[1], found[2]) if found else ("", words)
    try:
        check_address(address)
        check_address(reply_to or address)
        _check_line(name)
    except MalformedError as error:
        raise RejectedError("config_mail_from", "an address, or Name <address>") from error
    return Sender(address, name, reply_to)


def sender_of(settings: RoleSettings, name: str) -> Sender:
    """The sender of the settings; in a trial an address that nobody can answer.

    Raises:
        RejectedError: ``config_mail_from``: not an address, or none where letters really go out.
    """
    if settings.mail_from or settings.smtp_url is not None:
        return read_sender(settings.mail_from, reply_to=settings.mail_reply_to)
    return Sender(f"noreply@{demo.DOMAIN}", name)


def compose(letter: Letter, sender: Sender, *, work_id: str, at: datetime) -> EmailMessage:
    """A message with the same words as plain text and as simple HTML.

    Args:
        letter: what is said.
        sender: who says it.
        work_id: of the job; names the message.
        at: the moment in its header.

    Raises:
        MalformedError: ``mail_address``; ``mail_header``: a line break or control character in a
            header; ``mail_link``: no web address; ``mail_too_long``.
    """
    if sum(map(len, (*letter.paragraphs, *letter.after))) > MAX_LETTER:
        raise MalformedError("mail_too_long", f"more than {MAX_LETTER} characters")
    message = EmailMessage(policy=SMTP)
    name = _check_line(letter.from_name or sender.name)
    message["From"] = Address(name, addr_spec=check_address(sender.address))
    message["To"] = Address(addr_spec=check_address(letter.to))
    if sender.reply_to:
        message["Reply-To"] = Address(addr_spec=check_address(sender.reply_to))
    message["Subject"] = _check_line(letter.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{_check_line(work_id)}@{sender.address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers from holidays
    link = [_check_link(letter.link[0])] if letter.link else []
    message.set_content("\n\n".join((*letter.paragraphs, *link, *letter.after)) + "\n")
    html = _TEMPLATES.get_template("mail.html").render(letter=letter, name=name)
    message.add_alternative(html, subtype="html")
    message["Content-Language"] = letter.language  # last: setting the content drops it
    return message


def mail_handler(
    post: Post,
    sender: Sender,
    letter_of: Callable[[Work], Letter | None],
    *,
    clock: Clock,
) -> Handler:
    """How a job becomes a letter.

    Args:
        post: what sends it.
        sender: who it is from.
        letter_of: opens its own transaction and closes it before the letter is sent; None where
            there is nothing to say any more (the offer was cancelled).
        clock: the date of the letter.
    """

    def run(work: Work) -> None:
        """Send it, with no transaction open."""
        letter = letter_of(work)
        if letter is not None:
            post.send(compose(letter, sender, work_id=work.id, at=clock()))

    return Handler(run)


def open_post(settings: RoleSettings) -> Post | None:
    """The post of the settings: SMTP, the mailbox of a trial, or none.

    Raises:
        RejectedError: ``config_smtp_url``.
    """
    if settings.smtp_url is not None:
        return SmtpPost(read_server(settings.smtp_url.get_secret_value()))
    return Mailbox(settings.directory / "mailbox") if settings.demo else None


def _check_line(text: str) -> str:
    if len(text) > MAX_LINE or not text.isprintable():
        raise MalformedError("mail_header", "a line break, or too long")
    return text


def _is_label(label: str) -> bool:
    return label.replace("-", "").isalnum() and not label.startswith("-")


def _check_link(url: str) -> str:
    """The trial lives on http://localhost; a script or a file is no place to go to."""
    if urlsplit(url).scheme not in {"https", "http"} or not url.isascii() or " " in url:
        raise MalformedError("mail_link", "not a web address")
    return url
