"""Files and functions stay short enough to be read at once (docs/house-rules.md)."""

import ast
from pathlib import Path

import pytest

from tests.house.sources import PRODUCT, functions, lines_of_body, python_files

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
P90_FUNCTION_LINES = 30


@pytest.mark.parametrize("path", python_files(), ids=str)
def test_file_is_short(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= MAX_FILE_LINES


def test_functions_are_short() -> None:
    long = [
        f"{path}:{function.lineno} {function.name} {lines_of_body(function)}"
        for path in python_files()
        for function in functions(path)
        if lines_of_body(function) > MAX_FUNCTION_LINES
    ]
    assert long == []


def test_nine_functions_of_ten_fit_half_a_screen() -> None:
    sizes = sorted(
        lines_of_body(function) for path in python_files(PRODUCT) for function in functions(path)
    )
    assert sizes[int(len(sizes) * 0.9)] <= P90_FUNCTION_LINES


def test_a_long_function_would_be_seen() -> None:
    source = "def long():\n" + "    x = 1\n" * (MAX_FUNCTION_LINES + 1)
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert lines_of_body(function) > MAX_FUNCTION_LINES
