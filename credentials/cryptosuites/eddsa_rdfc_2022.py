"""eddsa-rdfc-2022 (Data Integrity EdDSA Cryptosuites 1.0, section 3.2)."""

from credentials.cryptosuites.over_statements import OverStatements
from credentials.keys import Algorithm

EDDSA_RDFC_2022 = OverStatements("eddsa-rdfc-2022", frozenset({Algorithm.EDDSA}))
"""Ed25519 with SHA-256: the one embedded proof that Open Badges 3.0 accepts."""
