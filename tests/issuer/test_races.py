"""Two who do the same, or the opposite, at the same moment: one of them, on both databases."""

from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from issuer import (
    aftercare,
    confirmations,
    delivery,
    designs,
    list_issuing,
    members,
    offers,
    programs,
    statements,
)
from issuer.aftercare import Care
from issuer.confirmations import Details
from issuer.demo_office import FIRM
from issuer.designs import Design
from issuer.draft_changes import Change
from issuer.installation import FIRST, change_organisation
from issuer.ports import Ports
from issuer.tables import (
    AuditEntry,
    Delivery,
    Duty,
    GivenProof,
    Hold,
    Invitation,
    Issued,
    JobRow,
    ListState,
    Member,
    Offer,
    OfferState,
    Organisation,
    OwnTemplate,
    StatusWord,
    TemplateVersion,
)
from tests.issuer.at_once import DONE, Act, at_once, twice
from tests.issuer.lists import csv_of, other
from tests.issuer.office import Holder, Office, open_office
from tests.issuer.test_list_races import put_down, submit

pytestmark = pytest.mark.usefixtures("on_both_databases")

MEMBER, SECOND, THIRD = "demo-own-1", "demo-own-2", "demo-own-3"
ADDRESS = "ahmet@example.org"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def actions(ports: Ports) -> list[str]:
    """What the audit log says was done, in its order."""
    with ports.database.reading() as session:
        return list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))))


def jobs(ports: Ports, kind: str) -> int:
    with ports.database.reading() as session:
        return len(session.exec(select(JobRow.id).where(JobRow.kind == kind)).all())


# --- lists -----------------------------------------------------------------------------------


def approve(member: str, list_id: str, version: int, ports: Ports) -> Act:
    change = Change(list_id, member, version)
    return partial(list_issuing.approve, change=change, ports=ports, at=ports.clock())


def test_of_two_approvers_of_one_list_one_gives_it(office: Office) -> None:
    with office.ports.database.transaction() as session:
        change_organisation(session, FIRST, bulk_limit="0", domain="", status_hosting="own")
    ports = office.ports
    row = put_down(ports, csv_of(other("1"), other("2")).encode())
    assert submit(ports, row.id, row.version) == ListState.WAITING
    approvers = [approve(one, row.id, row.version + 1, ports) for one in (SECOND, THIRD)]
    assert at_once(ports.database, *approvers) == [DONE, "list_changed"]
    with ports.database.reading() as session:
        assert len(session.exec(select(Offer.id)).all()) == 2
    assert actions(ports).count("list_given") == 1


def test_two_lists_with_the_same_person_give_the_proof_once(office: Office) -> None:
    ports = office.ports
    lists = [put_down(ports, csv_of(other("1"), other(str(n))).encode()) for n in (2, 3)]

    def give(list_id: str, version: int) -> Act:
        return partial(
            list_issuing.submit,
            change=Change(list_id, MEMBER, version),
            format_id="dc+sd-jwt",
            how=Delivery.CARDS,
            ports=ports,
            at=ports.clock(),
        )

    acts = [give(row.id, row.version) for row in lists]
    found = at_once(ports.database, *acts)
    with ports.database.reading() as session:
        offered = len(session.exec(select(Offer.id)).all())
        remembered = len(session.exec(select(GivenProof.digest)).all())
    # SQLite has one writer: the second list is read after the first, and gives its other row
    assert (found, offered) in [([DONE, DONE], 3), ([DONE, "list_changed"], 2)]
    assert offered == remembered


# --- a firm's own work -----------------------------------------------------------------------


def test_two_taps_confirm_a_welder_once(office: Office) -> None:
    ports: Ports = office.app.state.installation.ports(FIRM)
    at = ports.clock()
    with ports.database.transaction() as session:
        row = confirmations.add_welder(
            session,
            Details("Jan", "Bakker", "LM-2026-17", "135"),
            last_on=confirmations.today(at),
            numbers_confirmed=False,
            ports=ports,
            actor=MEMBER,
            at=at,
        )
    tap = partial(
        confirmations.confirm, welder_id=row.id, due_on=row.due_on, ports=ports, actor=MEMBER, at=at
    )
    assert twice(ports.database, tap) == ["already_done", DONE]
    assert actions(ports).count("welder_confirmed") == 1


