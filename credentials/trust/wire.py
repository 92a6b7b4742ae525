"""A list of trusted entities as it is written down (ETSI TS 119 602, clause 6; JSON binding).

The names are those of the specification. What it leaves to profiles stands in its places for
extensions: the identifier of an entity, the history of its keys and certificates, its status lists
and, once it is gone, what is kept of them; and for a service its role and its planned end.
"""

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, RejectedError
from credentials.keys import public_key_from_jwk
from credentials.trust.entities import (
    Accreditation,
    KeptStatus,
    ListedCertificate,
    ListedKey,
    TrustedIssuer,
)

GRANTED: Final = "https://skillspass.example/trust/status/granted"
"""The entity may give this service, from the starting time on."""

WITHDRAWN: Final = "https://skillspass.example/trust/status/withdrawn"
"""It may no longer, from the starting time on; since when it might stands in the history."""

MAX_ENTITIES = 2_000
"""A sector has some hundred institutes; the token limit binds first."""

MAX_ENTRIES = 500
"""Accreditations or keys of one issuer: fifty types renewed ten times."""

MAX_STATUS_LISTS = 200
"""Of one issuer: a list holds a hundred thousand credentials."""

MAX_CERTIFICATE_BYTES = 8 * 1024
"""DER of one certificate; they take 1 to 2 kB."""

TRADE_REGISTER: Final = "NTRNL-"
"""Before a number of the Dutch trade register (ETSI EN 319 412-1, clause 5.1.4)."""

_WIRE = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)
_Address = Annotated[str, Field(pattern=r"^https://[^\s\"<>\\]{1,1000}$")]


class _Text(BaseModel):
    model_config = _WIRE
    lang: str = Field(min_length=2, max_length=35)
    value: str = Field(min_length=1, max_length=200)


class _Uri(BaseModel):
    model_config = _WIRE
    lang: str = Field(min_length=2, max_length=35)
    uri: _Address = Field(validation_alias="uriValue")


class _Period(BaseModel):
    model_config = _WIRE
    valid_from: AwareDatetime = Field(validation_alias="ValidFrom")
    valid_until: AwareDatetime | None = Field(default=None, validation_alias="ValidUntil")
    compromised: bool = Field(default=False, validation_alias="Compromised", strict=True)


class _Key(_Period):
    jwk: dict[str, str] = Field(validation_alias="PublicKey")


_HISTORY = TypeAdapter(Annotated[list[_Key], Field(min_length=1, max_length=MAX_ENTRIES)])


class _Certificate(_Period):
    octets: str = Field(validation_alias="val", max_length=2 * MAX_CERTIFICATE_BYTES)


class _Kept(BaseModel):
    model_config = _WIRE
    uri: _Address = Field(validation_alias="StatusList")
    location: _Address = Field(validation_alias="Location")
    digest: str = Field(validation_alias="SHA256", pattern=r"^[A-Za-z0-9_-]{43}$")
    kept_at: AwareDatetime = Field(validation_alias="KeptAt")


class _Profile(BaseModel):
    model_config = _WIRE
    id: str = Field(validation_alias="Identifier", min_length=1, max_length=1000)
    keys: list[_Key] = Field(validation_alias="Keys", max_length=MAX_ENTRIES)
    certificates: list[_Certificate] = Field(
        default=[], validation_alias="Certificates", max_length=MAX_ENTRIES
    )
    status_lists: list[_Address] = Field(
        default=[], validation_alias="StatusLists", max_length=MAX_STATUS_LISTS
    )
    gone_since: AwareDatetime | None = Field(default=None, validation_alias="GoneSince")
    kept: list[_Kept] = Field(default=[], validation_alias="Kept", max_length=MAX_STATUS_LISTS)


class _Information(BaseModel):
    model_config = _WIRE
    names: Annotated[list[_Text], Field(validation_alias="TEName", min_length=1, max_length=9)]
    trade_names: list[_Text] = Field(default=[], validation_alias="TETradeName", max_length=9)
    websites: list[_Uri] = Field(default=[], validation_alias="TEInformationURI", max_length=9)
    profiles: Annotated[
        list[_Profile],
        Field(validation_alias="TEInformationExtensions", min_length=1, max_length=1),
    ]


class _Extension(BaseModel):
    model_config = _WIRE
    role: str = Field(validation_alias="Role", min_length=1, max_length=60)
    valid_until: AwareDatetime | None = Field(default=None, validation_alias="ValidUntil")


