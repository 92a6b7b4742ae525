"""Templates of one's own in a class list: their titles choose them, their details are columns."""

from dataclasses import replace

import pytest

from credentials.encoding import JsonObject
from issuer.class_list import ClassList, check_sheet, read_sheet
from issuer.class_list_mapping import propose, sure
from issuer.class_list_plan import unfilled
from issuer.designs import Design, DetailDesign, template_of
from issuer.listed_templates import all_listed, given, listed
from issuer.orders import order
from issuer.templates import Template
from tests.issuer.lists import AT
from tests.issuer.office import open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Template:
    ready = open_office(tmp_path_factory.mktemp("own")).ports.templates["heftruck"]
    design = Design(
        base="heftruck",
        title_nl="Reachtruck rijden",
        title_en="Driving a reach truck",
        asked=frozenset({"max_load_kg"}),
        fixed={"truck_type": "reachtruck", "practical_test": True},
        details=(DetailDesign(label_nl="Baan", label_en="Track", required=True),),
    )
    return template_of(design, template_id="reachtruck", version=1, ready=ready)


HEAD = "Cursistnummer;Voornaam;Achternaam;E-mail;Opleiding;Examendatum;Resultaat"
ROW = "1;Ria;Bos;ria@thuis.example;Reachtruck rijden;05-06-2026;behaald"


def read(own: Template, text: str) -> ClassList:
    kind = listed(own)
    fixed = {own.id: dict(own.fixed)}
    return check_sheet(read_sheet(text.encode()), at=AT, types=(kind,), fixed=fixed)


def test_a_title_in_either_language_chooses_the_template(own: Template) -> None:
    for title in ("Reachtruck rijden", "driving a reach truck"):
        text = f"{HEAD};Baan\r\n{ROW.replace('Reachtruck rijden', title)};hal 2\r\n"
        (row,) = read(own, text).rows
        assert row.type_id == "reachtruck"


def test_details_and_asked_claims_are_columns_by_their_labels(own: Template) -> None:
    for heading in ("Baan", "Track"):
        (row,) = read(own, f"{HEAD};{heading};Hoogste last\r\n{ROW};hal 2;1500\r\n").rows
        wanted = order(own, given(own, row.claims))
        assert wanted.claims["details"] == [
            {"label": "Baan", "label_en": "Track", "value": "hal 2"}
        ]
        assert wanted.claims["max_load_kg"] == 1500
        assert wanted.claims["own_title"] == "Reachtruck rijden"


def test_a_detail_that_must_be_there_is_asked_for(own: Template) -> None:
    (fault,) = read(own, f"{HEAD}\r\n{ROW}\r\n").faults
    assert fault.code == "template_claim_missing"
    assert '"Baan"' in fault.sentence("nl")
    (fault,) = read(own, f"{HEAD};Baan\r\n{ROW};\r\n").faults
    assert (fault.column, fault.code) == ("Baan", "value_missing")


def test_a_retired_template_is_not_listed(own: Template) -> None:
    assert [kind.id for kind in all_listed([own, replace(own, retired=True)])] == ["reachtruck"]


def test_what_no_column_and_no_template_says_is_said_once_for_everybody(own: Template) -> None:
    kind = listed(own)
    bare: dict[str, JsonObject] = {own.id: {"practical_test": True}}
    sheet = read_sheet(f"{HEAD};Baan\r\n{ROW};hal 2\r\n".encode())
    columns = sure(propose(sheet, [kind]))
    assert unfilled(kind, columns, bare) == ("truck_type",)
    found = check_sheet(sheet, at=AT, types=(kind,), fixed=bare, mapping=columns)
    assert [fault.code for fault in found.faults] == ["template_claim_missing"]
    whole = replace(columns, constants={"claim:truck_type": "reachtruck"})
    (row,) = check_sheet(sheet, at=AT, types=(kind,), fixed=bare, mapping=whole).rows
    assert row.claims["truck_type"] == "reachtruck"
