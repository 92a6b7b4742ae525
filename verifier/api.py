"""What a firm's own systems call: ask, read the verdict, and let go of it again."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Body, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from sqlmodel import Session

from credentials.encoding import JsonObject, compact_json
from credentials.errors import RejectedError
from schemas import catalog
from schemas.declarations import Declared, lists
from service.idempotency import Idempotency
from service.problems import PROBLEMS
from verifier import organisations, requests, responses
from verifier.match_views import is_known, match_view
from verifier.page_views import FIRST
from verifier.ports import Ports
from verifier.programs import Caller, CallerOf, Scope
from verifier.questions import Question, own_question, preset_question
from verifier.request_objects import query_of
from verifier.requests import State
from verifier.tables import KeptAnswer, RequestRow
from verifier.vacancy_questions import vacancy_question
from verifier.verdicts import Report, as_json

router = APIRouter(prefix="/api", tags=["requests"])

NO_STORE = {"Cache-Control": "no-store"}


def _one_of(values: Sequence[str | int]) -> dict[str, JsonValue]:
    return {"enum": [*values, None]}


class DeclarationBody(BaseModel):
    """What the holder is told, from the closed lists; left out is as the firm usually says."""

    model_config = ConfigDict(extra="forbid", strict=True)
    relation: str | None = Field(default=None, json_schema_extra=_one_of(lists().relations))
    purpose: str | None = Field(default=None, json_schema_extra=_one_of(lists().purposes))
    legal_basis: str | None = Field(default=None, json_schema_extra=_one_of(lists().legal_bases))
    retention_days: int | None = Field(
        default=None, json_schema_extra=_one_of(lists().retention_days)
    )

    def beside(self, usual: Declared) -> Declared:
        """The choices of this request, and the usual ones for the rest."""
        return Declared(
            usual.relation if self.relation is None else self.relation,
            usual.purpose if self.purpose is None else self.purpose,
            usual.legal_basis if self.legal_basis is None else self.legal_basis,
            usual.retention_days if self.retention_days is None else self.retention_days,
        )


class AskBody(BaseModel):
    """Ask one of the named queries, or one of your own; beside a vacancy what that needs.

    Attributes:
        vacancy: id of a vacancy or job; the answer is held beside it.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    preset: str | None = Field(default=None, json_schema_extra=_one_of(catalog.query_names()))
    dcql_query: dict[str, JsonValue] | None = None
    vacancy: str | None = Field(default=None, max_length=60)
    language: Literal["nl", "en"] = "nl"
    declaration: DeclarationBody = DeclarationBody()
    client_id_prefix: Literal["decentralized_identifier", "x509_hash"] | None = None
    response_mode: Literal["direct_post.jwt", "direct_post"] = "direct_post.jwt"

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        asked = [self.preset is not None, self.dcql_query is not None]
        if sum(asked) != 1 and not (self.vacancy is not None and not any(asked)):
            raise ValueError("preset or dcql_query")
        return self


class Asked(BaseModel):
    """A request that waits.

    Attributes:
        id: yours alone: whoever has it and your key reads the verdict.
        request_uri: where a passport fetches the signed request.
        link: opens the passport; for a code or a button.
        expires_at: until when it can be answered.
    """

    id: str
    client_id: str
    request_uri: str
    link: str
    expires_at: str


class Standing(BaseModel):
    """Where a request is; with a verdict once there is one (docs/verdict.md).

    Attributes:
        verdict: decides about the answer as a whole; the worst of ``verdicts``.
        match_code: what the holder reads aloud.
        vacancy: each requirement beside what was shown; never a score.
        kept_until: when all of this goes.
    """

    state: State
    verdict: dict[str, JsonValue] | None = None
    verdicts: list[dict[str, JsonValue]] | None = None
    match_code: str | None = None
    vacancy: dict[str, JsonValue] | None = None
    kept_until: int | None = None


