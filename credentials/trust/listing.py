"""The signed sector list: who may issue which type, when, and with which keys.

Its shape follows the lists of trusted entities of ETSI TS 119 602: scheme information with a
sequence number and the next update, then entities with services. Ours adds what that shape leaves
to profiles: a period for every accreditation, and the history of every key, because a did:web
document has none. One JWT of type ``trustlist+jwt``, signed with a key that verifiers know.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from credentials import jose
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, RejectedError, UndeterminedError, Untrusted
from credentials.keys import PublicKey, Signer, public_key_from_jwk
from credentials.limits import CLOCK_SKEW

LIST_TYPE: Final = "trustlist+jwt"
"""``typ`` of the list."""

STATUS_SERVICE: Final = "https://skillspass.example/trust/services/status-host/1"
"""The service of publishing status lists for issuers that are too small for one of their own."""

STATUS_HOST: Final = "status_host"
"""The role in which an entity on the list gives that service."""

MAX_ISSUERS = 2_000
"""A sector has some hundred institutes; the token limit binds first."""

MAX_ENTRIES = 500
"""Accreditations or keys of one issuer: fifty types renewed ten times."""

_WIRE = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)
_LOTE_TYPE = "https://skillspass.example/trust/lists/sector/1"


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
class TrustedIssuer:
    """An issuer on the list, by its DID.

    Attributes:
        kvk: number in the Dutch trade register, eight digits.
    """

    id: str
    name: str
    services: tuple[Accreditation, ...]
    keys: tuple[ListedKey, ...]
    name_en: str | None = None
    kvk: str | None = None

    def accreditation(self, type_url: str, *, at: datetime) -> Accreditation:
        """What allowed this issuer to issue the type at that moment.

        Raises:
            Untrusted: ``issuer_not_accredited_for_type``.
        """
        for service in self.services:
            if service.type == type_url and _within(service.valid_from, service.valid_until, at):
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
        valid = [each for each in named if _within(each.valid_from, each.valid_until, at)]
        if len(valid) != 1:
            raise Untrusted("key_not_valid_at_issuance", f"{len(valid)} keys at {at.isoformat()}")
        if valid[0].compromised:
            raise Untrusted("key_compromised", "the key of that moment")
        return valid[0]


@dataclass(frozen=True, slots=True)
class TrustList:
    """A list whose signature held.

    Attributes:
        sequence: one higher with every list; a lower one is refused.
        next_update: from here on the list is stale.
    """

    sequence: int
    issued_at: datetime
    next_update: datetime
    issuers: tuple[TrustedIssuer, ...]

    def entry(self, issuer_id: str) -> TrustedIssuer | None:
        """The issuer of that DID, compared exactly."""
        return next((issuer for issuer in self.issuers if issuer.id == issuer_id), None)


def _within(start: datetime, end: datetime | None, at: datetime) -> bool:
    return start <= at and (end is None or at < end)


class _Period(BaseModel):
    model_config = _WIRE
    valid_from: AwareDatetime = Field(validation_alias="ValidFrom")
    valid_until: AwareDatetime | None = Field(default=None, validation_alias="ValidUntil")


class _Service(_Period):
    type: str = Field(validation_alias="ServiceTypeIdentifier", min_length=1)
    role: str = Field(validation_alias="ServiceRole")


class _Key(_Period):
    jwk: dict[str, str] = Field(validation_alias="PublicKey")
    compromised: bool = Field(default=False, validation_alias="Compromised", strict=True)


class _Name(BaseModel):
    model_config = _WIRE
    lang: str
    value: str = Field(min_length=1, max_length=200)


class _Information(BaseModel):
    model_config = _WIRE
    id: str = Field(validation_alias="TEIdentifier", min_length=1)
    names: Annotated[list[_Name], Field(validation_alias="TEName", min_length=1)]
    kvk: str | None = Field(
        default=None, validation_alias="TETradeRegisterNumber", pattern=r"^[0-9]{8}$"
    )


class _Entity(BaseModel):
    model_config = _WIRE
    information: _Information = Field(validation_alias="TrustedEntityInformation")
    services: list[_Service] = Field(
        validation_alias="TrustedEntityServices", max_length=MAX_ENTRIES
    )
    keys: list[_Key] = Field(validation_alias="TrustedEntityKeys", max_length=MAX_ENTRIES)


class _Scheme(BaseModel):
    model_config = _WIRE
    version: Literal[1] = Field(validation_alias="LoTEVersionIdentifier")
    sequence: int = Field(validation_alias="LoTESequenceNumber", ge=1, strict=True)
    issued_at: AwareDatetime = Field(validation_alias="ListIssueDateTime")
    next_update: AwareDatetime = Field(validation_alias="NextUpdate")


class _List(BaseModel):
    model_config = _WIRE
    scheme: _Scheme = Field(validation_alias="ListAndSchemeInformation")
    entities: list[_Entity] = Field(validation_alias="TrustedEntitiesList", max_length=MAX_ISSUERS)


def sign_list(
    issuers: Iterable[TrustedIssuer],
    signer: Signer,
    *,
    sequence: int,
    at: datetime,
    next_update: datetime,
) -> str:
    """Write and sign a list.

    The sequence must be one higher than that of the list before; verifiers take the list until
    ``next_update``.
    """
    scheme: JsonObject = {
        "LoTEVersionIdentifier": 1,
        "LoTESequenceNumber": sequence,
        "LoTEType": _LOTE_TYPE,
        "ListIssueDateTime": at.isoformat(),
        "NextUpdate": next_update.isoformat(),
    }
    entities: list[JsonValue] = [_write_issuer(issuer) for issuer in issuers]
    payload: JsonObject = {
        "iat": int(at.timestamp()),
        "exp": int(next_update.timestamp()),
        "LoTE": {"ListAndSchemeInformation": scheme, "TrustedEntitiesList": entities},
    }
    return jose.sign_compact({"typ": LIST_TYPE}, payload, signer)


def _write_issuer(issuer: TrustedIssuer) -> JsonObject:
    names: list[JsonValue] = [{"lang": "nl", "value": issuer.name}]
    if issuer.name_en is not None:
        names.append({"lang": "en", "value": issuer.name_en})
    information: JsonObject = {"TEIdentifier": issuer.id, "TEName": names}
    if issuer.kvk is not None:
        information["TETradeRegisterNumber"] = issuer.kvk
    services: list[JsonValue] = [
        {
            "ServiceTypeIdentifier": each.type,
            "ServiceRole": each.role,
            **_write_period(each.valid_from, each.valid_until),
        }
        for each in issuer.services
    ]
    return {
        "TrustedEntityInformation": information,
        "TrustedEntityServices": services,
        "TrustedEntityKeys": [*write_keys(issuer.keys)],
    }


def write_keys(keys: Iterable[ListedKey]) -> list[JsonObject]:
    """A key history as it stands in a list: ``TrustedEntityKeys`` of one issuer."""
    return [
        {
            "PublicKey": {**each.key.jwk(), "kid": each.key.key_id},
            "Compromised": each.compromised,
            **_write_period(each.valid_from, each.valid_until),
        }
        for each in keys
    ]


def _write_period(start: datetime, end: datetime | None) -> JsonObject:
    period: JsonObject = {"ValidFrom": start.isoformat()}
    return period if end is None else period | {"ValidUntil": end.isoformat()}


def read_list(
    token: str, *, anchor: PublicKey, at: datetime, seen_sequence: int | None
) -> TrustList:
    """Check a list and read it.

    ``anchor`` is the key that the verifier knows beforehand, ``seen_sequence`` the highest that it
    has met.

    Raises:
        RejectedError: ``trust_list_invalid``: signature, form, dates or an issuer that comes twice;
            ``trust_list_rollback``: a lower sequence than one already seen.
        UndeterminedError: ``trust_list_stale``: past its next update.
    """
    listed = _verified(token, anchor)
    scheme = listed.scheme
    if scheme.issued_at > at + CLOCK_SKEW or scheme.next_update <= scheme.issued_at:
        raise RejectedError(
            "trust_list_invalid", "the list is from later, or ends before it starts"
        )
    if seen_sequence is not None and scheme.sequence < seen_sequence:
        raise RejectedError("trust_list_rollback", f"{scheme.sequence}, seen {seen_sequence}")
    if at >= scheme.next_update:
        raise UndeterminedError("trust_list_stale", f"since {scheme.next_update.isoformat()}")
    issuers = tuple(_read_issuer(entity) for entity in listed.entities)
    if len({issuer.id for issuer in issuers}) != len(issuers):
        raise RejectedError("trust_list_invalid", "an issuer comes twice")
    return TrustList(scheme.sequence, scheme.issued_at, scheme.next_update, issuers)


def _verified(token: str, anchor: PublicKey) -> _List:
    try:
        signed = jose.peek(token, typ=frozenset({LIST_TYPE}))
        signed.verify(anchor)
    except CredentialError as error:
        raise RejectedError("trust_list_invalid", error.code) from error
    try:
        return _List.model_validate(signed.payload.get("LoTE"))
    except ValidationError as failure:
        place = failure.errors(include_input=False, include_url=False)[0]["loc"]
        raise RejectedError("trust_list_invalid", f"at {'.'.join(map(str, place))}") from None


def _read_issuer(entity: _Entity) -> TrustedIssuer:
    information = entity.information
    names = {each.lang: each.value for each in information.names}
    return TrustedIssuer(
        id=information.id,
        name=names.get("nl", information.names[0].value),
        services=tuple(
            Accreditation(each.type, each.role, each.valid_from, each.valid_until)
            for each in entity.services
        ),
        keys=tuple(_read_key(information.id, each) for each in entity.keys),
        name_en=names.get("en"),
        kvk=information.kvk,
    )


def _read_key(issuer_id: str, entry: _Key) -> ListedKey:
    key_id = entry.jwk.get("kid", "")
    members: JsonObject = {name: text for name, text in entry.jwk.items() if name != "kid"}
    try:
        key = public_key_from_jwk(members).with_key_id(key_id)
    except CredentialError as error:
        raise RejectedError("trust_list_invalid", f"a key of {issuer_id}") from error
    if "d" in members or not key_id.startswith(f"{issuer_id}#"):
        raise RejectedError("trust_list_invalid", f"a key id that is not of {issuer_id}")
    return ListedKey(key, entry.valid_from, entry.valid_until, entry.compromised)
