"""Holder keys: a new one for each copy of a credential, so two readers cannot link the worker."""

from collections.abc import Collection

from credentials.errors import UnsupportedError
from credentials.keys import Algorithm, SoftwareSigner

KEYS_OF_FORMAT = {
    "dc+sd-jwt": (Algorithm.ES256,),
    "ldp_vc": (Algorithm.ES256, Algorithm.EDDSA),
}
"""What can be held with which keys, the first that the issuer takes: P-256 as every browser has it,
so that a proof can go along to the browser; Ed25519 for an issuer that knows nothing else."""


def new_holder_key(format_id: str, *, supported: Collection[str] = ()) -> SoftwareSigner:
    """A key pair for one copy of a credential.

    Args:
        format_id: the credential's format, which decides the kinds of key.
        supported: the algorithms that the issuer takes a proof of possession in; empty = any.

    Raises:
        UnsupportedError: ``format_unknown``, or ``alg_not_supported`` by the issuer.
    """
    algorithms = KEYS_OF_FORMAT.get(format_id)
    if algorithms is None:
        raise UnsupportedError("format_unknown", "a format that this wallet cannot hold")
    for algorithm in algorithms:
        if not supported or algorithm in supported:
            return SoftwareSigner.generate(algorithm)
    raise UnsupportedError("alg_not_supported", f"the issuer takes no {', '.join(algorithms)}")