@pytest.mark.parametrize("agreed", [True, False])
def test_an_answer_at_the_end_of_the_wait_is_given_once(office: Office, *, agreed: bool) -> None:
    ports, made = office.ports, office.offer()["id"]
    with ports.database.transaction() as session:
        row = offers.find(session, made, ports=ports)
        delivery.by_mail(session, made, ADDRESS, ports=ports, now=False)
        statements.hold_back(session, row, ports=ports, actor=MEMBER, at=ports.clock())
    say = partial(
        statements.answer,
        offer_id=made,
        agreed=agreed,
        ports=ports,
        actor=SECOND,
        at=ports.clock(),
    )
    over = partial(statements.end_wait, offer_id=made, ports=ports, at=ports.clock())
    assert at_once(ports.database, say, over) in [[DONE, DONE], [DONE, "hold_ended"]]
    with ports.database.reading() as session:
        hold = session.get_one(Hold, made)
    assert (hold.released_at is None) != (hold.denied_at is None)
    told = [one for one in actions(ports) if one in {"hold_released", "hold_denied"}]
    assert told == ["hold_released" if hold.released_at else "hold_denied"]
    assert jobs(ports, delivery.MAIL) == (1 if hold.released_at else 0)


# --- people ----------------------------------------------------------------------------------


def test_two_administrators_who_let_each_other_go_leave_one(office: Office) -> None:
    ports = office.ports
    with ports.database.transaction() as session:
        members.change_member(session, MEMBER, duties=[Duty.ADMIN], active=True, ports=ports)

    def let_go(member: str) -> Act:
        return partial(
            members.change_member, member_id=member, duties=None, active=False, ports=ports
        )

    assert at_once(ports.database, let_go(MEMBER), let_go(THIRD)) == [DONE, "last_admin"]
    with ports.database.reading() as session:
        left = [one for one in members.members(session, ports) if Duty.ADMIN in one.duties]
    assert [one.active for one in left].count(True) == 1


def test_an_invitation_lets_one_in(office: Office) -> None:
    ports = office.ports
    with ports.database.transaction() as session:
        row = members.find_member(session, MEMBER, ports)
        token = members.invite(session, row, ports=ports, at=ports.clock())

    def join(session: Session) -> None:
        members.invited(session, token, at=ports.clock())
        members.use_invitation(session, token)

    assert twice(ports.database, join) == [DONE, "gone"]


def test_two_invitations_of_one_member_leave_the_last(office: Office) -> None:
    ports = office.ports

    def invite(session: Session) -> None:
        row = session.get_one(Member, MEMBER)
        members.invite(session, row, ports=ports, at=ports.clock())

    assert twice(ports.database, invite) == [DONE, DONE]
    with ports.database.reading() as session:
        assert len(session.exec(select(Invitation)).all()) == 1


