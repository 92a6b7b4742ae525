"""Keep some of the screenshots of the browser tests as the pictures of the documents.

SKILLSPASS_PICTURES=build/pictures pytest tests/browser
python -m tests.browser.album build/pictures docs/pictures
"""

import sys
from pathlib import Path

from PIL import Image

CHOSEN = {
    "start-1280-en": "start",
    "made-360-en": "made",
    "is-this-you-360-en": "is-this-you",
    "passport-360-en": "passport",
    "consent-360-en": "consent",
    "verdict-360-en": "verdict",
    "withdrawn-360-en": "withdrawn",
    "sign-in-360-en": "sign-in",
    "people-invited-1280-en": "people",
    "kind-1280-en": "kind",
    "list-rows-1280-en": "list-rows",
    "list-give-1280-en": "list-give",
    "mailbox-1280-en": "mailbox",
    "overview-done-1280-en": "overview",
    "confirmations-due-1280-en": "confirmations",
    "statement-waits-1280-en": "statement-waits",
    "paper-made-1280-en": "paper",
    "verifier-start-1280-en": "verifier-start",
    "verifier-card-1280-en": "verifier-verdict",
    "verifier-table-1280-en": "verifier-table",
    "verifier-gate-stale-360-en": "verifier-gate",
}
"""Screenshot to picture."""

COLOURS = 128
"""Enough for flat pages; a picture then takes some 20 kB."""


def keep(screenshots: Path, pictures: Path) -> None:
    """Write the chosen pictures with fewer colours."""
    pictures.mkdir(parents=True, exist_ok=True)
    for screenshot, picture in CHOSEN.items():
        image = Image.open(screenshots / f"{screenshot}.png").convert("RGB")
        fewer = image.quantize(COLOURS, dither=Image.Dither.NONE)
        fewer.save(pictures / f"{picture}.png", optimize=True)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]))
