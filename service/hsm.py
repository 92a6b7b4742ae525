"""Signing keys in a hardware token: PKCS#11 v2.40, through the extra ``hsm``.

The private halves never leave the token: they are made in it, sensitive and not extractable. A
session dies when its token is taken out or restarts; the next call finds the token by its label,
in whatever slot, logs in and tries once more.
"""

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import SecretStr

from credentials.encoding import b64url_encode
from credentials.errors import RejectedError, UndeterminedError, UnsupportedError
from credentials.keys import Algorithm, PublicKey, public_key_from_jwk

if TYPE_CHECKING:
    from pkcs11.types import Session

Found = TypeVar("Found")

_ONE_AT_A_TIME = Lock()
"""The binding opens each library without locking of its own, so that no two calls may overlap."""

_OPEN: "dict[tuple[Path, str], Session]" = {}
"""By library and token: in PKCS#11 a whole process is logged in to a token, or none of it."""

_PROBE_BITS = 64

_POINT_HEADER = 2
"""An EC point of our curves stands in a DER octet string of under 128 octets: tag and length."""

_HALF = 32
"""Octets of one coordinate on P-256."""

_ID_BYTES = 16
"""``CKA_ID`` ties the two halves of a key together."""


@dataclass(frozen=True, slots=True)
class _Kind:
    key_type: str  # names in ``pkcs11``, which is loaded when a token is opened
    making: str
    signing: str
    curve: str


_KINDS = {
    Algorithm.ES256: _Kind("EC", "EC_KEY_PAIR_GEN", "ECDSA", "secp256r1"),
    Algorithm.EDDSA: _Kind("EC_EDWARDS", "EC_EDWARDS_KEY_PAIR_GEN", "EDDSA", "1.3.101.112"),
}


@dataclass(frozen=True, slots=True)
class HardwareToken:
    """The keys of one token, by their labels.

    Attributes:
        module: the token's PKCS#11 library.
        label: of the token.
        pin: of its user; never shown.
    """

    module: Path
    label: str
    pin: SecretStr = field(repr=False)

    def names(self) -> tuple[str, ...]:
        """The names of the keys.

        Raises:
            UndeterminedError: ``signer_unavailable``.
        """
        import pkcs11  # noqa: PLC0415 - an extra

        wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY}

        def look(session: "Session") -> tuple[str, ...]:
            found = session.get_objects(wanted)
            return tuple(sorted(str(each[pkcs11.Attribute.LABEL]) for each in found))

        return self._work(look)

    def signer(self, name: str) -> "HardwareSigner":
        """The signer of that name.

        Raises:
            RejectedError: ``key_unknown``.
            UnsupportedError: ``key_unsupported``: a key of another kind than ours.
            UndeterminedError: ``signer_unavailable``.
        """
        return self._work(lambda session: HardwareSigner(self._public(session, name), self, name))

    def create(
        self, name: str, algorithm: Algorithm, *, key_id: str | None = None
    ) -> "HardwareSigner":
        """Make a key in the token.

        Args:
            name: its label; not in use yet.
            algorithm: what it signs with, for ever; ES256 or EdDSA.
            key_id: how documents will name it; the token does not keep it.

        Raises:
            RejectedError: ``key_exists``.
            UnsupportedError: ``key_unsupported``: an algorithm that the token cannot do.
            UndeterminedError: ``signer_unavailable``.
        """
        if name in self.names():
            raise RejectedError("key_exists", f"there is a key named {name}")

        def make(session: "Session") -> HardwareSigner:
            _make_pair(session, name, algorithm)
            return HardwareSigner(self._public(session, name).with_key_id(key_id), self, name)

        return self._work(make)

    def ensure(
        self, name: str, algorithm: Algorithm, *, key_id: str | None = None
    ) -> "HardwareSigner":
        """The signer of that name, made at first use."""
        if name in self.names():
            return self.signer(name)
        return self.create(name, algorithm, key_id=key_id)

    def sign(self, name: str, algorithm: Algorithm, message: bytes) -> bytes:
        """Sign with the key of that name: r and s side by side, or 64 octets of Ed25519.

        Raises:
            RejectedError: ``key_unknown``.
            UndeterminedError: ``signer_unavailable``.
        """
        import pkcs11  # noqa: PLC0415 - an extra

        mechanism = pkcs11.Mechanism[_KINDS[algorithm].signing]
        text = hashlib.sha256(message).digest() if algorithm is Algorithm.ES256 else message

        def make(session: "Session") -> bytes:
            key = _find(session, name, private=True)
            return bytes(key.sign(text, mechanism=mechanism))

        return self._work(make)

    def close(self) -> None:
        """Log this process out; the next call logs in again."""
        with _ONE_AT_A_TIME:
            self._drop()

    def _public(self, session: "Session", name: str) -> PublicKey:
        import pkcs11  # noqa: PLC0415 - an extra

        key = _find(session, name, private=False)
        point = bytes(key[pkcs11.Attribute.EC_POINT])[_POINT_HEADER:]
        if key.key_type == pkcs11.KeyType.EC_EDWARDS and len(point) == _HALF:
            return public_key_from_jwk({"kty": "OKP", "crv": "Ed25519", "x": b64url_encode(point)})
        if key.key_type == pkcs11.KeyType.EC and len(point) == 2 * _HALF + 1:
            x, y = point[1 : _HALF + 1], point[_HALF + 1 :]
            members = {"x": b64url_encode(x), "y": b64url_encode(y)}
            return public_key_from_jwk({"kty": "EC", "crv": "P-256", **members})
        raise UnsupportedError("key_unsupported", "a key of another kind in the token")

    def _work(self, action: Callable[["Session"], Found]) -> Found:
        """Do something in the session; where the session is gone, once more in a new one."""
        import pkcs11  # noqa: PLC0415 - an extra

        with _ONE_AT_A_TIME:
            for last_time in (False, True):
                try:
                    return action(self._opened())
                except (pkcs11.MechanismInvalid, pkcs11.AttributeValueInvalid) as error:
                    raise UnsupportedError("key_unsupported", type(error).__name__) from error
                except (pkcs11.PinIncorrect, pkcs11.PinLocked, pkcs11.PinExpired) as error:
                    raise RejectedError("keystore_locked", type(error).__name__) from error
                except pkcs11.PKCS11Error as error:
                    self._drop()
                    if last_time:
                        name = type(error).__name__
                        raise UndeterminedError("signer_unavailable", name) from error
        raise AssertionError("the loop returns or raises")

    def _opened(self) -> "Session":
        """The session of this process, alive: a search in a dead one leaves its traces behind."""
        import pkcs11  # noqa: PLC0415 - an extra

        session = _OPEN.get((self.module, self.label))
        if session is None:
            token: Any = pkcs11.lib(str(self.module)).get_token(token_label=self.label)
            session = token.open(rw=True, user_pin=self.pin.get_secret_value())
            _OPEN[self.module, self.label] = session
        session.generate_random(_PROBE_BITS)
        return session

    def _drop(self) -> None:
        import pkcs11  # noqa: PLC0415 - an extra

        session = _OPEN.pop((self.module, self.label), None)
        if session is not None:
            with suppress(pkcs11.PKCS11Error):  # it was gone already, which is why it is dropped
                session.close()


