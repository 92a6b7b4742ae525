"""Credential formats: every one that we issue and read, by its name in OpenID4VC."""

from credentials.cryptosuites import EDDSA_RDFC_2022
from credentials.encoding import b64url_decode, parse_json_object
from credentials.errors import MalformedError
from credentials.formats import sd_jwt_vc
from credentials.formats.base import CredentialFormat
from credentials.formats.data_integrity import DataIntegrity
from credentials.formats.sd_jwt_vc import SdJwtVc
from credentials.jose import MAX_HEADER_BYTES
from credentials.model import Wire

__all__ = ["FORMATS", "format_of"]

FORMATS: dict[str, CredentialFormat] = {
    SdJwtVc.identifier: SdJwtVc(),
    DataIntegrity.identifier: DataIntegrity(EDDSA_RDFC_2022),
}


def format_of(wire: Wire) -> CredentialFormat:
    """The format that something received seems to have; ``parse`` then decides.

    Raises:
        MalformedError: ``format_unknown``.
    """
    if not isinstance(wire, str) or wire.lstrip().startswith("{"):
        return FORMATS[DataIntegrity.identifier]
    if "~" in wire or _type_of_token(wire) == sd_jwt_vc.TYPE:
        return FORMATS[SdJwtVc.identifier]
    raise MalformedError("format_unknown", "neither JSON nor an SD-JWT")


def _type_of_token(text: str) -> str | None:
    first = text.partition(".")[0]
    if len(first) > 2 * MAX_HEADER_BYTES:
        return None
    try:
        kind = parse_json_object(b64url_decode(first)).get("typ")
    except MalformedError:
        return None
    return kind if isinstance(kind, str) else None
