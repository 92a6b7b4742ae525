"""JSON-LD contexts: local copies, each pinned by the digests that we accept for its address.

Published contexts have changed in place, so an address has a set of digests and nothing is ever
downloaded (architecture, section 13). The data lies in ``contexts/`` beside this module.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from schemas.files import ROOT, JsonObject

SKILLS_CONTEXT = "https://skillspass.example/contexts/skills/v1"
"""Our own terms: every claim of the thirteen credential types."""

FOLDER = ROOT / "contexts"
"""Where the copies and their manifest lie."""

_LENT: ContextVar[Mapping[str, JsonObject]] = ContextVar("lent", default=MappingProxyType({}))
"""Set by ``schemas.lending`` alone, which one contract of the linter keeps to one door."""


class ContextError(ValueError):
    """A context cannot be used.

    Attributes:
        code: ``context_unknown`` or ``context_digest_mismatch``.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class VendoredContext:
    """One entry of the manifest.

    Attributes:
        file: name below ``contexts/``.
        digests: SHA-256, hexadecimal, of every copy that we accept.
        sha384: the same copies by SHA-384, for issuers that pin a context so.
        source: package and version, or repository and commit, that it came from.
        licence: as its source states it.
        date: of the source.
    """

    url: str
    file: str
    digests: frozenset[str]
    sha384: frozenset[str]
    source: str
    licence: str
    date: str


@cache
def manifest() -> dict[str, VendoredContext]:
    """All contexts that we have, by address."""
    entries = json.loads((FOLDER / "manifest.json").read_bytes())["contexts"]
    return {
        entry["url"]: VendoredContext(
            url=entry["url"],
            file=entry["file"],
            digests=frozenset(entry["sha256"]),
            sha384=frozenset(entry["sha384"]),
            source=entry["source"],
            licence=entry["licence"],
            date=entry["date"],
        )
        for entry in entries
    }


def read(url: str, octets_of: Callable[[Path], bytes] = Path.read_bytes) -> JsonObject:
    """Read one context from its file and hold it against the manifest.

    Args:
        url: its address, compared character by character.
        octets_of: how a file is read; tests hand in altered octets.

    Raises:
        ContextError: ``context_unknown`` for an address outside the manifest;
            ``context_digest_mismatch`` when the file is none of the accepted copies.
    """
    entry = pinned(url)
    octets = octets_of(FOLDER / entry.file)
    if hashlib.sha256(octets).hexdigest() not in entry.digests:
        raise ContextError("context_digest_mismatch", entry.file)
    document: JsonObject = json.loads(octets)
    return document


def octets(url: str) -> bytes:
    """The octets of one vendored file, as they are; ``load`` has checked them.

    Raises:
        ContextError: as ``read``.
    """
    load(url)
    return (FOLDER / manifest()[url].file).read_bytes()


def pinned(url: str) -> VendoredContext:
    """The entry of one address, for whoever compares digests.

    Raises:
        ContextError: ``context_unknown``.
    """
    entry = manifest().get(url)
    if entry is None:
        raise ContextError("context_unknown", f"one of {len(manifest())} was expected")
    return entry


def load(url: str) -> JsonObject:
    """One context, read and checked once per process; the caller must not change it.

    Raises:
        ContextError: as ``read``.
    """
    lent = _LENT.get().get(url)
    return _kept(url) if lent is None else lent


@cache
def _kept(url: str) -> JsonObject:
    return read(url)


def check_all() -> None:
    """Read every context: what a service does at its start.

    Raises:
        ContextError: ``context_digest_mismatch`` for the first file that is not as accepted.
    """
    for url in manifest():
        load(url)
