"""Cases that Python and the browser both run: per subject a JSON file and the engine's answers."""

from tests.cases import (
    cards,
    consents,
    documents,
    messages,
    queries,
    requests,
    texts,
    tokens,
    vaults,
)

SUBJECTS = {
    "cards": cards,
    "consents": consents,
    "documents": documents,
    "messages": messages,
    "queries": queries,
    "requests": requests,
    "texts": texts,
    "tokens": tokens,
    "vaults": vaults,
}
