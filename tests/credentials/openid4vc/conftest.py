"""Keys and a verifier's document for the message tests."""

from collections.abc import Callable

import pytest

from credentials.dids.web import write_document
from credentials.encoding import compact_json
from credentials.errors import UndeterminedError
from credentials.keys import Algorithm, SoftwareSigner

VERIFIER = "did:web:verifier.skillspass.example"


@pytest.fixture(scope="session")
def verifier_key() -> SoftwareSigner:
    """The verifier's signing key, named by its DID URL."""
    return SoftwareSigner.generate(Algorithm.ES256, f"{VERIFIER}#key-1")


@pytest.fixture
def get(verifier_key: SoftwareSigner) -> Callable[[str], bytes]:
    """Serves the verifier's document, and nothing else."""
    document = compact_json(write_document(VERIFIER, [verifier_key.public]))

    def fetch(url: str) -> bytes:
        if url != "https://verifier.skillspass.example/.well-known/did.json":
            raise UndeterminedError("fetch_failed", url)
        return document

    return fetch
