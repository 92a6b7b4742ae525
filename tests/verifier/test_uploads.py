"""Certificates as PDF and badges as pictures, from the code on the paper to the verdict."""

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.badge_images import bake_svg
from credentials.badges import OPEN_BADGES_CONTEXT, check_badge
from credentials.cryptosuites import ECDSA_RDFC_2019, ProofOptions
from credentials.data_model import V2_CONTEXT
from credentials.dids.web import did_web
from credentials.encoding import JsonObject, JsonValue, compact_json
from credentials.errors import CredentialError
from credentials.formats.data_integrity import CONFIGURED
from schemas.messages import sentence
from service.certificate_files import locator
from tests.service.pdf_files import pdf_with
from tests.verifier.test_pages import token_of
from tests.verifier.world import SCHOOL, World
from verifier.badge_view import badge_lines
from verifier.offline import read
from verifier.uploads import proof_in

PAPER = "urn:uuid:6f9619ff-8b86-4011-b42d-00c04fc964ff"
OTHER = "urn:uuid:6f9619ff-8b86-4011-b42d-00c04fc964fe"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


def json_around(inner: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
    """JSON with the names of badges in it, around smaller JSON."""
    names = st.sampled_from(
        ["name", "id", "value", "valueMax", "resultDescription", "identityType", "hashed"]
    )
    return st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5)


def on_paper(world: World) -> JsonObject:
    """A credential without a holder's key, as it is attached to a certificate."""
    credential = world.credential(credential_id=PAPER, status=())
    return CONFIGURED["ecdsa-rdfc-2019"].issue(
        credential, world.school, holder=None, disclosable=frozenset(), entropy=os.urandom
    )


def pdf_of(document: JsonObject) -> bytes:
    return pdf_with(compact_json(document), media_type="application/vc")


def upload(world: World, content: bytes, *, paper: str = "", name: str = "bewijs.pdf") -> str:
    browser = world.browser()
    page = browser.get(f"/check?paper={paper}" if paper else "/")
    assert page.status_code == 200
    fields = {"csrf_token": token_of(page.text), "paper": paper}
    answer = browser.post("/check", data=fields, files={"file": (name, content)})
    if answer.status_code == 303:
        answer = browser.get(answer.headers["location"])
    assert answer.status_code in {200, 400, 403, 413, 422}
    return str(answer.text)


def test_the_pdf_of_a_certificate_is_checked(world: World) -> None:
    assert "<h1>Het bewijs klopt</h1>" in upload(world, pdf_of(on_paper(world)))


def test_a_badge_in_a_picture_is_checked(world: World) -> None:
    baked = bake_svg(SVG, on_paper(world))
    assert "<h1>Het bewijs klopt</h1>" in upload(world, baked, name="badge.svg")


def test_an_open_badge_of_a_listed_school_is_believed_and_told(world: World) -> None:
    page = upload(world, bake_svg(SVG, open_badge(world)), name="badge.svg")
    assert "<h1>Het bewijs klopt</h1>" in page
    for words in ("MAG-lassen", "Ahmet Demir", "LM-26001", "2 / 4"):
        assert words in page


def open_badge(world: World) -> JsonObject:
    """A badge of the school on the list, signed with the key that it has there."""
    document: JsonObject = {
        "@context": [V2_CONTEXT, OPEN_BADGES_CONTEXT],
        "id": OTHER,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": did_web(SCHOOL), "type": ["Profile"]},
        "validFrom": "2026-10-01T12:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": "Ahmet Demir",
                    "identityType": "name",
                }
            ],
            "licenseNumber": "LM-26001",
            "achievement": {
                "id": "https://skillspass.example/types/lascertificaat-mag/1",
                "type": ["Achievement"],
                "name": "MAG-lassen",
                "description": "MAG-lassen",
                "criteria": {"narrative": "Proef"},
                "resultDescription": [
                    {
                        "id": "urn:skill:mag",
                        "type": ["ResultDescription"],
                        "name": "MIG/MAG-lassen",
                        "resultType": "PerformanceLevel",
                        "valueMax": "4",
                    }
                ],
            },
            "result": [{"type": ["Result"], "resultDescription": "urn:skill:mag", "value": "2"}],
        },
    }
    check_badge(document)
    options = ProofOptions(
        verification_method=world.school.public.key_id or "",
        purpose="assertionMethod",
        created="2026-10-01T12:00:00Z",
    )
    return {**document, "proof": ECDSA_RDFC_2019.sign(document, options, world.school)}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), json_around))
def test_any_badge_gives_lines_of_text(value: JsonValue) -> None:
    claims: JsonObject = dict.fromkeys(
        ("achievement", "identifier", "result", "licenseNumber"), value
    )
    for label, words in badge_lines(claims, "nl"):
        assert isinstance(label, str)
        assert isinstance(words, str)


def test_the_code_on_the_paper_opens_a_page_for_its_file(world: World) -> None:
    page = world.browser().get(f"/check?paper={locator(PAPER)}")
    assert sentence("verifier.paper.title", "nl") in page.text
    assert "<script" not in page.text
    assert "<h1>Het bewijs klopt</h1>" in upload(
        world, pdf_of(on_paper(world)), paper=locator(PAPER)
    )


def test_the_file_of_another_paper_is_refused(world: World) -> None:
    page = upload(world, pdf_of(on_paper(world)), paper=locator(OTHER))
    assert sentence("error.paper_other", "nl") in page
    assert "Het bewijs klopt" not in page


def test_forgetting_the_file_asks_for_it_again(world: World) -> None:
    page = upload(world, b"", paper=locator(PAPER))
    assert sentence("verifier.paper.empty", "nl") in page
    assert locator(PAPER) in page


@pytest.mark.parametrize("paper", ["", "x", "<script>alert(1)</script>", "A" * 23])
def test_a_code_that_is_none_of_ours_begins_anew(world: World, paper: str) -> None:
    answer = world.browser().get("/check", params={"paper": paper})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_pdf_without_a_proof_says_so(world: World) -> None:
    assert sentence("error.pdf_without_proof", "nl") in upload(world, pdf_with())


def test_a_pdf_is_read_on_the_command_line_too(world: World, tmp_path: Path) -> None:
    file = tmp_path / "bewijs.pdf"
    file.write_bytes(pdf_of(on_paper(world)))
    document = on_paper(world)
    assert read(str(file), get=lambda _: b"").startswith('{"')
    assert proof_in(pdf_of(document)) == compact_json(document).decode()


@given(st.binary(max_size=200))
def test_any_file_gives_a_text_or_an_error_of_ours(content: bytes) -> None:
    for whole in (content, b"<svg" + content, b"\x89PNG" + content):
        with contextlib.suppress(CredentialError):
            assert isinstance(proof_in(whole), str)
