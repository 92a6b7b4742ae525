"""Holder keys: a new one for each copy of a credential, so two readers cannot link the worker."""

from collections.abc import Collection

from credentials.errors import UnsupportedError
from credentials.keys import Algorithm, SoftwareSigner

KEY_OF_FORMAT = {"dc+sd-jwt": Algorithm.ES256, "ldp_vc": Algorithm.EDDSA}
"""P-256 as every browser has it; a presentation with eddsa-rdfc-2022 needs an Ed25519 key."""


def new_holder_key(format_id: str, *, supported: Collection[str] = ()) -> SoftwareSigner:
    """A key pair for one copy of a credential.

    Args:
        format_id: the credential's format, which decides the kind of key.
        supported: the algorithms that the issuer takes a proof of possession in; empty = any.

    Raises:
        UnsupportedError: ``format_unknown``, or ``alg_not_supported`` by the issuer.
    """
    algorithm = KEY_OF_FORMAT.get(format_id)
    if algorithm is None:
        raise UnsupportedError("format_unknown", "a format that this wallet cannot hold")
    if supported and algorithm not in supported:
        raise UnsupportedError("alg_not_supported", f"the issuer takes no {algorithm}")
    return SoftwareSigner.generate(algorithm)
