"""The request as the holder's side fetches it: signed, with all that is declared (0052)."""

import re
from datetime import datetime

from credentials.encoding import JsonObject, parse_json_object
from credentials.keys import Signer
from credentials.openid4vc.declaration import Declaration
from credentials.openid4vc.message import ProtocolError, read_form
from credentials.openid4vc.request import create_request
from schemas.declarations import Declared
from schemas.messages import sentence
from verifier.requests import Asker
from verifier.tables import RequestRow

_WALLET_NONCE = re.compile(r"[A-Za-z0-9._~+/=-]{1,512}")


def wallet_nonce(body: bytes) -> str | None:
    """What a wallet posts to get a request, so that it knows it was made now (section 5.10).

    ``wallet_metadata`` is not used: one request serves every wallet, and says what we read.

    Raises:
        ProtocolError: ``invalid_request``: a nonce of another form; ``form_malformed``.
    """
    nonce = read_form(body).get("wallet_nonce")
    if nonce is not None and not _WALLET_NONCE.fullmatch(nonce):
        raise ProtocolError("invalid_request", "wallet_nonce")
    return nonce


def declaration_of(row: RequestRow, asker: Asker) -> Declaration:
    """What a request declares; a firm's name only where the firm was checked."""
    return Declaration(
        name=row.firm_name or asker.name,
        checked=row.firm_name is not None,
        declared=declared_of(row),
        kvk=row.firm_kvk,
        deletion_uri=asker.deletion_uri,
    )


def signed(
    row: RequestRow,
    *,
    asker: Asker,
    signer: Signer,
    at: datetime,
    wallet_nonce: str | None = None,
) -> str:
    """Sign the request under the name that it was made for."""
    declaration = declaration_of(row, asker)
    return create_request(
        signer,
        client_id=row.client_id,
        response_uri=asker.response_uri(row.reference),
        nonce=row.nonce,
        state=row.correlation,
        dcql_query=query_of(row),
        encryption_jwk=parse_json_object(row.encryption_jwk) if row.encrypted else None,
        client_name=declaration.name,
        purpose=sentence(f"preset.{row.preset}.purpose", row.language),
        relation=row.relation,
        declaration=declaration,
        wallet_nonce=wallet_nonce,
        x5c=asker.x5c,
        at=at,
    )


def query_of(row: RequestRow) -> JsonObject:
    """The DCQL query of a request."""
    return parse_json_object(row.query)


def declared_of(row: RequestRow) -> Declared:
    """What the person was told."""
    return Declared(row.relation, row.purpose, row.legal_basis, row.retention_days)
