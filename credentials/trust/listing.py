"""The signed sector list: who may issue which type, when, and with which keys.

Its shape is that of a list of trusted entities (ETSI TS 119 602): scheme information with a
sequence number and the next update, then entities with services (``credentials.trust.wire``). It
is one JWT of type ``trustlist+jwt``, signed with a key that verifiers know; each list names the
digest of the one before, so that the published history is one chain.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from pydantic import ValidationError

from credentials import jose
from credentials.encoding import JsonObject, JsonValue, b64url_encode
from credentials.errors import CredentialError, RejectedError, UndeterminedError
from credentials.keys import PublicKey, Signer
from credentials.limits import CLOCK_SKEW
from credentials.trust.entities import (
    Accreditation,
    KeptStatus,
    ListedCertificate,
    ListedKey,
    TrustedIssuer,
    TrustList,
)
from credentials.trust.wire import Document, issuer_of, write_issuer, write_keys

__all__ = [
    "Accreditation",
    "KeptStatus",
    "ListedCertificate",
    "ListedKey",
    "Scheme",
    "SignedList",
    "TrustList",
    "TrustedIssuer",
    "digest_of",
    "judge_list",
    "open_list",
    "read_list",
    "sign_list",
    "write_keys",
]

LIST_TYPE: Final = "trustlist+jwt"
"""``typ`` of the list."""

ISSUERS: Final = "https://skillspass.example/trust/lists/issuers/1"
"""``LoTEType`` of the list of those who give credentials."""

VERIFIERS: Final = "https://skillspass.example/trust/lists/verifiers/1"
"""``LoTEType`` of the list of firms that ask for them."""

STATUS_SERVICE: Final = "https://skillspass.example/trust/services/status-host/1"
"""The service of publishing status lists for issuers that are too small for one of their own."""

STATUS_HOST: Final = "status_host"
"""The role in which an entity on the list gives that service."""

_COMMUNITY_RULES: Final = "https://skillspass.example/trust/rules/1"
_APPROACH: Final = "https://skillspass.example/trust/approach/sector-body/1"


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a list says of itself.

    Attributes:
        operator: who keeps it, by language.
        type: ``ISSUERS`` or ``VERIFIERS``.
        previous: the list before, as it was signed; None for the first.
        locations: where it is published.
    """

    operator: Mapping[str, str] = field(default_factory=dict)
    type: str = ISSUERS
    previous: str | None = None
    locations: tuple[str, ...] = ()


_PLAIN = Scheme()


def sign_list(
    issuers: Iterable[TrustedIssuer],
    signer: Signer,
    *,
    sequence: int,
    at: datetime,
    next_update: datetime,
    scheme: Scheme = _PLAIN,
) -> str:
    """Write and sign a list.

    The sequence must be one higher than that of the list before; verifiers take the list until
    ``next_update``.
    """
    entities: list[JsonValue] = [write_issuer(issuer, at=at) for issuer in issuers]
    information = _write_scheme(scheme) | {
        "LoTESequenceNumber": sequence,
        "ListIssueDateTime": at.isoformat(),
        "NextUpdate": next_update.isoformat(),
    }
    payload: JsonObject = {
        "iat": int(at.timestamp()),
        "exp": int(next_update.timestamp()),
        "LoTE": {"ListAndSchemeInformation": information, "TrustedEntitiesList": entities},
    }
    return jose.sign_compact({"typ": LIST_TYPE}, payload, signer)


def _write_scheme(scheme: Scheme) -> JsonObject:
    names: list[JsonValue] = [
        {"lang": lang, "value": value} for lang, value in scheme.operator.items()
    ]
    rules: JsonObject = {"lang": "en", "uriValue": _COMMUNITY_RULES}
    information: JsonObject = {
        "LoTEVersionIdentifier": 1,
        "LoTEType": scheme.type,
        "SchemeTypeCommunityRules": [rules],
        "StatusDeterminationApproach": _APPROACH,
        "SchemeTerritory": "NL",
    }
    if names:
        information["SchemeOperatorName"] = names
    if scheme.locations:
        information["DistributionPoints"] = [*scheme.locations]
    if scheme.previous is not None:
        information["SchemeExtensions"] = [{"PreviousSHA256": digest_of(scheme.previous)}]
    return information


