"""At an intake each gap says what to do next (R8)."""

from schemas.messages import LANGUAGES, known
from skills.matching import WHYS
from tests.verifier.test_dossier import checked
from tests.verifier.world import World
from verifier.match_views import match_view


def test_every_reason_for_a_gap_has_a_next_step_and_what_fits_has_none() -> None:
    assert [why for why in WHYS if not known(f"verifier.gap.{why}")] == ["as_asked", "not_asked"]


def test_a_gap_list_beside_a_vacancy_tells_the_step(world: World) -> None:
    report = checked(world, world.issue(world.credential()))
    for language in LANGUAGES:
        match = match_view([report], "vac-003", language)
        assert match is not None
        assert {one.fit for one in match.answers} > {"not_shown"}
        for one in match.answers:
            assert (one.step is None) is (one.fit == "met"), one
