"""The second list of the sector: firms that ask for credentials, and whose name was checked.

It has the shape, the key and the rules of the list of issuers; only its kind is another
(``LoTEType``), and each entity gives the one service of asking. A passport shows a name from this
list as that of a known firm; every other name is no more than what the asker says of itself.
"""

from datetime import datetime
from typing import Final

from credentials.certificates import certificate_hash
from credentials.errors import Untrusted
from credentials.trust.entities import Accreditation, TrustedIssuer, TrustList

ASKING: Final = "https://skillspass.example/trust/services/verifier/1"
"""The service of asking people for their credentials under one's own, checked name."""

ROLE: Final = "verifier"
"""The role in which a firm asks, where the list says nothing more precise."""

_DID: Final = "decentralized_identifier:"
_CERTIFICATE: Final = "x509_hash:"


def asking(since: datetime, *, role: str = ROLE, until: datetime | None = None) -> Accreditation:
    """What an entity of this list may do, from ``since`` on."""
    return Accreditation(ASKING, role, since, until)


def known_verifier(listed: TrustList, client_id: str, *, at: datetime) -> TrustedIssuer | None:
    """The firm behind a client identifier of OpenID4VP 1.0, where the list knows it now.

    Args:
        listed: a list of verifiers.
        client_id: whole, with its prefix; the request's signature was checked under it.
        at: now.
    """
    found = next((each for each in listed.issuers if _is(each, client_id)), None)
    if found is None or found.gone_since is not None:
        return None
    try:
        found.accreditation(ASKING, at=at)
    except Untrusted:
        return None
    return found


def _is(entry: TrustedIssuer, client_id: str) -> bool:
    if client_id.startswith(_DID):
        return entry.id == client_id.removeprefix(_DID)
    if client_id.startswith(_CERTIFICATE):
        digests = {
            certificate_hash(each.octets) for each in entry.certificates if not each.compromised
        }
        return client_id.removeprefix(_CERTIFICATE) in digests
    return False
