"""The cryptosuites that we know: an allow-list, looked up by what a proof says of itself."""

from types import MappingProxyType

from credentials.cryptosuites.base import (
    PROOF_TYPE,
    Cryptosuite,
    ProofOptions,
    SelectiveCryptosuite,
)
from credentials.cryptosuites.bbs_2023 import BBS_2023
from credentials.cryptosuites.ecdsa_jcs_2019 import ECDSA_JCS_2019
from credentials.cryptosuites.ecdsa_rdfc_2019 import ECDSA_RDFC_2019
from credentials.cryptosuites.ecdsa_sd_2023 import ECDSA_SD_2023
from credentials.cryptosuites.ed25519_signature_2020 import ED25519_SIGNATURE_2020
from credentials.cryptosuites.eddsa_jcs_2022 import EDDSA_JCS_2022
from credentials.cryptosuites.eddsa_rdfc_2022 import EDDSA_RDFC_2022
from credentials.encoding import JsonObject
from credentials.errors import UnsupportedError

__all__ = [
    "BBS_2023",
    "CRYPTOSUITES",
    "ECDSA_JCS_2019",
    "ECDSA_RDFC_2019",
    "ECDSA_SD_2023",
    "ED25519_SIGNATURE_2020",
    "EDDSA_JCS_2022",
    "EDDSA_RDFC_2022",
    "PROOF_TYPE",
    "SELECTIVE_CRYPTOSUITES",
    "Cryptosuite",
    "ProofOptions",
    "SelectiveCryptosuite",
    "cryptosuite_of",
    "selective_cryptosuite_of",
]

CRYPTOSUITES: MappingProxyType[tuple[str, str | None], Cryptosuite] = MappingProxyType(
    {
        (PROOF_TYPE, "eddsa-rdfc-2022"): EDDSA_RDFC_2022,
        (PROOF_TYPE, "eddsa-jcs-2022"): EDDSA_JCS_2022,
        (PROOF_TYPE, "ecdsa-rdfc-2019"): ECDSA_RDFC_2019,
        (PROOF_TYPE, "ecdsa-jcs-2019"): ECDSA_JCS_2019,
        ("Ed25519Signature2020", None): ED25519_SIGNATURE_2020,
    }
)
"""By ``type`` and ``cryptosuite`` of a proof."""

SELECTIVE_CRYPTOSUITES: MappingProxyType[str, SelectiveCryptosuite] = MappingProxyType(
    {"ecdsa-sd-2023": ECDSA_SD_2023, "bbs-2023": BBS_2023}
)
"""By ``cryptosuite`` of a proof whose ``type`` is ``PROOF_TYPE``."""


def selective_cryptosuite_of(proof: JsonObject) -> SelectiveCryptosuite | None:
    """The suite that a proof names, if its holder may show a part; None for all others."""
    name = proof.get("cryptosuite")
    if proof.get("type") != PROOF_TYPE or not isinstance(name, str):
        return None
    return SELECTIVE_CRYPTOSUITES.get(name)


def cryptosuite_of(proof: JsonObject) -> Cryptosuite:
    """The suite that a proof names, if it secures a document as a whole.

    Raises:
        UnsupportedError: ``cryptosuite_not_allowed``.
    """
    kind, name = proof.get("type"), proof.get("cryptosuite")
    if isinstance(kind, str) and (name is None or isinstance(name, str)):
        suite = CRYPTOSUITES.get((kind, name))
        if suite is not None:
            return suite
    raise UnsupportedError("cryptosuite_not_allowed", "members type and cryptosuite")
