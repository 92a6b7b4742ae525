"""Templates of one's own: made without code, kept by version, given with what they say."""

import re
from pathlib import Path

import pytest
from httpx2 import Response

from credentials.encoding import JsonObject, parse_json_object
from credentials.errors import MalformedError, RejectedError
from credentials.formats import FORMATS
from credentials.formats.base import verify
from credentials.openid4vc.metadata import parse_issuer_metadata, read_document
from issuer import designs
from issuer.designs import Design, design_of, keep_version, name_for, read_design, template_of
from issuer.installation import FIRST
from issuer.settings import DEMO_ORIGIN
from issuer.tables import Member
from tests.databases import everything_in
from tests.issuer.office import FORKLIFT, Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def design(**wish: object) -> Design:
    """A forklift course of this school's own."""
    given = {
        "base": "heftruck",
        "title_nl": "Heftruck in de hal",
        "title_en": "Forklift in the hall",
        "asked": ["given_name", "family_name", "date_of_test", "skills"],
        "details": [{"label_nl": "Aantal lesuren", "label_en": "Hours of class", "required": True}],
        **wish,
    }
    return Design.model_validate(given)


def keep(office: Office, made: Design, template_id: str = "hal") -> int:
    with office.ports.database.transaction() as session:
        return keep_version(
            session,
            made,
            template_id=template_id,
            organisation_id=FIRST,
            member_id="demo-own-1",
            sealer=office.ports.sealer,
            at=office.clock(),
        )


def test_a_ready_template_is_its_own_design(office: Office) -> None:
    for ready in office.ports.ready.values():
        made = template_of(design_of(ready, ready), template_id=ready.id, version=0, ready=ready)
        assert [claim.path for claim in made.type.issued()] == [
            claim.path for claim in ready.type.issued()
        ]
        assert dict(made.fixed) == dict(ready.fixed)
        assert made.type.disclosable() == ready.type.disclosable()


def test_a_template_of_ones_own_is_given_with_its_title_and_details(office: Office) -> None:
    keep(office, design())
    detail: JsonObject = {"label": "Aantal lesuren", "label_en": "Hours of class", "value": "16"}
    made = office.offer(type="hal", claims={**FORKLIFT, "details": [detail]})
    found = Holder(office).receive(made)["credentials"][0]["credential"]
    sd_jwt, keys = FORMATS["dc+sd-jwt"], office.ports.signers["dc+sd-jwt"].public
    credential = verify(sd_jwt, found, lambda _: keys, at=office.clock()).credential
    assert credential.type == office.ports.ready["heftruck"].type.url
    assert credential.claims["own_title"] == "Heftruck in de hal"
    assert credential.claims["details"] == [detail]


def test_a_detail_that_must_be_there_is_asked_for(office: Office) -> None:
    keep(office, design())
    answer = office.operator("POST", "/offers", json={"type": "hal", "claims": FORKLIFT})
    assert answer.status_code == 400
    assert answer.json()["code"] == "claim_missing"


def test_an_offer_keeps_the_version_it_was_made_with(office: Office) -> None:
    asked = [*design().asked, "max_load_kg"]
    keep(office, design(details=[], asked=asked, always=["max_load_kg"]))
    wish: JsonObject = {"type": "hal", "claims": {**FORKLIFT, "max_load_kg": 1500}}
    made = office.offer(**wish)
    keep(office, design(details=[], asked=asked, title_nl="Andere naam"))
    assert office.ports.templates["hal"].version == 2
    found = Holder(office).receive(made)["credentials"][0]["credential"]
    unverified = FORMATS["dc+sd-jwt"].parse(found)
    assert unverified.credential.claims["own_title"] == "Heftruck in de hal"
    assert ("max_load_kg",) not in unverified.disclosable
    later = Holder(office).receive(office.offer(**wish))["credentials"][0]["credential"]
    assert ("max_load_kg",) in FORMATS["dc+sd-jwt"].parse(later).disclosable


@pytest.mark.parametrize(
    "wish",
    [
        {"asked": ["no_such_claim"]},
        {"always": ["given_name"]},
        {"fixed": {"no_such_claim": 1}},
        {"formats": ["mso_mdoc"]},
        {"icon": "../../etc/passwd"},
        {"details": [{"label_nl": "A", "label_en": "A"}, {"label_nl": "a", "label_en": "B"}]},
    ],
    ids=["asked", "always", "fixed", "formats", "icon", "details"],
)
def test_a_design_that_does_not_fit_is_refused(office: Office, wish: JsonObject) -> None:
    ready = office.ports.ready["heftruck"]
    template_of(design(), template_id="hal", version=1, ready=ready)
    with pytest.raises(MalformedError, match="design_invalid"):
        template_of(design(**wish), template_id="hal", version=1, ready=ready)


