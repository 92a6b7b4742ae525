"""Keep some of the screenshots of the browser tests as the pictures of the documents.

SKILLSPASS_PICTURES=build/pictures pytest tests/browser
python -m tests.browser.album build/pictures docs/pictures [BEGINNING OF NAMES]
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
    "verifier-scanning-360-en": "verifier-scan",
    "verifier-table-1280-en": "verifier-table",
    "firm-systems-1280-en": "verifier-systems",
    "verifier-gate-stale-360-en": "verifier-gate",
    "flow-offer-320-en": "wallet-offer",
    "flow-name-320-en": "wallet-name",
    "flow-keep-320-en": "wallet-keep",
    "screens-passport-320-en-light": "wallet-passport",
    "screens-card-320-en-light": "wallet-card",
    "screens-log-320-en-light": "wallet-log",
    "flow-share-choose-320-en": "wallet-choose",
    "flow-share-preview-320-en": "wallet-preview",
    "flow-share-made-320-en": "wallet-code",
    "share-answer-1280-en": "wallet-reader",
    "flow-consent-320-en": "wallet-consent",
    "flow-done-320-en": "wallet-done",
    "side-by-side-360-en": "wallet-side-by-side",
    "wallet-card-made-en-320": "wallet-recovery",
    "wallet-card-en-320": "wallet-new-phone",
    "wallet-wipe-en-320": "wallet-wipe",
    "adviser-invite-360-en": "skills-adviser-invite",
    "adviser-page-1280-en": "skills-adviser-page",
    "skills-adviser-waiting-360-en": "skills-adviser-waiting",
    "adviser-proposal-360-en": "skills-adviser-proposal",
    "skills-adviser-past-360-en": "skills-adviser-past",
    "confirm-choose-360-en": "skills-ask",
    "confirm-page-360-en": "skills-confirm",
    "confirm-answer-360-en": "skills-answer",
    "talk-code-360-en": "skills-talk-code",
    "talk-page-360-en": "skills-talk-page",
    "talk-signed-360-en": "skills-talk-signed",
    "figures-1280-en": "figures",
}
"""Screenshot to picture."""

COLOURS = 128
"""Enough for flat pages; a picture then takes some 20 kB."""


def keep(screenshots: Path, pictures: Path, beginning: str = "") -> None:
    """Write the chosen pictures whose name begins so with fewer colours."""
    pictures.mkdir(parents=True, exist_ok=True)
    chosen = {shot: name for shot, name in CHOSEN.items() if name.startswith(beginning)}
    for screenshot, picture in chosen.items():
        image = Image.open(screenshots / f"{screenshot}.png").convert("RGB")
        fewer = image.quantize(COLOURS, dither=Image.Dither.NONE)
        fewer.save(pictures / f"{picture}.png", optimize=True)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
