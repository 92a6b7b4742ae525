"""eddsa-jcs-2022 (Data Integrity EdDSA Cryptosuites 1.0, section 3.3)."""

from credentials.cryptosuites.over_json import OverJson
from credentials.keys import Algorithm

EDDSA_JCS_2022 = OverJson("eddsa-jcs-2022", frozenset({Algorithm.EDDSA}))
"""Ed25519 with SHA-256: what did:webvh logs carry."""
