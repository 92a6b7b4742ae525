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
    "TrustList",
    "TrustedIssuer",
    "digest_of",
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

    ``anchor`` is the key that the verifier knows beforehand, ``seen_sequence`` the highest that it
    has met, ``kind`` the ``LoTEType`` that is expected; ``stale`` also takes one whose next update
    has passed, for the publisher who reads its own history.

    Raises:
        RejectedError: ``trust_list_invalid``: signature, form, kind, dates or an issuer that comes
            twice; ``trust_list_rollback``: a lower sequence than one already seen.
        UndeterminedError: ``trust_list_stale``: past its next update.
    """
    listed = _verified(token, anchor)
    scheme = listed.scheme
    if scheme.type != kind:
        raise RejectedError("trust_list_invalid", "a list of another kind")
    if scheme.issued_at > at + CLOCK_SKEW or scheme.next_update <= scheme.issued_at:
        raise RejectedError(
            "trust_list_invalid", "the list is from later, or ends before it starts"
        )
    if seen_sequence is not None and scheme.sequence < seen_sequence:
        raise RejectedError("trust_list_rollback", f"{scheme.sequence}, seen {seen_sequence}")
    if at >= scheme.next_update and not stale:
        raise UndeterminedError("trust_list_stale", f"since {scheme.next_update.isoformat()}")
    issuers = tuple(issuer_of(entity) for entity in listed.entities)
    if len({issuer.id for issuer in issuers}) != len(issuers):
        raise RejectedError("trust_list_invalid", "an issuer comes twice")
    return TrustList(
        scheme.sequence,
        scheme.issued_at,
        scheme.next_update,
        issuers,
        {each.lang: each.value for each in scheme.operator},
        next((each.previous for each in scheme.links), None),
    )


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
