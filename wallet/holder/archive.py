"""The archive inside an export: a zip whose bytes are the same wherever it is made.

Entries are stored, not compressed, with no date of their own; the last is ``manifest.json`` with
the SHA-256 of every other (wallet design, section 6).
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping

from credentials.encoding import JsonObject, b64url_encode, compact_json, parse_json_object
from credentials.errors import CredentialError, MalformedError

MAX_ARCHIVE_BYTES = 20 * 1024 * 1024
"""Twice a vault: what it holds once as bytes and once in the log."""

MAX_ENTRIES = 2_000
"""Some thousand credentials fill a vault."""

MANIFEST = "manifest.json"

_NAME = re.compile(r"(?:credentials/)?[A-Za-z0-9_-]{1,80}\.[a-z-]{1,12}")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SYSTEM = 3


def pack(files: Mapping[str, bytes]) -> bytes:
    """Put files into an archive, in the order in which they stand, and the manifest last."""
    digests: JsonObject = {
        name: b64url_encode(hashlib.sha256(octets).digest()) for name, octets in files.items()
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, octets in [*files.items(), (MANIFEST, compact_json({"sha256": digests}))]:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = _SYSTEM
            archive.writestr(entry, octets)
    return written.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """Read an archive of ours: every file stands in the manifest, with its digest.

    Raises:
        MalformedError: ``export_invalid``.
    """
    if len(data) > MAX_ARCHIVE_BYTES:
        raise MalformedError("export_invalid", f"{len(data)} octets")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = _read(archive)
        manifest = parse_json_object(files.pop(MANIFEST))
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, NotImplementedError) as error:
        raise MalformedError("export_invalid", "no archive of ours") from error
    except CredentialError as error:
        raise MalformedError("export_invalid", error.code) from error
    expected = {
        name: b64url_encode(hashlib.sha256(octets).digest()) for name, octets in files.items()
    }
    if manifest.get("sha256") != expected:
        raise MalformedError("export_invalid", "not what the manifest says")
    return files


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(entries) > MAX_ENTRIES or len(names) != len(entries):
        raise MalformedError("export_invalid", f"{len(entries)} entries")
    for entry in entries:
        plain = entry.compress_type == zipfile.ZIP_STORED and not entry.flag_bits & 1
        if not plain or not _NAME.fullmatch(entry.filename) or entry.file_size > MAX_ARCHIVE_BYTES:
            raise MalformedError("export_invalid", "an entry of another kind")
    return {entry.filename: archive.read(entry) for entry in entries}