@router.post("/requests", status_code=201, responses={201: {"model": Asked}, **PROBLEMS})
def ask(
    request: Request,
    body: Annotated[AskBody, Body()],
    caller: CallerOf,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Make a request; the link goes to the person, the id stays with the asker.

    Send an ``Idempotency-Key``: a retry then gets the same request.
    """
    caller.require(Scope.REQUESTS)
    ports = caller.ports

    def make(session: Session) -> JsonObject:
        """The request, of this firm."""
        return _asked(session, body, caller)

    content = b" ".join((b"POST", request.url.path.encode(), body.model_dump_json().encode()))
    with ports.database.transaction() as session:
        answer = (
            compact_json(make(session))
            if idempotency_key is None
            else _kept_answers(ports).once(
                session,
                tenant=caller.organisation.id,
                key=idempotency_key,
                request=content,
                make=lambda: compact_json(make(session)),
            )
        )
    return Response(answer, 201, media_type="application/json", headers=NO_STORE)


@router.get("/requests/{request_id}", responses={200: {"model": Standing}, **PROBLEMS})
def state(request_id: str, caller: CallerOf) -> JSONResponse:
    """Where a request is, and its verdicts once there are any."""
    caller.require(Scope.RESULTS)
    ports, at = caller.ports, caller.ports.clock()
    with ports.database.reading() as session:
        row = requests.find_asked(session, request_id, organisation_id=caller.organisation.id)
    reports = responses.reports_of(ports, row, at=at)
    found: JsonObject = {"state": state_of(ports, row).value}
    decisive = responses.worst(reports)
    if decisive is not None:
        found["verdict"] = as_json(decisive)
        found["verdicts"] = [as_json(report) for report in reports]
        found["match_code"] = row.match_code
        found["kept_until"] = row.kept_until
        if row.vacancy:
            found["vacancy"] = _beside(reports, row)
    return JSONResponse(found, headers=NO_STORE)


@router.delete("/requests/{request_id}", status_code=204, responses=PROBLEMS)
def forget(request_id: str, caller: CallerOf) -> Response:
    """Let go of a request and all that came of it; it cannot be answered any more."""
    caller.require(Scope.REQUESTS)
    with caller.ports.database.transaction() as session:
        row = requests.find_asked(session, request_id, organisation_id=caller.organisation.id)
        requests.forget(session, row)
    caller.ports.reports.drop(request_id)
    return Response(status_code=204)


def state_of(ports: Ports, row: RequestRow) -> State:
    """The state as a program reads it: answered once there is a verdict, not before."""
    found = requests.state_of(row, at=ports.clock())
    if found is State.ANSWERED and not responses.reports_of(ports, row, at=ports.clock()):
        return State.RETRIEVED  # it is still being checked
    return found


def _asked(session: Session, body: AskBody, caller: Caller) -> JsonObject:
    ports = caller.ports
    if body.vacancy is not None and not is_known(body.vacancy):
        raise RejectedError("vacancy_unknown", "no vacancy or job of that id")
    row = requests.ask(
        session,
        _question(body, caller),
        at=ports.clock(),
        entropy=ports.entropy,
        asker=ports.asker,
        language=body.language,
        prefix=body.client_id_prefix,
        encrypted=body.response_mode == "direct_post.jwt",
        organisation_id=caller.organisation.id,
        vacancy=body.vacancy or "",
    )
    made = Asked(
        id=row.id,
        client_id=row.client_id,
        request_uri=ports.asker.request_uri(row.reference),
        link=ports.asker.link(row.reference, row.client_id),
        expires_at=requests.moment(row.expires_at).isoformat(),
    )
    return {**made.model_dump()}


def _question(body: AskBody, caller: Caller) -> Question:
    """The question of a program; the firm's name goes with it only where the firm was checked.

    Raises:
        RejectedError: ``preset_unknown``.
    """
    declared = body.declaration.beside(organisations.usual_of(caller.organisation))
    firm = organisations.firm_of(caller.organisation)
    if body.dcql_query is not None:
        return own_question(body.dcql_query, declared=declared, firm=firm)
    if body.preset is None and body.vacancy is not None:
        if body.declaration.purpose is None:
            declared = lists().for_vacancy(declared)
        return vacancy_question(body.vacancy, declared=declared, firm=firm)
    return preset_question(body.preset or FIRST, declared=declared, firm=firm)


def _beside(reports: Sequence[Report], row: RequestRow) -> JsonObject | None:
    view = match_view(reports, row.vacancy, row.language, query=query_of(row))
    if view is None:
        return None
    return {
        "id": view.id,
        "title": view.title,
        "requirements": [
            {
                "label": one.label,
                "fit": one.fit,
                "why": [*one.why],
                "required": one.required,
                "level": one.level,
                "asked": one.asked,
                "grade": one.grade,
            }
            for one in view.answers
        ],
    }


def _kept_answers(ports: Ports) -> Idempotency:
    """What programs were answered before."""
    return Idempotency(
        ports.database,
        KeptAnswer,
        ports.clock,
        lambda octets, about: ports.sealer.seal(octets, about=about),
        lambda octets, about: ports.sealer.open(octets, about=about),
    )
