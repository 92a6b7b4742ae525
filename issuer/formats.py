"""The formats that the issuer gives proofs in: what signs each, and where its status stands.

A format id is the name of the format in OpenID4VCI, with the cryptosuite behind it where there is
more than one: ``ldp_vc`` alone is eddsa-rdfc-2022, the one that Open Badges 3.0 accepts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType

from credentials.formats import FORMATS
from credentials.formats.base import CredentialFormat
from credentials.formats.data_integrity import CONFIGURED
from credentials.model import StatusKind

BBS = "bbs"
"""In the place of a key's name: bbs-2023 signs with a key of another kind."""


@dataclass(frozen=True, slots=True)
class IssuedFormat:
    """One way in which a proof can be given.

    Attributes:
        id: in offers, templates and names of configurations.
        written: writes and reads it.
        signer: name of the key in ``Ports.signers``; ``BBS`` for that of ``issuer.pairing_keys``.
        status: which kind of list it points into.
        cryptosuite: of ``ldp_vc``; None for tokens.
    """

    id: str
    written: CredentialFormat
    signer: str
    status: StatusKind
    cryptosuite: str | None = None

    @property
    def name(self) -> str:
        """The format's name in OpenID4VCI."""
        return self.written.identifier


_TOKEN_KEY = "dc+sd-jwt"  # noqa: S105 - name of the key that signs tokens: ES256

_BBS = IssuedFormat(
    "ldp_vc.bbs-2023", CONFIGURED["bbs-2023"], BBS, StatusKind.BITSTRING, "bbs-2023"
)
"""Experimental: only where the extra ``bbs`` is installed."""

ISSUED_FORMATS: Mapping[str, IssuedFormat] = MappingProxyType(
    {
        one.id: one
        for one in (
            IssuedFormat("dc+sd-jwt", FORMATS["dc+sd-jwt"], _TOKEN_KEY, StatusKind.TOKEN),
            IssuedFormat(
                "ldp_vc",
                CONFIGURED["eddsa-rdfc-2022"],
                "ldp_vc",
                StatusKind.BITSTRING,
                "eddsa-rdfc-2022",
            ),
            IssuedFormat(
                "ldp_vc.ecdsa-sd-2023",
                CONFIGURED["ecdsa-sd-2023"],
                _TOKEN_KEY,
                StatusKind.BITSTRING,
                "ecdsa-sd-2023",
            ),
            *([_BBS] if find_spec("py_arkworks_bls12381") else []),
            IssuedFormat("vc+sd-jwt", FORMATS["vc+sd-jwt"], _TOKEN_KEY, StatusKind.BITSTRING),
            IssuedFormat("jwt_vc_json", FORMATS["jwt_vc_json"], _TOKEN_KEY, StatusKind.BITSTRING),
        )
    }
)
"""By id; the first is the default."""

FORMAT_IDS = tuple(ISSUED_FORMATS)
