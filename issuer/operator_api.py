"""JSON for the institute's own programs; each request shows the operator's key."""

import hmac
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from credentials.encoding import JsonObject
from credentials.errors import MalformedError, RejectedError
from credentials.openid4vc.offer import offer_link
from issuer import batches, offers, overview, status
from issuer.oauth import NO_STORE, Body, bearer
from issuer.batches import ListReport
from issuer.doors import PortsOf
from issuer.offers import LETTER_LIFE, SCREEN_LIFE, MadeOffer
from issuer.orders import FORMAT_IDS, order
from issuer.ports import Ports
from issuer.status import MAX_REASON
from issuer.tables import StatusWord

LIVES = {"screen": SCREEN_LIFE, "letter": LETTER_LIFE}
"""How an offer reaches its holder, and how long it then lives."""


def check_key(request: Request) -> None:
    """Refuse who does not show the operator's key.

    Raises:
        RejectedError: ``unauthorized``.
    """
    expected: str = request.app.state.api_key
    if not hmac.compare_digest(bearer(request).encode(), expected.encode()):
        raise RejectedError("unauthorized", "Authorization: Bearer <operator's key>")


router = APIRouter(prefix="/api", dependencies=[Depends(check_key)])


class OfferWish(BaseModel):
    """What to offer: the claims that the template does not fix or compute."""

    model_config = ConfigDict(extra="forbid")
    type: str
    format: str = FORMAT_IDS[0]
    claims: dict[str, JsonValue] = Field(repr=False)
    numbers_confirmed: bool = False
    life: Literal["screen", "letter"] = "letter"


class StatusWish(BaseModel):
    """A new status for an issued proof, and why."""

    model_config = ConfigDict(extra="forbid")
    status: StatusWord
    reason: str = Field(max_length=MAX_REASON)


def made_as_json(made: MadeOffer, ports: Ports) -> JsonObject:
    """An offer for whoever hands it out; link and PIN must travel apart."""
    return {
        "id": made.id,
        "type": made.type_id,
        "format": made.format,
        "offer_uri": made.offer_uri,
        "link": offer_link(f"{ports.settings.wallet_url}/receive", made.offer_uri),
        "tx_code": made.tx_code,
        "expires_at": made.expires_at.isoformat(),
    }


def make_offer(ports: Ports, wish: OfferWish) -> MadeOffer:
    """Check the wish and make its offer.

    Raises:
        MalformedError: ``type_unknown`` or ``format_unknown``.
        SchemaMismatch: a claim is missing or wrong.
    """
    template = ports.templates.get(wish.type)
    if template is None:
        raise MalformedError("type_unknown", f"one of {', '.join(ports.templates)}")
    wanted = order(
        template,
        wish.claims,
        format_id=wish.format,
        numbers_confirmed=wish.numbers_confirmed,
    )
    life: timedelta = LIVES[wish.life]
    at = ports.clock()
    with ports.database.transaction() as session:
        offers.purge(session, at=at)
        return offers.offer(session, wanted, ports=ports, at=at, life=life)


@router.post("/offers", status_code=201)
def create_offer(wish: OfferWish, ports: PortsOf) -> JSONResponse:
    """Offer one proof."""
    found = made_as_json(make_offer(ports, wish), ports)
    return JSONResponse(found, status_code=201, headers=NO_STORE)


@router.get("/offers/{offer_id}")
def read_offer(offer_id: str, ports: PortsOf) -> JSONResponse:
    """Where one offer stands; no claim, code or PIN."""
    with ports.database.reading() as session:
        row = offers.find(session, offer_id, ports=ports)
        seen = overview.one_standing(session, row, ports=ports, at=ports.clock())
    found: JsonObject = {
        "id": row.id,
        "state": "expired" if seen.word == "expired" else row.state,
        "issued_id": seen.issued_id,
        "status": seen.status,
    }
    return JSONResponse(found, headers=NO_STORE)


@router.post("/issued/{issued_id}/status")
def change_status(issued_id: str, wish: StatusWish, ports: PortsOf) -> JSONResponse:
    """Withdraw, pause or resume one proof."""
    at = ports.clock()
    with ports.database.transaction() as session:
        changed = status.change(
            session, issued_id, to=wish.status, reason=wish.reason, ports=ports, at=at
        )
    found: JsonObject = {"id": changed.id, "status": changed.status}
    return JSONResponse(found, headers=NO_STORE)


@router.post("/lists")
def issue_list(
    body: Body,
    ports: PortsOf,
    type_id: Annotated[str | None, Query(alias="type")] = None,
    format_id: Annotated[str, Query(alias="format")] = FORMAT_IDS[0],
    ready_only: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    check: bool = False,  # noqa: FBT001, FBT002 - as above
) -> JSONResponse:
    """Offer a proof to everyone on a class list (a CSV body); with ``check`` only read it.

    Errors hold the whole list back (422), unless ``ready_only``.
    """
    at = ports.clock()
    report = batches.check(body, type_id=type_id, templates=ports.templates, at=at)
    if not check:
        report = batches.issue(
            report,
            name="",
            data=body,
            format_id=format_id,
            ready_only=ready_only,
            ports=ports,
            at=at,
        )
    held_back = bool(report.errors) and not ready_only and not check
    return JSONResponse(
        list_as_json(report, ports), status_code=422 if held_back else 200, headers=NO_STORE
    )


def list_as_json(report: ListReport, ports: Ports) -> JsonObject:
    """A report with its offers, each with the line that it comes from."""
    made = [{"line": one.line, **made_as_json(one, ports)} for one in report.offers]
    return {"offers": [*made], **report.as_json()}
