"""The certificate on paper: its words, its standards, its letters, and the credential inside."""

import io
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
import zxingcpp
from PIL import Image
from pypdf.generic import DictionaryObject

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import RejectedError
from issuer.documents import certificates
from issuer.documents.certificates import Certificate, certificate_pdf, initials, short_number
from schemas import catalog
from schemas.credential_types import CredentialType
from service import typesetting
from service.certificate_files import read_certificate
from service.typesetting import NOTO, UNPRINTABLE, pictures
from skills.framework import metalektro, statement
from tests.issuer.paper_samples import CHECK_AT, ID, WELDER, certificate

LASTING: JsonObject = {"given_name": "Ria", "family_name": "Visser", "date_of_test": "2026-11-09"}
HOSTILE = (
    '#read("/etc/passwd")',
    '= Kop #panic("x") $x$ *vet* _cursief_ @noot <label> `code`',
    '#import "lib.typ": *; ] } ) #set page(width: 1mm)',
    "</text></svg><script>alert(1)</script>",
    "\\u{41} \\ #sys.inputs // weg /* weg */ --- ~ ... '\"",
    "a\x00b\x1bc\u202ed\u2066e\ufefff",
    "x" * 200,
    "W" * 60,
    "  ",
)


def text_of(pdf: bytes) -> str:
    """What a screen reader gets, in one line."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def set_page(made: Certificate) -> str:
    return text_of(certificate_pdf(made))


def sample_claims(kind: CredentialType) -> JsonObject:
    """Every claim that the type can hold."""
    values: dict[str, JsonValue] = {
        "date": "2026-11-09",
        "date range": "2019-03/2026-10",
        "code": "FM1",
        "code ISO 4063": "135",
        "range mm": "3-12",
        "number": 38,
        "decimal": 7.5,
        "yes/no": True,
        "text ^\\d{5}$": "25297",
        "number 1-8": 3,
        "list of code": ["PA", "H-L045"],
        "list of text": ["laagspanning", "hal 2"],
        "list of {code, name}": [{"code": "W1", "name": "werk voorbereiden"}],
        "list of {part, recognised}": [{"part": "Monteren", "recognised": True}],
        "list of {skill, level}": [statement("las-mag", 2)],
        "attachment digest": "sha256-" + "A" * 43,
    }
    claims: JsonObject = {}
    for claim in kind.issued():
        choices = claim.kind.removeprefix("enum ").split("|")
        claims[claim.path] = values.get(
            claim.kind, choices[0] if claim.kind.startswith("enum ") else "Voorbeeld"
        )
    return claims


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", catalog.credential_types(), ids=lambda kind: kind.id)
def test_every_type_becomes_one_page_with_all_its_claims(
    kind: CredentialType, language: str
) -> None:
    claims = sample_claims(kind)
    pdf = certificate_pdf(certificate(kind.id, claims, language=language))
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
    words = text_of(pdf)
    assert kind.title(language).partition(" (")[0] in words
    for claim in kind.issued():
        if claim.kind == "text" and claim.path not in {"given_name", "family_name"}:
            assert "Voorbeeld" in words
    assert "sha256" not in words


def test_a_welder_reads_what_counts_for_how_long() -> None:
    words = set_page(certificate())
    for part in (
        *("Ahmet Yılmaz", "Lascertificaat MAG", "ISO 9606-1", "LM-26001"),  # noqa: RUF001
        *("MAG-lassen", "hoeknaad", "3–12 mm", "onder de hand"),  # noqa: RUF001 - as printed
        "Ahmet haalde de proef op 9 november 2026.",
        *("vóór 9 mei 2027", "vóór 9 november 2028", "verlengen (route b)"),
        "Niveau 2 van 4: ik doe dit zelf bij gewoon werk",
        *("erkend diploma of certificaat", "op 23 november 2026", "kijk.skillspass.example"),
        "Voorbeeld: namen en bedrijven zijn verzonnen.",
    ):
        assert part in words


@pytest.mark.parametrize(
    ("type_id", "claims", "expected"),
    [
        ("lascertificaat-mag", {**WELDER, "route": "c"}, "zolang je daar werkt"),
        ("lascertificaat-mag", {**WELDER, "route": "a"}, "vóór 9 november 2029"),
        (
            "vca-basis",
            {"date_of_exam": "2026-11-09", "valid_until": "2036-11-09"},
            "tot en met 9 n",
        ),
        ("heftruck", LASTING, "vaak 60 maanden"),
        ("nen-3140-aanwijzing-vop", {"organisation": "Noord"}, "geldt alleen bij Noord"),
        ("cnc-frezen-vakcertificaat", {"date_of_result": "2026-11-09"}, "dit verloopt niet"),
        ("collega-bevestiging", {"skills": [statement("inwerken", 2)]}, "Wat iemand kan"),
    ],
)
def test_each_kind_of_validity_has_its_line_of_time(
    type_id: str, claims: JsonObject, expected: str
) -> None:
    assert expected in set_page(certificate(type_id, claims))


def test_the_credential_itself_travels_in_the_file() -> None:
    document: JsonObject = {"id": ID, "credentialSubject": {"family_name": "Yılmaz \u0301e"}}  # noqa: RUF001
    assert json.loads(read_certificate(certificate_pdf(certificate(wire=document)))) == document
    token = "eyJ0eXAiOiJkYytzZC1qd3QifQ.e30.c2ln~WyJz~"
    assert read_certificate(certificate_pdf(certificate(wire=token))) == token


def test_the_same_credential_gives_the_same_file() -> None:
    assert certificate_pdf(certificate()) == certificate_pdf(certificate())


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_file_declares_what_it_keeps(language: str) -> None:
    pdf = certificate_pdf(certificate(language=language, wire={"id": ID}))
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root: Any = reader.root_object  # Any: a tree of the library's own
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert ">3</pdfaid:part>" in xmp
    assert ">A</pdfaid:conformance>" in xmp
    assert ">1</pdfuaid:part>" in xmp
    assert root["/Lang"].startswith(language)
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader.metadata is not None
    assert reader.metadata.title is not None
    assert "Ahmet Yılmaz" in reader.metadata.title  # noqa: RUF001 - his name
    assert reader.metadata.author == "Vakschool De Lasboog"
    (attached,) = root["/AF"]
    assert attached.get_object()["/AFRelationship"] == "/Data"
    assert attached.get_object()["/EF"]["/F"].get_object()["/Subtype"] == "/application/vc"
    roles = {str(kid.get("/S")) for kid in _structure(root["/StructTreeRoot"])}
    assert {"/H1", "/H2", "/Figure", "/Table"} & roles >= {"/H1", "/H2", "/Figure"}


def _structure(root: DictionaryObject) -> list[DictionaryObject]:
    found: list[DictionaryObject] = []
    todo = [root]
    while todo:
        node = todo.pop()
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            inner = kid.get_object()
            if isinstance(inner, DictionaryObject):
                found.append(inner)
                todo.append(inner)
    return found


def test_the_code_leads_to_a_reader_and_holds_nothing_of_the_person() -> None:
    made = certificate()
    assert made.check_link == f"{CHECK_AT}/check?paper=b5YZ_4uGQBG0LQDAT8lk_w"
    (page,) = pictures(
        certificates.LAYOUTS / "certificate.typ", certificates._data(made), pixels_per_inch=150
    )
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))
    assert code.text == made.check_link
    left, right = code.position.top_left.x, code.position.top_right.x
    assert (right - left) / 150 * 25.4 >= 25  # millimetres


def test_a_verifier_with_a_very_long_address_is_refused() -> None:
    with pytest.raises(RejectedError, match="qr_too_large"):
        certificate_pdf(replace(certificate(), check_at=f"https://{'x' * 200}.example"))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_people_typed_is_never_markup(text: str) -> None:
    """H093 for paper: every text that comes from outside, in every place it is printed."""
    claims: JsonObject = {
        **WELDER,
        **dict.fromkeys(("given_name", "family_name", "filler", "employer_at_test"), text),
    }
    pdf = certificate_pdf(certificate(claims=claims, issuer=text))
    printed = text_of(pdf).replace(" ", "")
    visible = "".join(letter for letter in text if letter.isprintable() and letter != " ")
    assert visible.replace("\ufeff", "")[:40] in printed
    assert b"/JavaScript" not in pdf


@pytest.fixture
def noto() -> None:
    """Debian's Noto fonts are there."""
    if not any(folder.is_dir() for folder in NOTO):
        reason = "no Noto fonts: apt-get install fonts-noto-core"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.mark.usefixtures("noto")
