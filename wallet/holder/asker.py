"""Who asks, by whichever way the request came (OpenID4VP 1.0, section 5.9 and appendix A)."""

from dataclasses import dataclass
from typing import Protocol

from credentials.encoding import JsonObject
from credentials.openid4vc.dcql_query import DcqlQuery
from credentials.openid4vc.declaration import Declaration
from wallet.holder.outside import Outside, host_of


class Requested(Protocol):
    """A request that was checked: by a link (``AuthorizationRequest``) or by a page's call."""

    @property
    def host(self) -> str:
        """Origin of the asker, to show."""

    @property
    def client_id(self) -> str | None:
        """With its prefix; None where nobody signed."""

    @property
    def did(self) -> str | None:
        """The did:web of who signed."""

    @property
    def certificate(self) -> str | None:
        """The name in the certificate of who signed."""

    @property
    def anchored(self) -> bool:
        """The certificate comes from an authority that is known here."""

    @property
    def client_name(self) -> str | None:
        """What the asker calls itself."""

    @property
    def audience(self) -> str:
        """What every presentation names as its audience."""

    @property
    def nonce(self) -> str:
        """What every presentation repeats."""

    @property
    def query(self) -> DcqlQuery:
        """What is asked."""

    @property
    def declaration(self) -> Declaration | None:
        """What the asker says of itself."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks.

    Attributes:
        name: as they call themselves; nobody checked it unless ``known``.
        host: the host name behind the key that signed the request, or of the page that asks.
        known: the sector's list has them.
    """

    name: str
    host: str
    known: bool

    def facts(self) -> JsonObject:
        """The form in the event log."""
        return {"name": self.name, "host": self.host, "known": self.known}


def asker_of(request: Requested, *, outside: Outside) -> Asker:
    """Look up who asks: the sector's list, else a known authority, else their own word."""
    host = host_of(request.host)
    trust = outside.trust()
    entry = outside.known(request.client_id) if request.client_id else None
    entry = entry or (trust.entry(request.did) if trust and request.did else None)
    if entry is not None and entry.gone_since is None:
        return Asker(entry.name, host, known=True)
    if request.anchored and request.certificate:
        return Asker(request.certificate, host, known=True)
    return Asker(request.client_name or host, host, known=False)
