"""ecdsa-jcs-2019 (Data Integrity ECDSA Cryptosuites 1.0, section 3.3)."""

from credentials.cryptosuites.over_json import OverJson
from credentials.keys import Algorithm

ECDSA_JCS_2019 = OverJson("ecdsa-jcs-2019", frozenset({Algorithm.ES256, Algorithm.ES384}))
"""P-256 with SHA-256, P-384 with SHA-384: for a holder who knows no JSON-LD."""