class _Status(BaseModel):
    model_config = _WIRE
    type: str = Field(validation_alias="ServiceTypeIdentifier", min_length=1, max_length=1000)
    status: Literal[
        "https://skillspass.example/trust/status/granted",
        "https://skillspass.example/trust/status/withdrawn",
    ] = Field(validation_alias="ServiceStatus")
    since: AwareDatetime = Field(validation_alias="StatusStartingTime")


class _Service(_Status):
    extensions: Annotated[
        list[_Extension],
        Field(validation_alias="ServiceInformationExtensions", min_length=1, max_length=1),
    ]


class _Offered(BaseModel):
    model_config = _WIRE
    now: _Service = Field(validation_alias="ServiceInformation")
    history: list[_Status] = Field(default=[], validation_alias="ServiceHistory", max_length=1)


class Entity(BaseModel):
    """One member of ``TrustedEntitiesList``; checked for its form alone."""

    model_config = _WIRE
    information: _Information = Field(validation_alias="TrustedEntityInformation")
    services: list[_Offered] = Field(
        validation_alias="TrustedEntityServices", max_length=MAX_ENTRIES
    )


class _Link(BaseModel):
    model_config = _WIRE
    previous: str = Field(validation_alias="PreviousSHA256", pattern=r"^[A-Za-z0-9_-]{43}$")


class Scheme(BaseModel):
    """``ListAndSchemeInformation``; checked for its form alone."""

    model_config = _WIRE
    version: Literal[1] = Field(validation_alias="LoTEVersionIdentifier")
    sequence: int = Field(validation_alias="LoTESequenceNumber", ge=1, le=2**53, strict=True)
    type: str = Field(validation_alias="LoTEType", max_length=1000)
    operator: list[_Text] = Field(default=[], validation_alias="SchemeOperatorName", max_length=9)
    issued_at: AwareDatetime = Field(validation_alias="ListIssueDateTime")
    next_update: AwareDatetime = Field(validation_alias="NextUpdate")
    links: list[_Link] = Field(default=[], validation_alias="SchemeExtensions", max_length=1)


class Document(BaseModel):
    """``LoTE``; checked for its form alone."""

    model_config = _WIRE
    scheme: Scheme = Field(validation_alias="ListAndSchemeInformation")
    entities: list[Entity] = Field(validation_alias="TrustedEntitiesList", max_length=MAX_ENTITIES)


def write_issuer(issuer: TrustedIssuer, *, at: datetime) -> JsonObject:
    """One entity as it stands in a list of the moment ``at``."""
    names: list[JsonValue] = [{"lang": "nl", "value": issuer.name}]
    if issuer.name_en is not None:
        names.append({"lang": "en", "value": issuer.name_en})
    information: JsonObject = {"TEName": names}
    if issuer.kvk is not None:
        trade: JsonObject = {"lang": "nl", "value": TRADE_REGISTER + issuer.kvk}
        information["TETradeName"] = [trade]
    if issuer.website is not None:
        address: JsonObject = {"lang": "nl", "uriValue": issuer.website}
        information["TEInformationURI"] = [address]
        information["TEAddress"] = {"TEElectronicAddress": [address]}
    information["TEInformationExtensions"] = [_write_profile(issuer)]
    return {
        "TrustedEntityInformation": information,
        "TrustedEntityServices": [_write_service(each, issuer, at) for each in issuer.services],
    }


def _write_profile(issuer: TrustedIssuer) -> JsonObject:
    profile: JsonObject = {"Identifier": issuer.id, "Keys": [*write_keys(issuer.keys)]}
    if issuer.certificates:
        profile["Certificates"] = [
            {"val": base64.b64encode(each.octets).decode("ascii"), **_write_dates(each)}
            for each in issuer.certificates
        ]
    if issuer.status_lists:
        profile["StatusLists"] = [*issuer.status_lists]
    if issuer.gone_since is not None:
        profile["GoneSince"] = issuer.gone_since.isoformat()
    if issuer.kept:
        profile["Kept"] = [
            {
                "StatusList": each.uri,
                "Location": each.location,
                "SHA256": each.digest,
                "KeptAt": each.kept_at.isoformat(),
            }
            for each in issuer.kept
        ]
    return profile


