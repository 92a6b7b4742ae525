"""Every refusal of the browser's part has a sentence, as those of Python have (tests/house)."""

import re

from schemas.messages import known
from tests.house.sources import ROOT

RAISED = re.compile(
    r'(?:malformed|unsupported|rejected|undetermined)\(\s*"([a-z0-9_]+)"'
    r'|new Fields\((?:[^()]|\([^()]*\))*?,\s*"([a-z0-9_]+)"\)'
)
NOT_FOR_PEOPLE = {
    "answer_private",  # an answer of the keeper's own that its screens must never get
    "message_invalid",  # a message that no screen of ours sends
}


def raised() -> dict[str, str]:
    """Every code, with one file that raises it."""
    codes: dict[str, str] = {}
    for path in sorted((ROOT / "wallet" / "web" / "src").rglob("*.ts")):
        for first, second in RAISED.findall(path.read_text("utf-8")):
            codes.setdefault(first or second, path.name)
    return codes


def test_every_code_of_the_browser_has_a_sentence() -> None:
    codes = raised()
    assert len(codes) > 60
    silent = {code for code in codes if not known(f"error.{code}")}
    assert silent == NOT_FOR_PEOPLE
