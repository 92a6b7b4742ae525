"""Check what somebody was shown: for a firm's programs, and for the page of a deelkaart.

The deelkaart's page decrypts in the reader's browser and sends the presentations, never the key;
nothing is kept (wallet design, section 8). The contract stands in docs/verifier.md.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from credentials.encoding import JsonObject, check_json
from credentials.errors import CredentialError, RejectedError
from credentials.model import Binding, Wire
from credentials.share_card import MAX_CARDS, parse_link
from credentials.verification import Policy
from service.pages import Pages, language_of
from service.problems import PROBLEMS
from verifier import checking, share_links
from verifier.batches import AT_ONCE
from verifier.checking import Surroundings
from verifier.page_views import page_view
from verifier.ports import Ports, ports_of
from verifier.programs import CallerOf, Scope, caller_of
from verifier.uploads import MAX_LINK
from verifier.verdicts import Report, as_json

router = APIRouter(tags=["checks"])

NO_STORE = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}

MAX_CHECKS = 1_000
"""A night's work of a large agency; some seconds on two cores."""

MAX_BATCH_BYTES = 16 * 1024 * 1024
"""A thousand proofs of some kilobytes, and a few large ones."""

ANSWERS: dict[int | str, dict[str, Any]] = {  # Any: as FastAPI types its descriptions
    200: {"content": {"text/html": {"schema": {"type": "string"}}}},
    **PROBLEMS,
}
"""The page of a deelkaart may ask for a piece of a page."""

Presentation = str | dict[str, JsonValue]


class CheckBody(BaseModel):
    """A credential or presentation to check: compact text, or a JSON-LD document."""

    model_config = ConfigDict(extra="forbid")
    presentation: Presentation
    policy: Policy | None = Field(default=None, description="By default that of the verifier.")


class Share(BaseModel):
    """The deelkaart that the presentations were made for: their nonce and audience."""

    model_config = ConfigDict(extra="forbid", strict=True)
    id: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{22}$")]
    origin: Annotated[str, Field(max_length=300)]


class ShareBody(BaseModel):
    """What was on a deelkaart, in its order."""

    model_config = ConfigDict(extra="forbid")
    presentations: Annotated[list[Presentation], Field(min_length=1, max_length=MAX_CARDS)]
    share: Share


class LinkBody(BaseModel):
    """A deelkaart by its link, key included; it counts as one view, and asks a firm's key.

    Attributes:
        code: the four digits that belong to it, where there are any.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    link: Annotated[str, Field(min_length=1, max_length=MAX_LINK, repr=False)]
    code: str | None = Field(default=None, pattern="^[0-9]{4}$", repr=False)


class BatchBody(BaseModel):
    """Many at once: proofs by themselves, and deelkaarten by their link."""

    model_config = ConfigDict(extra="forbid")
    items: Annotated[list[CheckBody | LinkBody], Field(min_length=1, max_length=MAX_CHECKS)]


@router.post("/api/check", responses=ANSWERS, openapi_extra={"security": [{}, {"key": []}]})
def check(request: Request, body: CheckBody | LinkBody | ShareBody) -> Response:
    """Check a proof, or all proofs of a deelkaart; nothing is kept.

    A ``link`` asks a key with the scope ``checks``; the rest asks none.
    """
    ports = ports_of(request)  # not as a dependency, which costs a second thread for each check
    at = ports.clock()
    if isinstance(body, LinkBody):
        caller_of(request, ports).require(Scope.CHECKS)
        return _answer(request, _opened(body, ports, ports.around(at), at=at), ports)
    if isinstance(body, CheckBody):
        wire = _wire(body.presentation)
        report = checking.check_loose(wire, policy=body.policy, around=ports.around(at), at=at)
        return JSONResponse(as_json(report), headers=NO_STORE)
    wires = [_wire(each) for each in body.presentations]
    around = ports.around(at)
    binding = _binding(body.share, ports)
    found = [checking.check_card(wire, binding=binding, around=around, at=at) for wire in wires]
    return _answer(request, checking.together(found, around=around), ports)


@router.post("/api/checks", responses=PROBLEMS)
def check_many(body: BatchBody, caller: CallerOf) -> JSONResponse:
    """Check up to a thousand at once; each gets its verdicts, or the code of what went wrong."""
    caller.require(Scope.CHECKS)
    ports, at = caller.ports, caller.ports.clock()
    around = ports.around(at)

    def checked(item: CheckBody | LinkBody) -> JsonValue:
        """The verdicts of one; whatever goes wrong with it is told in its own place."""
        try:
            reports = _reports(item, ports, around, at=at)
        except CredentialError as error:
            return {"fault": error.code, "proofs": []}
        return {"fault": None, "proofs": [as_json(report) for report in reports]}

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="checks") as threads:
        found = list(threads.map(checked, body.items))
    return JSONResponse({"checked_at": at.isoformat(), "items": found}, headers=NO_STORE)


def _reports(
    item: CheckBody | LinkBody, ports: Ports, around: Surroundings, *, at: datetime
) -> Sequence[Report]:
    if isinstance(item, LinkBody):
        return _opened(item, ports, around, at=at)
    wire = _wire(item.presentation)
    return (checking.check_loose(wire, policy=item.policy, around=around, at=at),)


def _opened(
    body: LinkBody, ports: Ports, around: Surroundings, *, at: datetime
) -> Sequence[Report]:
    link = parse_link(body.link)
    return share_links.open_and_check(ports, link, code=body.code, around=around, at=at)


def _answer(request: Request, reports: Sequence[Report], ports: Ports) -> Response:
    """The answer as a piece of a page for who prefers that, else as JSON."""
    shown = page_view(reports, language_of(request))
    if request.headers.get("accept", "").startswith("text/html"):
        pages: Pages = request.app.state.pages
        page = pages.render(
            request, "share_answer.html", view=shown, verifier=ports.settings.public_url
        )
        page.headers["Vary"] = NO_STORE["Vary"]
        return page
    document = {
        "proofs": [as_json(report) for report in reports],
        "view": {"language": language_of(request), **asdict(shown)},
        "ask_at": f"{ports.settings.public_url}/?ask={shown.preset}",
    }
    return JSONResponse(document, headers=NO_STORE)


def _binding(share: Share, ports: Ports) -> Binding:
    """The share, where it is one of a site that we know.

    Raises:
        RejectedError: ``share_site_unknown``.
    """
    if share.origin not in ports.settings.share_origins:
        raise RejectedError("share_site_unknown", "not one of the sites of the settings")
    return Binding(share.origin, share.id, live=False)


def _wire(presentation: Presentation) -> Wire:
    if isinstance(presentation, str):
        return presentation
    document: JsonObject = dict(presentation)
    check_json(document)
    return document
