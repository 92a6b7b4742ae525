"""The message catalogue: both languages, one owner for each key, plain places."""

from pathlib import Path

import pytest

from schemas import messages
from schemas.files import DataFileError


def write(directory: Path, name: str, text: str) -> None:
    (directory / name).write_text(text, "utf-8")


def test_a_sentence_comes_in_both_languages(tmp_path: Path) -> None:
    write(
        tmp_path, "a.yaml", "door.open:\n  nl: De deur van {who} is open.\n  en: '{who} is in.'\n"
    )
    found = messages.read_messages(tmp_path)
    assert found["door.open"] == {"nl": "De deur van {who} is open.", "en": "{who} is in."}


def test_the_projects_own_catalogue_is_whole() -> None:
    assert messages.known("preset.skills.title")
    assert not messages.known("preset.skills.nothing")
    assert messages.sentence("preset.vca.title", "nl") == "Geldige VCA"
    assert messages.sentence("preset.vca.title", "en", unused="value") == "Valid VCA"
    for key in messages.messages():
        for language in messages.LANGUAGES:
            assert messages.messages()[key][language].strip()


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        messages.sentence("preset.nothing.title", "nl")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("k:\n  nl: Ja.\n", "en: expected a text"),
        ("k:\n  nl: Ja.\n  en: ''\n", "en: expected a text"),
        ("k:\n  nl: Ja.\n  en: Yes.\n  fr: Oui.\n", "fr: unknown field"),
        ("k:\n  nl: Dag {name}.\n  en: Hello.\n", "the languages have different places"),
        ("k:\n  nl: '{a.b}'\n  en: '{a.b}'\n", "is no plain name"),
        ("k:\n  nl: '{a!r}'\n  en: '{a!r}'\n", "is no plain name"),
        ("k:\n  nl: '{'\n  en: '{'\n", "nl: "),
        ("k:\n  nl: A.\n  en: A.\nk:\n  nl: B.\n  en: B.\n", "k twice, line 4"),
        ("k: just text\n", "expected a mapping"),
        ("- a list\n", "expected a mapping"),
    ],
)
def test_a_wrong_catalogue_is_refused_with_file_and_reason(
    tmp_path: Path, text: str, reason: str
) -> None:
    write(tmp_path, "wrong.yaml", text)
    with pytest.raises(DataFileError, match=r"wrong\.yaml") as refused:
        messages.read_messages(tmp_path)
    assert reason in str(refused.value)


def test_a_key_has_one_owner(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "k:\n  nl: A.\n  en: A.\n")
    write(tmp_path, "b.yaml", "k:\n  nl: B.\n  en: B.\n")
    with pytest.raises(DataFileError, match=r"b\.yaml: k: also in a\.yaml"):
        messages.read_messages(tmp_path)
