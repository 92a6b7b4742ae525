"""Check what somebody was shown: for a firm's programs, and for the page of a deelkaart.

The deelkaart's page decrypts in the reader's browser and sends the presentations, never the key;
nothing is kept (wallet design, section 8). The contract stands in docs/verifier.md.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from credentials.encoding import JsonObject, check_json
from credentials.errors import RejectedError
from credentials.model import Binding, Wire
from credentials.share_card import MAX_CARDS
from credentials.verification import Policy
from service.pages import Pages, language_of
from verifier import checking
from verifier.page_views import page_view
from verifier.ports import Ports, PortsOf
from verifier.verdicts import Report, as_json

router = APIRouter()

NO_STORE = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}

Presentation = str | dict[str, JsonValue]


class CheckBody(BaseModel):
    """A credential or presentation to check: compact text, or a JSON-LD document."""

    model_config = ConfigDict(extra="forbid")
    presentation: Presentation
    policy: Policy = Policy.LISTED


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


@router.post("/api/check")
def check(request: Request, body: CheckBody | ShareBody, ports: PortsOf) -> Response:
    """Check a proof, or all proofs of a deelkaart; nothing is kept."""
    at = ports.clock()
    if isinstance(body, CheckBody):
        wire = _wire(body.presentation)
        report = checking.check_loose(wire, policy=body.policy, around=ports.around(at), at=at)
        return JSONResponse(as_json(report), headers=NO_STORE)
    wires = [_wire(each) for each in body.presentations]
    around = ports.around(at)
    binding = _binding(body.share, ports)
    found = [checking.check_card(wire, binding=binding, around=around, at=at) for wire in wires]
    return _answer(request, checking.together(found, around=around), ports)


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
