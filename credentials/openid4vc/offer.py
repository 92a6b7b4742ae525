"""The credential offer and the links that carry it (OpenID4VCI 1.0, section 4.1)."""

from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from pydantic import BaseModel, Field

from credentials.encoding import JsonObject, parse_json_object
from credentials.errors import MalformedError
from credentials.openid4vc.message import (
    MAX_FORM_FIELDS,
    WIRE,
    HttpsUrl,
    Name,
    ProtocolError,
    is_https_url,
    read_message,
)
from credentials.openid4vc.metadata import PRE_AUTHORIZED_GRANT

MAX_OFFER_BYTES = 16 * 1024
"""An offer of ten credentials stays under 2 kB."""

MAX_OFFERED = 50
"""Configurations in one offer: a screen cannot show more."""

WALLET_SCHEMES = frozenset({"openid-credential-offer", "haip-vci"})
"""Schemes of wallets that are apps; our own links are https."""


class TxCode(BaseModel):
    """That a transaction code is asked, and how it looks; present even when empty."""

    model_config = WIRE
    input_mode: Literal["numeric", "text"] = "numeric"
    length: Annotated[int, Field(ge=1, le=64)] | None = None
    description: Annotated[str, Field(max_length=300)] | None = None


class PreAuthorizedGrant(BaseModel):
    """The pre-authorized code: whoever holds it (and the transaction code) gets the credential."""

    model_config = WIRE
    pre_authorized_code: Name = Field(
        validation_alias="pre-authorized_code",
        serialization_alias="pre-authorized_code",
        repr=False,
    )
    tx_code: TxCode | None = None
    authorization_server: HttpsUrl | None = None


class AuthorizationCodeGrant(BaseModel):
    """The flow with sign-in at the issuer."""

    model_config = WIRE
    issuer_state: str | None = Field(default=None, repr=False)
    authorization_server: HttpsUrl | None = None


class Grants(BaseModel):
    """The flows that the issuer is ready for."""

    model_config = WIRE
    authorization_code: AuthorizationCodeGrant | None = None
    pre_authorized: PreAuthorizedGrant | None = Field(
        default=None,
        validation_alias=PRE_AUTHORIZED_GRANT,
        serialization_alias=PRE_AUTHORIZED_GRANT,
    )


class CredentialOffer(BaseModel):
    """What an issuer offers, and how to get it (section 4.1.1)."""

    model_config = WIRE
    credential_issuer: HttpsUrl
    credential_configuration_ids: Annotated[list[Name], Field(min_length=1, max_length=MAX_OFFERED)]
    grants: Grants | None = None

    @property
    def configuration_ids(self) -> tuple[str, ...]:
        """The configurations that are offered."""
        return tuple(self.credential_configuration_ids)

    @property
    def pre_authorized_code(self) -> str | None:
        """The code of the pre-authorized flow, where it is offered."""
        grant = self.grants and self.grants.pre_authorized
        return grant.pre_authorized_code if grant else None

    @property
    def tx_code(self) -> TxCode | None:
        """What transaction code is asked; None where none is."""
        grant = self.grants and self.grants.pre_authorized
        return grant.tx_code if grant else None


@dataclass(frozen=True, slots=True)
class OfferReference:
    """What a link holds: the address of an offer, or the offer itself; never both."""

    uri: str | None = None
    offer: CredentialOffer | None = None


def create_offer(
    credential_issuer: str,
    configuration_ids: list[str],
    *,
    pre_authorized_code: str,
    tx_code: TxCode | None = None,
    issuer_state: str | None = None,
) -> CredentialOffer:
    """An offer with a pre-authorized code; with ``issuer_state`` for the other flow as well."""
    grant = PreAuthorizedGrant(pre_authorized_code=pre_authorized_code, tx_code=tx_code)
    other = AuthorizationCodeGrant(issuer_state=issuer_state) if issuer_state else None
    return CredentialOffer(
        credential_issuer=credential_issuer,
        credential_configuration_ids=configuration_ids,
        grants=Grants(pre_authorized=grant, authorization_code=other),
    )


def parse_offer(document: JsonObject) -> CredentialOffer:
    """Read an offer.

    Raises:
        ProtocolError: ``offer_invalid``: a parameter is missing or wrong, or an id comes twice.
    """
    offer = read_message(CredentialOffer, document, error="invalid_request", code="offer_invalid")
    if len(set(offer.configuration_ids)) != len(offer.configuration_ids):
        raise ProtocolError("invalid_request", "an id comes twice", code="offer_invalid")
    return offer


def offer_link(base: str, offer_uri: str) -> str:
    """The link to show: ``base`` opens the wallet, the offer stays at its address."""
    return f"{base}?{urlencode({'credential_offer_uri': offer_uri})}"


def parse_offer_link(text: str) -> OfferReference:
    """Find the offer in a scanned or pasted text.

    Accepts ``openid-credential-offer://`` and ``haip-vci://`` links, any web link with
    ``credential_offer`` or ``credential_offer_uri`` in its query or fragment, a web link with
    an https address as its fragment, and the bare https address of an offer.

    Raises:
        MalformedError: ``offer_link_invalid``: none of these, or both parameters.
        ProtocolError: ``offer_invalid``: the offer inside is not sound.
    """
    link = text.strip()
    if not link or len(link) > MAX_OFFER_BYTES:
        raise MalformedError("offer_link_invalid", f"{len(link)} characters")
    try:
        parts = urlsplit(link)
    except ValueError:
        raise MalformedError("offer_link_invalid", "no link") from None
    fields = _fields(parts)
    if len(fields) > 1:
        raise MalformedError("offer_link_invalid", "more than one offer")
    if fields:
        name, value = fields[0]
        return _by_value(value) if name == "credential_offer" else _by_reference(value)
    if parts.scheme in {"https", "http"} and parts.fragment.startswith("https:"):
        return _by_reference(parts.fragment)
    return _by_reference(link)


def _fields(parts: SplitResult) -> list[tuple[str, str]]:
    if parts.scheme not in {*WALLET_SCHEMES, "https", "http"}:
        raise MalformedError("offer_link_invalid", "unknown scheme")
    names = {"credential_offer", "credential_offer_uri"}
    found: list[tuple[str, str]] = []
    for text in (parts.query, parts.fragment):
        try:
            pairs = parse_qsl(text, max_num_fields=MAX_FORM_FIELDS, errors="strict")
        except ValueError:
            raise MalformedError("offer_link_invalid", "parameters") from None
        found += [(name, value) for name, value in pairs if name in names]
    return found


def _by_reference(uri: str) -> OfferReference:
    if not is_https_url(uri):
        raise MalformedError("offer_link_invalid", "the offer's address is not https")
    return OfferReference(uri=uri)


def _by_value(text: str) -> OfferReference:
    return OfferReference(offer=parse_offer(parse_json_object(text, max_bytes=MAX_OFFER_BYTES)))
