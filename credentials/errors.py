"""Errors of the kernel, by who must act.

CredentialError
+ MalformedError           the bytes are not what they say            the sender must fix them
+ UnsupportedError         well formed, but a feature we lack         the sender must choose another
+ RejectedError            checked, and the answer is no              the holder or issuer must act
|   ProofInvalid  BindingInvalid  OutsideValidity  Revoked  Suspended
|   Untrusted  SchemaMismatch  QueryUnsatisfied
+ UndeterminedError        could not be checked now                   try again later
"""


class CredentialError(Exception):
    """Root of the tree.

    Attributes:
        code: stable snake_case word: problem type, key of the message catalogue, finding code.
        detail: for the log: names a field and its shape, never a claim, a key or a token.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class MalformedError(CredentialError):
    """The bytes are not what they claim to be."""


class UnsupportedError(CredentialError):
    """Well formed, but it asks for a feature that we lack; the detail names it."""


class RejectedError(CredentialError):
    """Checked, and the answer is no."""


class ProofInvalid(RejectedError):
    """A signature, digest or disclosure does not hold."""


class BindingInvalid(RejectedError):
    """The presentation is not by this holder, or not for this request."""


class OutsideValidity(RejectedError):
    """Before its first or after its last moment."""


class Revoked(RejectedError):
    """The issuer withdrew it for good."""


class Suspended(RejectedError):
    """The issuer paused it."""


class Untrusted(RejectedError):
    """The issuer is unknown, or may not issue this type."""


class SchemaMismatch(RejectedError):
    """The claims do not have the shape that the credential type asks."""


class QueryUnsatisfied(RejectedError):
    """The presentation does not hold what was asked."""


class UndeterminedError(CredentialError):
    """It could not be checked now: unknown is never green."""
