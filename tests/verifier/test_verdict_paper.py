"""The verdict on one page: what was checked, when and against which lists; attached as JSON."""

import io
import json
from dataclasses import replace

import pypdf
import pypdf.generic
import pytest

from credentials.model import Wire
from credentials.verification import Policy
from schemas.messages import sentence
from skills.framework import metalektro
from tests.verifier.test_check_api import SHARE, card
from tests.verifier.test_pages import token_of
from tests.verifier.world import World
from verifier import checking
from verifier.page_views import page_view
from verifier.verdict_paper import reference, verdict_pdf
from verifier.verdicts import Report


def checked(world: World, wire: Wire) -> Report:
    at = world.clock()
    around = world.app.state.ports.around(at)
    return checking.check_loose(wire, policy=Policy.LISTED, around=around, at=at)


def paper(*reports: Report, language: str = "nl", vacancy: str = "") -> pypdf.PdfReader:
    octets = verdict_pdf(reports, language, vacancy=vacancy, query=None, sample=True)
    return pypdf.PdfReader(io.BytesIO(octets))


def text_of(file: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in file.pages).split())


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("vacancy", ["", "vac-003"], ids=["alone", "beside"])
def test_it_is_one_page_for_people_and_readers(world: World, language: str, vacancy: str) -> None:
    file = paper(
        checked(world, world.issue(world.credential())), language=language, vacancy=vacancy
    )
    assert len(file.pages) == 1
    root = file.root_object
    assert str(root["/Lang"]) == language
    assert "/StructTreeRoot" in root
    metadata = file.xmp_metadata.stream.get_data().decode() if file.xmp_metadata else ""
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    text = text_of(file)
    for key in ("questions", "against", "next", "sector_list", "status_list"):
        assert sentence(f"verifier.paper_verdict.{key}", language) in text
    assert "Ahmet Demir" in text
    assert sentence("verifier.paper_verdict.number", language, number=1) in text
    assert (sentence("verifier.paper_verdict.fits", language) in text) is bool(vacancy)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("vacancy", ["", "vac-003"], ids=["alone", "beside"])
def test_eight_proofs_go_on_on_a_second_page_under_the_same_heading(
    world: World, language: str, vacancy: str
) -> None:
    world.statuses[7] = 1
    world.publish_statuses()
    made = world.credential()
    names = [*metalektro().skills][:16]
    held = [
        replace(
            made,
            claims={
                **made.claims,
                "skills": [metalektro().statement(each, 2) for each in names[2 * n : 2 * n + 2]],
            },
            status=made.status if n == 0 else (),
        )
        for n in range(8)
    ]
    reports = [checked(world, world.issue(each)) for each in held]
    file = paper(*reports, language=language, vacancy=vacancy)
    assert len(file.pages) == 2
    pages = [" ".join(page.extract_text().split()) for page in file.pages]

    def say(key: str) -> str:
        """A word of the paper."""
        return sentence(f"verifier.paper_verdict.{key}", language)

    for number, text in enumerate(pages, 1):
        assert f"{say('page')} {number} {say('of')} 2" in text
        assert reference(reports) in text
        assert "Ahmet Demir" in text
        assert {"nl": "Bewaar dit tot", "en": "Keep this until"}[language] in text
    together = " ".join(pages)
    heading = page_view(reports, language).proofs[0].heading
    assert heading is not None
    words = together.replace(" ", "")  # lines break where they must
    assert words.count(heading.replace(" ", "")) == 8
    assert pages[0].count(say("proof")) >= 1
    if not vacancy:
        for each in names:
            assert metalektro().skills[each].label(language).replace(" ", "") in words
    assert sentence("verifier.step.valid.revoked", language) in together
    root = file.root_object
    assert "/MarkInfo" in root
    tags = _tags(root["/StructTreeRoot"])
    assert tags.count("Table") >= 3
    assert {"TH", "TD", "H1", "H2"} <= set(tags)
    metadata = file.xmp_metadata.stream.get_data().decode() if file.xmp_metadata else ""
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    (content,) = file.attachments["verdict.json"]
    assert len(json.loads(content)["proofs"]) == 8


def test_a_single_page_carries_no_number(world: World) -> None:
    text = text_of(paper(checked(world, world.issue(world.credential()))))
    assert sentence("verifier.paper_verdict.page", "nl") not in text


def _tags(node: object) -> list[str]:
    """The structure of a tagged file, in reading order."""
    found = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
    if isinstance(found, list):
        return [tag for each in found for tag in _tags(each)]
    if not isinstance(found, dict):
        return []
    own = [str(found["/S"])[1:]] if "/S" in found else []
    return own + _tags(found.get("/K", []))


def test_what_a_machine_reads_of_it_holds_no_claim(world: World) -> None:
    file = paper(checked(world, world.issue(world.credential())))
    (content,) = file.attachments["verdict.json"]
    found = json.loads(content)
    assert found["proofs"][0]["parts"]["authentic"] == "passed"
    assert "claims" not in found["proofs"][0]
    assert b"Demir" not in content


def test_a_card_and_a_withdrawn_proof_tell_what_to_do(world: World) -> None:
    world.statuses[7] = 1
    world.publish_statuses()
    at = world.clock()
    around = world.app.state.ports.around(at)
    report = checking.check_card(card(world), binding=SHARE, around=around, at=at)
    text = text_of(paper(report, vacancy="vac-003"))
    assert sentence("verdict.title.revoked", "nl") in text
    assert sentence("verifier.step.valid.revoked", "nl") in text
    assert sentence("verifier.step.holder.holder_card_only", "nl") in text
    assert sentence("verifier.paper_verdict.nameless", "nl") in text
    assert sentence("verifier.beside.out", "nl") in text


def test_names_of_many_scripts_are_set_or_said_to_be_left_out(world: World) -> None:
    claims = {**world.credential().claims, "given_name": "Łukasz 明"}
    held = world.issue(replace(world.credential(), claims=claims))
    assert "Łukasz" in text_of(paper(checked(world, held)))


def test_what_is_no_proof_gets_a_page_too(world: World) -> None:
    text = text_of(paper(checked(world, "rubbish")))
    assert sentence("verdict.title.authentic", "nl") in text


def test_the_page_hands_it_out_to_the_browser_that_asked_alone(world: World) -> None:
    browser = world.browser()
    proof = str(world.issue(world.credential()))
    data = {"proof": proof, "csrf_token": token_of(browser.get("/").text)}
    address = browser.post("/check", data=data).headers["location"]
    answer = browser.get(f"{address}/verdict.pdf?vacancy=vac-003")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b"%PDF")
    assert world.browser().get(f"{address}/verdict.pdf").status_code == 400