def test_months_are_for_a_type_that_ends(office: Office) -> None:
    ends = [one for one in office.ports.ready.values() if designs.can_end(one.type)]
    assert ends
    for ready in ends:
        wish = design_of(ready, ready).model_copy(update={"months": 7})
        made = template_of(wish, template_id="x", version=1, ready=ready)
        assert design_of(made, ready).months == 7
    never = next(one for one in office.ports.ready.values() if not designs.can_end(one.type))
    wish = design_of(never, never).model_copy(update={"months": 7})
    with pytest.raises(MalformedError, match="design_invalid"):
        template_of(wish, template_id="x", version=1, ready=never)


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"\xff", b'{"base": 1}', b'{"title_nl": ""}'])
def test_a_kept_design_that_is_none_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedError, match="design_invalid"):
        read_design(text)


def test_a_name_is_made_of_the_title_and_taken_once() -> None:
    assert name_for("Lassen: één dag!", frozenset()) == "lassen-een-dag"
    assert name_for("Lassen", frozenset({"lassen", "lassen-2"})) == "lassen-3"
    assert name_for("漢字", frozenset()) == "eigen"


def test_the_metadata_of_sixty_templates_are_read_by_our_own_wallet(office: Office) -> None:
    for number in range(60):
        keep(office, design(), f"hal-{number}")
    body = office.client.get("/.well-known/openid-credential-issuer").content
    with pytest.raises(MalformedError, match="too_large"):
        parse_json_object(body)  # more than any other message may hold
    found = parse_issuer_metadata(read_document(body), expected_issuer=DEMO_ORIGIN)
    named = {name.partition(".")[0] for name in found.credential_configurations_supported}
    assert len({name for name in named if name.startswith("hal-")}) == 60


def test_only_so_many_templates(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(designs, "MAX_TEMPLATES", 1)
    keep(office, design(), "one")
    with pytest.raises(RejectedError, match="too_many_templates"):
        keep(office, design(), "two")


def test_fixed_values_are_not_readable_in_the_database(office: Office) -> None:
    keep(office, design(title_nl="CANARY in de hal"))
    assert b"CANARY" not in everything_in(office.ports.database)


# --- the pages -------------------------------------------------------------------------------


def post(office: Office, page: str, fields: dict[str, str], path: str = "/kinds") -> Response:
    opened = office.client.get(page, headers={"Accept": "text/html"})
    token = re.search(r'name="csrf_token" value="([^"]+)"', opened.text)
    assert token is not None
    return office.client.post(
        path,
        data={"csrf_token": token[1], **fields},
        headers={"Accept": "text/html"},
        follow_redirects=False,
    )


FORM = {
    "base": "heftruck",
    "title_nl": "Heftruck in de hal",
    "title_en": "Forklift in the hall",
    "detail_nl.1": "Aantal lesuren",
    "detail_must.1": "yes",
    "icon": "truck",
}


def test_making_changing_and_putting_away_a_template_by_its_pages(office: Office) -> None:
    page = "/kinds/new?base=heftruck"
    seen = post(office, page, {**FORM, "do": "preview"})
    assert seen.status_code == 200
    assert "Heftruck in de hal" in seen.text
    assert "heftruck-in-de-hal" not in office.ports.templates
    made = post(office, page, {**FORM, "do": "keep"})
    assert made.headers["location"] == "/kinds/heftruck-in-de-hal"
    assert "Aantal lesuren" in office.client.get("/templates/heftruck-in-de-hal").text
    changed = post(
        office,
        "/kinds/heftruck-in-de-hal",
        {**FORM, "template": "heftruck-in-de-hal", "title_nl": "Heftruck buiten", "do": "keep"},
    )
    assert changed.status_code == 303
    template = office.ports.templates["heftruck-in-de-hal"]
    assert (template.version, template.type.title_nl) == (2, "Heftruck buiten")
    text = office.client.get("/kinds/heftruck-in-de-hal").text
    assert "Versie 1" in text
    assert "Joke Veenstra" in text
    gone = post(office, "/kinds/heftruck-in-de-hal", {}, "/kinds/heftruck-in-de-hal/archive")
    assert gone.status_code == 303
    assert "heftruck-in-de-hal" not in office.ports.templates


@pytest.mark.parametrize(
    "fields",
    [{"title_nl": ""}, {"title_nl": "x" * 81}, {"icon": "../x"}, {"months": "9999"}],
    ids=["no title", "long title", "icon", "months"],
)
def test_a_form_that_does_not_fit_says_so_and_keeps_nothing(
    office: Office, fields: dict[str, str]
) -> None:
    answer = post(office, "/kinds/new?base=heftruck", {**FORM, **fields, "do": "keep"})
    assert answer.status_code == 422
    assert set(office.ports.templates) == set(office.ports.ready)


def test_a_member_without_the_duty_makes_no_template(office: Office) -> None:
    page = office.client.get("/kinds/new?base=heftruck").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    with office.ports.database.transaction() as session:
        row = session.get_one(Member, "demo-own-1")
        row.duties = ["approver"]
        session.add(row)
    answer = office.client.post("/kinds", data={"csrf_token": token[1], **FORM, "do": "keep"})
    assert answer.status_code == 403
