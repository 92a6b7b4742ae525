"""A firm signs in, says what it usually declares, and its name appears where it was checked."""

import re

import pytest
from sqlmodel import select

from credentials.errors import MalformedError, RejectedError
from tests.verifier.world import World
from verifier import organisations
from verifier.tables import RequestRow


def post(world: World, path: str, page: str, **fields: str) -> int:
    """Send the form of a page."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', world.client.get(page).text)
    assert token is not None
    return int(world.client.post(path, data={"csrf_token": token[1], **fields}).status_code)


def asked(world: World, **fields: str) -> RequestRow:
    """The question that a browser makes from the first page."""
    assert post(world, "/requests", "/", **(fields or {"preset": "skills"})) == 303
    with world.app.state.ports.database.reading() as session:
        rows: list[RequestRow] = list(session.exec(select(RequestRow)).all())
    return max(rows, key=lambda row: (row.organisation_id is not None, row.created_at))


def test_without_account_nobody_is_named_and_with_one_the_checked_firm_is(world: World) -> None:
    assert asked(world).firm_name is None
    name = "Staalbouw De Schelde (fictief)"
    assert name not in world.client.get("/").text
    assert post(world, "/firm/demo", "/firm") == 303
    assert name in world.client.get("/").text
    said = {"relation": "agency", "purpose": "hiring", "legal_basis": "consent"}
    assert post(world, "/firm", "/firm", **said, retention_days="1") == 303
    row = asked(world)
    assert (row.organisation_id, row.firm_kvk) == (organisations.DEMO, "00000002")
    assert (row.relation, row.purpose, row.retention_days) == ("agency", "hiring", 1)
    assert post(world, "/firm", "/firm", **said, retention_days="2") == 400
    assert post(world, "/firm/sign-out", "/firm") == 303
    assert 'action="/firm/demo"' in world.client.get("/firm").text


def test_a_firm_that_hires_says_so_with_a_vacancy_and_confirms_to_confirm(world: World) -> None:
    assert post(world, "/firm/demo", "/firm") == 303
    assert asked(world).purpose == "intake"
    world.clock.turn(minutes=1)
    assert asked(world, vacancy="vac-001").purpose == "hiring"
    world.clock.turn(minutes=1)
    agency = {"relation": "agency", "purpose": "intake", "legal_basis": "consent"}
    assert post(world, "/firm", "/firm", **agency, retention_days="1") == 303
    assert asked(world, vacancy="vac-001").purpose == "intake"
    world.clock.turn(minutes=1)
    proof = str(world.issue(world.credential()))
    token = re.search(r'name="csrf_token" value="([^"]+)"', world.client.get("/").text)
    assert token is not None
    form = {"csrf_token": token[1], "proof": proof}
    result = world.client.post("/check", data=form).headers["location"].rpartition("/")[2]
    row = asked(world, result=result)
    assert (row.preset, row.purpose, row.relation) == ("confirmation", "confirmation", "agency")


def test_outside_a_trial_nobody_signs_in_with_one_click(world: World) -> None:
    ports = world.app.state.ports
    assert 'action="/firm/demo"' in world.client.get("/firm").text
    object.__setattr__(ports, "settings", ports.settings.model_copy(update={"demo": False}))
    assert 'action="/firm/demo"' not in world.client.get("/firm").text
    assert post(world, "/firm/demo", "/firm") == 404


def test_an_invitation_works_once(world: World) -> None:
    ports = world.app.state.ports
    with ports.database.transaction() as session:
        token = organisations.invite(
            session, organisations.DEMO, entropy=ports.entropy, at=world.clock()
        )
    page = world.client.get(f"/join/{token}").text
    assert 'data-passkey="make"' in page
    with ports.database.transaction() as session:
        organisations.use_invitation(session, token)
    assert world.client.get(f"/join/{token}").status_code == 410
    world.clock.turn(days=4)
    assert world.client.get("/join/unknown").status_code == 410


@pytest.mark.parametrize(
    ("name", "kvk", "domain"),
    [("", None, None), ("x" * 81, None, None), ("Firm", "123", None), ("Firm", None, "http://a")],
)
def test_an_odd_firm_is_refused(
    world: World, name: str, kvk: str | None, domain: str | None
) -> None:
    ports = world.app.state.ports
    with (
        ports.database.transaction() as session,
        pytest.raises(MalformedError, match="organisation_invalid"),
    ):
        organisations.add(
            session, name, kvk=kvk, domain=domain, entropy=ports.entropy, at=world.clock()
        )


def test_a_firm_without_a_domain_cannot_be_checked_by_it(world: World) -> None:
    ports = world.app.state.ports
    with ports.database.transaction() as session:
        row = organisations.add(
            session, "Rotor", kvk="00000009", entropy=ports.entropy, at=world.clock()
        )
        with pytest.raises(MalformedError, match="organisation_invalid"):
            organisations.check(session, row.id, by="domain", at=world.clock())
        with pytest.raises(RejectedError, match="not_found"):
            organisations.check(session, "nobody", by="kvk", at=world.clock())
