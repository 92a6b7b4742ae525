"""Accreditation as a credential: the sector's body says, outside the list, what one may issue.

A W3C credential (VC Data Model 2.0) secured as a JWT (VC-JOSE-COSE): ``vc+jwt``. It counts where
the list names the signer as a body that accredits, with the key and at the moment of signing. The
list's own word about an issuer always goes first.
"""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from credentials import jose
from credentials.encoding import JsonObject
from credentials.errors import CredentialError, ProofInvalid, RejectedError
from credentials.keys import Signer
from credentials.limits import CLOCK_SKEW
from credentials.trust.entities import Accreditation, TrustedIssuer, TrustList

ACCREDITING: Final = "https://skillspass.example/trust/services/accreditation/1"
"""The service of an entity on the list whose accreditations count."""

BODY: Final = "sector_body"
"""The role in which an entity gives that service."""

CREDENTIAL: Final = "SectorAccreditation"

MAX_TYPES = 200
"""Accredited types in one credential: the catalogue has some thirty."""

_TYPE: Final = "vc+jwt"
_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
_WIRE = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class _Granted(BaseModel):
    model_config = _WIRE
    type: str = Field(min_length=1, max_length=1000)
    role: str = Field(min_length=1, max_length=60)


class _Subject(BaseModel):
    model_config = _WIRE
    id: str = Field(min_length=1, max_length=1000)
    name: str = Field(min_length=1, max_length=200)
    kvk: str | None = Field(default=None, alias="kvkNummer", pattern=r"^[0-9]{8}$")
    granted: Annotated[
        list[_Granted], Field(alias="accreditedFor", min_length=1, max_length=MAX_TYPES)
    ]


class _Credential(BaseModel):
    model_config = _WIRE
    types: tuple[Literal["VerifiableCredential"], Literal["SectorAccreditation"]] = Field(
        alias="type"
    )
    issuer: str
    starts: AwareDatetime = Field(alias="validFrom")
    ends: AwareDatetime = Field(alias="validUntil")
    subject: _Subject = Field(alias="credentialSubject")


def sign_accreditation(
    issuer: TrustedIssuer, signer: Signer, *, body: str, at: datetime, until: datetime
) -> str:
    """Say that an issuer may give the types of its ``services``, from ``at`` until ``until``.

    Args:
        issuer: its id, name, trade register number and services; keys stay its own affair.
        signer: of the body, with a full DID URL as key id.
        body: the DID of the body, as it stands on the list.
        at: now.
        until: the end.
    """
    subject: JsonObject = {
        "id": issuer.id,
        "name": issuer.name,
        "accreditedFor": [{"type": each.type, "role": each.role} for each in issuer.services],
    }
    if issuer.kvk is not None:
        subject["kvkNummer"] = issuer.kvk
    document: JsonObject = {
        "@context": [_CONTEXT],
        "type": ["VerifiableCredential", CREDENTIAL],
        "issuer": body,
        "validFrom": at.isoformat(),
        "validUntil": until.isoformat(),
        "credentialSubject": subject,
    }
    header: JsonObject = {"typ": _TYPE, "kid": signer.public.key_id}
    return jose.sign_compact(header, document, signer)


def read_accreditation(token: str, *, trust_list: TrustList, at: datetime) -> TrustedIssuer:
    """Check an accreditation and give the entry that it stands for.

    Returns:
        an issuer without keys: those are in its own document.

    Raises:
        RejectedError: ``accreditation_invalid``: form, signature or dates; or the signer is no
            body of this list, or was none when it signed.
    """
    try:
        signed = jose.peek(token, typ=frozenset({_TYPE}))
        document = _Credential.model_validate(signed.payload)
        key_id = signed.header.get("kid")
        if not isinstance(key_id, str) or key_id.partition("#")[0] != document.issuer:
            raise ProofInvalid("method_not_of_issuer", "kid")
        body = trust_list.entry(document.issuer)
        key = body.key(key_id, at=document.starts) if body else None
        if body is None or key is None:
            raise ProofInvalid("method_not_of_issuer", "no body or key of the list")
        body.accreditation(ACCREDITING, at=document.starts)
        signed.verify(key.key)
    except ValidationError as failure:
        place = failure.errors(include_input=False, include_url=False)[0]["loc"]
        raise RejectedError("accreditation_invalid", f"at {'.'.join(map(str, place))}") from None
    except CredentialError as error:
        raise RejectedError("accreditation_invalid", error.code) from error
    if document.starts > at + CLOCK_SKEW or document.ends <= document.starts:
        raise RejectedError("accreditation_invalid", "from later, or ends before it starts")
    subject = document.subject
    return TrustedIssuer(
        id=subject.id,
        name=subject.name,
        services=tuple(
            Accreditation(each.type, each.role, document.starts, document.ends)
            for each in subject.granted
        ),
        keys=(),
        kvk=subject.kvk,
    )
