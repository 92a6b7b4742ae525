"""Cases that Python and the browser both run: per subject a JSON file and the engine's answers."""

from tests.cases import documents, texts, tokens

SUBJECTS = {"documents": documents, "texts": texts, "tokens": tokens}
