"""The request as the holder's side fetches it: signed, with all that is declared (0052)."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from credentials.encoding import JsonObject, parse_json_object
from credentials.keys import Signer
from credentials.openid4vc.dcql_query import parse_query
from credentials.openid4vc.declaration import Declaration
from credentials.openid4vc.message import ProtocolError, read_form
from credentials.openid4vc.request import create_request
from credentials.openid4vc.wallet_metadata import (
    WalletMetadata,
    check_understood,
    encrypt_request,
    read_wallet_metadata,
)
from schemas.declarations import Declared
from schemas.messages import sentence
from verifier.requests import Asker
from verifier.tables import RequestRow

_WALLET_NONCE = re.compile(r"[A-Za-z0-9._~+/=-]{1,512}")


@dataclass(frozen=True, slots=True)
class Fetching:
    """What a wallet posts to get a request (section 5.10).

    Attributes:
        nonce: comes back in the request, so that the wallet knows it was made now.
        metadata: what it can read, and the key that it wants the request encrypted to.
    """

    nonce: str | None = None
    metadata: WalletMetadata = field(default_factory=WalletMetadata)


NOTHING_POSTED = Fetching()


def read_fetching(body: bytes) -> Fetching:
    """Read the form.

    Raises:
        ProtocolError: ``invalid_request``: a nonce of another form, ``wallet_metadata_invalid``,
            ``form_malformed``.
    """
    form = read_form(body)
    nonce, metadata = form.get("wallet_nonce"), form.get("wallet_metadata")
    if nonce is not None and not _WALLET_NONCE.fullmatch(nonce):
        raise ProtocolError("invalid_request", "wallet_nonce")
    return Fetching(nonce, WalletMetadata() if metadata is None else read_wallet_metadata(metadata))


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
    fetching: Fetching = NOTHING_POSTED,
) -> str:
    """Sign the request under the name that it was made for; encrypted where the wallet wants it.

    Raises:
        ProtocolError: as ``check_understood`` and ``encrypt_request``.
    """
    declaration = declaration_of(row, asker)
    check_understood(
        fetching.metadata,
        parse_query(query_of(row)),
        client_id=row.client_id,
        algorithm=signer.public.algorithm,
        encrypted=row.encrypted,
    )
    token = create_request(
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
        wallet_nonce=fetching.nonce,
        x5c=asker.x5c,
        at=at,
    )
    return encrypt_request(token, fetching.metadata)


def query_of(row: RequestRow) -> JsonObject:
    """The DCQL query of a request."""
    return parse_json_object(row.query)


def declared_of(row: RequestRow) -> Declared:
    """What the person was told."""
    return Declared(row.relation, row.purpose, row.legal_basis, row.retention_days)
