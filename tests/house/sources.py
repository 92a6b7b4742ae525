"""The project's own files, as git knows them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = (
    "schemas",
    "credentials",
    "skills",
    "service",
    "issuer",
    "wallet",
    "verifier",
    "skillspass.py",
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is committed, or would be: relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    names = sorted(name for name in listed.stdout.split("\0") if name)
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


def python_files(within: tuple[str, ...] = (*PRODUCT, "tests", "benchmarks")) -> list[Path]:
    """Python files whose first folder is one of ``within``."""
    return [path for path in tracked() if path.suffix == ".py" and path.parts[0] in within]


@cache
def tree(path: Path) -> ast.Module:
    """The parsed source of one file."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def functions(path: Path) -> list[Function]:
    """All functions and methods of one file."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, Function)]


def lines_of_body(function: Function) -> int:
    """Lines from the first to the last statement, without the docstring."""
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    if not body:
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1
