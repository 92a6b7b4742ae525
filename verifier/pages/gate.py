"""At the gate: check with the lists that were fetched before, and say how old they are."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from credentials.limits import MAX_TOKEN_BYTES
from schemas.messages import sentence
from service import dates
from service.forms import CheckedForm, text_field
from service.pages import language_of
from service.rates import limited
from verifier import checking
from verifier.gate import Kept, around_kept, kept, refresh
from verifier.pages import browser
from verifier.pages.start import pages_of
from verifier.ports import Ports, PortsOf
from verifier.uploads import MAX_UPLOAD_BYTES, proof_in

router = APIRouter()

_HOUR, _DAY = 3600, 86_400


@router.get("/gate")
def start(request: Request, ports: PortsOf, missed: int = 0) -> Response:
    """Which lists there are, how old they are, and a place to check."""
    return _page(request, ports, missed=max(0, missed))


@router.post("/gate/refresh", dependencies=[Depends(limited("share"))])
def fetch(_form: CheckedForm, ports: PortsOf) -> Response:
    """Fetch the lists again, while there is a connection."""
    missed = refresh(ports, at=ports.clock())
    return RedirectResponse(f"/gate?missed={missed}", 303)


@router.post("/gate")
def check(request: Request, form: CheckedForm, ports: PortsOf) -> Response:
    """Check a pasted or uploaded proof with these lists alone."""
    proof, upload = text_field(form, "proof", maximum=MAX_TOKEN_BYTES), form.get("file")
    if not proof and isinstance(upload, UploadFile):
        proof = proof_in(upload.file.read(MAX_UPLOAD_BYTES + 1))
    if not proof:
        return _page(request, ports, empty=True)
    at, secret = ports.clock(), browser.met(request, ports)
    around = around_kept(ports, at=at)
    report = checking.check_loose(proof, around=around, at=at)
    found = ports.results.keep((report,), browser=secret, at=at)
    response = RedirectResponse(f"/results/{found.id}", 303)
    browser.keep(response, ports, secret)
    return response


def in_words(age: timedelta, language: str) -> str:
    """How long ago, in one number of the largest unit: people round, and so do we, upwards."""
    seconds = age.total_seconds()
    if seconds < _HOUR:
        name, count = "minutes", -(-seconds // 60)
    elif seconds < 2 * _DAY:
        name, count = "hours", -(-seconds // _HOUR)
    else:
        name, count = "days", -(-seconds // _DAY)
    return sentence(f"verifier.gate.{name}", language, count=int(count))


def _page(request: Request, ports: Ports, *, empty: bool = False, missed: int = 0) -> Response:
    lists, language = kept(ports, at=ports.clock()), language_of(request)
    return pages_of(request).render(
        request,
        "gate.html",
        status=400 if empty else 200,
        empty=empty,
        missed=missed,
        lists=lists,
        rows=_rows(lists, language),
    )


def _rows(lists: Kept, language: str) -> list[dict[str, str]]:
    """One row a kind of list: its name, its age, until when, and whether it still answers."""

    def say(key: str, **values: object) -> str:
        return sentence(f"verifier.gate.{key}", language, **values)

    sector, rows = lists.sector, []
    if sector is None:
        rows.append({"name": say("sector"), "tone": "warning", "age": say("never"), "more": ""})
    else:
        until = "" if sector.until is None else dates.with_time(sector.until, language)
        good = sector.code == "ok"
        more = say("until", moment=until) if good else say("stale")
        rows.append(
            {
                "name": say("sector"),
                "tone": "positive" if good else "warning",
                "age": say("age", age=in_words(sector.age, language)),
                "more": more,
            }
        )
    if lists.oldest is None:
        rows.append({"name": say("status"), "tone": "warning", "age": say("never"), "more": ""})
    else:
        rows.append(
            {
                "name": say("status"),
                "tone": "info",
                "age": say("oldest", age=in_words(lists.oldest, language)),
                "more": say("count", count=lists.statuses),
            }
        )
    return rows
