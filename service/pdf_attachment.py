"""The credential attached to a PDF (ISO 32000-1, 7.11.4; PDF/A-3, ISO 19005-3, 6.8).

A program of its own: the PDF on standard input; on standard output one word, ``ok`` or why not,
and below it what was attached. It imports pypdf and the standard library alone, so that
``service.certificate_files`` can start it quickly and on a short lead.
"""

import io
import logging
import resource
import sys
import warnings

import pypdf
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

MEDIA_TYPES = frozenset(
    {"application/vc", "application/vc+sd-jwt", "application/vc+jwt", "application/dc+sd-jwt"}
)
"""What a credential can be called (IANA); a file of any other type is none."""

MAX_ATTACHED_BYTES = 512 * 1024
"""As ``credentials.limits.MAX_TOKEN_BYTES``, which this program does not import."""

MAX_OBJECTS = 20_000
"""A certificate of ours has some 150; a bundle of a whole class less than this."""

MAX_FILES = 32
"""Attached files that are looked at."""

MAX_TREE = 200
"""Nodes of the tree of names; one node holds all names of a small file."""

CPU_SECONDS = 2
"""A certificate takes 20 ms (measured)."""

MEMORY_BYTES = 512 * 1024 * 1024
"""Address space, libraries included; a certificate needs a tenth."""

_SLIPS = (ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError)
_MORE_SLIPS = (NotImplementedError, RecursionError, TypeError, ValueError)


class UnreadableError(Exception):
    """There is no credential to be had from this file; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def attached(pdf: bytes) -> bytes:
    """The one credential that a PDF carries.

    Raises:
        UnreadableError: ``pdf_malformed``, ``pdf_encrypted``, ``pdf_active`` (it would run a
            script or open something), ``pdf_too_complex`` (objects, sizes), ``pdf_without_proof``,
            ``pdf_ambiguous``: several.
    """
    if not pdf.startswith(b"%PDF-"):
        raise UnreadableError("pdf_malformed")
    if b"/Encrypt" in pdf:  # the trailer is never compressed
        raise UnreadableError("pdf_encrypted")
    if b"/JavaScript" in pdf:
        raise UnreadableError("pdf_active")
    if pdf.count(b" obj") > MAX_OBJECTS:
        raise UnreadableError("pdf_too_complex")
    with (
        warnings.catch_warnings(action="ignore"),  # about spellings in someone's file
        pypdf.apply_configuration(
            maximum_declared_stream_length=len(pdf),
            zlib_maximum_output_length=MAX_ATTACHED_BYTES,
            zlib_maximum_recovery_input_length=0,
            lzw_maximum_output_length=MAX_ATTACHED_BYTES,
            run_length_maximum_output_length=MAX_ATTACHED_BYTES,
            stream_filters_maximum_length=2,
            array_maximum_element_count=MAX_OBJECTS,
            dictionary_maximum_element_count=MAX_OBJECTS,
        ),
    ):
        try:
            return _attached(pdf)
        except LimitReachedError as error:
            raise UnreadableError("pdf_too_complex") from error
        except (PyPdfError, *_SLIPS, *_MORE_SLIPS) as error:  # what the library lets slip
            raise UnreadableError("pdf_malformed") from error


def _attached(pdf: bytes) -> bytes:
    reader = pypdf.PdfReader(
        io.BytesIO(pdf),
        root_object_recovery_limit=MAX_FILES,
        xref_stream_maximum_entries=MAX_OBJECTS,
    )
    if reader.is_encrypted:
        raise UnreadableError("pdf_encrypted")
    root = reader.root_object
    _check_passive(root)
    streams = {}
    for specification in _specifications(root):
        files = specification.get("/EF")
        reference = files.raw_get("/F") if isinstance(files, DictionaryObject) else None
        if isinstance(reference, IndirectObject):
            stream = reference.get_object()
            if isinstance(stream, StreamObject) and _media_type(stream) in MEDIA_TYPES:
                streams[reference.idnum] = stream
    if not streams:
        raise UnreadableError("pdf_without_proof")
    if len(streams) > 1:
        raise UnreadableError("pdf_ambiguous")
    (found,) = streams.values()
    content: bytes = found.get_data()
    if len(content) > MAX_ATTACHED_BYTES:
        raise UnreadableError("pdf_too_complex")
    return content


def _check_passive(root: DictionaryObject) -> None:
    """A certificate does nothing by itself: no script, no action when it is opened."""
    opening = _follow(root.get("/OpenAction"))
    acting = isinstance(opening, DictionaryObject) and opening.get("/S") != "/GoTo"
    names = _follow(root.get("/Names"))
    scripts = isinstance(names, DictionaryObject) and "/JavaScript" in names
    if acting or scripts or "/AA" in root:
        raise UnreadableError("pdf_active")


def _specifications(root: DictionaryObject) -> list[DictionaryObject]:
    """The file specifications of the whole document: associated files, and the tree of names."""
    found: list[PdfObject | None] = []
    associated = _follow(root.get("/AF"))
    found += associated if isinstance(associated, ArrayObject) else []
    names = _follow(root.get("/Names"))
    todo = [names.get("/EmbeddedFiles")] if isinstance(names, DictionaryObject) else []
    for _ in range(MAX_TREE):
        if not todo:
            break
        node = _follow(todo.pop())
        if isinstance(node, DictionaryObject):
            kids, pairs = _follow(node.get("/Kids")), _follow(node.get("/Names"))
            todo += kids if isinstance(kids, ArrayObject) else []
            found += pairs[1::2] if isinstance(pairs, ArrayObject) else []
    if todo or len(found) > MAX_FILES:
        raise UnreadableError("pdf_too_complex")
    followed = [_follow(one) for one in found]
    return [one for one in followed if isinstance(one, DictionaryObject)]


def _follow(value: PdfObject | None) -> PdfObject | None:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _media_type(stream: StreamObject) -> str:
    return str(stream.get("/Subtype", "")).removeprefix("/")


def main() -> None:
    """Read standard input on a short lead, and answer on standard output."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()  # the library would tell of what it met in someone's file
    try:
        word, content = b"ok", attached(sys.stdin.buffer.read())
    except UnreadableError as error:
        word, content = error.code.encode(), b""
    sys.stdout.buffer.write(word + b"\n" + content)


if __name__ == "__main__":
    main()
