"""The authorization code flow: to the issuer's page in a browser, and back with a code.

OpenID4VCI 1.0, section 5, with a pushed request (RFC 9126) wherever the server takes one, PKCE by
S256, a state of our own, and the server's name in its answer (RFC 9207).
"""

from dataclasses import dataclass, field
from http import HTTPStatus

from credentials.encoding import b64url_encode
from credentials.errors import RejectedError, UnsupportedError
from credentials.openid4vc import pkce
from credentials.openid4vc.authorization import (
    AuthorizationRequest,
    PushedReference,
    create_request,
    parse_response,
    reference_query,
    write_request,
)
from credentials.openid4vc.authorization_details import AuthorizationDetail
from credentials.openid4vc.message import ProtocolError
from credentials.openid4vc.pushed_authorization import parse_pushed_response
from credentials.openid4vc.token import create_code_request
from wallet.holder.conversation import Conversation
from wallet.holder.offered import Preview
from wallet.holder.outside import Outside, answer_object
from wallet.holder.receiving import Access, access

STATE_BYTES = 16
"""128 bits: nobody guesses the state of somebody else's visit."""


@dataclass(frozen=True, slots=True)
class Started:
    """A visit to the issuer's page that has not come back yet.

    Attributes:
        address: where the browser goes.
        state: of our request; the answer must name it.
    """

    address: str = field(repr=False)
    preview: Preview
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    conversation: Conversation = field(repr=False)


def begin(preview: Preview, *, outside: Outside) -> Started:
    """Prepare the visit: push the request, and say where the browser is to go.

    Raises:
        UnsupportedError: ``offer_not_supported``: the server has no such flow, or without S256.
        RejectedError: ``authorization_refused`` by the server; ``issuer_metadata_invalid``.
    """
    server, client = preview.server, preview.client
    methods = server.code_challenge_methods_supported
    if client is None or server.authorization_endpoint is None:
        raise UnsupportedError("offer_not_supported", "no authorization endpoint")
    if methods is not None and pkce.METHOD not in methods:
        raise UnsupportedError("offer_not_supported", "no PKCE by S256")
    conversation = Conversation(server, client=client, outside=outside)
    state = b64url_encode(outside.entropy(STATE_BYTES))
    verifier = pkce.create_verifier(outside.entropy)
    scope = preview.offered.scope
    detail = AuthorizationDetail(
        credential_configuration_id=preview.offered.configuration_id,
        locations=[preview.offer.credential_issuer] if server.issuer != _issuer(preview) else None,
    )
    request = create_request(
        client.client_id,
        redirect_uri=client.redirect_uri,
        code_challenge=pkce.challenge_of(verifier),
        scopes=(scope,) if scope else (),
        details=() if scope else (detail,),
        state=state,
        issuer_state=preview.issuer_state,
        dpop_jkt=conversation.key.public.thumbprint if conversation.key else None,
    )
    query = _query(preview, request, conversation)
    join = "&" if "?" in server.authorization_endpoint else "?"
    address = f"{server.authorization_endpoint}{join}{query}"
    return Started(address, preview, state, verifier, conversation)


def finish(started: Started, address: str) -> Access:
    """Redeem the code in the address to which the browser came back.

    Raises:
        ProtocolError: ``state_mismatch``, ``iss_mismatch``, ``redirect_uri_mismatch``,
            ``authorization_refused`` and the other faults of the answer.
        RejectedError: ``offer_refused``: the server gives no token for the code.
    """
    server, client = started.preview.server, started.preview.client
    if client is None:
        raise UnsupportedError("offer_not_supported", "no client")
    authorized = parse_response(
        address,
        redirect_uri=client.redirect_uri,
        state=started.state,
        issuer=server.issuer,
        iss_required=server.authorization_response_iss_parameter_supported,
    )
    body = create_code_request(
        authorized.code,
        redirect_uri=client.redirect_uri,
        code_verifier=started.verifier,
        client_id=client.client_id,
    )
    answer = started.conversation.send_as_client(server.token_endpoint, body)
    if answer.status != HTTPStatus.OK:
        raise RejectedError("offer_refused", f"status {answer.status}")
    return access(started.conversation, answer_object(answer), client_id=client.client_id)


def _issuer(preview: Preview) -> str:
    return preview.issuer.credential_issuer


def _query(preview: Preview, request: AuthorizationRequest, conversation: Conversation) -> str:
    endpoint = preview.server.pushed_authorization_request_endpoint
    if endpoint is None:
        if preview.server.require_pushed_authorization_requests:
            code = "issuer_metadata_invalid"
            raise ProtocolError("invalid_request", "must be pushed, and nowhere to", code=code)
        return write_request(request).decode()
    answer = conversation.send_as_client(endpoint, write_request(request))
    if answer.status not in {HTTPStatus.CREATED, HTTPStatus.OK}:
        raise RejectedError("authorization_refused", f"status {answer.status}")
    pushed = parse_pushed_response(answer_object(answer))
    return reference_query(PushedReference(request.client_id, pushed.request_uri))
