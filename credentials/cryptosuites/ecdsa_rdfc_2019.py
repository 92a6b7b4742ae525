"""ecdsa-rdfc-2019 (Data Integrity ECDSA Cryptosuites 1.0, section 3.2)."""

from credentials.cryptosuites.over_statements import OverStatements
from credentials.keys import Algorithm

ECDSA_RDFC_2019 = OverStatements("ecdsa-rdfc-2019", frozenset({Algorithm.ES256, Algorithm.ES384}))
"""P-256 with SHA-256 and P-384 with SHA-384, also inside the canonicalization."""
