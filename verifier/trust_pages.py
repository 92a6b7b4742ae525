"""The public page of the sector's list: who may give what, since when, and what changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, Request, Response

from credentials.trust.listing import Accreditation, TrustedIssuer, TrustList
from credentials.trust.succession import Change, differences
from credentials.trust.verifiers import ASKING
from schemas import catalog
from schemas.messages import known, sentence
from service.pages import Pages, language_of
from verifier.addresses import shown_address
from verifier.badge_view import BADGE
from verifier.trust_files import runs

TEMPLATES = Path(__file__).parent / "templates"

MAX_CHANGES = 200
"""Of the newest list against the one before; more are counted."""


@dataclass(frozen=True, slots=True)
class Published:
    """What is published at this moment.

    Attributes:
        issuers: the list of those who give.
        previous: the list before; None for the first.
        verifiers: the list of those who ask; None where there is none.
        path: of the signed list itself, on this site.
        verifiers_path: of the other one.
    """

    issuers: TrustList
    previous: TrustList | None = None
    verifiers: TrustList | None = None
    path: str = "/list.jwt"
    verifiers_path: str = "/verifiers.jwt"


@dataclass(frozen=True, slots=True)
class RightView:
    """One thing that an entry may do.

    Attributes:
        since: its first day.
        until: the day from which it may no longer; None where there is none.
        state: ``known`` while it runs, ``waiting`` before, ``none`` after.
    """

    title: str
    role: str
    since: datetime
    until: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry.

    Attributes:
        address: where it lives, in ASCII.
        kept: how many of its status lists are kept, since it is gone.
    """

    name: str
    address: str
    id: str
    kvk: str | None
    website: str | None
    rights: tuple[RightView, ...]
    gone_since: datetime | None
    kept: int


def create_router(published: Callable[[], Published]) -> APIRouter:
    """The page, over what ``published`` gives at each visit."""
    router = APIRouter()

    @router.get("/list")
    def sector_list(request: Request) -> Response:
        """Show the list to anyone."""
        found, language = published(), language_of(request)
        at: datetime = request.app.state.clock()
        pages: Pages = request.app.state.pages
        changed = differences(found.previous, found.issuers) if found.previous else ()
        names = {each.id: each.name for each in found.issuers.issuers}
        return pages.render(
            request,
            "trust_list.html",
            found=found,
            stale=at >= found.issuers.next_update,
            operator=_operator(found.issuers, language),
            entries=[view(each, language, at=at) for each in found.issuers.issuers],
            asking=[
                view(each, language, at=at)
                for each in (found.verifiers.issuers if found.verifiers else ())
            ],
            changes=[_words(each, names, language) for each in changed[:MAX_CHANGES]],
        )

    return router


def view(entry: TrustedIssuer, language: str, *, at: datetime) -> EntryView:
    """What the page says of one entry."""
    return EntryView(
        name=(entry.name_en if language == "en" else None) or entry.name,
        address=shown_address(entry.id) or entry.id,
        id=entry.id,
        kvk=entry.kvk,
        website=entry.website,
        rights=tuple(_right(each, language, at) for each in entry.services),
        gone_since=entry.gone_since,
        kept=len(entry.kept),
    )


def _right(service: Accreditation, language: str, at: datetime) -> RightView:
    found = catalog.by_url(service.type)
    role = f"issuer.role.{service.role}"
    state = "none" if service.valid_from <= at else "waiting"
    return RightView(
        title=found.title(language) if found else _other(service.type, language),
        role=sentence(role, language) if known(role) else "",
        since=service.valid_from,
        until=service.valid_until,
        state="known" if runs(service, at) else state,
    )


def _other(type_url: str, language: str) -> str:
    """A service that is no type of the catalogue; what nobody named is shown by its address."""
    words = {ASKING: "verifier", BADGE: "badge"}
    key = f"trust.service.{words.get(type_url) or type_url.split('/')[-2:][0]}"
    return sentence(key, language) if known(key) else type_url


def _operator(listed: TrustList, language: str) -> str:
    return listed.operator.get(language) or listed.operator.get("nl", "")


def _words(change: Change, names: dict[str, str], language: str) -> str:
    found = catalog.by_url(change.subject)
    subject = found.title(language) if found else change.subject
    return sentence(
        f"trust.change.{change.kind}",
        language,
        issuer=names.get(change.issuer, change.issuer),
        subject=subject,
        date="" if change.moment is None else f"{change.moment:%Y-%m-%d}",
    )
