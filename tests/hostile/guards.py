"""Switches for the guards of the kernel: with a guard off, what it refuses must get through.

A guard is either every refusal with one code in one module, or a limit or check by its name. The
tables of cases stand in ``guarded_tokens``, ``guarded_documents`` and ``guarded_status``.
"""

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType

import pytest

from credentials.errors import CredentialError, RejectedError
from credentials.findings import Outcome, Verdict
from schemas.contexts import ContextError

ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Refusals:
    """Every ``raise`` of one code in one module.

    Attributes:
        code: of the error, or the name of the function or class that makes it.
    """

    module: ModuleType
    code: str


@dataclass(frozen=True, slots=True)
class Named:
    """A limit or a check by its name, and what stands in its place when it is off."""

    owner: object
    name: str
    instead: object


def switch_off(guards: Iterable[Refusals | Named], patch: pytest.MonkeyPatch) -> None:
    """Run the kernel without these guards; all else of it stays."""
    codes: dict[ModuleType, set[str]] = {}
    for guard in guards:
        if isinstance(guard, Named):
            patch.setattr(guard.owner, guard.name, guard.instead)
        else:
            codes.setdefault(guard.module, set()).add(guard.code)
    for module, removed in codes.items():
        _remove(module, removed, patch)


def _remove(module: ModuleType, codes: set[str], patch: pytest.MonkeyPatch) -> None:
    remover = _Remover(codes)
    tree = ast.fix_missing_locations(remover.visit(ast.parse(inspect.getsource(module))))
    assert remover.removed == codes, f"{module.__name__} raises no {codes - remover.removed}"
    without = dict(_codes(compile(tree, str(module.__file__), "exec")))
    for function in _functions(module):
        code = without[function.__code__.co_qualname]
        if code != function.__code__:
            patch.setattr(function, "__code__", code)


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile input, and the guards of which each alone refuses it.

    Attributes:
        attempt: reads the input as a verifier would; raises what refuses it.
        code: of that refusal.
        guards: with all of them off it is accepted.
        after: what answers instead when they are off, where nothing can accept it.
        why: that reason in a sentence; empty for all others.
    """

    attempt: Callable[[], object]
    code: str
    guards: tuple[Refusals | Named, ...]
    after: str = ACCEPTED
    why: str = ""

    def answer(self) -> str:
        """``accepted``, the code of a refusal, or the name of an error that is none of ours."""
        try:
            self.attempt()
        except (CredentialError, ContextError) as refused:
            return refused.code
        except Exception as fault:  # noqa: BLE001 - which damage is done is the answer
            return type(fault).__name__
        return ACCEPTED


def judged(verdict: Verdict) -> None:
    """Raise the first finding that is neither passed nor beside the point."""
    for finding in verdict.findings:
        if finding.outcome in {Outcome.FAILED, Outcome.UNDETERMINED}:
            raise RejectedError(finding.code)


class _Remover(ast.NodeTransformer):
    """Puts ``pass`` in the place of the statements that raise one of some codes."""

    def __init__(self, codes: set[str]) -> None:
        self._codes = codes
        self.removed: set[str] = set()

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        """A statement that raises."""
        made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        first = node.exc.args[:1] if isinstance(node.exc, ast.Call) else []
        names = {str(each.value) for each in first if isinstance(each, ast.Constant)}
        names |= {made.id} if isinstance(made, ast.Name) else set()
        if names.isdisjoint(self._codes):
            return node
        self.removed |= names & self._codes
        return ast.copy_location(ast.Pass(), node)


def _codes(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant.co_qualname, constant
            yield from _codes(constant)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """The functions and methods of a module, also behind a cache; not the imported ones."""
    classes = [each for each in vars(module).values() if inspect.isclass(each)]
    for owner in (module, *(each for each in classes if each.__module__ == module.__name__)):
        for value in vars(owner).values():
            function = inspect.unwrap(getattr(value, "__func__", value))
            made_here = getattr(function, "__module__", None) == module.__name__
            if isinstance(function, FunctionType) and made_here and _has_source(function, module):
                yield function


def _has_source(function: FunctionType, module: ModuleType) -> bool:
    """Not written by a decorator, as the methods of a dataclass are."""
    return function.__code__.co_filename == module.__file__
