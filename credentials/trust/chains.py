"""Certificate chains as keys of the list (RFC 5280; HAIP 1.0): an ``x5c`` that ends in an entry.

A chain is believed because the sector's list names its anchor, never by a store of the machine.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from credentials.certificates import Chain, certificate_hash, check_chain
from credentials.dids.web import PREFIX, location
from credentials.errors import CredentialError, ProofInvalid, Untrusted
from credentials.keys import PublicKey
from credentials.model import LEAF_MARK
from credentials.trust.entities import ListedCertificate, within


def chain_key(
    chain: Sequence[str], anchors: Iterable[ListedCertificate], *, issuer: str, at: datetime
) -> PublicKey:
    """The key of a leaf whose chain ends in a listed certificate and that names the issuer.

    Args:
        chain: the entries of ``x5c``: the leaf first, each signed by the next, without the anchor.
        anchors: of this issuer on the list: an authority's certificate, or the leaf itself.
        issuer: a did:web or https address; the leaf's alternative names hold its host.
        at: when the leaf signed.

    Raises:
        ProofInvalid: ``x5c_invalid``: broken, not of this issuer, or not valid at that moment.
        Untrusted: ``issuer_chain_unknown``: it holds, but ends in no certificate that the list
            knows at that moment; ``key_compromised``.
    """
    whole = check_chain([*chain], at=at)
    host = _host(issuer)
    if host is None or host not in whole.hosts:
        raise ProofInvalid("x5c_invalid", "a leaf of another issuer")
    known = [each for each in anchors if within(each.valid_from, each.valid_until, at)]
    found = [each for each in known if _ends_in(chain, whole, each.octets, at=at)]
    if not found:
        raise Untrusted("issuer_chain_unknown", "the chain ends in no listed certificate")
    if any(each.compromised for each in found):
        raise Untrusted("key_compromised", "the listed certificate")
    return whole.key.with_key_id(f"{issuer}{LEAF_MARK}{whole.digest}")


def _ends_in(chain: Sequence[str], whole: Chain, anchor: bytes, *, at: datetime) -> bool:
    """The listed certificate is the leaf, or signed the last of the path."""
    if certificate_hash(anchor) == whole.digest:
        return True
    try:
        return check_chain([*chain], at=at, anchors=[anchor]).anchored
    except ProofInvalid:
        return False  # the chain held: what is listed is no certificate


def _host(issuer: str) -> str | None:
    identifier = issuer.removeprefix(PREFIX)
    if identifier == issuer:
        identifier = issuer.removeprefix("https://").partition("/")[0].replace(":", "%3A")
    try:
        origin, _path = location(identifier)
    except CredentialError:
        return None
    return origin.removeprefix("https://").partition(":")[0]
