"""The key with which bbs-2023 signs: experimental, and only where the extra ``bbs`` is installed.

One for each organisation, made from the sealing key, so that every process has the same. It has no
ledger and no rotation: that comes with the suite's own standard.
"""

from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.bbs_keys import BbsSigner
from credentials.dids.web import method_id
from issuer.ports import Ports

INSTALLED = find_spec("py_arkworks_bls12381") is not None
"""Whether the curve is there."""

_MATERIAL_BYTES = 48
"""What the draft recommends (3.4.1)."""


def pairing_signer(ports: Ports) -> BbsSigner | None:
    """The signer of an organisation; None without the extra."""
    return _derived(ports.sealer.key, ports.organisation_id, ports.did) if INSTALLED else None


@lru_cache(maxsize=256)
def _derived(sealing_key: bytes, organisation_id: str, did: str) -> BbsSigner:
    from credentials.bbs.signature import SoftwareBbsSigner  # noqa: PLC0415 - the curve is an extra

    about = b"skillspass issuer: bbs " + organisation_id.encode()
    material = HKDF(SHA256(), _MATERIAL_BYTES, salt=None, info=about).derive(sealing_key)
    signer = SoftwareBbsSigner.from_material(material)
    return replace(signer, public=signer.public.with_key_id(method_id(did, signer.public)))
