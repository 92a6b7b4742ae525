"""QR codes that old telephones can read from a screen in a workshop: ISO/IEC 18004."""

import io

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage
from qrcode.image.pure import PyPNGImage

from credentials.errors import RejectedError

MAX_QR_BYTES = 213
"""Version 10-M: 57 modules wide; denser codes fail on cheap cameras at arm's length."""

QUIET_ZONE = 4
"""Modules of white around the code (ISO/IEC 18004, section 9.1)."""


def _code(text: str) -> "qrcode.QRCode[PilImage | PyPNGImage]":
    size = len(text.encode())
    if size > MAX_QR_BYTES:
        raise RejectedError("qr_too_large", f"{size} bytes of at most {MAX_QR_BYTES}")
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return code


def qr_rows(text: str) -> list[str]:
    """The modules of the code with its quiet zone, row by row: ``1`` is dark.

    Raises:
        RejectedError: ``qr_too_large``.
    """
    return ["".join("1" if dark else "0" for dark in row) for row in _code(text).get_matrix()]


def qr_svg(text: str, label: str) -> Markup:
    """The code as one inline SVG, dark on white in every theme.

    Args:
        text: what a camera reads.
        label: what a screen reader says in its place.

    Raises:
        RejectedError: ``qr_too_large``.
    """
    rows = _code(text).get_matrix()
    runs = [
        f"M{start} {y}h{end - start}v1h-{end - start}z"
        for y, row in enumerate(rows)
        for start, end in _runs(row)
    ]
    return Markup(
        '<svg class="sp-qr__code" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" '
        'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        '<path fill="#12191c" d="{path}"/></svg>'
    ).format(label=label, size=len(rows), path=Markup("".join(runs)))  # noqa: S704 - digits only


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin and end in a row: fewer rectangles, no hairlines between them."""
    edges = [x for x in range(1, len(row)) if row[x] != row[x - 1]]  # the quiet zone is white
    return list(zip(edges[::2], edges[1::2], strict=True))


def qr_png(text: str, *, module: int = 8) -> bytes:
    """The code as a PNG image.

    Args:
        text: what a camera reads.
        module: pixels of one module.

    Raises:
        RejectedError: ``qr_too_large``.
    """
    code = _code(text)
    code.box_size = module
    target = io.BytesIO()
    code.make_image(fill_color="black", back_color="white").save(target, "PNG")
    return target.getvalue()


def qr_terminal(text: str) -> str:
    """The code in half blocks, for a terminal with light letters on a dark ground.

    Raises:
        RejectedError: ``qr_too_large``.
    """
    target = io.StringIO()
    _code(text).print_ascii(out=target, invert=True)
    return target.getvalue()
