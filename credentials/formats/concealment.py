"""What an issuer conceals: digests in the place of claims and list elements (RFC 9901, 4.2).

The payload is written straight as JSON, container by container, the innermost first: a value that
stays whole is written once, and what is drawn, hashed or spelled for a container is so in one go.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from credentials.bbs_keys import IssuingSigner, message_signer
from credentials.claims import Paths
from credentials.encoding import (
    JsonObject,
    JsonValue,
    b64url_spell,
    json_octets,
    parse_json_object,
)
from credentials.errors import MalformedError
from credentials.formats.sd_jwt import HASH_NAME, RESERVED_NAMES, join
from credentials.jose import sign_compact
from credentials.limits import MAX_DISCLOSURES
from credentials.model import Entropy

SALT_BYTES = 18
"""144 bits; section 9.3 advises 128. They are 24 characters, with none to spare."""

DIGESTS_IN_STEPS_OF = 8
"""Digest arrays are filled up with decoys to a multiple: their length says little (9.4)."""

_MAX_PLANS = 256  # more than the credential types of a busy issuer
_POSITION_BYTES = 8
_DIGEST_BYTES = 32


@dataclass(slots=True)
class _Plan:
    """What is hidden at and below one place; built from the disclosable paths."""

    hidden: bool = False
    steps: dict[str | int | None, "_Plan"] = field(default_factory=dict)

    def element(self, index: int) -> "_Plan":
        """The plan of a list element, which heeds its number and None alike."""
        exact, every = self.steps.get(index), self.steps.get(None)
        if exact is None or every is None:
            return exact or every or _NOTHING
        merged = {name: plan for part in (every, exact) for name, plan in part.steps.items()}
        return _Plan(exact.hidden or every.hidden, merged)


_NOTHING = _Plan()


@lru_cache(maxsize=_MAX_PLANS)
def _plan(disclosable: Paths) -> _Plan:
    """One for all who disclose the same; nobody changes it afterwards."""
    root = _Plan()
    for path in disclosable:
        node = root
        for step in path:
            node = node.steps.setdefault(step, _Plan())
        node.hidden = True
    return root


@dataclass(slots=True)
class _Writing:
    """One payload on its way.

    Attributes:
        made: the disclosures.
        hidden: what stands in them, as JSON.
        arrays: how many members ``_sd`` were written.
        placeholders: how many members ``...``.
    """

    entropy: Entropy
    made: list[bytes] = field(default_factory=list)
    hidden: list[bytes] = field(default_factory=list)
    arrays: int = 0
    placeholders: int = 0


def conceal(
    claims: JsonObject, disclosable: Paths, *, entropy: Entropy
) -> tuple[JsonObject, list[str]]:
    """Replace disclosable claims and list elements by digests, the innermost first (4.2).

    Args:
        claims: the payload's claims about the subject.
        disclosable: paths as in ``credentials.claims``; a parent and its child may both be named.
        entropy: for salts and decoys.

    Returns:
        The claims with digests, and the disclosures.

    Raises:
        MalformedError: ``disclosure_name_reserved`` for a claim with a name of the mechanism,
            ``too_many_disclosures``.
    """
    members, made = _concealed(claims, disclosable, entropy)
    return parse_json_object(_object(members)), [text.decode("ascii") for text in made]


def sign(
    claims: JsonObject,
    registered: JsonObject,
    header: JsonObject,
    signer: IssuingSigner,
    *,
    disclosable: Paths,
    entropy: Entropy,
) -> str:
    """Conceal, sign and join: an SD-JWT as its holder gets it, named by the signer's key id.

    Args:
        claims: as in ``conceal``.
        registered: claims beside them that stay plain.
        header: the protected header, less ``alg`` and ``kid``.
        signer: the issuer's key.
        disclosable: as in ``conceal``.
        entropy: as in ``conceal``.

    Raises:
        UnsupportedError: ``alg_not_supported`` for a BBS signer.
        MalformedError: ``claim_collision`` for a claim with a registered name, or as ``conceal``.
    """
    if not registered.keys().isdisjoint(claims):
        raise MalformedError("claim_collision", "a claim with a registered name")
    members, made = _concealed(claims, disclosable, entropy)
    plain = {**registered, "_sd_alg": HASH_NAME} if made else registered
    members.append(json_octets(plain)[1:-1])
    if signer.public.key_id is not None:
        header = {**header, "kid": signer.public.key_id}
    token = sign_compact(header, _object(members), message_signer(signer))
    return join(token, [b"~".join(made).decode("ascii")] if made else [])


def _concealed(
    claims: JsonObject, disclosable: Paths, entropy: Entropy
) -> tuple[list[bytes], list[bytes]]:
    writing = _Writing(entropy)
    members = _members(claims, _plan(disclosable), writing)
    written = b"".join([*members, *writing.hidden])
    arrays, placeholders = written.count(b'"_sd'), written.count(b'"..."')
    if (arrays, placeholders) != (writing.arrays, writing.placeholders):  # or within a text
        _check_names(claims)
    if len(writing.made) > MAX_DISCLOSURES:
        raise MalformedError("too_many_disclosures", f"more than {MAX_DISCLOSURES}")
    return members, writing.made


def _write(value: JsonValue, plan: _Plan, writing: _Writing) -> bytes:
    """A value as JSON, with digests for whatever is hidden inside it."""
    if isinstance(value, dict):
        return _object(_members(value, plan, writing))
    if isinstance(value, list):
        return _list(value, plan, writing)
    return json_octets(value)


def _check_names(value: JsonValue) -> None:
    if isinstance(value, dict):
        if not RESERVED_NAMES.isdisjoint(value):
            raise MalformedError("disclosure_name_reserved", "a claim named as the mechanism")
        value = [*value.values()]
    if isinstance(value, list):
        for inner in value:
            _check_names(inner)


def _members(node: JsonObject, plan: _Plan, writing: _Writing) -> list[bytes]:
    """The members of an object, each as JSON, and their digests as one more."""
    shown: list[bytes] = []
    hidden: list[bytes] = []
    for name, value in node.items():
        below = plan.steps.get(name, _NOTHING)
        text = _write(value, below, writing) if below.steps else json_octets(value)
        if below.hidden:
            hidden.append(b"%b,%b" % (json_octets(name), text))
        else:
            shown.append(b"%b:%b" % (json_octets(name), text))
    if hidden:  # the order of digests is as random as their salts
        writing.arrays += 1
        digests, _ = _disclose(hidden, writing)
        shown.append(b'"_sd":["%b"]' % b'","'.join(sorted(digests)))
    return shown


def _object(members: Sequence[bytes]) -> bytes:
    return b"{%b}" % b",".join(members)


def _list(node: list[JsonValue], plan: _Plan, writing: _Writing) -> bytes:
    elements: list[bytes] = []
    places: list[int] = []
    alike = plan.steps.get(None) if len(plan.steps) == 1 else None
    for index, value in enumerate(node):
        below = alike or plan.element(index)
        if below.hidden:
            places.append(index)
        elements.append(_write(value, below, writing) if below.steps else json_octets(value))
    if places:
        digests, chance = _disclose([elements[place] for place in places], writing)
        writing.placeholders += len(digests)
        placeholders = [b'{"...":"%b"}' % digest for digest in digests]
        for place, placeholder in zip(places, placeholders, strict=False):
            elements[place] = placeholder
        for decoy in placeholders[len(places) :]:  # the order of elements has a meaning, so
            chance, position = divmod(chance, len(elements) + 1)  # that decoys go between them
            elements.insert(position, decoy)
    return b"[%b]" % b",".join(elements)


def _disclose(hidden: list[bytes], writing: _Writing) -> tuple[tuple[bytes, ...], int]:
    """Write the disclosures of one container.

    Args:
        hidden: JSON of the name, if it has one, and the value of each.
        writing: gets the disclosures.

    Returns:
        Their digests in the same order and decoys behind them; and a random number, large enough
        to choose a place for each decoy.
    """
    count, decoys = len(hidden), -len(hidden) % DIGESTS_IN_STEPS_OF
    noise, salting = _DIGEST_BYTES * decoys, SALT_BYTES * count
    drawn = writing.entropy(salting + noise + _POSITION_BYTES * decoys)
    salts = struct.unpack("24s" * count, b64url_spell(drawn[:salting]))
    salted = [b'["%b",%b]' % pair for pair in zip(salts, hidden, strict=True)]
    texts = [*map(b64url_spell, salted)]
    writing.made.extend(texts)
    writing.hidden.extend(hidden)
    hashes = [sha256(text).digest() for text in texts]
    hashes += struct.unpack("32s" * decoys, drawn[salting : salting + noise])
    # 32 octets and a zero are 44 characters: all are spelled in one go, the last of each dropped
    spelled = b64url_spell(b"\0".join([*hashes, b""]))
    return (
        struct.unpack("43sx" * (count + decoys), spelled),
        int.from_bytes(drawn[salting + noise :], "big"),
    )
