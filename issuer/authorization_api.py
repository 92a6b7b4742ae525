"""The authorization server's HTTP: pushed requests, tokens and challenges."""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlmodel import Session

from credentials.encoding import JsonObject
from credentials.openid4vc.authorization_details import AuthorizationDetail, asked_configurations
from credentials.openid4vc.configuration import configuration_id
from credentials.openid4vc.message import ProtocolError, write_message
from credentials.openid4vc.pushed_authorization import (
    create_pushed_response,
    parse_pushed_request,
)
from credentials.openid4vc.token import (
    CodeRequest,
    PreAuthorizedRequest,
    TokenRequest,
    TokenResponse,
    parse_token_request,
)
from issuer import authorization, authorization_grants
from issuer.authorization_clients import attestation_challenge, identify
from issuer.authorization_grants import Client, Granted, credential_identifier
from issuer.doors import PortsOf
from issuer.oauth import NO_STORE, Body, at_server, fresh_nonces, shown_by
from issuer.offers import Refused, fingerprint
from issuer.ports import Ports
from service.problems import OAuthError
from service.rates import limited

router = APIRouter()


@router.post("/par", status_code=201, dependencies=[Depends(limited("token"))])
def push(request: Request, body: Body, ports: PortsOf) -> JSONResponse:
    """RFC 9126: an authorization request waits here until its person comes."""
    at = ports.clock()
    with at_server(ports, at):
        asked = parse_pushed_request(body)
        shown = shown_by(request, "/par")
        client = identify(ports, shown, client_id=asked.client_id, at=at)
        with ports.database.transaction() as session:
            handle = authorization.push(session, asked, client=client, ports=ports, at=at)
    lives = int(authorization.PUSHED_LIFE.total_seconds())
    made = write_message(create_pushed_response(handle, expires_in=lives))
    return JSONResponse(made, status_code=201, headers=fresh_nonces(ports, at))


@router.post("/challenge")
def challenge(ports: PortsOf) -> JSONResponse:
    """Attestation-based client authentication: a challenge for the proof of possession."""
    made: JsonObject = {"attestation_challenge": attestation_challenge(ports, ports.clock())}
    return JSONResponse(made, headers=NO_STORE)


@router.post("/token", dependencies=[Depends(limited("token"))])
def token(request: Request, body: Body, ports: PortsOf) -> JSONResponse:
    """RFC 6749, OpenID4VCI 1.0 section 6: a code or a refresh token becomes an access token."""
    at = ports.clock()
    with at_server(ports, at):
        asked = parse_token_request(body)
        anonymous = isinstance(asked, PreAuthorizedRequest) and asked.client_id is None
        client = identify(ports, shown_by(request, "/token"), client_id=asked.client_id, at=at)
        if not anonymous and client.id is None:
            raise ProtocolError("invalid_request", "client_id is missing")
        if client.thumbprint is None and ports.settings.high_assurance:
            raise ProtocolError("invalid_dpop_proof", "there is none", code="dpop_missing")
        if isinstance(asked, PreAuthorizedRequest) and not asked.tx_code:
            raise ProtocolError("invalid_request", "tx_code is missing")
    if isinstance(asked, PreAuthorizedRequest):
        request.app.state.rates.take("pin", fingerprint(asked.pre_authorized_code))
    with ports.database.transaction() as session:
        answer = _exchange(session, asked, client=client, ports=ports, at=at)
        if isinstance(answer, Granted):
            _check_details(asked, answer)
    if isinstance(answer, Refused):  # raised after the commit: a wrong PIN must stay counted
        raise OAuthError("invalid_grant", code=answer.code, headers=fresh_nonces(ports, at))
    made = write_message(_response(answer))
    return JSONResponse(made, headers=fresh_nonces(ports, at))


def _exchange(
    session: Session, asked: TokenRequest, *, client: Client, ports: Ports, at: datetime
) -> Granted | Refused:
    match asked:
        case PreAuthorizedRequest():
            return authorization_grants.redeem(
                session,
                code=asked.pre_authorized_code,
                tx_code=asked.tx_code or "",
                client=client,
                detailed=asked.authorization_details is not None,
                ports=ports,
                at=at,
            )
        case CodeRequest():
            return authorization_grants.redeem_code(
                session, asked, client=client, ports=ports, at=at
            )
        case _:
            return authorization_grants.refresh(
                session, asked.refresh_token, client=client, ports=ports, at=at
            )


def _check_details(asked: TokenRequest, granted: Granted) -> None:
    """What is asked at the token endpoint is at most what was granted (section 6.1.1).

    Raises:
        OAuthError: ``invalid_authorization_details``; the code is not used up.
    """
    wanted = set(asked_configurations(asked.authorization_details or ()))
    if not wanted <= {_configuration(granted)}:
        raise OAuthError("invalid_authorization_details", headers=NO_STORE)


def _configuration(granted: Granted) -> str:
    return configuration_id(granted.offer.type_id, granted.offer.format)


def _response(granted: Granted) -> TokenResponse:
    detail = AuthorizationDetail(
        credential_configuration_id=_configuration(granted),
        credential_identifiers=[credential_identifier(granted.offer.id)],
    )
    return TokenResponse(
        access_token=granted.access_token,
        token_type="DPoP" if granted.bound else "Bearer",
        expires_in=int(granted.expires_in.total_seconds()),
        refresh_token=granted.refresh_token,
        authorization_details=[detail] if granted.detailed else None,
    )
