"""No browser test bets on time: what it waits for is named, and a busy machine gets a minute."""

import ast
from collections.abc import Iterator

from tests.house.sources import python_files, tree

OWN_LOOPS = {"waiting.py"}
"""Where a pause stands in a loop with an end; all others ask there."""

BETS = {
    "wait_for_timeout": "a pause is too long here and too short elsewhere: tests.browser.waiting",
    "wait_for_function": "the pages' policy forbids to evaluate text: tests.browser.waiting",
}
"""What is called, and why not."""


def bets(module: ast.AST) -> Iterator[str]:
    """What a test leaves to chance."""
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name in BETS:
            yield f"line {call.lineno}: {name}: {BETS[name]}"
        for given in call.keywords:
            if given.arg == "timeout" and isinstance(given.value, ast.Constant):
                yield f"line {call.lineno}: a time-out of its own: PATIENCE is for all"
        for value in call.args:
            if isinstance(value, ast.Constant) and value.value == "networkidle":
                yield f"line {call.lineno}: networkidle passes at once where it was reached before"


def test_browser_tests_wait_for_what_they_name() -> None:
    found = [
        f"{path}: {fault}"
        for path in python_files(("tests",))
        if path.parts[1] == "browser" and path.name not in OWN_LOOPS
        for fault in bets(tree(path))
    ]
    assert found == []


def test_a_bet_would_be_seen() -> None:
    source = """
page.wait_for_timeout(200)
page.wait_for_function("1")
page.wait_for_load_state("networkidle")
page.locator("h1").wait_for(timeout=5_000)
"""
    assert len(list(bets(ast.parse(source)))) == 4
