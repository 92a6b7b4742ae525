"""What every page of the issuer shares: who is signed in, drawings, titles, words for reasons."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request

from issuer.members import SignedIn
from issuer.settings import IssuerSettings
from issuer.tables import Duty
from schemas.messages import known, sentence
from service.pages import Pages, language_of

Context = dict[str, Any]
"""What a template is given: any value that it can show."""  # hence Any

TEMPLATES = Path(__file__).parent.parent / "templates"

ICONS = {
    "lascertificaat-mag": "flame",
    "vca-basis": "hard-hat",
    "vca-vol": "hard-hat",
    "nen-3140-vop-opleiding": "zap",
    "nen-3140-aanwijzing": "zap",
    "heftruck": "forklift",
    "bhv": "heart-pulse",
    "cnc-frezen-vakcertificaat": "cog",
    "praktijkverklaring": "hammer",
    "werkervaringsverklaring": "briefcase",
    "evc-ervaringscertificaat": "award",
    "lasbevestiging": "calendar-check",
}
"""A drawing for each type we know; others get a sheet with a check."""

TABS = (
    ("start", "/", "award"),
    ("lists", "/lists", "file-spreadsheet"),
    ("overview", "/overview", "list-checks"),
    ("confirmations", "/confirmations", "calendar-check"),
    ("organisation", "/kinds", "settings"),
)
"""The parts of the office: key of ``issuer.tab.*``, address, drawing."""

MANAGE = (
    ("kinds", "/kinds", "award"),
    ("people", "/people", "users"),
    ("programs", "/programs", "plug"),
    ("settings", "/settings", "settings"),
)
"""The pages under ``organisation``: key of ``issuer.manage.*``, address, drawing."""


MAILBOX = ("mailbox", "/mailbox", "mail")
"""In a trial alone: what people would have got."""

FIGURES = ("figures", "/figures", "table")
"""Where somebody chose to have figures."""


def pages_of(request: Request) -> Pages:
    """The templates of the issuer."""
    found: Pages = request.app.state.pages
    return found


PagesOf = Annotated[Pages, Depends(pages_of)]


def icon_of(type_id: str) -> str:
    """The drawing of a type."""
    return ICONS.get(type_id, "file-check")


def _parts(settings: IssuerSettings) -> tuple[tuple[str, str, str], ...]:
    is_trial = settings.demo and settings.smtp_url is None
    return (*MANAGE, *[FIGURES] * settings.figures, *[MAILBOX] * is_trial)


def frame(request: Request, member: SignedIn, *, tab: str) -> Context:
    """What every page of a signed-in member needs.

    Args:
        request: tells the language.
        member: who is signed in.
        tab: which part of the office this page belongs to; a key of ``issuer.tab.*``.
    """
    language, templates = language_of(request), member.ports.templates
    return {
        "member": member,
        "organisation": member.ports.identity.name,
        "tab": tab,
        "tabs_of_office": TABS,
        "parts_of_manage": _parts(member.ports.settings),
        "may": {duty.value: member.may(duty) for duty in Duty},
        "icon_of": icon_of,
        "title_of": lambda type_id: (
            templates[type_id].type.title(language)
            if type_id in templates
            else sentence("issuer.type_gone", language)
        ),
        "reason_words": lambda reason: (
            sentence(f"issuer.reason.{reason}", language)
            if known(f"issuer.reason.{reason}")
            else reason
        ),
    }