def test_two_programs_do_not_both_become_the_last(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.programs.MAX_KEYS", 1)
    ports = office.ports
    make = partial(
        programs.make_key, name="kassa", scopes=["read"], ports=ports, actor=THIRD, at=ports.clock()
    )
    assert twice(ports.database, make) == [DONE, "too_many_keys"]


# --- offers ----------------------------------------------------------------------------------


def test_two_reminders_at_once_are_one_letter(office: Office) -> None:
    ports, made = office.ports, office.offer()["id"]
    with ports.database.transaction() as session:
        delivery.by_mail(session, made, ADDRESS, ports=ports)
    remind = partial(delivery.remind, offer_id=made, ports=ports, actor=MEMBER, at=ports.clock())
    assert twice(ports.database, remind) == [DONE, "remind_unfit"]
    assert jobs(ports, delivery.REMINDER) == 1


def test_two_who_remind_everybody_send_each_one_letter(office: Office) -> None:
    ports = office.ports
    made = [office.offer()["id"] for _ in range(3)]
    with ports.database.transaction() as session:
        for one in made:
            delivery.by_mail(session, one, ADDRESS, ports=ports)
    remind = partial(delivery.remind_all, ports=ports, actor=MEMBER, at=ports.clock())
    assert twice(ports.database, remind) == [DONE, DONE]
    assert jobs(ports, delivery.REMINDER) == 3


def test_an_offer_is_taken_or_taken_back(office: Office) -> None:
    ports, made = office.ports, office.offer()
    with ports.database.reading() as session:
        row = offers.find(session, made["id"], ports=ports)
        code = offers.contents_of(row, ports).code
    taken: list[object] = []

    def take(session: Session) -> None:
        taken.append(
            offers.take_by_code(
                session, code, tx_code=made["tx_code"], ports=ports, at=ports.clock()
            )
        )

    cancel = partial(offers.cancel, offer_id=made["id"], ports=ports, at=ports.clock())
    assert at_once(ports.database, take, cancel) == [DONE, DONE]
    with ports.database.reading() as session:
        row = offers.find(session, made["id"], ports=ports)
    # also after it was taken: nobody has the proof yet
    assert (row.state, row.contents) == (OfferState.CANCELLED, None)


def test_two_who_change_many_in_another_order_do_not_wait_for_each_other(office: Office) -> None:
    ports, holder = office.ports, Holder(office)
    made = [office.offer(format=one) for one in ("dc+sd-jwt", "ldp_vc", "dc+sd-jwt", "ldp_vc")]
    for one in made:
        holder.receive(one)
    first, last = [one["id"] for one in made[:2]], [one["id"] for one in made[2:]]

    def revoke(ids: list[str]) -> Act:
        return partial(
            aftercare.care,
            offer_ids=ids,
            what=Care.REVOKE,
            reason="asked",
            ports=ports,
            actor=MEMBER,
            at=ports.clock(),
        )

    acts = [revoke(first), revoke(last[::-1]), revoke([*last, *first])]
    assert at_once(ports.database, *acts) == [DONE] * 3
    with ports.database.reading() as session:
        assert set(session.exec(select(Issued.status))) == {StatusWord.REVOKED}
    assert actions(ports).count(StatusWord.REVOKED) == 4


# --- templates -------------------------------------------------------------------------------


def design(title: str = "Heftruck in de hal") -> Design:
    return Design.model_validate(
        {
            "base": "heftruck",
            "title_nl": title,
            "title_en": title,
            "asked": ["given_name", "family_name", "date_of_test", "skills"],
        }
    )


def keep(ports: Ports, template_id: str = "") -> Act:
    """As the page does: a template without an id gets one from its title."""

    def act(session: Session) -> None:
        made = design()
        chosen = template_id or designs.new_id(
            session, made.title_nl, organisation_id=FIRST, ready=ports.ready
        )
        designs.keep_version(
            session,
            made,
            template_id=chosen,
            organisation_id=FIRST,
            member_id=MEMBER,
            sealer=ports.sealer,
            at=ports.clock(),
        )

    return act


def kept(ports: Ports) -> list[tuple[str, int]]:
    with ports.database.reading() as session:
        rows = session.exec(select(TemplateVersion.template_id, TemplateVersion.number)).all()
    return sorted((name, number) for name, number in rows)


def test_two_versions_at_once_have_each_a_number(office: Office) -> None:
    ports = office.ports
    assert twice(ports.database, keep(ports, "hal")) == [DONE, DONE]
    assert twice(ports.database, keep(ports, "hal")) == [DONE, DONE]
    assert kept(ports) == [("hal", number) for number in range(1, 5)]
    assert office.ports.templates["hal"].version == 4


def test_a_template_that_is_put_away_and_kept_at_once_is_one_or_the_other(office: Office) -> None:
    ports = office.ports
    with ports.database.transaction() as session:
        keep(ports, "hal")(session)
    archive = partial(designs.archive, template_id="hal", organisation_id=FIRST)
    assert at_once(ports.database, archive, keep(ports, "hal")) == [DONE, DONE]
    assert kept(ports) == [("hal", 1), ("hal", 2)]
    with ports.database.reading() as session:
        row = session.get_one(OwnTemplate, (FIRST, "hal"))
    assert ("hal" in office.ports.templates) == (not row.archived)


def test_two_members_who_choose_one_name_get_a_template_each(office: Office) -> None:
    ports = office.ports
    assert twice(ports.database, keep(ports)) == [DONE, DONE]
    assert kept(ports) == [("heftruck-in-de-hal", 1), ("heftruck-in-de-hal-2", 1)]


def test_a_name_that_was_put_away_is_not_given_again(office: Office) -> None:
    ports = office.ports
    with ports.database.transaction() as session:
        keep(ports)(session)
        designs.archive(session, "heftruck-in-de-hal", organisation_id=FIRST)
    with office.ports.database.transaction() as session:
        keep(office.ports)(session)
    assert kept(ports) == [("heftruck-in-de-hal", 1), ("heftruck-in-de-hal-2", 1)]


def version(ports: Ports) -> int:
    """What tells every process that something changed."""
    with ports.database.reading() as session:
        return session.get_one(Organisation, FIRST).version


def test_settings_and_a_template_at_once_are_both_seen(office: Office) -> None:
    ports = office.ports
    before = version(ports)
    change = partial(
        change_organisation,
        organisation_id=FIRST,
        bulk_limit="7",
        domain="",
        status_hosting="own",
    )
    assert at_once(ports.database, change, keep(ports, "hal")) == [DONE, DONE]
    assert version(ports) == before + 2
    assert office.ports.identity.bulk_limit == 7
    assert "hal" in office.ports.templates
