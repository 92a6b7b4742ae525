"""The authorization code flow: asked by a wallet, answered by the person in the browser.

RFC 9126 and 6749, OpenID4VCI 1.0, section 5. The person shows who they are with what the institute
gave them: the offer, by its link, and its PIN. A code belongs to one offer from its first moment.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from credentials.encoding import parse_json_object
from credentials.errors import CredentialError, RejectedError
from credentials.openid4vc.authorization import (
    AuthorizationRequest,
    redirect_with_code,
    redirect_with_error,
)
from credentials.openid4vc.authorization_details import asked_configurations
from credentials.openid4vc.configuration import configuration_id
from credentials.openid4vc.message import ProtocolError
from credentials.openid4vc.offer import parse_offer_link
from credentials.openid4vc.pushed_authorization import PREFIX
from issuer.authorization_grants import Client
from issuer.metadata import known_configurations
from issuer.offers import Refused, fingerprint, secret, take_by_link
from issuer.ports import Ports
from issuer.tables import AuthorizationCode, Offer, OfferState, PushedRequest

PUSHED_LIFE = timedelta(seconds=90)
"""From the push until the browser comes: a phone switches apps in seconds."""

PAGE_LIFE = timedelta(minutes=10)
"""From the page until its answer: the person looks for the PIN."""

CODE_LIFE = timedelta(seconds=60)
"""From the answer until the wallet redeems it: the most that FAPI 2.0 allows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the person sees it.

    Attributes:
        request_uri: the handle, for the form.
        names_offer: the request brought the offer along; else the person gives its link.
    """

    request: AuthorizationRequest = field(repr=False)
    request_uri: str
    names_offer: bool


def push(
    session: Session, request: AuthorizationRequest, *, client: Client, ports: Ports, at: datetime
) -> str:
    """Keep a request until its person comes; those that are over go.

    Returns:
        The handle, without prefix; it lives ``PUSHED_LIFE``.

    Raises:
        ProtocolError: ``invalid_scope`` where no scope is ours; ``invalid_authorization_details``
            for a configuration that is not; ``invalid_dpop_proof`` where ``dpop_jkt`` is of
            another key than the proof.
    """
    wanted(request, ports)
    if request.dpop_jkt is not None and client.thumbprint not in {None, request.dpop_jkt}:
        raise ProtocolError("invalid_dpop_proof", "dpop_jkt is another key", code="dpop_key")
    bound = request.model_copy(update={"dpop_jkt": request.dpop_jkt or client.thumbprint})
    if bound.dpop_jkt is None and ports.settings.high_assurance:
        raise ProtocolError("invalid_request", "no DPoP key", code="dpop_missing")
    session.connection().execute(delete(PushedRequest).where(col(PushedRequest.expires_at) <= at))
    handle = secret(ports.entropy)
    handle_hash = fingerprint(handle)
    plain = bound.model_dump_json(exclude_none=True).encode()
    session.add(
        PushedRequest(
            handle_hash=handle_hash,
            organisation_id=ports.organisation_id,
            client_id=request.client_id,
            client_key=client.key,
            contents=ports.sealer.seal(plain, about=f"pushed {handle_hash}"),
            expires_at=at + PUSHED_LIFE,
        )
    )
    return handle


def wanted(request: AuthorizationRequest, ports: Ports) -> frozenset[str]:
    """The configurations that a request asks for; a scope is the name of one, others are ignored.

    Raises:
        ProtocolError: ``invalid_scope`` or ``invalid_authorization_details``.
    """
    known = known_configurations(ports)
    detailed = asked_configurations(request.authorization_details or ())
    if not known.keys() >= set(detailed):
        raise ProtocolError("invalid_authorization_details", "an unknown configuration")
    found = known.keys() & {*request.scopes, *detailed}
    if not found:
        raise ProtocolError("invalid_scope", "no scope of ours")
    return frozenset(found)


def open_page(
    session: Session, request_uri: str, *, client_id: str, ports: Ports, at: datetime
) -> Asked:
    """What a person is asked; from now on they have ``PAGE_LIFE`` to answer.

    Raises:
        RejectedError: ``authorization_over``: unknown, of another client, over or answered.
    """
    row = _pushed(session, request_uri, client_id=client_id, ports=ports, at=at)
    if not row.opened:
        row.opened, row.expires_at = True, at + PAGE_LIFE
        session.add(row)
    request = _request_of(row, ports)
    return Asked(request, request_uri, request.issuer_state is not None)


def allow(
    session: Session,
    request_uri: str,
    *,
    client_id: str,
    link: str,
    tx_code: str,
    ports: Ports,
    at: datetime,
) -> str | Refused:
    """Answer with a code, for whoever knows the PIN of the offer.

    Args:
        session: the open transaction; a wrong PIN must be committed too.
        request_uri: the handle.
        client_id: as the browser brought it.
        link: of the offer, as the person gave it; empty where the request named the offer.
        tx_code: the PIN.
        ports: of the organisation.
        at: the present moment.

    Returns:
        Where to send the browser, or ``Refused`` as ``take_by_code``, ``offer_other_type``.

    Raises:
        RejectedError: ``authorization_over``.
    """
    row = _pushed(session, request_uri, client_id=client_id, ports=ports, at=at)
    request = _request_of(row, ports)
    link_id = request.issuer_state or _link_id(link)
    offer = session.exec(
        select(Offer).where(
            Offer.link_id == link_id, Offer.organisation_id == ports.organisation_id
        )
    ).first()
    if offer is None:
        return Refused("code_unknown")
    if offer.state == OfferState.OFFERED and configuration_id(
        offer.type_id, offer.format
    ) not in wanted(request, ports):
        return Refused("offer_other_type")
    taken = take_by_link(session, link_id, tx_code=tx_code, ports=ports, at=at)
    if isinstance(taken, Refused):
        return taken
    code = secret(ports.entropy)
    session.add(
        AuthorizationCode(
            code_hash=fingerprint(code),
            organisation_id=ports.organisation_id,
            offer_id=taken.id,
            client_id=row.client_id,
            client_key=row.client_key,
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge,
            thumbprint=request.dpop_jkt,
            detailed=request.authorization_details is not None,
            expires_at=at + CODE_LIFE,
        )
    )
    row.ended_at = at
    session.add(row)
    return redirect_with_code(
        request.redirect_uri, code=code, state=request.state, issuer=ports.origin
    )


def deny(session: Session, request_uri: str, *, client_id: str, ports: Ports, at: datetime) -> str:
    """Answer that the person does not want it; returns where to send the browser.

    Raises:
        RejectedError: ``authorization_over``.
    """
    row = _pushed(session, request_uri, client_id=client_id, ports=ports, at=at)
    request = _request_of(row, ports)
    row.ended_at = at
    session.add(row)
    return redirect_with_error(
        request.redirect_uri, error="access_denied", state=request.state, issuer=ports.origin
    )


def _pushed(
    session: Session, request_uri: str, *, client_id: str, ports: Ports, at: datetime
) -> PushedRequest:
    handle = request_uri.removeprefix(PREFIX)
    row = session.exec(
        select(PushedRequest)
        .where(
            PushedRequest.handle_hash == fingerprint(handle),
            PushedRequest.organisation_id == ports.organisation_id,
            PushedRequest.client_id == client_id,
        )
        .with_for_update()
    ).first()
    if row is None or row.ended_at is not None or at >= row.expires_at or handle == request_uri:
        raise RejectedError("authorization_over", "unknown, of another client, over or answered")
    return row


def _request_of(row: PushedRequest, ports: Ports) -> AuthorizationRequest:
    plain = ports.sealer.open(row.contents, about=f"pushed {row.handle_hash}")
    return AuthorizationRequest.model_validate(parse_json_object(plain))


def _link_id(link: str) -> str:
    """The secret part of the offer's address in what a person pasted; empty where there is none."""
    try:
        address = parse_offer_link(link).uri or ""
    except CredentialError:
        return link.strip()  # the bare part, as it stands on a card
    return address.rpartition("/")[2]
