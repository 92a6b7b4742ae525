"""Reading the credential out of a PDF: ours gives it back, everything else a clear word."""

import contextlib
import uuid

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from credentials.errors import MalformedError
from credentials.limits import MAX_TOKEN_BYTES
from schemas.messages import known
from service import pdf_attachment
from service.certificate_files import MAX_PDF_BYTES, REASONS, is_pdf, locator, read_certificate
from service.pdf_attachment import UnreadableError, attached
from tests.service.pdf_files import pdf_with

TOKEN = "eyJ0eXAiOiJkYytzZC1qd3QifQ.e30.c2ln~"


def with_script(writer: pypdf.PdfWriter) -> None:
    script = DictionaryObject({NameObject("/JS"): TextStringObject("app.alert(1)")})
    script[NameObject("/S")] = NameObject("/JavaScript")
    writer.root_object[NameObject("/AA")] = DictionaryObject({NameObject("/WC"): script})


def with_password(writer: pypdf.PdfWriter) -> None:
    writer.encrypt("geheim", algorithm="RC4-128")


def with_opening_action(writer: pypdf.PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch")}
    )


def with_deep_tree(writer: pypdf.PdfWriter) -> None:
    node = DictionaryObject()
    top = writer._add_object(node)
    node[NameObject("/Kids")] = ArrayObject([top, top])
    names = writer.root_object["/Names"]
    assert isinstance(names, DictionaryObject)
    names[NameObject("/EmbeddedFiles")] = top


def test_the_text_that_was_attached_comes_back() -> None:
    assert is_pdf(pdf_with(TOKEN.encode()))
    assert read_certificate(pdf_with(TOKEN.encode())) == TOKEN


@pytest.mark.parametrize("media_type", sorted(pdf_attachment.MEDIA_TYPES))
def test_every_name_of_a_credential_is_known(media_type: str) -> None:
    assert attached(pdf_with(b"{}", media_type=media_type)) == b"{}"


REFUSED = {
    "no PDF at all": (b"GIF89a", "pdf_malformed"),
    "nothing behind the head": (b"%PDF-1.7\n", "pdf_malformed"),
    "cut in half": (pdf_with(TOKEN.encode())[:400], "pdf_malformed"),
    "a password": (pdf_with(TOKEN.encode(), change=with_password), "pdf_encrypted"),
    "a script": (pdf_with(TOKEN.encode(), change=with_script), "pdf_active"),
    "a program to start": (pdf_with(TOKEN.encode(), change=with_opening_action), "pdf_active"),
    "a tree that bites its tail": (
        pdf_with(TOKEN.encode(), change=with_deep_tree),
        "pdf_too_complex",
    ),
    "too many objects": (
        pdf_with(TOKEN.encode()) + b"1 0 obj\n" * pdf_attachment.MAX_OBJECTS,
        "pdf_too_complex",
    ),
    "a bomb": (pdf_with(b"0" * (64 * 1024 * 1024)), "pdf_too_complex"),
    "too many files": (pdf_with(*[b"{}"] * 40), "pdf_too_complex"),
    "two credentials": (pdf_with(b"{}", b"{}"), "pdf_ambiguous"),
    "another kind of file": (pdf_with(b"{}", media_type="text/plain"), "pdf_without_proof"),
    "nothing attached": (pdf_with(), "pdf_without_proof"),
}


@pytest.mark.parametrize(("pdf", "code"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_gives_nothing_says_why(pdf: bytes, code: str) -> None:
    with pytest.raises(MalformedError) as refused:
        read_certificate(pdf)
    assert refused.value.code == code


class NoDoor:
    """Finds nothing wrong; in the place of a guard that is taken away."""

    def __call__(self, *_seen: object) -> None:
        return None


GUARDS: dict[str, tuple[str, object]] = {
    "a program to start": ("_check_passive", NoDoor()),
    "too many objects": ("MAX_OBJECTS", 10**6),
    "a bomb": ("MAX_ATTACHED_BYTES", 10**8),
    "too many files": ("MAX_FILES", 100),
    "another kind of file": ("MEDIA_TYPES", frozenset({"text/plain"})),
}


@pytest.mark.parametrize("case", GUARDS)
def test_without_its_guard_the_file_would_be_read(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf, code = REFUSED[case]
    with pytest.raises(UnreadableError, match=code):
        attached(pdf)
    name, gone = GUARDS[case]
    monkeypatch.setattr(pdf_attachment, name, gone)
    if case == "too many files":  # then there are simply several
        with pytest.raises(UnreadableError, match="pdf_ambiguous"):
            attached(pdf)
    else:
        assert attached(pdf)


def test_a_file_that_is_too_large_is_not_even_opened() -> None:
    with pytest.raises(MalformedError, match="too_large"):
        read_certificate(b"%PDF-" + bytes(MAX_PDF_BYTES))


def test_what_is_attached_must_be_text() -> None:
    with pytest.raises(MalformedError, match="pdf_malformed"):
        read_certificate(pdf_with(b"\xff\xfe"))


def test_the_reader_takes_no_more_than_a_token_may_hold() -> None:
    assert pdf_attachment.MAX_ATTACHED_BYTES == MAX_TOKEN_BYTES
    largest = b"0" * MAX_TOKEN_BYTES
    assert attached(pdf_with(largest)) == largest
    with pytest.raises(UnreadableError, match="pdf_too_complex"):
        attached(pdf_with(largest + b"0"))


def test_every_reason_has_a_sentence() -> None:
    assert all(known(f"error.{reason}") for reason in REASONS)


@given(st.uuids())
def test_a_locator_names_one_credential(found: uuid.UUID) -> None:
    assert len(locator(found.urn)) == 22
    assert locator(found.urn) != locator(uuid.UUID(int=found.int ^ 1).urn)


def test_other_identifiers_have_no_locator() -> None:
    assert locator("https://lasboog.example/bewijs/1") == ""


SEED = pdf_with(TOKEN.encode())


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_word_of_ours(tail: bytes) -> None:
    for pdf in (tail, b"%PDF-1.7\n" + tail):
        with pytest.raises(UnreadableError) as refused:
            attached(pdf)
        assert refused.value.code in REASONS


@settings(max_examples=300)
@given(place=st.integers(0, len(SEED) - 1), damage=st.binary(min_size=1, max_size=12))
def test_any_damage_gives_what_was_attached_or_a_word_of_ours(place: int, damage: bytes) -> None:
    for behind in (b"", SEED[place + len(damage) :]):
        with contextlib.suppress(UnreadableError):
            attached(SEED[:place] + damage + behind)
