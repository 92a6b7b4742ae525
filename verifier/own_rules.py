"""The rules of whoever runs this: a policy by its name or file, and accreditations beside the list.

The command line takes the same from its options; here they come from the settings, once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from credentials.errors import CredentialError, RejectedError
from credentials.trust.accreditation import read_accreditation
from credentials.verification import Policy
from verifier.policies import POLICIES, TrustPolicy, find_policy
from verifier.settings import VerifierSettings
from verifier.trust import Listing
from verifier.uploads import MAX_UPLOAD_BYTES

MAX_ACCREDITATIONS = 50
"""Beside the list: a handful, for issuers that were accredited since it was signed."""


@dataclass(frozen=True, slots=True)
class OwnRules:
    """What is asked of every proof that nobody chose other rules for.

    Attributes:
        accreditations: credentials of the sector's body, as text, unchecked.
    """

    policy: TrustPolicy = POLICIES[Policy.LISTED]
    accreditations: tuple[str, ...] = ()

    def beside(self, listing: Listing, *, at: datetime) -> Listing:
        """The list with those that the sector's body accredited; what does not hold is left out."""
        for text in self.accreditations:
            try:
                listing = accredited(listing, [text], at=at)
            except CredentialError:
                continue  # it ended, or its body left the list: then its issuer is not accredited
        return listing


def own_rules(settings: VerifierSettings) -> OwnRules:
    """The rules of the settings.

    Raises:
        RejectedError: ``usage_policy``; ``usage_source``: an accreditation that cannot be read.
    """
    return OwnRules(find_policy(settings.policy), accreditation_texts(settings.accreditations))


def accreditation_texts(files: Sequence[Path]) -> tuple[str, ...]:
    """What stands in files with accreditations; unchecked.

    Raises:
        RejectedError: ``usage_source``: too many, or one that cannot be read.
    """
    if len(files) > MAX_ACCREDITATIONS:
        raise RejectedError("usage_source", f"more than {MAX_ACCREDITATIONS} accreditations")
    return tuple(map(_text_of, files))


def accredited(listing: Listing, texts: Sequence[str], *, at: datetime) -> Listing:
    """The list with those that the sector's body accredited beside it.

    Raises:
        RejectedError: ``accreditation_invalid``.
    """
    known = listing.trust_list
    if known is None or not texts:
        return listing
    entries = tuple(read_accreditation(text, trust_list=known, at=at) for text in texts)
    return replace(listing, trust_list=known.beside(entries))


def _text_of(file: Path) -> str:
    try:
        return file.read_bytes()[: MAX_UPLOAD_BYTES + 1].decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RejectedError("usage_source", "no accreditation in it") from error
