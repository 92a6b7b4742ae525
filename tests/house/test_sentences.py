"""Every refusal that a person can meet has a sentence, in Dutch and in English."""

import ast

from schemas.messages import LANGUAGES, known, sentence
from tests.house.sources import PRODUCT, python_files, tree

ERRORS = {
    "CredentialError",
    "MalformedError",
    "UnsupportedError",
    "RejectedError",
    "UndeterminedError",
    "ProofInvalid",
    "BindingInvalid",
    "OutsideValidity",
    "Revoked",
    "Suspended",
    "Untrusted",
    "SchemaMismatch",
    "QueryUnsatisfied",
}
NOT_FOR_PEOPLE = ("config_", "data_")
"""Told to whoever starts a service or changes its data files: the log's detail says more."""


def raised_codes() -> dict[str, str]:
    """Every literal code, with one place that raises it."""
    codes: dict[str, str] = {}
    for path in python_files(PRODUCT):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            first = node.args[0] if node.args else None
            if node.func.id in ERRORS and isinstance(first, ast.Constant):
                codes.setdefault(str(first.value), f"{path}:{node.lineno}")
    return codes


def test_every_code_has_a_sentence() -> None:
    codes = raised_codes()
    assert len(codes) > 50
    silent = [
        f"{code} ({place})"
        for code, place in codes.items()
        if not known(f"error.{code}") and not code.startswith(NOT_FOR_PEOPLE)
    ]
    assert silent == []


def test_sentences_are_written_in_both_languages() -> None:
    for code in raised_codes():
        if known(f"error.{code}"):
            both = {sentence(f"error.{code}", language) for language in LANGUAGES}
            assert len(both) == len(LANGUAGES), code
