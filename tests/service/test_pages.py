"""Pages in two languages, their building blocks, and the first page."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from starlette.testclient import TestClient

from schemas.messages import sentence
from service import dates
from service.landing import Doors, create_landing
from service.pages import HERE, Pages, icon, static
from tests.service.small import settings_for, small_client

DOORS = Doors("http://give.example/", "http://pass.example/", "http://check.example/")


def first_page(var: Path, language: str = "nl", **values: object) -> str:
    """The landing page as text."""
    settings = settings_for(var, demo=True, **values)
    client = TestClient(create_landing(settings, doors=DOORS), base_url=settings.public_url)
    return client.get(f"/?lang={language}").text


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("", "nl"),
        ("en", "en"),
        ("en-GB,nl;q=0.5", "en"),
        ("de, en;q=0.8", "en"),
        ("fr", "nl"),
        ("nl-BE", "nl"),
        (";;,,=," * 500, "nl"),
    ],
)
def test_the_browsers_wish_decides_the_first_language(
    wish: str, language: str, tmp_path: Path
) -> None:
    page = small_client(tmp_path).get("/", headers={"Accept-Language": wish})
    assert page.headers["content-language"] == language
    assert f'<html lang="{language}">' in page.text


def test_a_chosen_language_stays(tmp_path: Path) -> None:
    client = small_client(tmp_path)
    assert client.get("/?lang=en").headers["content-language"] == "en"
    later = client.get("/", headers={"Accept-Language": "nl"})
    assert later.headers["content-language"] == "en"
    assert client.get("/?lang=nl").headers["content-language"] == "nl"
    assert client.get("/?lang=xx").headers["content-language"] == "nl"


def test_the_link_to_the_other_language_keeps_the_rest_of_the_address(tmp_path: Path) -> None:
    html = small_client(tmp_path).get("/?name=a%26b&lang=nl").text
    assert 'href="/?name=a%26b&amp;lang=en"' in html


def test_what_people_wrote_is_escaped(tmp_path: Path) -> None:
    html = small_client(tmp_path).get("/", params={"name": "<script>alert(1)</script>"}).text
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_template_that_misses_a_value_fails_instead_of_showing_nothing(tmp_path: Path) -> None:
    (tmp_path / "hole.html").write_text("{{ missing }}", encoding="utf-8")
    with pytest.raises(UndefinedError):
        Pages(tmp_path).environment.get_template("hole.html").render()


EXAMPLES = re.findall(
    r"\{\{ (parts\.\w+\(.*\)) \}\}", (HERE / "templates" / "parts.html").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_building_blocks_works_in_both_languages(
    example: str, tmp_path: Path
) -> None:
    client = small_client(tmp_path)
    template = '{% import "parts.html" as parts with context %}{{ ' + example + " }}"
    (tmp_path / "templates" / "page.html").write_text(template, encoding="utf-8")
    pages = client.app.state.pages  # type: ignore[attr-defined]  # FastAPI, for starlette any ASGI
    environment = pages.environment
    for language in ("nl", "en"):
        html = environment.from_string(template).render(
            t=lambda key, language=language, **values: (
                sentence(key, language, **values) if key.startswith("common.") else "Woord"
            ),
            in_words=str,
            d=date(2026, 11, 9),
            link="http://localhost:8001/x",
            label="Woord",
        )
        assert "<" in html
        assert "style=" not in html


def test_the_examples_cover_the_blocks() -> None:
    text = (HERE / "templates" / "parts.html").read_text(encoding="utf-8")
    blocks = set(re.findall(r"macro ([a-z]\w*)\(", text)) - {"level_words", "badge"}
    shown = set(re.findall(r"parts\.(\w+)\(", text.split("#}")[0]))
    assert blocks <= shown


def test_icons_are_drawn_in_the_text_and_skipped_by_readers() -> None:
    drawings = sorted((HERE / "icons").glob("*.svg"))
    assert drawings
    for drawing in drawings:
        assert 'aria-hidden="true"' in icon(drawing.stem)
        assert "<script" not in icon(drawing.stem)
    assert "ISC License" in (HERE / "icons" / "LICENSE.txt").read_text(encoding="utf-8")
    assert (HERE / "static" / "fonts" / "OFL.txt").exists()
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


def test_the_address_of_a_static_file_names_its_contents() -> None:
    assert re.fullmatch(r"/static/base\.css\?v=[0-9a-f]{12}", static("base.css"))


def test_dates_are_those_of_the_wall_clock_in_the_netherlands() -> None:
    late = datetime(2026, 11, 8, 23, 30, tzinfo=UTC)
    assert dates.in_words(late, "nl") == "9 november 2026"
    assert dates.in_words(late, "en") == "9 November 2026"
    assert dates.in_figures(late) == "09-11-2026"
    assert dates.with_time(late, "nl") == "9 november 2026 om 00:30"
    assert dates.in_words(date(2026, 3, 1), "nl") == "1 maart 2026"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_first_page_says_who_does_what_and_leads_there(language: str, tmp_path: Path) -> None:
    html = first_page(tmp_path, language)
    for name, href in (
        ("give", DOORS.give), ("passport", DOORS.passport), ("check", DOORS.check),
    ):  # fmt: skip
        assert f'href="{href}"' in html
        for part in ("who", "does", "door"):
            assert sentence(f"landing.{name}.{part}", language) in html
    assert sentence("landing.trial.title", language) in html


def test_the_first_page_says_that_a_telephone_cannot_come_when_it_cannot(tmp_path: Path) -> None:
    words = sentence("landing.trial.phone", "nl")
    assert words in first_page(tmp_path)
    assert words not in first_page(tmp_path, public_url="https://skillspass.nl")


def test_the_first_page_of_a_real_service_says_nothing_of_a_trial(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    client = TestClient(create_landing(settings, doors=DOORS), base_url=settings.public_url)
    assert sentence("landing.trial.title", "nl") not in client.get("/").text


def test_documents_for_all_are_published_with_a_tag(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    documents = {"/trust-list": ("application/trustlist+jwt", lambda: b"a.b.c")}
    app = create_landing(settings, doors=DOORS, documents=documents)
    client = TestClient(app, base_url=settings.public_url)
    answer = client.get("/trust-list")
    assert answer.content == b"a.b.c"
    assert answer.headers["content-type"] == "application/trustlist+jwt"
    assert answer.headers["access-control-allow-origin"] == "*"
    again = client.get("/trust-list", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
