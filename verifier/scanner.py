"""The camera on the first page: what reads codes there, and what that page may load.

The page works without it; browsers that read codes by themselves do not fetch the reader.
"""

import hashlib
from functools import cache
from pathlib import Path

from service.content_security import WITHOUT_SCRIPTS

ADDRESS = "/scan/reader.js"
"""Where the reader of codes is."""

READER = Path(__file__).parents[1] / "wallet" / "web" / "dist" / "scanner.js"
"""The same reader that the passport uses; ``make web`` builds it."""

POLICY = (
    f"{WITHOUT_SCRIPTS}; script-src 'self'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
"""Two files of our own, no call to anybody, and no text that becomes script."""

PERMISSIONS = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
"""The camera for this page alone."""


@cache
def reader_script() -> bytes:
    """The script that reads codes; empty where nothing was built."""
    return READER.read_bytes() if READER.is_file() else b""


def reader_address() -> str:
    """Where to fetch it; the address changes when the script does."""
    return f"{ADDRESS}?v={hashlib.sha256(reader_script()).hexdigest()[:12]}"
