"""For programs: where a firm's events go."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from credentials.encoding import JsonObject
from service.problems import PROBLEMS
from service.receivers import receiver_as_json
from verifier import events, organisations
from verifier.programs import CallerOf, Scope

router = APIRouter(prefix="/api", tags=["events"])

NO_STORE = {"Cache-Control": "no-store"}


class ReceiverWish(BaseModel):
    """Where events go; without ``events`` all of them do."""

    model_config = ConfigDict(extra="forbid", strict=True)
    url: str = Field(max_length=500)
    events: list[str] = Field(default_factory=list, max_length=len(events.KINDS))


@router.get("/webhooks", responses=PROBLEMS)
def list_receivers(caller: CallerOf) -> JSONResponse:
    """Where events go."""
    caller.require(Scope.EVENTS)
    with caller.ports.database.reading() as session:
        rows = caller.ports.told.of_owner(session, caller.organisation.id)
    answer: JsonObject = {"webhooks": [receiver_as_json(row) for row in rows]}
    return JSONResponse(answer, headers=NO_STORE)


@router.post("/webhooks", status_code=201, responses=PROBLEMS)
def add_receiver(wish: ReceiverWish, caller: CallerOf) -> JSONResponse:
    """Tell events to an address; the answer holds the secret that signs them, this once."""
    caller.require(Scope.EVENTS)
    owner = caller.organisation.id
    with caller.ports.database.transaction() as session:
        organisations.take_turn(session, owner)
        row, made = caller.ports.told.add(
            session, owner, wish.url, wanted=wish.events, known=events.KINDS
        )
        found: JsonObject = {**receiver_as_json(row), "secret": made}
    return JSONResponse(found, 201, headers=NO_STORE)


@router.post("/webhooks/{receiver_id}/secret", responses=PROBLEMS)
def renew_secret(receiver_id: str, caller: CallerOf) -> JSONResponse:
    """A new secret; the old one signs along for a day."""
    caller.require(Scope.EVENTS)
    told = caller.ports.told
    with caller.ports.database.transaction() as session:
        made = told.renew(session, told.find(session, receiver_id, caller.organisation.id))
    return JSONResponse({"id": receiver_id, "secret": made}, headers=NO_STORE)


@router.delete("/webhooks/{receiver_id}", status_code=204, responses=PROBLEMS)
def remove_receiver(receiver_id: str, caller: CallerOf) -> Response:
    """Tell this address nothing any more."""
    caller.require(Scope.EVENTS)
    with caller.ports.database.transaction() as session:
        session.delete(caller.ports.told.find(session, receiver_id, caller.organisation.id))
    return Response(status_code=204)
