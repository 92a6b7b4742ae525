"""Job profiles: whole, and checked against the framework."""

from copy import deepcopy

import pytest

from schemas import catalog
from schemas.files import DataFileError, Entry
from skills.framework import metalektro
from skills.profiles import Requirement, load, profiles


def test_all_profiles_ask_skills_of_the_framework() -> None:
    assert len(profiles()) == 30
    welder = profiles()["lasser-mag"]
    assert welder.required[0] == Requirement("las-mag", 3)
    assert welder.label("nl") == "Lasser MIG/MAG"
    assert welder.label("en") == "MIG/MAG welder"
    assert sum(profile.esco_occupation is not None for profile in profiles().values()) == 28


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("required", [{"skill": "toveren", "level": 2}], "not in the framework: toveren"),
        ("required", [{"skill": "las-mag", "level": 7}], "7 is not on the scale"),
        ("required", [{"skill": "las-posities", "level": 1}], r"asked twice: \['las-posities'\]"),
        ("required", [], "nothing asked"),
        ("label_en", "", "label_en: expected a text"),
    ],
)
def test_a_wrong_profile_names_file_profile_and_field(
    field: str, value: object, reason: str
) -> None:
    fields = deepcopy(dict(catalog.profiles().fields))
    listed = fields["profiles"]
    assert isinstance(listed, list)
    listed[0][field] = value
    with pytest.raises(DataFileError, match=rf"profiles\.yaml: lasser-mag.*{reason}"):
        load(Entry("profiles.yaml", "", fields), metalektro())


def test_profiles_of_another_framework_are_refused() -> None:
    fields = deepcopy(dict(catalog.profiles().fields)) | {"framework": "bouw"}
    with pytest.raises(DataFileError, match="expected metalektro"):
        load(Entry("profiles.yaml", "", fields), metalektro())
