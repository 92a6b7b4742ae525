"""For programs: the verified extract of an answer, as a file for the firm's own dossier."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from credentials.errors import RejectedError
from service.problems import PROBLEMS
from verifier import requests, responses
from verifier.dossier import extract_of, format_of
from verifier.programs import CallerOf, Scope
from verifier.request_objects import declared_of

router = APIRouter(prefix="/api", tags=["requests"])

NO_STORE = {"Cache-Control": "no-store"}


@router.get("/requests/{request_id}/extract", responses=PROBLEMS)
def extract(
    request_id: str,
    caller: CallerOf,
    kind: Annotated[Literal["csv", "json", "ler-rs"], Query(alias="as")] = "json",
    language: Literal["nl", "en"] = "nl",
) -> Response:
    """What was shown, for the purpose and until the day that were declared; kept nowhere.

    There is one for as long as the claims are remembered: some minutes.
    """
    caller.require(Scope.RESULTS)
    ports = caller.ports
    with ports.database.reading() as session:
        row = requests.find_asked(session, request_id, organisation_id=caller.organisation.id)
    reports = responses.reports_of(ports, row, at=ports.clock())
    if not reports:
        raise RejectedError("result_gone", "no verdict yet")
    chosen = format_of(kind)
    octets = chosen.write(extract_of(reports, declared_of(row)), language)
    return Response(octets, media_type=chosen.media_type, headers=NO_STORE)
