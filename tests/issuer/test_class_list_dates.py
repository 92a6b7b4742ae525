"""Dates and e-mail addresses of a class list: what is read, asked, refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.class_list_values import read_email
from service.mail import check_address
from tests.issuer.lists import ASKED, KEPT, REFUSED, one_row, only_fault, read, short


@pytest.mark.parametrize(
    "written", ["09-11-2026", "9-11-2026", "09-11-2026 ", "23-11-2026", "01-01-1950"]
)
def test_day_month_year_is_a_date(written: str) -> None:
    row = one_row(Examendatum=written)
    day, month, year = written.strip().split("-")
    assert row.claims["date_of_result"] == f"{year}-{month}-{int(day):02}"


@pytest.mark.parametrize(
    "written",
    [
        "31-02-2026",
        "29-02-2026",
        "32-01-2026",
        "00-05-2026",
        "31-04-2026",
        "15-13-2026",
        "31/02/2026",
        "31/02/26",
        "2026-02-30",
        "30 februari 2026",
        "01-01-0000",
    ],
)
def test_a_day_that_does_not_exist_is_refused(written: str) -> None:
    fault = only_fault(Examendatum=written)
    assert short(fault) == ("Examendatum", "date_impossible", *REFUSED)
    assert fault.sentence("nl") == f"{written} bestaat niet. Vul de echte examendatum in."


@pytest.mark.parametrize(
    ("written", "nl", "en"),
    [
        ("05/06/2026", "5 juni of 6 mei", "5 June or 6 May"),
        ("5/6/26", "5 juni of 6 mei", "5 June or 6 May"),
        ("03-04-26", "3 april of 4 maart", "3 April or 4 March"),
        ("01/10/2026", "1 oktober of 10 januari", "1 October or 10 January"),
    ],
)
def test_a_date_with_two_meanings_is_refused(written: str, nl: str, en: str) -> None:
    fault = only_fault(Examendatum=written)
    assert short(fault) == ("Examendatum", "date_format", *REFUSED)
    assert fault.sentence("nl").startswith(f"We weten niet of dit {nl} is.")
    assert fault.sentence("en").startswith(f"This may be {en}.")


@pytest.mark.parametrize(
    "written",
    ["15/04/26", "15-04-26", "gisteren", "2026", "april 2026", "123", "20260405", "5-2026"],
)
def test_what_is_no_sure_date_is_refused(written: str) -> None:
    fault = only_fault(Examendatum=written)
    assert short(fault) == ("Examendatum", "date_format", *REFUSED)
    assert "bijvoorbeeld" in fault.sentence("nl")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026-11-09", "09-11-2026"),
        ("2026/11/09", "09-11-2026"),
        ("09.11.2026", "09-11-2026"),
        ("15/04/2026", "15-04-2026"),
        ("04/04/2026", "04-04-2026"),
        ("9 november 2026", "09-11-2026"),
        ("9 nov. 2026", "09-11-2026"),
        ("17-mrt-2026", "17-03-2026"),
        ("5 May 2026", "05-05-2026"),
        ("09-11-2026 0:00", "09-11-2026"),
        ("2026-11-09T00:00:00", "09-11-2026"),
    ],
)
def test_a_date_with_one_meaning_is_read_and_told(written: str, read_as: str) -> None:
    found = read({"Examendatum": written})
    (fault,) = found.faults
    assert short(fault) == ("Examendatum", "date_format", *KEPT)
    assert fault.normalised_to == read_as
    assert len(found.rows) == 1


def test_a_month_before_the_day_is_asked() -> None:
    fault = only_fault(Examendatum="04/15/2026")
    assert short(fault) == ("Examendatum", "date_format", *ASKED)
    assert fault.normalised_to == "15-04-2026"


@pytest.mark.parametrize(
    "written", ["24-11-2026", "12-12-2031", "2027-01-01", "47000", "01-01-9999"]
)
def test_an_exam_in_the_future_is_refused(written: str) -> None:
    assert short(only_fault(Examendatum=written)) == ("Examendatum", "date_in_future", *REFUSED)


def test_an_exam_before_anyone_worked_is_refused() -> None:
    assert short(only_fault(Examendatum="09-11-1926")) == ("Examendatum", "date_too_old", *REFUSED)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("46098", "17-03-2026"), ("46023", "01-01-2026"), ("45351,5", "29-02-2024")],
)
def test_a_number_of_excel_is_asked_as_a_date(written: str, read_as: str) -> None:
    fault = only_fault(Examendatum=written)
    assert short(fault) == ("Examendatum", "date_is_number", *ASKED)
    assert fault.normalised_to == read_as
    assert read_as in fault.sentence("en")


def test_a_proof_that_has_ended_already_is_asked() -> None:
    fault = only_fault(Opleiding="VCA Basis", Examendatum="22-11-2016")
    assert short(fault) == ("Examendatum", "proof_ended", *ASKED)
    assert (
        one_row(Opleiding="VCA Basis", Examendatum="23-11-2016").claims["valid_until"]
        == "2026-11-23"
    )


@pytest.mark.parametrize(
    "address",
    [
        "jan@thuis.example",
        "Jan.de-Vries+werk@Mail.Example",
        "o'neil@prive.example",
        "a@b.co",
        "hrafn.jonsson@thuis.example",
        "portia@thuis.example",
        "info.jansen@thuis.example",
    ],
)
def test_a_private_address_is_kept(address: str) -> None:
    if address.startswith("info"):
        assert short(only_fault(email=address)) == ("E-mail privé", "email_not_private", *ASKED)
        return
    local, _, domain = address.partition("@")
    assert one_row(email=address).email == f"{local}@{domain.lower()}"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("sven.bakker@@thuis.example", "er staat twee keer een @."),
        ("a@b@c@thuis.example", "er staat drie keer een @."),
        ("sven.thuis.example", "er staat geen @ in."),
        ("sven bakker@thuis.example", "er staat een spatie in."),
        ("@thuis.example", "er staat niets voor de @."),
        ("sven@", "er staat niets achter de @."),
        ("sven@thuis", "achter de @ staat geen punt."),
        ("sven@thuis.", "achter de @ staat geen punt."),
        ("sven..bakker@thuis.example", "er staat een punt te veel."),
        ("sven.@thuis.example", "er staat een punt te veel."),
        ("rené@thuis.example", "voor de @ staat een teken dat niet mag."),
        ("sven,bakker@thuis.example", "voor de @ staat een teken dat niet mag."),
        ("sven@thuis_.example", "achter de @ staat geen goede naam."),
        ("sven@192.0.2.1", "achter de @ staat geen goede naam."),
        ("x" * 65 + "@thuis.example", "het is te lang."),
    ],
)
def test_a_wrong_address_says_what_is_wrong(address: str, reason: str) -> None:
    fault = only_fault(email=address)
    assert short(fault) == ("E-mail privé", "email_invalid", *REFUSED)
    assert fault.sentence("nl") == f"Dit e-mailadres klopt niet: {reason}"
    assert fault.sentence("en").startswith("This e-mail address is wrong: ")


def test_a_missing_address_holds_the_row() -> None:
    fault = only_fault(email=" ")
    assert short(fault) == ("E-mail privé", "email_missing", "error", "row_held")
    (waiting,) = read({"E-mail privé": ""}).waiting
    assert waiting.email is None


@pytest.mark.parametrize(
    "address",
    [
        "info@bakker.example",
        "HR@firma.example",
        "p-o@firma.example",
        "personeelszaken@firma.example",
        "administratie.noord@firma.example",
        "opleidingen@firma.example",
        "salaris-2@firma.example",
        "jan@kranenburg-bv.example",
        "jan@bouwgroep.groep.example",
    ],
)
def test_an_address_of_a_firm_is_asked(address: str) -> None:
    assert short(only_fault(email=address)) == ("E-mail privé", "email_not_private", *ASKED)


def test_the_firm_that_the_remark_names_is_recognised_in_an_address() -> None:
    remark = "Bedrijf: Constructie Noord (fictief), afdeling 2"
    fault = only_fault(email="jan@constructie-noord.example", Opmerking=remark)
    assert fault.code == "email_not_private"
    assert one_row(Opmerking=remark).confirm == ()


def test_an_address_with_another_alphabet_is_written_as_mail_servers_do() -> None:
    assert one_row(email="jan@müller.example").email == "jan@xn--mller-kva.example"
    assert only_fault(email="jan@mü-.example").code == "email_invalid"


@given(st.emails() | st.from_regex(r"[a-z0-9.+_'-]{1,20}@[a-z0-9.-éß]{1,20}\.[a-z]{1,6}"))
def test_what_a_list_takes_for_an_address_a_letter_can_go_to(address: str) -> None:
    read_as = read_email(" ".join(address.split()), firm="")
    if read_as.value is not None:
        assert check_address(read_as.value) == read_as.value
