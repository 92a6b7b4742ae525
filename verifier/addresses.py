"""How an issuer that nobody vouches for is named: its address in ASCII, so that no letter deceives.

Internationalised names are shown as the network writes them (RFC 5890, A-labels: ``xn--...``).
"""

from urllib.parse import unquote, urlsplit

MAX_SHOWN = 60
"""Characters: a longer name is cut, so that it cannot push the rest off a screen."""


def shown_address(issuer: str) -> str | None:
    """The host of a did:web or https issuer in punycode; None where it has no address.

    Never raises: whatever cannot be written in ASCII is left out.
    """
    host = _host(issuer)
    if not host:
        return None
    labels = [_a_label(label) for label in host.split(".")]
    shown = ".".join(label for label in labels if label)
    return shown if len(shown) <= MAX_SHOWN else "..." + shown[-MAX_SHOWN:]


def _host(issuer: str) -> str:
    if issuer.startswith("did:web:"):
        return unquote(issuer.removeprefix("did:web:").split(":")[0]).split(":")[0]
    try:
        parts = urlsplit(issuer)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme == "https" else ""


def _a_label(label: str) -> str:
    kept = label.lower()
    if not kept.isascii():
        # the letters as they are, not folded: folding would make a look-alike alike
        kept = "xn--" + kept.encode("punycode").decode("ascii")
    return "".join(letter for letter in kept if letter.isalnum() or letter in "-_")
