"""Cases that Python and the browser both run: per subject a JSON file and the engine's answers."""

from tests.cases import tokens

SUBJECTS = {"tokens": tokens}
