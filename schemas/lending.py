"""Contexts that are known for a moment: the vectors of the official suites bring their own.

The product refuses those, for nobody has reviewed them. So this module has one importer, and the
import linter says who.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from schemas import contexts
from schemas.files import JsonObject


@contextmanager
def lending(documents: Mapping[str, JsonObject]) -> Iterator[None]:
    """Inside the block, and nowhere else, further contexts are known by address.

    Args:
        documents: by an address that says its content: what is compiled from it is kept.

    Raises:
        ValueError: an address of the manifest.
    """
    if documents.keys() & contexts.manifest().keys():
        raise ValueError("a copy of our own cannot be replaced")
    lent = contexts._LENT  # noqa: SLF001 - whoever may read it shall not set it
    before = lent.set(documents)
    try:
        yield
    finally:
        lent.reset(before)
