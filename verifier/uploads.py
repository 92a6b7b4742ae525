"""What people bring: a proof as text, a certificate as PDF, a badge as a picture, or a link."""

from credentials.badge_images import MAX_IMAGE_BYTES, read_image
from credentials.encoding import compact_json
from credentials.errors import RejectedError
from credentials.limits import MAX_TOKEN_BYTES
from service.certificate_files import MAX_PDF_BYTES, is_pdf, read_certificate

MAX_UPLOAD_BYTES = max(MAX_PDF_BYTES, MAX_IMAGE_BYTES)
"""No more is read of any file."""

MAX_LINK = 400
"""Characters of the link of a deelkaart: ours have about 100, and a long host name fits."""

_PNG, _MARKUP = b"\x89PNG", b"<"  # neither a document nor a token begins so


def proof_in(content: bytes) -> str:
    """The text of the one proof in a file; unchecked.

    Args:
        content: what was read of the file, at most one octet beyond ``MAX_UPLOAD_BYTES``.

    Raises:
        RejectedError: ``too_large``: a text longer than a proof may be.
        MalformedError: as ``read_certificate`` for a PDF and ``read_image`` for a picture.
    """
    if is_pdf(content):
        return read_certificate(content)
    if content.startswith((_PNG, _MARKUP)):
        wire = read_image(content)
        return wire if isinstance(wire, str) else compact_json(wire).decode("utf-8")
    if len(content) > MAX_TOKEN_BYTES:
        raise RejectedError("too_large", "the file holds more than a proof may")
    return content.decode("utf-8", errors="replace").strip()


def is_link(text: str) -> bool:
    """Whether a text that somebody pasted is meant as a link to a deelkaart."""
    return text.startswith(("https://", "http://")) and "/s/" in text and len(text) <= MAX_LINK