def write_keys(keys: Iterable[ListedKey]) -> list[JsonObject]:
    """A key history as it stands in a list: ``Keys`` of one entity."""
    return [
        {"PublicKey": {**each.key.jwk(), "kid": each.key.key_id}, **_write_dates(each)}
        for each in keys
    ]


def _write_dates(dated: ListedKey | ListedCertificate) -> JsonObject:
    dates: JsonObject = {
        "Compromised": dated.compromised,
        "ValidFrom": dated.valid_from.isoformat(),
    }
    end = dated.valid_until
    return dates if end is None else dates | {"ValidUntil": end.isoformat()}


def _write_service(service: Accreditation, issuer: TrustedIssuer, at: datetime) -> JsonObject:
    """What is over is withdrawn, and its beginning is history; an end to come is an extension."""
    extension: JsonObject = {"Role": service.role}
    shared: JsonObject = {
        "ServiceTypeIdentifier": service.type,
        "ServiceName": [{"lang": "en", "value": service.role}],
        "ServiceDigitalIdentity": {"OtherIds": [issuer.id]},
    }
    begun: JsonObject = shared | {
        "ServiceStatus": GRANTED,
        "StatusStartingTime": service.valid_from.isoformat(),
    }
    end = service.valid_until
    if end is None or end > at:
        extension |= {} if end is None else {"ValidUntil": end.isoformat()}
        return {"ServiceInformation": begun | {"ServiceInformationExtensions": [extension]}}
    ended = shared | {"ServiceStatus": WITHDRAWN, "StatusStartingTime": end.isoformat()}
    return {
        "ServiceInformation": ended | {"ServiceInformationExtensions": [extension]},
        "ServiceHistory": [begun],
    }


def issuer_of(entity: Entity) -> TrustedIssuer:
    """The value of one entity.

    Raises:
        RejectedError: ``trust_list_invalid``: a key or certificate that is none, a key of another,
            a trade register number that is none, or a withdrawal without its beginning.
    """
    information, (profile,) = entity.information, entity.information.profiles
    names = {each.lang: each.value for each in information.names}
    return TrustedIssuer(
        id=profile.id,
        name=names.get("nl", information.names[0].value),
        services=tuple(_read_service(each) for each in entity.services),
        keys=tuple(_read_key(profile.id, each) for each in profile.keys),
        name_en=names.get("en"),
        kvk=_trade_number(information.trade_names),
        website=next((each.uri for each in information.websites), None),
        certificates=tuple(_read_certificate(each) for each in profile.certificates),
        status_lists=tuple(profile.status_lists),
        gone_since=profile.gone_since,
        kept=tuple(
            KeptStatus(each.uri, each.location, each.digest, each.kept_at) for each in profile.kept
        ),
    )


def _trade_number(names: list[_Text]) -> str | None:
    for name in names:
        number = name.value.removeprefix(TRADE_REGISTER)
        if number != name.value:
            if not (number.isascii() and number.isdigit() and len(number) == 8):  # noqa: PLR2004 - KvK
                raise RejectedError("trust_list_invalid", "a trade register number")
            return number
    return None


def _read_service(offered: _Offered) -> Accreditation:
    now = offered.now
    (extension,) = now.extensions
    if now.status == GRANTED:
        return Accreditation(now.type, extension.role, now.since, extension.valid_until)
    begun = [each.since for each in offered.history if each.status == GRANTED]
    if not begun or offered.history[0].type != now.type:
        raise RejectedError("trust_list_invalid", "a withdrawal without its beginning")
    return Accreditation(now.type, extension.role, begun[0], now.since)


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


def read_keys(issuer_id: str, entries: JsonValue) -> tuple[ListedKey, ...]:
    """A key history as ``write_keys`` wrote it, and ``skillspass keys export`` prints it.

    Raises:
        RejectedError: ``trust_keys_invalid``: no such history, or keys of another.
    """
    try:
        found = _HISTORY.validate_python(entries)
        return tuple(_read_key(issuer_id, each) for each in found)
    except (ValidationError, RejectedError) as error:
        detail = error.detail if isinstance(error, RejectedError) else "no list of keys"
        raise RejectedError("trust_keys_invalid", detail) from None


def _read_certificate(entry: _Certificate) -> ListedCertificate:
    try:
        octets = base64.b64decode(entry.octets, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RejectedError("trust_list_invalid", "a certificate") from error
    return ListedCertificate(octets, entry.valid_from, entry.valid_until, entry.compromised)
