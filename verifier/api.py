"""What a firm's own systems call: ask, and read the verdict."""

import hmac
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, JsonValue, model_validator

from credentials.encoding import JsonObject
from schemas.declarations import Declared, lists
from service.problems import OAuthError
from verifier import requests, responses
from verifier.ports import Ports, PortsOf
from verifier.questions import Firm, Question, own_question, preset_question
from verifier.verdicts import as_json

router = APIRouter()

NO_STORE = {"Cache-Control": "no-store"}

_USUAL = lists().usual


class DeclarationBody(BaseModel):
    """What the holder is told, from the closed lists; left out is as usual."""

    model_config = ConfigDict(extra="forbid", strict=True)
    relation: str = _USUAL.relation
    purpose: str = _USUAL.purpose
    legal_basis: str = _USUAL.legal_basis
    retention_days: int = _USUAL.retention_days


class AskBody(BaseModel):
    """Ask one of the named queries, or one of your own."""

    model_config = ConfigDict(extra="forbid", strict=True)
    preset: str | None = None
    dcql_query: dict[str, JsonValue] | None = None
    language: Literal["nl", "en"] = "nl"
    declaration: DeclarationBody = DeclarationBody()
    client_id_prefix: Literal["decentralized_identifier", "x509_hash"] | None = None
    response_mode: Literal["direct_post.jwt", "direct_post"] = "direct_post.jwt"

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if (self.preset is None) == (self.dcql_query is None):
            raise ValueError("preset or dcql_query")
        return self


@router.post("/api/requests", status_code=201)
def ask(
    body: AskBody, ports: PortsOf, authorization: Annotated[str, Header()] = ""
) -> JSONResponse:
    """Make a request; the link goes to the person, the id stays with the asker."""
    require_key(ports, authorization)
    with ports.database.transaction() as session:
        row = requests.ask(
            session,
            _question(body, ports),
            at=ports.clock(),
            entropy=ports.entropy,
            asker=ports.asker,
            language=body.language,
            prefix=body.client_id_prefix,
            encrypted=body.response_mode == "direct_post.jwt",
        )
    asked = {
        "id": row.id,
        "client_id": row.client_id,
        "request_uri": ports.asker.request_uri(row.reference),
        "link": ports.asker.link(row.reference, row.client_id),
    }
    return JSONResponse(asked, 201, headers=NO_STORE)


@router.get("/api/requests/{request_id}")
def state(
    request_id: str, ports: PortsOf, authorization: Annotated[str, Header()] = ""
) -> JSONResponse:
    """Where a request is, and its verdicts once there are any.

    ``verdict`` decides about the answer as a whole; ``match_code`` is what the holder reads aloud.
    """
    require_key(ports, authorization)
    at = ports.clock()
    with ports.database.reading() as session:
        row = requests.find(session, request_id)
    found: JsonObject = {"state": requests.state_of(row, at=at).value}
    reports = responses.reports_of(ports, row, at=at)
    decisive = responses.worst(reports)
    if decisive is not None:
        found["verdict"] = as_json(decisive)
        found["verdicts"] = [as_json(report) for report in reports]
        found["match_code"] = row.match_code
    elif found["state"] == requests.State.ANSWERED:
        found["state"] = requests.State.RETRIEVED.value  # it is still being checked
    return JSONResponse(found, headers=NO_STORE)


def _question(body: AskBody, ports: Ports) -> Question:
    """The question of a program; the firm's name goes with it only where the firm was checked.

    Raises:
        RejectedError: ``preset_unknown``.
    """
    told = body.declaration
    declared = Declared(told.relation, told.purpose, told.legal_basis, told.retention_days)
    settings = ports.settings
    firm = Firm(settings.client_name, settings.client_kvk) if settings.client_checked else None
    if body.dcql_query is not None:
        return own_question(body.dcql_query, declared=declared, firm=firm)
    return preset_question(body.preset or "", declared=declared, firm=firm)


def require_key(ports: Ports, authorization: str) -> None:
    """The caller carries our API key.

    Raises:
        OAuthError: ``unauthorized``.
    """
    scheme, _, key = authorization.partition(" ")
    same = hmac.compare_digest(key.strip().encode(), ports.api_key.encode())
    if scheme.lower() != "bearer" or not same:
        raise OAuthError(
            "invalid_token",
            code="unauthorized",
            status=401,
            headers={"WWW-Authenticate": "Bearer"},
        )
