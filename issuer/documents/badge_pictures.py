"""The picture of a badge: a nut with a weld seam around the drawing of its type.

Drawn as one SVG whose letters are outlines, so that it looks the same everywhere; the PNG is made
of that very drawing. The seam at its foot has one ripple for each step of evidence, of five.
"""

import math
from dataclasses import dataclass
from html import escape
from pathlib import Path

from schemas.credential_types import GRADES
from service.typesetting import drawing, pictures, tidied

LAYOUTS = Path(__file__).parent

PNG_PIXELS = 600
"""Sides of the PNG: what badge platforms show, twice over."""

_ICONS = Path(__file__).parents[2] / "service" / "icons"
_SIDE = 120  # units of the drawing, and points of the page that the words are set on
_TEAL, _HOT, _PAPER, _SUBTLE = "#12343b", "#c8471b", "#f6f4ef", "#b9cbcb"
_CENTRE, _SEAM_RADIUS, _RIPPLES = (60, 42), 25.4, 62
_RIPPLE = "M0-2.3C3.1-1.8 3.1 1.8 0 2.3 1.3 1.6 1.3-1.6 0-2.3Z"


@dataclass(frozen=True, slots=True)
class Face:
    """What a picture shows.

    Attributes:
        title: of the type, in the language of the badge.
        issuer: the name people read.
        icon: name of a drawing in ``service/icons``.
        grade: one of ``GRADES``.
    """

    title: str
    issuer: str
    icon: str
    grade: str


def badge_svg(face: Face) -> bytes:
    """The picture as SVG.

    Raises:
        FileNotFoundError: there is no such drawing.
        ValueError: no such grade.
    """
    words = drawing(LAYOUTS / "badge_words.typ", {"title": face.title, "issuer": face.issuer})
    inner = words.decode("utf-8").partition(">")[2].rpartition("</svg>")[0]
    shapes = _nut() + _seam() + _drawing(face.icon) + _strength(GRADES.index(face.grade) + 1)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {_SIDE} {_SIDE}" width="{PNG_PIXELS}" height="{PNG_PIXELS}" role="img">'
        f"<title>{escape(tidied(f'{face.title}, {face.issuer}'))}</title>"
        f'<defs><path id="ripple" d="{_RIPPLE}"/></defs>{shapes}{inner}</svg>'
    ).encode()


def badge_png(svg: bytes) -> bytes:
    """The same picture as PNG, transparent around the nut."""
    found = pictures(
        LAYOUTS / "picture.typ",
        {},
        attached=svg.decode("utf-8"),
        pixels_per_inch=PNG_PIXELS * 72 // _SIDE,
    )
    return found[0]


def _nut() -> str:
    """A plate in the form of a nut, its corners rounded, with a turned line inside its edge."""
    return (
        f'<path d="{_hexagon(59, 6)}" fill="{_TEAL}"/>'
        f'<path d="{_hexagon(55.5, 5)}" fill="none" stroke="{_SUBTLE}" stroke-width=".5"/>'
        f'<circle cx="{_CENTRE[0]}" cy="{_CENTRE[1]}" r="24" fill="{_PAPER}"/>'
    )


def _hexagon(radius: float, rounding: float) -> str:
    """A pointed-up hexagon around the middle; each corner is a curve over ``rounding`` units."""
    corners = [
        (60 + radius * math.sin(math.pi * n / 3), 60 - radius * math.cos(math.pi * n / 3))
        for n in range(6)
    ]
    path = ""
    for n, (x, y) in enumerate(corners):
        ends = []
        for neighbour in (corners[n - 1], corners[(n + 1) % 6]):
            share = rounding / radius
            ends.append((x + (neighbour[0] - x) * share, y + (neighbour[1] - y) * share))
        (ax, ay), (bx, by) = ends
        path += f"{'L' if path else 'M'}{ax:.2f} {ay:.2f}Q{x:.2f} {y:.2f} {bx:.2f} {by:.2f}"
    return path + "Z"


def _seam() -> str:
    """The weld that holds the disc: ripples all around it."""
    x, y = _CENTRE
    return "".join(
        f'<use xlink:href="#ripple" fill="{_HOT}" transform="'
        f'rotate({360 * n / _RIPPLES:g} {x} {y}) translate({x} {y - _SEAM_RADIUS:g})"/>'
        for n in range(_RIPPLES)
    )


def _drawing(icon: str) -> str:
    """The type's drawing, in the middle of the disc."""
    lines = (_ICONS / f"{icon}.svg").read_text("utf-8")
    inner = lines.partition(">")[2].rpartition("</svg>")[0]
    x, y, side = _CENTRE[0] - 14, _CENTRE[1] - 14, 28
    return (
        f'<g transform="translate({x} {y}) scale({side / 24:.4f})" fill="none" stroke="{_TEAL}" '
        f'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">{inner}</g>'
    )


def _strength(steps: int) -> str:
    """Five ripples at the foot, filled as far as the evidence goes."""
    return "".join(
        f'<use xlink:href="#ripple" transform="translate({60 + (n - 2) * 4.2 - 1:g} 104) '
        f'scale(1.15)" fill="{_HOT if n < steps else "none"}" '
        f'stroke="{_HOT if n < steps else _SUBTLE}" stroke-width=".4"/>'
        for n in range(len(GRADES))
    )
