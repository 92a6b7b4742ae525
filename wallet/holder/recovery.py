"""The recovery card: 160 bits in words that people can copy (wallet design, section 5).

Eight groups of four characters in Crockford's base32, and a ninth that is a checksum. A typing
mistake is found and named before anything is tried with the code.
"""

import hashlib
from itertools import combinations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.errors import RejectedError
from credentials.model import Entropy
from wallet.holder.events import CROCKFORD

SECRET_BYTES = 20
"""160 bits: nobody guesses them, so no slow hash stands before the slot."""

GROUP = 4
GROUPS = 9
CHECK_INFO = b"skillspass/rec/check/1"
LOCATOR_INFO = b"skillspass/rec/locator/1"
AUTH_INFO = b"skillspass/rec/auth/1"

_READ_ALIKE = str.maketrans("OIL", "011")
_LENGTH = GROUP * GROUPS
_SECRET_LENGTH = GROUP * (GROUPS - 1)


def new_code(*, entropy: Entropy) -> str:
    """A fresh recovery code, as it is printed: nine groups with a dash between."""
    return code_of(entropy(SECRET_BYTES))


def code_of(secret: bytes) -> str:
    """The recovery code of a secret of 20 octets."""
    number = int.from_bytes(secret, "big")
    letters = "".join(
        CROCKFORD[number >> 5 * place & 31] for place in reversed(range(_SECRET_LENGTH))
    )
    whole = letters + _checksum(letters)
    return "-".join(whole[start : start + GROUP] for start in range(0, _LENGTH, GROUP))


def secret_of(typed: str) -> bytes:
    """Read a code as people type it: any case, spaces and dashes; O is 0, and I and L are 1.

    Raises:
        RejectedError: ``recovery_checksum``: a character or group is wrong; ``wrong_groups`` tells
            which may be.
    """
    letters = _letters(typed)
    if len(letters) != _LENGTH or set(letters) - set(CROCKFORD):
        raise RejectedError("recovery_checksum", f"{len(letters)} characters")
    if not _fits(letters):
        raise RejectedError("recovery_checksum", "the checksum is another")
    number = 0
    for letter in letters[:_SECRET_LENGTH]:
        number = number << 5 | CROCKFORD.index(letter)
    return number.to_bytes(SECRET_BYTES, "big")


def wrong_groups(typed: str) -> tuple[int, ...]:
    """The groups, from 1, to look at again; empty where the code is right or all may be wrong.

    A group that is cut short or holds a foreign character is wrong by itself. Else a single
    character, or two groups that changed places, is looked for that makes the checksum fit: of a
    million codes with one mistake about a thousand also fit otherwise, and then both are named.
    """
    groups = _groups(typed)
    bent = [
        number
        for number, group in enumerate(groups, 1)
        if len(group) != GROUP or set(group) - set(CROCKFORD)
    ]
    letters = "".join(groups)
    if bent or len(groups) != GROUPS:
        return tuple(bent)
    if _fits(letters):
        return ()
    found: set[int] = set()
    for place in range(_LENGTH):
        for letter in CROCKFORD:
            if _fits(letters[:place] + letter + letters[place + 1 :]):
                found.add(place // GROUP + 1)
    for one, other in combinations(range(GROUPS), 2):
        swapped = [*groups]
        swapped[one], swapped[other] = groups[other], groups[one]
        if _fits("".join(swapped)):
            found |= {one + 1, other + 1}
    return tuple(sorted(found))


def locator(secret: bytes) -> bytes:
    """What finds the vault at the service, which keeps its SHA-256 alone."""
    return _derived(secret, LOCATOR_INFO)


def auth(secret: bytes) -> bytes:
    """What the vault is handed out on; the service keeps its SHA-256 alone."""
    return _derived(secret, AUTH_INFO)


def _letters(typed: str) -> str:
    return "".join(typed.upper().replace("-", " ").split()).translate(_READ_ALIKE)


def _groups(typed: str) -> list[str]:
    """The groups as they were typed, or every four characters where no gap was left."""
    parts = typed.upper().replace("-", " ").translate(_READ_ALIKE).split()
    if len(parts) == GROUPS:
        return parts
    letters = "".join(parts)
    return [letters[start : start + GROUP] for start in range(0, len(letters), GROUP)]


def _fits(letters: str) -> bool:
    return _checksum(letters[:_SECRET_LENGTH]) == letters[_SECRET_LENGTH:]


def _checksum(letters: str) -> str:
    """Twenty bits of a hash, as four characters."""
    digest = hashlib.sha256(CHECK_INFO + letters.encode()).digest()
    number = int.from_bytes(digest[:3], "big") >> 4
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(GROUP)))


def _derived(secret: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=b"", info=info).derive(secret)
