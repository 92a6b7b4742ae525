"""The one interface of every credential format, and the two ways to use it whole."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Protocol

from credentials.bbs_keys import IssuingSigner, VerificationKey
from credentials.claims import Paths
from credentials.errors import BindingInvalid, OutsideValidity
from credentials.keys import PublicKey, Signer
from credentials.limits import CLOCK_SKEW
from credentials.model import (
    Binding,
    Credential,
    Entropy,
    KeyReference,
    Unverified,
    Validity,
    Verified,
    Wire,
)

ResolveKey = Callable[[KeyReference], VerificationKey]
"""The issuer's own key for a reference, under the purpose of making assertions."""


class CredentialFormat(Protocol):
    """One way to write, sign, present and read a credential.

    The methods that check raise and return nothing: what they leave unsaid is not checked.
    ``verify`` and ``verify_presentation`` below put them together in the only right order.

    Attributes:
        identifier: the format's name in OpenID4VCI and OpenID4VP.
    """

    identifier: ClassVar[str]

    @property
    def selective(self) -> bool:
        """False where the holder can only show the credential whole."""
        ...

    def issue(
        self,
        credential: Credential,
        signer: IssuingSigner,
        *,
        holder: PublicKey | None,
        disclosable: Paths,
        entropy: Entropy,
    ) -> Wire:
        """Sign a credential, bound to ``holder``; ``disclosable`` may pick list elements (None)."""
        ...

    def parse(self, wire: Wire) -> Unverified:
        """Read a credential or a presentation within the limits; checks no proof.

        Raises:
            MalformedError: it is not of this format.
            UnsupportedError: an algorithm, header or term that we do not know.
        """
        ...

    def check_proof(self, unverified: Unverified, key: VerificationKey, *, at: datetime) -> None:
        """The issuer's proof holds under ``key``, and the proof's own dates hold ``at``.

        Raises:
            ProofInvalid: it does not.
        """
        ...

    def present(
        self, held: Wire, holder: Signer, binding: Binding, *, disclose: Paths, at: datetime
    ) -> Wire:
        """Show only what ``disclose`` covers, signed by the holder for one request."""
        ...

    def check_binding(
        self, unverified: Unverified, *, expected: Binding | None, at: datetime
    ) -> None:
        """The holder's proof is by the bound key, fresh, and for the expected request.

        With ``expected`` None only the holder's signature and its cover are checked; the caller
        must then call the holder undetermined.

        Raises:
            BindingInvalid: missing, by another key, stale, or for another request.
        """
        ...


def check_dates(validity: Validity, *, at: datetime) -> None:
    """The moment ``at`` lies within the validity; at its start a clock may be off a little.

    Raises:
        OutsideValidity: ``expired`` (the end itself is over), or ``not_yet_valid``.
    """
    if validity.valid_until is not None and at >= validity.valid_until:
        raise OutsideValidity("expired", f"ended {validity.valid_until.isoformat()}")
    if validity.valid_from is not None and at + CLOCK_SKEW < validity.valid_from:
        raise OutsideValidity("not_yet_valid", f"starts {validity.valid_from.isoformat()}")


def verify(
    credential_format: CredentialFormat, wire: Wire, keys: ResolveKey, *, at: datetime
) -> Verified:
    """Check a held credential: form, proof, dates. Status and trust are the verdict's.

    Raises:
        CredentialError: the first check that does not hold.
    """
    unverified = credential_format.parse(wire)
    key = keys(unverified.key)
    credential_format.check_proof(unverified, key, at=at)
    check_dates(unverified.credential.validity, at=at)
    return Verified(credential_format.identifier, unverified.credential, key, holder_bound=False)


def verify_presentation(
    credential_format: CredentialFormat,
    wire: Wire,
    keys: ResolveKey,
    *,
    expected: Binding,
    at: datetime,
) -> Verified:
    """Check a presentation: form, proof, dates, and the holder's proof for this very request.

    Raises:
        BindingInvalid: ``config_nonce_required`` where audience or nonce is empty; else as below.
        CredentialError: the first check that does not hold.
    """
    if not expected.audience or not expected.nonce:
        raise BindingInvalid("config_nonce_required", "audience and nonce must be set")
    unverified = credential_format.parse(wire)
    key = keys(unverified.key)
    credential_format.check_proof(unverified, key, at=at)
    check_dates(unverified.credential.validity, at=at)
    credential_format.check_binding(unverified, expected=expected, at=at)
    return Verified(credential_format.identifier, unverified.credential, key, holder_bound=True)
