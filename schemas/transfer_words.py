"""The words that two devices show during a transfer: ``words/transfer.yaml`` (wallet design, 5)."""

from functools import cache

from schemas.files import ROOT, load_yaml

PLACES = 256
"""One for each value of an octet."""


@cache
def transfer_words() -> tuple[tuple[str, str], ...]:
    """Pairs of a Dutch and an English word, by place.

    Raises:
        ValueError: not 256 pairs, or a word that stands there twice.
    """
    read = load_yaml(ROOT / "words" / "transfer.yaml")
    pairs = tuple((str(nl), str(en)) for nl, en in read) if isinstance(read, list) else ()
    for language in (0, 1):
        if len(pairs) != PLACES or len({pair[language] for pair in pairs}) != PLACES:
            raise ValueError("expected 256 words that differ")
    return pairs
