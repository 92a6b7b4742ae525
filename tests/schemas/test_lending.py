"""One door lends contexts: the linter's contract names every module that might."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_contract_covers_every_module_of_the_vocabulary() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (contract,) = [
        each for each in contracts if each.get("forbidden_modules") == ["schemas.lending"]
    ]
    modules = {f"schemas.{path.stem}" for path in (ROOT / "schemas").glob("*.py")}
    assert modules - {"schemas.__init__", "schemas.lending"} <= set(contract["source_modules"])
    assert contract["ignore_imports"] == ["verifier.conformance_contexts -> schemas.lending"]
