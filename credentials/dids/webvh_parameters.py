"""did:webvh 1.0, "DID Method Parameters": what governs the log, entry by entry."""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, MalformedError, UnsupportedError
from credentials.keys import Algorithm, PublicKey, public_key_from_multikey
from credentials.multibase import base58_encode

METHOD = "did:webvh:1.0"
"""The one version that we know; another is refused, never read as this one."""

MAX_KEYS = 32
"""Update keys, key hashes, witnesses or watchers of one entry: a few are usual."""

DEFAULT_TTL = timedelta(hours=1)
"""How long a resolved DID may be kept where the log says nothing."""

_DID_KEY = "did:key:"
_SHA256 = bytes([0x12, 32])  # multihash
_MAX_TTL = 2**31
_NAMES = frozenset(
    [
        *("method", "scid", "updateKeys", "nextKeyHashes", "witness"),
        *("watchers", "portable", "deactivated", "ttl"),
    ]
)
_NULLABLE = frozenset({"updateKeys", "nextKeyHashes", "witness", "watchers", "ttl"})


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Who must approve a version.

    Attributes:
        threshold: how many different witnesses, at least.
        keys: Multikey of each witness to its key.
    """

    threshold: int
    keys: dict[str, PublicKey]


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters in force after an entry.

    Attributes:
        update_keys: Multikeys that may sign the next entry.
        next_key_hashes: hashes of the keys that the next entry must bring; empty without
            pre-rotation.
        witnesses: None where nobody witnesses.
        ttl: how long the resolved DID may be kept; zero is not at all.
    """

    scid: str
    update_keys: tuple[str, ...] = ()
    next_key_hashes: frozenset[str] = frozenset()
    witnesses: Witnesses | None = None
    watchers: tuple[str, ...] = ()
    portable: bool = False
    deactivated: bool = False
    ttl: timedelta = DEFAULT_TTL


def multihash(octets: bytes) -> str:
    """Base58btc of the SHA-256 multihash: the one hash that version 1.0 permits."""
    return base58_encode(_SHA256 + hashlib.sha256(octets).digest())


def first_parameters(members: JsonObject) -> Parameters:
    """The parameters of the first entry, defaults for what it leaves out.

    Raises:
        MalformedError: ``did_parameters_invalid``.
        UnsupportedError: ``did_method_version_unknown``.
    """
    _check_method(members.get("method"))
    scid = members.get("scid")
    if not isinstance(scid, str):
        raise _invalid("scid")
    parameters = _changed(Parameters(scid), members)
    if not parameters.update_keys:
        raise _invalid("updateKeys")
    portable = members.get("portable", False)
    if not isinstance(portable, bool):
        raise _invalid("portable")
    return replace(parameters, portable=portable)


def next_parameters(members: JsonObject, before: Parameters) -> Parameters:
    """The parameters after a later entry: what it leaves out stays as it was.

    Raises:
        MalformedError: ``did_parameters_invalid``; with pre-rotation also where the entry does not
            name update keys whose hashes were all announced, and the hashes of the next ones.
        UnsupportedError: ``did_method_version_unknown``.
    """
    if "method" in members:
        _check_method(members["method"])
    if "scid" in members:
        raise _invalid("scid")
    if members.get("portable", False) is not False:  # true is for the first entry alone
        raise _invalid("portable")
    parameters = _changed(before, members)
    if before.next_key_hashes:
        if not isinstance(members.get("updateKeys"), list) or "nextKeyHashes" not in members:
            raise _invalid("updateKeys and nextKeyHashes, both owed under pre-rotation")
        announced = {multihash(key.encode()) for key in parameters.update_keys}
        if not announced or not announced <= before.next_key_hashes:
            raise _invalid("updateKeys, not those that were announced")
    return replace(parameters, portable=before.portable and "portable" not in members)


def _changed(before: Parameters, members: JsonObject) -> Parameters:
    """The members that both kinds of entry may set; null is the old spelling of a default."""
    if not members.keys() <= _NAMES:
        raise _invalid("a name that version 1.0 does not know")
    known: JsonObject = {
        name: value for name, value in members.items() if not (value is None and name in _NULLABLE)
    }
    empty = {name for name in members if name not in known}
    deactivated = known.get("deactivated", False)
    if not isinstance(deactivated, bool):
        raise _invalid("deactivated")
    parameters = replace(before, deactivated=deactivated)
    if "updateKeys" in members:
        keys = _strings(known.get("updateKeys", []), "updateKeys")
        for key in keys:
            _ed25519_key(key, "updateKeys")
        parameters = replace(parameters, update_keys=keys)
    if "nextKeyHashes" in members:
        hashes = _strings(known.get("nextKeyHashes", []), "nextKeyHashes")
        parameters = replace(parameters, next_key_hashes=frozenset(hashes))
    if "witness" in members:
        parameters = replace(parameters, witnesses=_witnesses(known.get("witness", {})))
    if "watchers" in members:
        watchers = _strings(known.get("watchers", []), "watchers")
        parameters = replace(parameters, watchers=watchers)
    if "ttl" in known:
        parameters = replace(parameters, ttl=_ttl(known["ttl"]))
    return replace(parameters, ttl=DEFAULT_TTL) if "ttl" in empty else parameters


def _check_method(value: JsonValue) -> None:
    if value != METHOD:
        raise UnsupportedError("did_method_version_unknown", f"expected {METHOD}")


def _strings(value: JsonValue, name: str) -> tuple[str, ...]:
    entries = value if isinstance(value, list) else [None]
    texts = tuple(entry for entry in entries if isinstance(entry, str) and entry)
    if len(texts) != len(entries) or len(texts) > MAX_KEYS or len(set(texts)) != len(texts):
        raise _invalid(name)
    return texts


def _witnesses(value: JsonValue) -> Witnesses | None:
    """``{}`` is nobody; anything else must be whole, never quietly nobody.

    A witness is a did:key; logs exist that leave the prefix out, which names the same key.
    """
    if value == {}:
        return None
    if not isinstance(value, dict) or value.keys() != {"threshold", "witnesses"}:
        raise _invalid("witness")
    threshold, entries = value["threshold"], value["witnesses"]
    if not isinstance(entries, list) or not 0 < len(entries) <= MAX_KEYS:
        raise _invalid("witness.witnesses")
    keys: dict[str, PublicKey] = {}
    for entry in entries:
        name = entry.get("id") if isinstance(entry, dict) and entry.keys() == {"id"} else None
        multikey = name.removeprefix(_DID_KEY) if isinstance(name, str) else ""
        if multikey in keys:  # one that comes twice would count twice
            raise _invalid("witness.witnesses")
        keys[multikey] = _ed25519_key(multikey, "witness.witnesses")
    if type(threshold) is not int or not 1 <= threshold <= len(keys):
        raise _invalid("witness.threshold")
    return Witnesses(threshold, keys)


def _ed25519_key(text: str, name: str) -> PublicKey:
    """A key for eddsa-jcs-2022, the one suite that version 1.0 permits."""
    try:
        key = public_key_from_multikey(text)
    except CredentialError as error:
        raise _invalid(name) from error
    if key.algorithm is not Algorithm.EDDSA:
        raise _invalid(name)
    return key


def _ttl(value: JsonValue) -> timedelta:
    if type(value) is not int or not 0 <= value <= _MAX_TTL:
        raise _invalid("ttl")
    return timedelta(seconds=value)


def _invalid(name: str) -> MalformedError:
    return MalformedError("did_parameters_invalid", f"parameter {name}")
