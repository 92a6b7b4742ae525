"""For programs: where an organisation's events go."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from credentials.encoding import JsonObject
from issuer import events
from issuer.doors import CallerOf
from issuer.oauth import NO_STORE
from issuer.programs import Scope
from service.problems import PROBLEMS
from service.receivers import receiver_as_json

router = APIRouter(prefix="/api", tags=["events"])


class ReceiverWish(BaseModel):
    """Where events go; without ``events`` all of them do."""

    model_config = ConfigDict(extra="forbid")
    url: str = Field(max_length=500)
    events: list[str] = Field(default_factory=list, max_length=len(events.KINDS))


@router.get("/webhooks", responses=PROBLEMS)
def list_receivers(caller: CallerOf) -> JSONResponse:
    """Where events go."""
    caller.require(Scope.EVENTS)
    with caller.ports.database.reading() as session:
        found = [receiver_as_json(row) for row in events.receivers(session, caller.ports)]
    answer: JsonObject = {"webhooks": [*found]}
    return JSONResponse(answer, headers=NO_STORE)


@router.post("/webhooks", status_code=201, responses=PROBLEMS)
def add_receiver(wish: ReceiverWish, caller: CallerOf) -> JSONResponse:
    """Tell events to an address; the answer holds the secret that signs them, this once."""
    caller.require(Scope.EVENTS)
    ports = caller.ports
    with ports.database.transaction() as session:
        row, made = events.add_receiver(
            session,
            wish.url,
            kinds=wish.events,
            ports=ports,
            actor=caller.actor,
        )
        found: JsonObject = {**receiver_as_json(row), "secret": made}
    return JSONResponse(found, status_code=201, headers=NO_STORE)


@router.post("/webhooks/{receiver_id}/secret", responses=PROBLEMS)
def renew_secret(receiver_id: str, caller: CallerOf) -> JSONResponse:
    """A new secret; the old one signs along for a day."""
    caller.require(Scope.EVENTS)
    ports = caller.ports
    with ports.database.transaction() as session:
        made = events.renew_secret(session, receiver_id, ports=ports, actor=caller.actor)
    answer: JsonObject = {"id": receiver_id, "secret": made}
    return JSONResponse(answer, headers=NO_STORE)


@router.delete("/webhooks/{receiver_id}", responses=PROBLEMS)
def remove_receiver(receiver_id: str, caller: CallerOf) -> JSONResponse:
    """Tell this address nothing any more."""
    caller.require(Scope.EVENTS)
    with caller.ports.database.transaction() as session:
        events.remove_receiver(session, receiver_id, ports=caller.ports, actor=caller.actor)
    answer: JsonObject = {"id": receiver_id}
    return JSONResponse(answer, headers=NO_STORE)
