"""The skills framework: lookup by word, statements for a credential, strict data."""

from copy import deepcopy

import pytest

from schemas import catalog
from schemas.files import DataFileError, Entry
from skills import framework
from skills.evidence import Grade, grade


def raw() -> dict[str, object]:
    return deepcopy(dict(catalog.framework().fields))


def load(fields: dict[str, object]) -> framework.Framework:
    return framework.load(Entry("skills.yaml", "", fields))


def test_the_framework_is_whole() -> None:
    metalektro = framework.metalektro()
    assert len(metalektro.skills) == 153
    assert len(metalektro.groups) == 14
    assert [step.level for step in metalektro.levels] == [1, 2, 3, 4]
    assert all(skill.example_nl.startswith("Ik kan ") for skill in metalektro.skills.values())


@pytest.mark.parametrize(
    "label",
    [
        "CNC-frezen",
        "cnc-frezen",
        " CNC-Frezen ",
        "CNC milling",
        "bewerkingscentrum",
        "CNC\u2013frezen",
    ],
)
def test_a_skill_is_found_by_label_and_by_everyday_word(label: str) -> None:
    assert [skill.id for skill in framework.metalektro().find(label)] == ["cnc-frezen"]


def test_a_word_of_two_skills_is_ambiguous() -> None:
    found = framework.metalektro().find("Frezen")
    assert [skill.id for skill in found] == ["cnc-frezen", "conv-frezen"]


def test_an_unknown_word_finds_nothing() -> None:
    assert framework.metalektro().find("Kwantumlassen") == ()
    assert framework.metalektro().find("") == ()


def test_a_statement_carries_labels_level_and_alignment() -> None:
    assert framework.statement("las-mag", 2) == {
        "framework": "metalektro",
        "skill": "las-mag",
        "label_nl": "MIG/MAG-lassen (135/136)",
        "label_en": "MIG/MAG welding",
        "level": 2,
        "alignment": [
            {
                "scheme": "ESCO",
                "uri": "http://data.europa.eu/esco/skill/60ff3eac-7d4d-4e51-87b8-74c3b5d62498",
                "label": "perform metal active gas welding",
                "match": "close",
            }
        ],
    }


def test_a_skill_without_esco_link_has_no_alignment() -> None:
    unlinked = [skill for skill in framework.metalektro().skills.values() if not skill.alignment]
    assert len(unlinked) == 2
    assert "alignment" not in framework.statement(unlinked[0].id, 1)


@pytest.mark.parametrize("level", [0, 5, -1])
def test_a_level_outside_the_scale_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="not on the scale"):
        framework.statement("las-mag", level)


def test_an_unknown_skill_is_refused() -> None:
    with pytest.raises(KeyError):
        framework.statement("toveren", 1)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("example_nl", None, "las-elektrode: example_nl: expected a text"),
        ("group", "koken", "las-elektrode: group: no group koken"),
        ("kind", "zacht", "las-elektrode: kind: expected hard"),
        ("label_nl", "TIG-lassen (141)", "las-tig: shares the label TIG-lassen"),
        ("esco", {"uri": "x", "match": "close"}, "las-elektrode.esco: uri"),
    ],
)
def test_wrong_data_names_file_skill_and_field(field: str, value: object, reason: str) -> None:
    fields = raw()
    first = fields["skills"]
    assert isinstance(first, list)
    first[0][field] = value
    with pytest.raises(DataFileError, match=r"skills\.yaml") as refused:
        load(fields)
    assert reason in str(refused.value)


def test_grades_have_an_order() -> None:
    assert Grade.SELF < Grade.COLLEAGUE < Grade.MANAGER < Grade.ASSESSED < Grade.ACCREDITED
    assert grade("assessed") is Grade.ASSESSED
    assert [member.word for member in Grade] == list(catalog.GRADES)
    with pytest.raises(ValueError, match="no evidence grade"):
        grade("excellent")
