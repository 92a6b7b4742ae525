"""What all endpoints for wallets share: refusals in OAuth's words, headers, who asks.

RFC 6749, section 5.2; RFC 6750, section 3; RFC 9449, section 8.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from credentials.errors import CredentialError, UndeterminedError
from credentials.openid4vc import client_attestation
from credentials.openid4vc.message import ProtocolError
from issuer.authorization_clients import Shown, attestation_challenge, dpop_nonce
from issuer.ports import Ports
from service.problems import OAuthError

NO_STORE = {"Cache-Control": "no-store"}

_UNAUTHORIZED = 401

_WORDS = {
    "invalid_token": ("invalid_token", _UNAUTHORIZED),
    "idempotency_conflict": ("invalid_credential_request", 409),
    "invalid_notification_id": ("invalid_notification_id", 400),
    "invalid_transaction_id": ("invalid_transaction_id", 400),
    "credential_request_denied": ("credential_request_denied", 400),
    "invalid_nonce": ("invalid_nonce", 400),
    "too_large": ("invalid_request", 413),
}
"""Our codes that have a word of their own in OAuth, with the HTTP status."""


async def _body(request: Request) -> bytes:
    return await request.body()  # reading a body is the framework's own coroutine


Body = Annotated[bytes, Depends(_body)]


def fresh_nonces(ports: Ports, at: datetime) -> dict[str, str]:
    """Headers of every answer to a wallet: nothing is kept, and what its next proof must hold."""
    headers = {**NO_STORE, "DPoP-Nonce": dpop_nonce(ports, at)}
    if ports.settings.attesters:
        headers[client_attestation.CHALLENGE_HEADER] = attestation_challenge(ports, at)
    return headers


@contextmanager
def at_server(ports: Ports, at: datetime, default: str = "invalid_request") -> Iterator[None]:
    """Say every refusal of the authorization server in OAuth's words, else ``default``."""
    try:
        yield
    except (OAuthError, UndeterminedError):
        raise
    except CredentialError as error:
        word = error.error if isinstance(error, ProtocolError) else default
        raise OAuthError(
            word,
            code=error.code,
            detail=error.detail,
            status=_UNAUTHORIZED if word == "invalid_client" else 400,
            headers=fresh_nonces(ports, at),
        ) from error


@contextmanager
def at_resource(ports: Ports, at: datetime, default: str) -> Iterator[None]:
    """Say every refusal to whoever shows an access token, else ``default``."""
    try:
        yield
    except (OAuthError, UndeterminedError):
        raise
    except ProtocolError as error:
        proof = error.error in {"invalid_dpop_proof", "use_dpop_nonce"}
        raise _refusal(error, error.error, _UNAUTHORIZED if proof else 400, ports, at) from error
    except CredentialError as error:
        word, status = _WORDS.get(error.code, (default, 400))
        raise _refusal(error, word, status, ports, at) from error


def _refusal(
    error: CredentialError, word: str, status: int, ports: Ports, at: datetime
) -> OAuthError:
    headers = fresh_nonces(ports, at)
    if status == _UNAUTHORIZED:
        scheme = "DPoP" if "dpop" in word else "Bearer"
        headers["WWW-Authenticate"] = f'{scheme} error="{word}"'
    return OAuthError(word, code=error.code, detail=error.detail, status=status, headers=headers)


def shown_by(request: Request, path: str) -> Shown:
    """What a request shows of its sender; ``path`` under the issuer's identifier."""
    headers = request.headers
    return Shown(
        path,
        dpop=tuple(headers.getlist("dpop")),
        attestation=tuple(headers.getlist(client_attestation.HEADER)),
        pop=tuple(headers.getlist(client_attestation.POP_HEADER)),
    )


def bearer(request: Request) -> str:
    """The token of an ``Authorization: Bearer`` header (RFC 6750, section 2.1); empty: none."""
    scheme, token = _authorization(request)
    return token if scheme == "bearer" else ""


def _authorization(request: Request) -> tuple[str, str]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return scheme.lower(), token.strip()


def access_token(request: Request) -> tuple[str, bool]:
    """The access token of the ``Authorization`` header, and whether it came as a DPoP token.

    A token in the address or in the body is none (FAPI 2.0, 5.3.4).

    Raises:
        OAuthError: ``invalid_token`` where there is none.
    """
    scheme, token = _authorization(request)
    if not token or scheme not in {"bearer", "dpop"}:
        raise OAuthError(
            "invalid_token",
            status=_UNAUTHORIZED,
            headers={**NO_STORE, "WWW-Authenticate": "Bearer, DPoP"},
        )
    return token, scheme == "dpop"
