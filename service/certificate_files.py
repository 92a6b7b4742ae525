"""Certificates as files: the credential that a person hands over inside a PDF.

Both the issuer (which makes them) and the verifier (which is given them) read them, and neither may
import the other. pypdf cannot be interrupted and meets the files of strangers, so it works in a
child process with little time and memory (security.md, section 2).
"""

import subprocess
import sys
import uuid
from pathlib import Path

from credentials.encoding import b64url_encode
from credentials.errors import MalformedError

MAX_PDF_BYTES = 4 * 1024 * 1024
"""A certificate of ours has 50 kB; a scanner or mail program may have added to it."""

WALL_SECONDS = 10
"""A child that waits uses no processor time, so the clock on the wall counts as well."""

REASONS = frozenset(
    {
        *("pdf_malformed", "pdf_encrypted", "pdf_active", "pdf_too_complex"),
        *("pdf_without_proof", "pdf_ambiguous"),
    }
)
"""What the child can say about a file that gives nothing."""

_CHILD = Path(__file__).with_name("pdf_attachment.py")


def is_pdf(content: bytes) -> bool:
    """Whether a file calls itself a PDF."""
    return content.startswith(b"%PDF-")


def locator(credential_id: str) -> str:
    """A short form of a credential's id: 22 characters for the 128 bits of a ``urn:uuid``.

    The code on a paper certificate holds it, and a verifier compares it with the file. Any other
    id gives text that no code holds.
    """
    try:
        return b64url_encode(uuid.UUID(credential_id).bytes)
    except ValueError:
        return ""


def read_certificate(pdf: bytes) -> str:
    """The text of the one credential that a PDF carries; unchecked, as any text from outside.

    Raises:
        MalformedError: ``too_large``; ``pdf_malformed``: no PDF, or one that took too long;
            ``pdf_encrypted``; ``pdf_active``: it holds a script; ``pdf_too_complex``;
            ``pdf_without_proof``: nothing of the kind is attached; ``pdf_ambiguous``: several are.
    """
    if len(pdf) > MAX_PDF_BYTES:
        raise MalformedError("too_large", f"{len(pdf)} octets, limit {MAX_PDF_BYTES}")
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and our own program
            [sys.executable, "-I", str(_CHILD)],
            input=pdf,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise MalformedError("pdf_malformed", "it took too long") from error
    word, _, content = child.stdout.partition(b"\n")
    reason = word.decode("ascii", errors="replace")
    if reason in REASONS:
        raise MalformedError(reason, "a file that carries no readable proof")
    if child.returncode != 0 or reason != "ok":
        raise MalformedError("pdf_malformed", f"the reader ended with {child.returncode}")
    try:
        return content.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise MalformedError("pdf_malformed", "what is attached is no text") from error