@dataclass(frozen=True, slots=True)
class HardwareSigner:
    """A signer whose key stays in its token."""

    public: PublicKey
    _token: HardwareToken = field(repr=False, compare=False)
    _name: str

    def sign(self, message: bytes) -> bytes:
        """Sign: r and s side by side, or 64 octets of Ed25519.

        Raises:
            UndeterminedError: ``signer_unavailable``: the token is not there.
        """
        return self._token.sign(self._name, self.public.algorithm, message)


def open_token(module: Path | None, label: str | None, pin: SecretStr | None) -> HardwareToken:
    """The token of the settings; it is not touched before its first use.

    Raises:
        RejectedError: ``config_hsm``: a setting is missing, or the library or the extra is not
            there.
    """
    if module is None or label is None or pin is None:
        raise RejectedError("config_hsm", "module, token and PIN go together")
    if not module.is_file():
        raise RejectedError("config_hsm", "no PKCS#11 library at that place")
    try:
        import pkcs11  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        raise RejectedError("config_hsm", "install skillspass with the extra hsm") from error
    return HardwareToken(module, label, pin)


def _make_pair(session: Any, name: str, algorithm: Algorithm) -> None:  # noqa: ANN401 - as above
    import pkcs11  # noqa: PLC0415 - an extra
    from pkcs11.util.ec import encode_named_curve_parameters  # noqa: PLC0415 - as above

    kind = _KINDS.get(algorithm)
    if kind is None:
        raise UnsupportedError("key_unsupported", algorithm)
    curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(kind.curve)}
    domain = session.create_domain_parameters(pkcs11.KeyType[kind.key_type], curve, local=True)
    domain.generate_keypair(
        mechanism=pkcs11.Mechanism[kind.making],
        store=True,
        label=name,
        id=secrets.token_bytes(_ID_BYTES),
        capabilities=pkcs11.MechanismFlag.SIGN | pkcs11.MechanismFlag.VERIFY,
        private_template={
            pkcs11.Attribute.SENSITIVE: True,
            pkcs11.Attribute.EXTRACTABLE: False,
        },
    )


def _find(session: Any, name: str, *, private: bool) -> Any:  # noqa: ANN401 - as above
    import pkcs11  # noqa: PLC0415 - an extra

    kind = pkcs11.ObjectClass.PRIVATE_KEY if private else pkcs11.ObjectClass.PUBLIC_KEY
    try:
        return session.get_key(object_class=kind, label=name)
    except pkcs11.NoSuchKey as error:
        raise RejectedError("key_unknown", f"no key named {name}") from error
