"""Cases that Python and the browser both run: per subject a JSON file and the engine's answers."""

from tests.cases import documents, messages, queries, requests, texts, tokens

SUBJECTS = {
    "documents": documents,
    "messages": messages,
    "queries": queries,
    "requests": requests,
    "texts": texts,
    "tokens": tokens,
}
