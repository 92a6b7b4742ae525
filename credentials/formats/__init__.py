"""Credential formats: every one that we issue and read, by its name in OpenID4VC."""

from credentials import envelopes
from credentials.encoding import JsonObject, b64url_decode, parse_json_object
from credentials.errors import MalformedError
from credentials.formats import jwt_vc, jwt_vc_json, sd_jwt_vc, vc_sd_jwt
from credentials.formats.base import CredentialFormat
from credentials.formats.data_integrity import CONFIGURED, DataIntegrity, configured_for
from credentials.formats.jwt_vc import VcJwt
from credentials.formats.jwt_vc_json import JwtVcJson
from credentials.formats.sd_jwt_vc import SdJwtVc
from credentials.formats.vc_sd_jwt import VcSdJwt
from credentials.jose import MAX_HEADER_BYTES
from credentials.model import Wire

__all__ = ["FORMATS", "format_of"]

FORMATS: dict[str, CredentialFormat] = {
    SdJwtVc.identifier: SdJwtVc(),
    DataIntegrity.identifier: CONFIGURED["eddsa-rdfc-2022"],
    VcJwt.identifier: VcJwt(),
    VcSdJwt.identifier: VcSdJwt(),
    JwtVcJson.identifier: JwtVcJson(),
}

_BY_TYPE = {
    sd_jwt_vc.TYPE: SdJwtVc.identifier,
    vc_sd_jwt.TYPE: VcSdJwt.identifier,
    jwt_vc.TYPE: VcJwt.identifier,
    jwt_vc.PRESENTATION_TYPE: VcJwt.identifier,
    jwt_vc_json.TYPE: JwtVcJson.identifier,
}
"""Token type to format; with a ``~`` behind it, whatever is no ``vc+sd-jwt`` is a dc+sd-jwt."""


def format_of(wire: Wire) -> CredentialFormat:
    """The format that something received seems to have; ``parse`` then decides.

    Raises:
        MalformedError: ``format_unknown``.
    """
    if isinstance(wire, dict):
        enveloped = envelopes.is_envelope(wire)
        return _of_envelope(wire) if enveloped else configured_for(wire)
    if wire.lstrip().startswith("{"):
        return configured_for(wire)
    name = _BY_TYPE.get(_type_of_token(wire) or "")
    if "~" in wire:
        return FORMATS[name if name == VcSdJwt.identifier else SdJwtVc.identifier]
    if name is None:
        raise MalformedError("format_unknown", "neither JSON nor a token that we know")
    return FORMATS[name]


def _of_envelope(document: JsonObject) -> CredentialFormat:
    address = document.get("id")
    media_type = address.partition(",")[0].partition(";")[0] if isinstance(address, str) else ""
    name = _BY_TYPE.get(media_type.removeprefix("data:application/"))
    if name not in {VcJwt.identifier, VcSdJwt.identifier}:
        raise MalformedError("format_unknown", "an envelope of a type that we do not know")
    return FORMATS[name]


def _type_of_token(text: str) -> str | None:
    first = text.partition(".")[0]
    if len(first) > 2 * MAX_HEADER_BYTES:
        return None
    try:
        kind = parse_json_object(b64url_decode(first)).get("typ")
    except MalformedError:
        return None
    return kind if isinstance(kind, str) else None
