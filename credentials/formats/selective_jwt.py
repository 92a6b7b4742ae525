"""A credential that an SD-JWT shows in part: what ``dc+sd-jwt`` and ``vc+sd-jwt`` have in common.

Each token is read once: what was read stays beside the credential, for the checks of its signature.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from credentials.claims import ClaimsPath, Paths
from credentials.encoding import JsonObject
from credentials.errors import UnsupportedError
from credentials.formats import key_binding, sd_jwt
from credentials.formats.token_claims import key_reference
from credentials.jose import Jws
from credentials.keys import PublicKey, Signer, public_key_from_jwk
from credentials.model import Binding, KeyReference, Unverified


@dataclass(frozen=True, slots=True)
class Reading:
    """An SD-JWT taken apart, its disclosures in place; no signature is checked.

    Attributes:
        tokens: the issuer's, and the holder's where there is one.
    """

    parts: sd_jwt.SdJwt
    tokens: tuple[Jws, ...]
    opened: sd_jwt.Opened

    def key(self, issuer: str) -> KeyReference:
        """How the issuer's token names its key, or the chain in the place of a name.

        Raises:
            ProofInvalid: ``x5c_invalid``: what cannot be a chain.
        """
        return key_reference(self.tokens[0], issuer)


def read(text: str, peek: Callable[[str], Jws]) -> Reading:
    """Take an SD-JWT apart, and put its disclosures in place.

    Args:
        text: compact.
        peek: reads the issuer's token, whose type it knows.

    Raises:
        CredentialError: as ``sd_jwt.split``, ``peek``, ``key_binding.read_key_binding`` and
            ``sd_jwt.open_disclosures``.
    """
    parts = sd_jwt.split(text)
    tokens: tuple[Jws, ...] = (peek(parts.issuer_jwt),)
    if parts.key_binding is not None:
        tokens = (*tokens, key_binding.read_key_binding(parts.key_binding))
    return Reading(parts, tokens, sd_jwt.open_disclosures(tokens[0].payload, parts.disclosures))


def confirmed_key(payload: JsonObject) -> PublicKey | None:
    """The key that the issuer bound a credential to (``cnf``); None where he bound it to none.

    Raises:
        UnsupportedError: ``cnf_unsupported`` for anything but ``jwk``.
        MalformedError: ``key_invalid``.
    """
    if "cnf" not in payload:
        return None
    confirmation = payload["cnf"]
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if not isinstance(jwk, dict):
        raise UnsupportedError("cnf_unsupported", "expected cnf.jwk")
    return public_key_from_jwk(jwk)


def present(
    reading: Reading,
    shown: Iterable[ClaimsPath],
    holder: Signer,
    binding: Binding,
    *,
    at: datetime,
    always: Paths = frozenset(),
) -> str:
    """Keep the disclosures at, around and inside what is shown, and bind them to one request.

    Args:
        reading: what is held.
        shown: concrete paths into the opened payload.
        holder: signs.
        binding: the request.
        at: now.
        always: places whose own disclosures are kept whatever is shown.

    Raises:
        BindingInvalid: ``config_nonce_required``.
    """
    chosen = frozenset(shown)
    around = always.union(path[:steps] for path in chosen for steps in range(len(path) + 1))
    kept = [
        text
        for path, text in reading.opened.disclosures.items()
        if path in around or any(path[:steps] in chosen for steps in range(len(path)))
    ]
    without = sd_jwt.join(reading.parts.issuer_jwt, kept)
    return key_binding.bind(without, holder, binding, at=at)


def check_presenter(unverified: Unverified, *, expected: Binding | None, at: datetime) -> None:
    """The key-binding JWT is by the bound key, and fresh and for the expected request.

    Raises:
        BindingInvalid: as ``key_binding.check_key_binding``.
    """
    read_before = unverified.tokens[1] if unverified.presented else None
    key_binding.check_key_binding(
        str(unverified.wire), unverified.holder, expected=expected, at=at, read=read_before
    )
