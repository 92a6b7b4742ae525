"""SMTP (RFC 5321) with encryption always: STARTTLS (RFC 3207) or TLS from the start (RFC 8314).

A server without encryption is accepted on this machine alone: a relay that looks after the rest.
"""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from credentials.errors import RejectedError, UndeterminedError
from service.settings import is_loopback

TIMEOUT_SECONDS = 20.0
"""For each answer of the server: some look long at a stranger before they greet."""

_PERMANENT = 500
"""Codes from here on will not change by trying again (RFC 5321, section 4.2.1)."""

_AUTHENTICATION = frozenset({530, 534, 535, 538})
"""About our password, not about the letter: somebody mends a setting, and it goes out."""


class Encryption(StrEnum):
    """The schemes of a server's address."""

    TLS = "smtps"
    STARTTLS = "smtp"
    LOCAL = "smtp+local"


_PORTS = {Encryption.TLS: 465, Encryption.STARTTLS: 587, Encryption.LOCAL: 25}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where letters are handed in."""

    host: str
    port: int
    encryption: Encryption
    username: str = ""
    password: str = field(default="", repr=False)


def read_server(url: str) -> SmtpServer:
    """The server of the settings.

    Args:
        url: ``smtps://user:password@host:465`` is TLS from the start, ``smtp://...:587`` is
            STARTTLS or nothing, ``smtp+local://localhost:25`` is plain, on this machine alone.

    Raises:
        RejectedError: ``config_smtp_url``; the detail holds nothing of the address.
    """
    try:
        parts = urlsplit(url)
        encryption, host, port = Encryption(parts.scheme), parts.hostname or "", parts.port
    except ValueError as error:
        raise RejectedError("config_smtp_url", "smtps, smtp or smtp+local is asked") from error
    if not host or parts.path not in {"", "/"} or parts.query:
        raise RejectedError("config_smtp_url", "scheme, host and port alone")
    if encryption is Encryption.LOCAL and not is_loopback(host):
        raise RejectedError("config_smtp_url", "without encryption on this machine alone")
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    return SmtpServer(host, port or _PORTS[encryption], encryption, username, password)


class SmtpPost:
    """Hands each message to the server over a connection of its own: letters are rare."""

    def __init__(
        self,
        server: SmtpServer,
        *,
        trust: ssl.SSLContext | None = None,
        seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            server: where letters are handed in.
            trust: the certificate authorities; the system's when left out.
            seconds: how long each answer may take.
        """
        self._server, self._seconds = server, seconds
        self._trust = trust or ssl.create_default_context()

    def send(self, message: EmailMessage) -> None:
        """Hand it in.

        Raises:
            UndeterminedError: ``mail_unreachable``: no server, no encryption, or not now.
            RejectedError: ``mail_refused``: the server refuses this letter for good.
        """
        try:
            with self._connect() as connection:
                if self._server.encryption is Encryption.STARTTLS:
                    connection.starttls(context=self._trust)
                if self._server.username:
                    connection.login(self._server.username, self._server.password)
                connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _failure([code for code, _ in error.recipients.values()]) from None
        except smtplib.SMTPResponseException as error:
            raise _failure([error.smtp_code]) from None
        except (smtplib.SMTPException, OSError) as error:
            raise UndeterminedError("mail_unreachable", type(error).__name__) from None

    def _connect(self) -> smtplib.SMTP:
        host, port, seconds = self._server.host, self._server.port, self._seconds
        if self._server.encryption is Encryption.TLS:
            return smtplib.SMTP_SSL(host, port, timeout=seconds, context=self._trust)
        return smtplib.SMTP(host, port, timeout=seconds)


def _failure(codes: list[int]) -> RejectedError | UndeterminedError:
    """What the server's codes mean; its words may hold an address, so they are left out."""
    told = ", ".join(map(str, codes))
    if all(code >= _PERMANENT and code not in _AUTHENTICATION for code in codes):
        return RejectedError("mail_refused", told)
    return UndeterminedError("mail_unreachable", told)