@pytest.mark.parametrize(
    "name",
    ["Yılmaz Şahin", "Łukasz Wiśniewski", "Олена Шевченко", "محمد", "Nguyễn Thị", "Αλέξης"],  # noqa: RUF001
)
def test_names_keep_all_their_letters(name: str) -> None:
    pdf = certificate_pdf(certificate(claims={**WELDER, "given_name": name}))
    assert UNPRINTABLE not in text_of(pdf)
    if name.isascii() or name[0] in "YŁ":
        assert name in text_of(pdf)


def test_letters_that_no_font_has_are_left_out_and_the_paper_says_so() -> None:
    nowhere = (Path("/nonexistent"),)
    pdf = certificate_pdf(certificate(claims={**WELDER, "given_name": "محمد"}), other_fonts=nowhere)
    words = text_of(pdf)
    assert f"{UNPRINTABLE} Yılmaz" in words  # noqa: RUF001 - his name
    assert "Niet elke letter kon op papier." in words
    assert "Niet elke letter" not in set_page(certificate())


@pytest.mark.usefixtures("noto")
def test_other_letters_need_other_fonts_and_our_own_do_not() -> None:
    assert typesetting._can_set("Łukasz Wiśniewski", ())
    assert not typesetting._can_set("محمد", ())
    assert typesetting._can_set("محمد", NOTO)


def test_a_long_record_runs_on_to_a_second_page() -> None:
    every = [statement(skill, 2) for skill in list(metalektro().skills)[:60]]
    pdf = certificate_pdf(certificate(claims={**WELDER, "skills": [*every]}))
    first, *others = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert "bladzijde 1 van" in first.extract_text()
    for page in others:
        words = " ".join(page.extract_text().split())
        assert "Ahmet Yılmaz, Lascertificaat MAG" in words  # noqa: RUF001 - his name
        assert "LM-26001" in words


def test_marks_and_numbers_are_short() -> None:
    assert initials("Vakschool De Lasboog") == "VD"
    assert initials("constructie noord") == "CN"
    assert initials("Ons") == "O"
    assert short_number(ID) == "6F96-19FF"


def test_the_page_can_be_looked_at_before_it_is_printed() -> None:
    image = Image.open(io.BytesIO(certificates.certificate_picture(certificate())))
    assert image.size == (round(210 / 25.4 * 110), round(297 / 25.4 * 110))