def digest_of(token: str) -> str:
    """SHA-256 of a list as it was signed, base64url: what the next one names."""
    return b64url_encode(sha256(token.encode("ascii")).digest())


@dataclass(frozen=True, slots=True)
class SignedList:
    """A list whose signature and form held: the same at any moment, and judged by none yet.

    Attributes:
        kind: its ``LoTEType``.
        content: what it says.
    """

    kind: str
    content: TrustList


def read_list(
    token: str,
    *,
    anchor: PublicKey,
    at: datetime,
    seen_sequence: int | None,
    kind: str = ISSUERS,
    stale: bool = False,
) -> TrustList:
    """Check a list and read it.

    ``anchor`` is the key that the verifier knows beforehand; the others as for ``judge_list``.

    Raises:
        RejectedError: ``trust_list_invalid``, ``trust_list_rollback``.
        UndeterminedError: ``trust_list_stale``.
    """
    signed = open_list(token, anchor=anchor)
    return judge_list(signed, at=at, seen_sequence=seen_sequence, kind=kind, stale=stale)


def open_list(token: str, *, anchor: PublicKey) -> SignedList:
    """Check a list's signature and form; what follows from the octets alone.

    Raises:
        RejectedError: ``trust_list_invalid``: signature, form, dates that go backwards, or an
            issuer that comes twice.
    """
    listed = _verified(token, anchor)
    scheme = listed.scheme
    if scheme.next_update <= scheme.issued_at:
        raise RejectedError("trust_list_invalid", "the list ends before it starts")
    issuers = tuple(issuer_of(entity) for entity in listed.entities)
    if len({issuer.id for issuer in issuers}) != len(issuers):
        raise RejectedError("trust_list_invalid", "an issuer comes twice")
    content = TrustList(
        scheme.sequence,
        scheme.issued_at,
        scheme.next_update,
        issuers,
        {each.lang: each.value for each in scheme.operator},
        next((each.previous for each in scheme.links), None),
    )
    return SignedList(scheme.type, content)


def judge_list(
    signed: SignedList,
    *,
    at: datetime,
    seen_sequence: int | None,
    kind: str = ISSUERS,
    stale: bool = False,
) -> TrustList:
    """Whether a list may be used now; to be asked at every use.

    ``seen_sequence`` is the highest that the verifier has met, ``kind`` the ``LoTEType`` that is
    expected; ``stale`` also takes one whose next update has passed, for the publisher who reads
    its own history.

    Raises:
        RejectedError: ``trust_list_invalid``: another kind, or made in the future;
            ``trust_list_rollback``: a lower sequence than one already seen.
        UndeterminedError: ``trust_list_stale``: past its next update.
    """
    found = signed.content
    if signed.kind != kind:
        raise RejectedError("trust_list_invalid", "a list of another kind")
    if found.issued_at > at + CLOCK_SKEW:
        raise RejectedError("trust_list_invalid", "the list is from later")
    if seen_sequence is not None and found.sequence < seen_sequence:
        raise RejectedError("trust_list_rollback", f"{found.sequence}, seen {seen_sequence}")
    if at >= found.next_update and not stale:
        raise UndeterminedError("trust_list_stale", f"since {found.next_update.isoformat()}")
    return found


def _verified(token: str, anchor: PublicKey) -> Document:
    try:
        signed = jose.peek(token, typ=frozenset({LIST_TYPE}))
        signed.verify(anchor)
    except CredentialError as error:
        raise RejectedError("trust_list_invalid", error.code) from error
    try:
        return Document.model_validate(signed.payload.get("LoTE"))
    except ValidationError as failure:
        place = failure.errors(include_input=False, include_url=False)[0]["loc"]
        raise RejectedError("trust_list_invalid", f"at {'.'.join(map(str, place))}") from None
