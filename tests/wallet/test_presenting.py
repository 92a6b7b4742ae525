"""Answering: who asks, what fits, only what was chosen, and a no that tells nothing."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from credentials.claims import Paths
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, RejectedError
from credentials.openid4vc.dcql import match, parse_query
from tests.wallet.world import VERIFIER, World
from wallet.choosing import choices_for
from wallet.holder import presenting
from wallet.holder.consent import LineKind, Option, option
from wallet.holder.events import EventType
from wallet.holder.history import shown
from wallet.holder.presenting import Asked, Choice
from wallet.holder.vault import Vault

SKILL_ONE: Paths = frozenset({("skills", 0)})
DENIED = "access_denied"


def read(world: World, vault: Vault, preset: str = "skills") -> tuple[Asked, dict[str, str]]:
    request = dict(world.ask(preset))
    asked = presenting.read_request(request["link"], held=vault.held(), outside=world.outside)
    return asked, request


def test_the_request_says_who_asks_and_that_nobody_checked_them(world: World) -> None:
    asked, _ = read(world, world.vault())
    assert asked.asker.name == "Precisie Techniek Oost"
    assert asked.asker.host == "verifier.skillspass.example"
    assert not asked.asker.known
    assert asked.purpose


def test_only_the_ticked_skill_is_seen(world: World) -> None:
    vault = world.vault()
    world.keep(vault, world.offer())
    asked, request = read(world, vault)
    presenting.answer(asked, [Choice(asked.groups[0][0], SKILL_ONE)], vault, outside=world.outside)
    verdict = world.state(request)["verdict"]
    assert verdict["verdict"] == "passed"
    assert [item["skill"] for item in verdict["claims"]["skills"]] == ["heftruck"]
    assert not {"given_name", "family_name"} & verdict["claims"].keys()


@pytest.mark.parametrize(("place", "seen"), [(0, ("heftruck", 4)), (1, ("veilig-werken", 1))])
def test_a_low_level_is_seen_where_the_worker_ticks_it_and_only_there(
    world: World, place: int, seen: tuple[str, int]
) -> None:
    vault = world.vault()
    skills: list[JsonValue] = [
        {"skill": "heftruck", "level": 4},
        {"skill": "veilig-werken", "level": 1},
    ]
    world.keep(vault, world.offer(skills=skills))
    asked, request = read(world, vault)
    ticked = Choice(asked.groups[0][0], frozenset({("skills", place)}))
    presenting.answer(asked, [ticked], vault, outside=world.outside)
    (shown_skill,) = world.state(request)["verdict"]["claims"]["skills"]
    assert (shown_skill["skill"], shown_skill["level"]) == seen


def test_a_whole_format_says_so_and_shows_every_line(world: World) -> None:
    vault = world.vault()
    world.keep(vault, world.offer(format_id="ldp_vc"))
    asked, request = read(world, vault)
    chosen = asked.groups[0][0]
    assert chosen.whole
    assert chosen.hidden == ()
    assert {line.kind for line in chosen.lines} == {LineKind.ALWAYS}
    presenting.answer(asked, [Choice(chosen)], vault, outside=world.outside)
    verdict = world.state(request)["verdict"]
    assert verdict["verdict"] == "passed"
    assert {line.path[0] for line in chosen.lines} == verdict["claims"].keys() - {"id"}


def test_nothing_is_preselected_but_what_the_request_needs(world: World) -> None:
    vault = world.vault()
    world.keep(vault, world.offer())
    chosen = read(world, vault)[0].groups[0][0]
    kinds = {line.path: line.kind for line in chosen.lines}
    assert kinds[("skills", 0)] is LineKind.PICK
    assert kinds[("skills", 1)] is LineKind.PICK
    assert kinds[("date_of_test",)] is LineKind.ALWAYS
    assert {line.path for line in chosen.hidden} == {("given_name",), ("family_name",)}
    assert [line.path[0] for line in chosen.hidden] == ["given_name", "family_name"]


def test_at_least_one_skill_must_be_ticked_and_no_other_line_can_be(world: World) -> None:
    vault = world.vault()
    world.keep(vault, world.offer())
    asked, _ = read(world, vault)
    for picked, code in (
        (frozenset(), "choice_incomplete"),
        (SKILL_ONE | {("given_name",)}, "choice_invalid"),
    ):
        choices = [Choice(asked.groups[0][0], picked)]
        with pytest.raises(RejectedError, match=code):
            presenting.answer(asked, choices, vault, outside=world.outside)
    with pytest.raises(RejectedError, match="choice_incomplete"):
        presenting.answer(asked, [], vault, outside=world.outside)


def test_a_credential_from_another_request_is_no_choice(world: World) -> None:
    vault = world.vault()
    world.keep(vault, world.offer())
    asked, _ = read(world, vault)
    stranger = replace(asked.groups[0][0], query_id="other")
    with pytest.raises(RejectedError, match="choice_invalid"):
        presenting.presentations(asked, [Choice(stranger, SKILL_ONE)], outside=world.outside)


def test_every_fitting_credential_is_an_option_and_one_is_chosen(world: World) -> None:
    vault = world.vault()
    world.keep(vault, world.offer())
    world.keep(vault, world.offer(format_id="ldp_vc"))
    asked, request = read(world, vault)
    (group,) = asked.groups
    assert [each.whole for each in group] == [False, True]
    presenting.answer(asked, [Choice(group[1])], vault, outside=world.outside)
    assert world.state(request)["verdict"]["verdict"] == "passed"


def test_several_of_one_kind_are_shown_where_the_request_takes_them(world: World) -> None:
    vault = world.vault()
    for day in ("2026-09-07", "2025-09-07"):
        world.keep(vault, world.offer(date_of_test=day))
    one = {
        "id": "one",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": ["https://skillspass.example/types/heftruck/1"]},
        "claims": [{"path": ["date_of_test"]}],
    }
    for several in (False, True):
        request = world.ask(dcql_query={"credentials": [{**one, "multiple": several}]})
        asked = presenting.read_request(request["link"], held=vault.held(), outside=world.outside)
        (group,) = asked.groups
        both = [Choice(each) for each in group]
        named = [each.held.id for each in group]
        given = choices_for(asked, proofs=named, show=[], everything=False)
        assert len(given) == (2 if several else 1)
        if not several:
            with pytest.raises(RejectedError, match="choice_invalid"):
                presenting.answer(asked, both, vault, outside=world.outside)
            continue
        presenting.answer(asked, [*both, both[0]], vault, outside=world.outside)
        verdicts = world.state(request)["verdicts"]
        found = sorted(each["claims"]["date_of_test"] for each in verdicts)
        assert found == ["2025-09-07", "2026-09-07"]


def test_no_credential_that_fits_means_no_option(world: World) -> None:
    vault = world.vault()
    world.keep(vault, world.offer())
    asked, _ = read(world, vault, "vca")
    assert not asked.possible


def test_a_no_is_told_without_a_reason(world: World) -> None:
    vault = world.vault()
    world.keep(vault, world.offer())
    for preset in ("skills", "vca"):  # does not want to, and does not have it
        asked, request = read(world, vault, preset)
        presenting.decline(asked, vault, outside=world.outside)
        state = world.state(request)
        assert state["state"] == "answered"
        assert "claims" not in state["verdict"]
    assert [event.type for event in vault.events[-2:]] == [EventType.REQUEST_REFUSED] * 2


def test_an_answer_counts_once(world: World) -> None:
    vault = world.vault()
    world.keep(vault, world.offer())
    asked, _ = read(world, vault)
    wires = presenting.presentations(
        asked, [Choice(asked.groups[0][0], SKILL_ONE)], outside=world.outside
    )
    presenting.deliver(asked, wires, outside=world.outside)
    with pytest.raises(RejectedError, match="response_already_received"):
        presenting.deliver(asked, wires, outside=world.outside)


def test_the_history_tells_what_was_seen_by_whom(world: World) -> None:
    vault = world.vault()
    world.keep(vault, world.offer())
    asked, _ = read(world, vault)
    presenting.answer(asked, [Choice(asked.groups[0][0], SKILL_ONE)], vault, outside=world.outside)
    asked, _ = read(world, vault, "forklift")
    presenting.decline(asked, vault, outside=world.outside)
    refused, answered = shown(vault.events)
    assert not refused.answered
    assert answered.name == "Precisie Techniek Oost"
    assert "Heftruck rijden" in answered.credentials[0].labels_nl
    assert "Driving a forklift" in answered.credentials[0].labels_en
    assert "Veilig werken volgens regels" not in answered.credentials[0].labels_nl
    assert answered.at == world.clock()


def path_of(request: dict[str, str]) -> str:
    return request["request_uri"].removeprefix(VERIFIER)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda _: json.dumps({"client_id": "x"}).encode(),
        lambda _: b"x" * 70_000,
        lambda body: body.rpartition(b".")[0] + b".",
        lambda body: body[:-4] + b"AAAA",
    ],
)
def test_a_request_that_is_not_signed_by_the_asker_is_refused(
    world: World, change: Callable[[bytes], bytes]
) -> None:
    request = dict(world.ask("skills"))
    outside = world.meddled({path_of(request): change})
    with pytest.raises(CredentialError) as caught:
        presenting.read_request(request["link"], held=(), outside=outside)
    assert caught.value.code in {"request_uri_invalid", "signature_invalid", "token_malformed"}


def option_for(world: World, query: JsonObject) -> Option:
    """How one held credential looks under a query of our own."""
    vault = world.vault()
    held = world.keep(vault, world.offer())
    parsed = held.parsed()
    (found,) = match(parse_query(query), [parsed]).queries
    return option(found.query, found.candidates[0], held, parsed)


def query_of(*paths: list[str | int | None], **rest: object) -> JsonObject:
    claims = [{"path": path} for path in paths]
    document = {
        "id": "q",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": ["https://skillspass.example/types/heftruck/1"]},
        "claims": claims,
        **rest,
    }
    loaded: JsonObject = json.loads(json.dumps({"credentials": [document]}))
    return loaded


def test_more_than_the_smallest_question_is_left_to_the_worker(world: World) -> None:
    chosen = option_for(world, query_of(["skills", None], ["given_name"], ["family_name"]))
    assert [line.path for line in chosen.over_asked] == [("given_name",), ("family_name",)]
    assert {line.kind for line in chosen.over_asked} == {LineKind.OPTIONAL}
    assert chosen.disclose(SKILL_ONE) == SKILL_ONE
    assert ("given_name",) in chosen.disclose(SKILL_ONE | {("given_name",)})


def test_the_smallest_question_gives_no_warning(world: World) -> None:
    assert option_for(world, query_of(["skills", None], ["date_of_test"])).over_asked == ()


def test_a_whole_list_that_can_be_shown_item_by_item_is_ticked_item_by_item(world: World) -> None:
    chosen = option_for(world, query_of(["skills"]))
    assert {line.kind for line in chosen.lines if line.path[0] == "skills"} == {LineKind.PICK}
