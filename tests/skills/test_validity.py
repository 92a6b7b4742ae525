"""The six kinds of validity, on one day, for one reader."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.files import DataFileError, Entry, JsonObject
from schemas.messages import known, messages
from skills.certificates import certificates, load, rule_of
from skills.validity import (
    ACTIONS,
    REASONS,
    Confirmation,
    Reader,
    Shown,
    Standing,
    State,
    as_json,
    judge,
)

TODAY = date(2026, 11, 23)
FIRM = "did:web:firm.example"
WELDS: JsonObject = {"document_number": "LM-2025-117", "process": "135", "route": "b"}


def stand(
    type_id: str,
    claims: JsonObject,
    *,
    on: date = TODAY,
    reader: Reader | None = None,
    chain: tuple[str, ...] | None = None,
    issuer: str = "did:web:school.example",
    until: date | None = None,
) -> Standing:
    confirmations = [
        Confirmation("LM-2025-117", date.fromisoformat(day), "Timmermans") for day in chain or ()
    ]
    shown = Shown(claims, issuer, date(2020, 1, 1), until)
    return judge(
        rule_of(type_id),
        shown,
        on=on,
        reader=reader or Reader(),
        confirmations=None if chain is None else confirmations,
    )


def weld(*chain: str, on: date = TODAY, start: str = "2025-02-10", **more: str) -> Standing:
    return stand(
        "lascertificaat-mag", {**WELDS, "date_of_test": start, **more}, on=on, chain=(*chain,)
    )


def test_a_certificate_with_an_end_date_counts_until_that_day() -> None:
    claims: JsonObject = {"date_of_exam": "2019-11-20", "valid_until": "2029-11-20"}
    found = stand("vca-basis", claims)
    assert as_json(found) == {
        "state": "valid",
        "reason": "fixed_until",
        "until": "2029-11-20",
        "facts": {"until": "2029-11-20"},
        "next": None,
    }
    assert stand("vca-basis", claims, on=date(2029, 11, 20)).state is State.ENDING
    assert stand("vca-basis", claims, on=date(2029, 11, 21)).state is State.ENDED


def test_a_vca_near_its_end_says_so() -> None:
    claims: JsonObject = {"date_of_exam": "2016-12-20", "valid_until": "2026-12-20"}
    found = stand("vca-basis", claims)
    assert (found.state, found.reason, found.next) == (State.ENDING, "fixed_ending", "renew")


def test_an_end_beyond_the_rule_does_not_count() -> None:
    claims: JsonObject = {"date_of_exam": "2010-01-01", "valid_until": "2035-01-01"}
    assert stand("vca-basis", claims).until == date(2020, 1, 1)


def test_without_any_date_an_end_is_unknown_and_never_valid() -> None:
    assert stand("vca-basis", {}).reason == "no_end_date"
    assert stand("vca-basis", {"valid_until": "2030-W01-1"}).state is State.UNKNOWN


def test_the_last_day_of_the_month_and_a_renewal_in_the_window() -> None:
    rule = certificates()["ipc-a-610"].rule
    on = date(2026, 5, 31)
    shown = Shown({}, "x", date(2024, 5, 3))
    assert judge(rule, shown, on=on).until == on
    kept = Shown({"valid_until": "2026-11-30"}, "x", date(2024, 5, 3))
    assert judge(rule, kept, on=on).until == date(2026, 11, 30)
    beyond = Shown({"valid_until": "2027-11-30"}, "x", date(2024, 5, 3))
    assert judge(rule, beyond, on=on).until == date(2026, 11, 30)


def test_a_confirmed_welder_stands_until_the_next_confirmation() -> None:
    found = weld("2025-08-06", "2026-02-02", "2026-07-30")
    assert (found.state, found.until, found.reason) == (
        State.VALID,
        date(2027, 1, 30),
        "continuity_until",
    )
    soon = weld("2025-08-06", "2026-02-02", on=date(2026, 7, 20))
    assert (soon.state, soon.reason, soon.next) == (State.ENDING, "continuity_due", "confirm")


def test_a_missing_confirmation_ends_it_on_the_day_it_was_due() -> None:
    found = weld("2025-08-06", "2026-02-02")
    assert (found.state, found.reason) == (State.ENDED, "continuity_lapsed")
    assert found.facts == {"since": "2026-08-02"}


def test_a_late_confirmation_heals_nothing() -> None:
    assert weld("2025-09-01", "2026-02-02", "2026-07-30").facts == {"since": "2025-08-10"}


@pytest.mark.parametrize(
    ("number", "process", "day"),
    [("LM-other", "135", "2026-07-30"), ("LM-2025-117", "141", "2026-07-30")],
    ids=["another document", "another process"],
)
def test_a_confirmation_of_something_else_does_not_count(
    number: str, process: str, day: str
) -> None:
    claims: JsonObject = {**WELDS, "date_of_test": "2026-03-01"}
    chain = [Confirmation(number, date.fromisoformat(day), "Timmermans", process)]
    shown = Shown(claims, "x", TODAY)
    found = judge(rule_of("lascertificaat-mag"), shown, on=TODAY, confirmations=chain)
    assert found.reason == "continuity_lapsed"
    right = [Confirmation("LM-2025-117", date.fromisoformat(day), "Timmermans", "135")]
    assert judge(rule_of("lascertificaat-mag"), shown, on=TODAY, confirmations=right).usable


def test_a_confirmation_of_tomorrow_does_not_count_today() -> None:
    assert weld("2026-11-24", start="2026-05-20").reason == "continuity_lapsed"


def test_a_route_ends_whatever_the_confirmations() -> None:
    chain = ("2023-08-01", "2024-01-30", "2024-07-20", "2025-01-10")
    found = weld(*chain, start="2023-02-10", on=date(2025, 3, 1))
    assert (found.reason, found.facts) == ("route_ended", {"since": "2025-02-10"})
    ending = weld(*chain, start="2023-02-10", on=date(2025, 1, 12))
    assert (ending.reason, ending.next) == ("route_ending", "new_test")


def test_unknown_confirmations_and_routes_are_never_valid() -> None:
    claims: JsonObject = {**WELDS, "date_of_test": "2025-02-10"}
    assert stand("lascertificaat-mag", claims).reason == "confirmations_unknown"
    assert stand("lascertificaat-mag", claims, on=date(2025, 3, 1)).state is State.VALID
    assert weld(route="z").reason == "route_unknown"
    assert stand("lascertificaat-mag", {**WELDS}, chain=()).reason == "no_start_date"


def test_route_c_ends_with_the_employer() -> None:
    claims: JsonObject = {**WELDS, "route": "c", "date_of_test": "2026-06-01"}
    assert stand("lascertificaat-mag", claims, chain=()).reason == "employer_unknown"
    claims["employer_at_test"] = "Timmermans"
    here = Reader(frozenset({"Timmermans"}))
    assert stand("lascertificaat-mag", claims, chain=(), reader=here).usable
    elsewhere = stand("lascertificaat-mag", claims, chain=())
    assert (elsewhere.state, elsewhere.reason) == (State.NOT_FOR_YOU, "employer_changed")
    other = [Confirmation("LM-2025-117", date(2026, 7, 1), "Ander bedrijf")]
    shown = Shown(claims, "x", TODAY)
    rule = rule_of("lascertificaat-mag")
    moved = judge(rule, shown, on=TODAY, reader=here, confirmations=other)
    assert (moved.state, moved.facts) == (State.ENDED, {"since": "2026-07-01"})


def test_a_periodic_certificate_has_two_clocks() -> None:
    rule = certificates()["iso-9712"].rule
    shown = Shown({}, "x", date(2024, 1, 10))
    assert judge(rule, shown, on=TODAY).until == date(2029, 1, 10)
    second = Shown({"first_certified_on": "2017-03-01"}, "x", date(2024, 1, 10))
    found = judge(rule, second, on=TODAY)
    assert (found.state, found.until, found.next) == (State.ENDING, date(2027, 3, 1), "recertify")
    assert judge(rule, second, on=date(2027, 3, 2)).reason == "recert_ended"
    blind = Shown({"vision_confirmed": False}, "x", date(2024, 1, 10))
    assert judge(rule, blind, on=TODAY).state is State.ENDED


def test_a_designation_holds_inside_the_firm_that_gave_it() -> None:
    claims: JsonObject = {"designated_from": "2025-05-01", "review_by": "2028-05-01"}
    here = Reader(frozenset({FIRM}))
    type_id = "nen-3140-aanwijzing-vop"
    own = stand(type_id, claims, reader=here, issuer=FIRM)
    assert (own.state, own.reason) == (State.VALID, "designated_here")
    for reader in (Reader(), Reader(frozenset({"did:web:other.example"}))):
        found = stand(type_id, claims, reader=reader, issuer=FIRM)
        assert (found.state, found.reason) == (State.NOT_FOR_YOU, "employer_bound_elsewhere")
        assert (found.next, found.usable) == ("ask_designation", False)
    ended = stand(type_id, {**claims, "ended_on": "2026-10-31"}, reader=here, issuer=FIRM)
    assert (ended.state, ended.facts) == (State.ENDED, {"since": "2026-10-31"})
    late = stand(type_id, claims, reader=here, issuer=FIRM, on=date(2028, 5, 2))
    assert late.reason == "review_overdue"


def test_a_house_rule_is_the_readers_own() -> None:
    claims: JsonObject = {"date_of_test": "2020-09-10"}
    old = stand("heftruck", claims)
    assert (old.state, old.reason) == (State.ENDED, "house_rule_max_age")
    assert old.facts == {"until": "2025-09-10", "months": "60"}
    assert stand("heftruck", claims, reader=Reader(max_age_months=120)).state is State.VALID
    assert stand("heftruck", {}).reason == "no_start_date"


def test_bhv_has_some_months_of_grace() -> None:
    found = stand("bhv", {"date_of_course": "2025-10-01"})
    assert (found.state, found.reason, found.until) == (
        State.ENDING,
        "house_rule_grace",
        date(2027, 1, 1),
    )


def test_a_certificate_without_end_never_ends() -> None:
    assert stand("werkervaringsverklaring", {}, on=date(2999, 1, 1)).reason == "no_end"
    assert judge(certificates()["f-gassen"].rule, Shown({}, "x", TODAY), on=TODAY).usable


def test_the_credentials_own_end_counts_for_every_kind() -> None:
    gone = stand("werkervaringsverklaring", {}, until=date(2026, 11, 22))
    assert (gone.state, gone.reason) == (State.ENDED, "expired")
    soon = stand("heftruck", {"date_of_test": "2026-01-01"}, until=date(2026, 12, 1))
    assert (soon.state, soon.until) == (State.ENDING, date(2026, 12, 1))


def test_a_certificate_of_tomorrow_waits() -> None:
    found = stand("heftruck", {"date_of_test": "2026-11-24"})
    assert (found.state, found.facts) == (State.WAITING, {"from": "2026-11-24"})


def test_an_unknown_type_is_unknown() -> None:
    assert stand("toverdiploma", {}).reason == "type_unknown"


def test_every_reason_and_action_has_a_sentence() -> None:
    assert all(known(f"skills.validity.{code}") for code in REASONS)
    assert all(known(f"skills.next.{code}") for code in ACTIONS)
    told = {key.removeprefix("skills.validity.") for key in messages() if ".validity." in key}
    assert told & set(REASONS) == set(REASONS)


def test_the_rules_are_checked() -> None:
    assert len(certificates()) == 23
    wrong = {"id": "a", "label_nl": "a", "label_en": "a", "example_nl": "a", "example_en": "a"}
    for validity, step in (({"kind": "forever"}, None), ({"kind": "none"}, "b")):
        entry: dict[str, object] = {**wrong, "validity": validity, "step_to": step}
        with pytest.raises(DataFileError, match="certificates"):
            load(Entry("certificates.yaml", "", {"certificates": [entry]}))


claim = st.one_of(
    st.none(), st.booleans(), st.text(max_size=12), st.dates().map(lambda day: day.isoformat())
)
NAMES = ("route", "valid_until", "date_of_test", "date_of_exam", "review_by", "ended_on")


@given(
    type_id=st.sampled_from(["lascertificaat-mag", "vca-basis", "heftruck", "bhv", "other"]),
    claims=st.dictionaries(st.sampled_from(NAMES), claim),
    on=st.dates(),
    until=st.none() | st.dates(),
)
def test_any_claims_on_any_day_give_one_standing(
    type_id: str, claims: JsonObject, on: date, until: date | None
) -> None:
    found = stand(type_id, claims, on=on, until=until, chain=())
    assert found.reason in REASONS
    assert found.next is None or found.next in ACTIONS
    if found.usable and found.until is not None:
        assert found.until >= on
    if until is not None and until < on and type_id != "other":
        assert not found.usable
