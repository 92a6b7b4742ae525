"""The issuer's keys and secrets: one signing key for each format, all in its own directory."""

from collections.abc import Mapping
from dataclasses import replace

from credentials.dids.web import method_id
from credentials.keys import Algorithm, Signer, SoftwareSigner
from credentials.model import Entropy
from issuer.installation import SignersOf
from issuer.settings import IssuerSettings
from service.secret_files import kept_secret

ALGORITHMS = {"dc+sd-jwt": Algorithm.ES256, "ldp_vc": Algorithm.EDDSA}
"""By format: HAIP asks ES256; eddsa-rdfc-2022 is Ed25519. Status lists follow their format."""


def open_signers(settings: IssuerSettings) -> SignersOf:
    """The signers of the key file, made at first use; each organisation has its own.

    Raises:
        RejectedError: ``config_passphrase`` where production names none; ``keystore_locked``.
    """
    keystore = settings.keystore()

    def signers_of(slug: str, did: str) -> Mapping[str, Signer]:
        prefix = f"{slug}/" if slug else ""
        kept = {name: keystore.ensure(prefix + name, kind) for name, kind in ALGORITHMS.items()}
        return named(kept, did)

    return signers_of


def make_signers() -> SignersOf:
    """Fresh signers that live in memory alone, for an issuer of one run."""
    made: dict[str, Mapping[str, Signer]] = {}

    def signers_of(_slug: str, did: str) -> Mapping[str, Signer]:
        if did not in made:
            fresh = {name: SoftwareSigner.generate(kind) for name, kind in ALGORITHMS.items()}
            made[did] = named(fresh, did)
        return made[did]

    return signers_of


def no_signers(_slug: str, _did: str) -> Mapping[str, Signer]:
    """For whoever signs nothing."""
    return {}


def named(signers: Mapping[str, SoftwareSigner], did: str) -> Mapping[str, Signer]:
    """The same signers under the ids of this DID."""
    return {
        name: replace(signer, public=signer.public.with_key_id(method_id(did, signer.public)))
        for name, signer in signers.items()
    }


def sealing_key(settings: IssuerSettings, entropy: Entropy) -> bytes:
    """What seals names and claims in the database; made at first use."""
    return kept_secret(settings.directory / "sealing.key", entropy)


def api_key(settings: IssuerSettings, entropy: Entropy) -> str:
    """What an operator's program must show: of the settings, else made at first use."""
    if settings.api_key is not None:
        return settings.api_key.get_secret_value()
    return kept_secret(settings.directory / "api.key", entropy).hex()
