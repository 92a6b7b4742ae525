"""What the engine is handed of the world outside: fetch, trust list, clock and chance."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from credentials.encoding import JsonObject, parse_json_object
from credentials.errors import CredentialError, MalformedError
from credentials.model import Entropy
from credentials.trust.listing import TrustedIssuer, TrustList
from credentials.verification import Sources
from schemas import catalog
from service.fetch import Fetched, Http
from wallet.holder.newest import Newest

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


def _nobody(_client_id: str) -> TrustedIssuer | None:
    return None


@dataclass(frozen=True, slots=True)
class Outside:
    """The engine's ports.

    Attributes:
        http: the guarded fetch; in tests the other parties in memory.
        trust: the sector's list as it is now; None where it cannot be had.
        known: the firm behind a client identifier, where the sector's list of askers has it.
        now: the present moment.
        entropy: unpredictable bytes.
        anchors: authorities whose certificates name an asker, in DER.
        newest: the status lists that this wallet met; an older one says nothing.
    """

    http: Http
    trust: Callable[[], TrustList | None]
    now: Callable[[], datetime]
    entropy: Entropy
    known: Callable[[str], TrustedIssuer | None] = _nobody
    anchors: tuple[bytes, ...] = ()
    newest: Newest = field(default_factory=Newest, repr=False)

    def get_object(self, url: str) -> JsonObject:
        """The JSON object behind one address.

        Raises:
            UndeterminedError: ``fetch_failed``.
            MalformedError: it is no JSON object.
        """
        return parse_json_object(self.http.get_body(url))

    def sources(self, issuer: str) -> Sources:
        """What a check of a credential of this issuer may look at."""
        return Sources(
            get=self.http.get_body,
            trust_list=self.trust(),
            schemas=schema_of,
            types=catalog.type_metadata,
            status_seen=lambda uri: self.newest.seen(issuer, uri),
        )


def schema_of(type_url: str) -> JsonObject | None:
    """Our own copy of the JSON Schema of a type, where we know the type."""
    known = catalog.by_url(type_url)
    return catalog.json_schema(known.id) if known else None


def answer_object(fetched: Fetched) -> JsonObject:
    """The JSON object of an answer, whatever its status; empty where it holds none."""
    try:
        return parse_json_object(fetched.body)
    except MalformedError:
        return {}


def host_of(url: str) -> str:
    """The host name in an address, for people; empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def quietly(action: Callable[[], object]) -> bool:
    """Do what nobody waits for; say whether it worked."""
    try:
        action()
    except CredentialError:
        return False
    return True
