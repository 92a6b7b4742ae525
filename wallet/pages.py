"""The kiosk's own screens: passport, one proof, history, and the box to paste a link in."""

from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from credentials.encoding import JsonObject
from credentials.errors import CredentialError
from credentials.openid4vc.offer import parse_offer_link
from credentials.openid4vc.request import parse_request_link
from schemas import catalog
from schemas.messages import LANGUAGES, sentence
from service.claim_values import own_details
from service.forms import CheckedForm, text_field
from service.pages import language_of
from skills.framework import metalektro
from wallet.holder.history import shown
from wallet.holder.passport import (
    Card,
    SkillLine,
    card,
    full_name,
    level_of,
    skill_items,
    skill_labels,
    titles,
)
from wallet.holder.reasons import reason_for
from wallet.ports import PortsOf
from wallet.words import icon_of, value_text

router = APIRouter()

MAX_LINK = 16 * 1024
"""A link with the whole offer inside; the kernel reads no longer ones."""

NOT_COUNTING = frozenset({"revoked", "refused", "suspended", "expired"})
"""How a proof stands when it says nothing about a skill any more."""

NAMES = frozenset({"given_name", "family_name", "skills", "id"})
"""Claims that a proof's screen shows in a place of their own."""


@router.get("/", response_class=HTMLResponse)
def start(request: Request, ports: PortsOf) -> HTMLResponse:
    """My passport: what I can do and my proofs."""
    held = {each.id: each for each in ports.kiosk.held()}
    passport = ports.kiosk.passport()
    states = {each.id: ports.kiosk.state(held[each.id], each) for each in passport.cards}
    return ports.pages.render(
        request,
        "passport.html",
        passport=passport,
        groups=skill_groups(passport.skills),
        states=states,
        counting={
            line.skill
            for line in passport.skills
            if any(states[source.card_id].word not in NOT_COUNTING for source in line.sources)
        },
        icon_of=icon_of,
    )


@router.get("/proof/{proof_id}", response_class=HTMLResponse)
def proof(proof_id: str, request: Request, ports: PortsOf) -> HTMLResponse:
    """One proof: what it says, who gave it, and whether it counts now."""
    held = ports.kiosk.vault().find(proof_id)
    shown_card = card(held, at=ports.kiosk.outside.now())
    language = language_of(request)
    state = ports.kiosk.state(held, shown_card, anew=True)
    told = state.word in {"revoked", "suspended"}
    reason = reason_for(held, outside=ports.kiosk.outside) if told else None
    return ports.pages.render(
        request,
        "proof.html",
        card=shown_card,
        state=state,
        reason=(reason or {}).get(language),
        person=full_name(shown_card.credential.claims),
        skills=skill_rows(shown_card.credential.claims, language),
        lines=lines_of(shown_card, language),
        icon_of=icon_of,
        new="new" in request.query_params,
    )


@router.get("/proof/{proof_id}/remove", response_class=HTMLResponse)
def ask_remove(proof_id: str, request: Request, ports: PortsOf) -> HTMLResponse:
    """Ask before a proof is taken out."""
    held = ports.kiosk.vault().find(proof_id)
    found = card(held, at=ports.kiosk.outside.now())
    return ports.pages.render(request, "remove.html", card=found)


@router.post("/proof/{proof_id}/remove")
def remove(proof_id: str, form: CheckedForm, ports: PortsOf) -> Response:
    """Take a proof out of the passport."""
    if text_field(form, "answer") == "yes":
        with ports.kiosk.writing() as vault:
            vault.remove(proof_id)
        return RedirectResponse("/", 303)
    return RedirectResponse(f"/proof/{proof_id}", 303)


@router.get("/history", response_class=HTMLResponse)
def history(request: Request, ports: PortsOf) -> HTMLResponse:
    """What did I show, to whom, when."""
    entries = shown(ports.kiosk.vault().events)
    return ports.pages.render(request, "history.html", entries=entries, titles=titles)


@router.get("/add", response_class=HTMLResponse)
def add(request: Request, ports: PortsOf) -> HTMLResponse:
    """The box for a link, where there is no camera."""
    return ports.pages.render(request, "add.html", fault=None)


@router.post("/add")
def follow(request: Request, form: CheckedForm, ports: PortsOf) -> Response:
    """Go where a pasted link leads: to a proof that is ready, or to a question."""
    link = text_field(form, "link", maximum=MAX_LINK)
    way = way_of(link)
    if way is None:
        return ports.pages.render(request, "add.html", status=400, fault="link_unknown")
    return RedirectResponse(way, 303)


def way_of(link: str) -> str | None:
    """Our own page for a link of any wallet; None where it is neither offer nor question."""
    try:
        query = urlsplit(link.strip()).query
        if "request_uri" in parse_qs(query):
            parse_request_link(link)
            return f"/present?{query}"
        reference = parse_offer_link(link)
    except (CredentialError, ValueError):
        return None
    parts = urlsplit(link.strip())
    own = next((text for text in (parts.query, parts.fragment) if "credential_offer" in text), "")
    return f"/receive?{own or f'credential_offer_uri={reference.uri}'}"


def skill_groups(
    skills: tuple[SkillLine, ...],
) -> list[tuple[dict[str, str], list[SkillLine]]]:
    """The skills under the heading of their group, in the order of the framework."""
    known = metalektro()
    groups: dict[str, list[SkillLine]] = {name: [] for name in [*known.groups, ""]}
    for line in skills:
        found = known.skills.get(line.skill)
        groups[found.group if found else ""].append(line)
    headings = {name: {"nl": nl, "en": en} for name, (nl, en) in known.groups.items()}
    other = "wallet.passport.other_skills"
    headings[""] = {language: sentence(other, language) for language in LANGUAGES}
    return [(headings[name], lines) for name, lines in groups.items() if lines]


def skill_rows(claims: JsonObject, language: str) -> list[tuple[str, int | None]]:
    """Name and level of each skill in a proof."""
    return [(skill_labels(item)[language], level_of(item)) for _, item in skill_items(claims)]


def lines_of(found: Card, language: str) -> list[tuple[str, str]]:
    """Label and value of each claim but name and skills, in the order of the type."""
    known = catalog.by_url(found.credential.type)
    claims = found.credential.claims
    order = [claim.path for claim in known.claims] if known else []
    names = [name for name in order if name in claims] + [n for n in claims if n not in order]
    lines: list[tuple[str, str]] = []
    for name in names:
        claim = known.claim(name) if known else None
        if name == "details":
            lines += own_details(claims[name], language)
        elif name not in NAMES:
            label = claim.label(language) if claim else name
            lines.append((label, value_text(claims[name], language)))
    return lines
