"""Many proofs at once: bring them, watch the table fill, save it."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from service.forms import CheckedForm, text_field
from service.pages import language_of
from service.rates import limited
from verifier import requests
from verifier.batch_checks import checker
from verifier.batch_items import MAX_ITEMS, MAX_ZIP_BYTES, Item, items_of_list, items_of_zip
from verifier.batch_table import as_csv, rows
from verifier.batches import Batch
from verifier.pages import browser
from verifier.pages.start import pages_of
from verifier.ports import Ports, PortsOf
from verifier.uploads import MAX_LINK

router = APIRouter()

MAX_LIST = MAX_ITEMS * (MAX_LINK + 10)
"""Characters of the longest list of links."""


@router.get("/many")
def start(request: Request) -> Response:
    """Bring a list of links, or a zip of files."""
    return pages_of(request).render(request, "many.html", empty=False, most=MAX_ITEMS)


@router.post("/many", dependencies=[Depends(limited("share"))])
def begin(request: Request, form: CheckedForm, ports: PortsOf) -> Response:
    """Read what was brought, and begin to check it."""
    items = _items(form)
    if not items:
        return pages_of(request).render(
            request, "many.html", status=400, empty=True, most=MAX_ITEMS
        )
    at, secret = ports.clock(), browser.met(request, ports)
    batch = ports.batches.start(
        requests.token(ports.entropy),
        items,
        check=checker(ports, browser=secret, around=ports.around(at)),
        browser=secret,
        at=at,
    )
    response = RedirectResponse(f"/many/{batch.id}", 303)
    browser.keep(response, ports, secret)
    return response


@router.get("/many/{batch_id}")
def show(request: Request, batch_id: str, ports: PortsOf) -> Response:
    """The table as far as it is; it asks for itself again until all is done."""
    batch = _own(request, batch_id, ports)
    done = rows(batch, language_of(request))
    return pages_of(request).render(
        request, "many_table.html", batch=batch, rows=done, ready=len(done) == batch.total
    )


@router.get("/many/{batch_id}/table.csv")
def table(request: Request, batch_id: str, ports: PortsOf) -> Response:
    """The same for a spreadsheet."""
    language = language_of(request)
    text = as_csv(_own(request, batch_id, ports), language)
    headers = {
        "Content-Disposition": 'attachment; filename="skillspass.csv"',
        "Cache-Control": "no-store",
        "Content-Language": language,
    }
    octets = text.encode("utf-8-sig")  # the mark tells a spreadsheet how to read letters
    return Response(octets, media_type="text/csv; charset=utf-8", headers=headers)


def _own(request: Request, batch_id: str, ports: Ports) -> Batch:
    return ports.batches.find(batch_id, browser=browser.known(request, ports), at=ports.clock())


def _items(form: FormData) -> tuple[Item, ...]:
    """The links, else the files; empty where nothing was brought.

    Raises:
        RejectedError: ``field_too_long``.
        MalformedError: as ``items_of_list`` and ``items_of_zip``.
    """
    links = text_field(form, "links", maximum=MAX_LIST)
    if links:
        return items_of_list(links)
    upload = form.get("file")
    octets = upload.file.read(MAX_ZIP_BYTES + 1) if isinstance(upload, UploadFile) else b""
    return items_of_zip(octets) if octets else ()
