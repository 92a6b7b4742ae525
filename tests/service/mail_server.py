"""A real SMTP server on this machine (aiosmtpd), with TLS, and moods."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from service.serving import free_ports
from tests.hostile.web_server import certificate


@dataclass
class Inbox:
    """Receives what is handed in.

    Attributes:
        received: every message.
        envelopes: sender and receivers of each.
        answer: what the server says to the next receiver or message; empty: it accepts.
        encrypted: whether each message came over TLS.
        users: who logged in.
    """

    received: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    users: list[bytes] = field(default_factory=list)
    refuse_receiver: str = ""
    refuse_message: str = ""

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """A receiver is named."""
        if self.refuse_receiver:
            return self.refuse_receiver
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as aiosmtpd calls it
        """A message is handed in."""
        if self.refuse_message:
            return self.refuse_message
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, _class=EmailMessage, policy=POLICY)
        self.received.append(message)
        self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"

    def let_in(self, *arguments: Any) -> AuthResult:  # noqa: ANN401 - as aiosmtpd calls it
        """Check a password."""
        login = arguments[-1]
        assert isinstance(login, LoginPassword)
        self.users.append(login.login)
        return AuthResult(success=login.password == b"right", handled=False)


@dataclass(frozen=True)
class Certificate:
    """A certificate for localhost: for the server, and for who should trust it."""

    server: ssl.SSLContext
    trust: ssl.SSLContext


def make_certificate(folder: Path) -> Certificate:
    """Sign one that is its own authority."""
    signed, key = certificate(folder, "localhost")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(signed, key)
    return Certificate(server, ssl.create_default_context(cafile=str(signed)))


@contextmanager
def serving(
    inbox: Inbox,
    *,
    implicit: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
) -> Iterator[int]:
    """Serve an inbox on a free port: TLS from the start, STARTTLS offered, or neither."""
    (port,) = free_ports(1)
    controller = Controller(
        inbox,
        "localhost",
        port,
        ssl_context=implicit,
        tls_context=starttls,
        authenticator=inbox.let_in,
        auth_require_tls=implicit is None,  # it looks for STARTTLS alone
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
