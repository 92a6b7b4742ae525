"""Public names are documented and typed, modules carry nouns, and no field is a BSN."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.sources import PRODUCT, ROOT, Function, functions, python_files, tracked, tree

JUNK_DRAWERS = {"utils", "util", "common", "core", "misc", "manager", "helpers", "data", "info"}
SELF = {"self", "cls"}


@pytest.mark.parametrize("path", python_files(PRODUCT), ids=str)
def test_public_names_are_documented(path: Path) -> None:
    module = tree(path)
    bare = [] if ast.get_docstring(module) or not module.body else ["module"]
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if not node.name.startswith("_") and not ast.get_docstring(node):
            bare.append(node.name)
    inner = {inner.name for outer in functions(path) for inner in _nested(outer)}
    assert [name for name in bare if name not in inner] == []


@pytest.mark.parametrize("path", python_files(PRODUCT), ids=str)
def test_functions_are_typed(path: Path) -> None:
    untyped = []
    for function in functions(path):
        arguments = (
            *function.args.posonlyargs,
            *function.args.args,
            *function.args.kwonlyargs,
        )
        missing = [a.arg for a in arguments if a.annotation is None and a.arg not in SELF]
        if missing or function.returns is None:
            untyped.append(function.name)
    assert untyped == []


def test_modules_carry_nouns() -> None:
    assert [path for path in python_files(PRODUCT) if path.stem in JUNK_DRAWERS] == []


def test_broad_except_stands_once() -> None:
    broad = [
        str(path)
        for path in python_files(PRODUCT)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    ]
    assert broad == ["service/problems.py"]


def test_kernels_never_ask_for_the_time() -> None:
    asking = re.compile(r"\b(?:datetime\.now|datetime\.utcnow|date\.today)\(")
    found = [
        str(path)
        for path in python_files(("schemas", "credentials", "skills"))
        if asking.search((ROOT / path).read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_field_is_a_citizen_service_number() -> None:
    field = re.compile(r"\b(?:bsn|burgerservicenummer|citizen_service_number)\b\s*:", re.IGNORECASE)
    found = [
        f"{path}: {line.strip()}"
        for path in tracked()
        if path.suffix in {".py", ".yaml", ".json", ".jsonld"} and path.parts[0] in PRODUCT
        for line in (ROOT / path).read_text(encoding="utf-8").splitlines()
        if field.search(line)
    ]
    assert found == []
    assert field.search("    bsn: str") is not None


def _nested(outer: ast.AST) -> list[Function]:
    return [node for node in ast.walk(outer) if isinstance(node, Function) and node is not outer]
