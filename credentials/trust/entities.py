"""Who stands on the sector's list: names, keys with their dates, and what each one may issue."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from credentials.errors import Untrusted
from credentials.keys import PublicKey


@dataclass(frozen=True, slots=True)
class Accreditation:
    """One type that an issuer may issue, from a moment until (not including) another.

    Attributes:
        type: the type URL.
        role: why it may, such as ``exam_centre``.
    """

    type: str
    role: str
    valid_from: datetime
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListedKey:
    """One key of an issuer and when it signed.

    Attributes:
        key: with its full DID URL as ``key_id``.
        compromised: the key got into wrong hands; nothing it ever signed counts.
    """

    key: PublicKey
    valid_from: datetime
    valid_until: datetime | None = None
    compromised: bool = False


@dataclass(frozen=True, slots=True)
class ListedCertificate:
    """A certificate under which chains of an issuer must end, or its own leaf.

    Attributes:
        octets: DER.
        compromised: its key got into wrong hands; no chain under it counts.
    """

    octets: bytes = field(repr=False)
    valid_from: datetime
    valid_until: datetime | None = None
    compromised: bool = False


@dataclass(frozen=True, slots=True)
class KeptStatus:
    """The last status list of an issuer that is gone, as the list's publisher keeps it.

    Attributes:
        uri: where it was published, as credentials name it.
        location: where the publisher has it now.
        digest: SHA-256 of its octets, base64url.
        kept_at: when it was fetched, and still true.
    """

    uri: str
    location: str
    digest: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """An issuer on the list, by its DID or https address.

    Attributes:
        kvk: number in the Dutch trade register, eight digits.
        website: https.
        certificates: what chains (``x5c``) of this issuer must end in.
        status_lists: where it publishes which credentials were withdrawn.
        gone_since: from here on it no longer exists: nothing of its own is asked any more.
        kept: its last status lists, since it is gone.
    """

    id: str
    name: str
    services: tuple[Accreditation, ...]
    keys: tuple[ListedKey, ...]
    name_en: str | None = None
    kvk: str | None = None
    website: str | None = None
    certificates: tuple[ListedCertificate, ...] = ()
    status_lists: tuple[str, ...] = ()
    gone_since: datetime | None = None
    kept: tuple[KeptStatus, ...] = ()

    def accreditation(self, type_url: str, *, at: datetime) -> Accreditation:
        """What allowed this issuer to issue the type at that moment.

        Raises:
            Untrusted: ``issuer_not_accredited_for_type``.
        """
        for service in self.services:
            if service.type == type_url and within(service.valid_from, service.valid_until, at):
                return service
        raise Untrusted("issuer_not_accredited_for_type", f"{type_url} at {at.isoformat()}")

    def named(self, key_id: str | None) -> ListedKey | None:
        """The key of that name, or the only key; judges no moment."""
        found = [each for each in self.keys if key_id in {None, each.key.key_id}]
        return found[0] if len(found) == 1 or (found and key_id is not None) else None

    def key(self, key_id: str | None, *, at: datetime) -> ListedKey | None:
        """The key that signed at that moment, judged by the list's history.

        Without a ``key_id`` the only key of that moment is meant.

        Returns:
            None where the list does not know the key, or has no keys of this issuer.

        Raises:
            Untrusted: ``key_compromised``, or ``key_not_valid_at_issuance``.
        """
        named = [each for each in self.keys if key_id in {None, each.key.key_id}]
        if not named:
            return None
        if key_id is not None and any(each.compromised for each in named):
            raise Untrusted("key_compromised", f"key {key_id}")
        valid = [each for each in named if within(each.valid_from, each.valid_until, at)]
        if len(valid) != 1:
            raise Untrusted("key_not_valid_at_issuance", f"{len(valid)} keys at {at.isoformat()}")
        if valid[0].compromised:
            raise Untrusted("key_compromised", "the key of that moment")
        return valid[0]

    def last_status(self, uri: str) -> KeptStatus | None:
        """What is kept of a status list of this issuer."""
        return next((each for each in self.kept if each.uri == uri), None)


@dataclass(frozen=True, slots=True)
class TrustList:
    """A list whose signature held.

    Attributes:
        sequence: one higher with every list; a lower one is refused.
        next_update: from here on the list is stale.
        operator: who keeps the list, by language; empty where it does not say.
        previous: SHA-256 of the list before, base64url; None for the first.
    """

    sequence: int
    issued_at: datetime
    next_update: datetime
    issuers: tuple[TrustedIssuer, ...]
    operator: Mapping[str, str] = field(default_factory=dict)
    previous: str | None = None

    def entry(self, issuer_id: str) -> TrustedIssuer | None:
        """The issuer of that DID or address, compared exactly."""
        return next((issuer for issuer in self.issuers if issuer.id == issuer_id), None)

    def beside(self, others: tuple[TrustedIssuer, ...]) -> "TrustList":
        """The same list with issuers that it does not name itself: its own word goes first."""
        listed = {issuer.id for issuer in self.issuers}
        return replace(
            self, issuers=self.issuers + tuple(each for each in others if each.id not in listed)
        )


def within(start: datetime, end: datetime | None, at: datetime) -> bool:
    """Whether a moment lies in a period: from its start on and before its end."""
    return start <= at and (end is None or at < end)
