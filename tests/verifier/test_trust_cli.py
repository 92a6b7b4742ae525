"""The publisher's verbs, and checking offline with what they made; run as people do."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from credentials.dids.web import did_web
from credentials.encoding import compact_json
from credentials.errors import CredentialError, MalformedError, RejectedError
from credentials.trust.listing import ListedKey, read_list, write_keys
from credentials.trust.wire import write_issuer
from schemas import catalog
from service.keystore import MACHINE_MADE, open_keystore
from tests.conftest import NOW
from tests.verifier.world import LIST_URL, SCHOOL, STATUS_URI, World
from verifier import cli, offline, publisher, trust_cli
from verifier.bundle import Kind, gather, read_bundle, write_bundle
from verifier.policies import SCHEMA, find_policy, json_schema, read_policy

DAY = timedelta(days=1)
AT = ("--at", NOW.isoformat())
PASSPHRASE = "correct horse battery"


@dataclass
class Office:
    """A publisher's folder and the verbs on it."""

    folder: Path

    def does(self, *words: str, at: str = NOW.isoformat()) -> Result:
        """Run one verb of ``skillspass trust``."""
        name, *rest = words
        place = [] if name in {"bundle", "accredit"} else ["--folder", str(self.folder)]
        return CliRunner().invoke(trust_cli.app, [name, *rest, *place, "--at", at])

    def done(self, *words: str, at: str = NOW.isoformat()) -> Any:  # noqa: ANN401 - JSON
        """Run one verb that works; what it prints with ``--json``."""
        ran = self.does(*words, "--json", at=at)
        assert ran.exit_code == 0, ran.output
        return json.loads(ran.stdout)

    def refused(self, *words: str, status: int = 1) -> str:
        """Run one verb that does not; its code."""
        ran = self.does(*words, "--json")
        assert ran.exit_code == status, ran.output
        return str(json.loads(ran.stdout)["error"])


def begun(folder: Path) -> Office:
    """A folder whose key file is there already, and costs little to open."""
    open_keystore(folder / "keys.json", PASSPHRASE, cost=MACHINE_MADE)
    return Office(folder)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("TRUST_LIST_PASSPHRASE", PASSPHRASE)
    made = begun(tmp_path / "sector")
    made.done("init", "--operator", "De sector", "--url", LIST_URL)
    return made


SCHOOL_DID = did_web(SCHOOL)
ADD = ("add", SCHOOL_DID, "--name", "Vakschool De Lasboog")


def signed(office: Office, *more: str) -> None:
    office.done(*ADD, "--type", "heftruck", *more)
    office.done("sign")


def test_a_list_is_begun_filled_signed_published_and_shown(office: Office, tmp_path: Path) -> None:
    told = office.done(*ADD, "--kvk", "12345678", "--type", "heftruck", "--type", "vca-basis")
    added = ["issuer_added", "accreditation_added", "accreditation_added"]
    assert [each["change"] for each in told["changes"]] == added
    assert office.done("sign", "--days", "7")["sequence"] == 1
    office.done("withdraw", SCHOOL_DID, "--type", "heftruck", at=(NOW + DAY).isoformat())
    assert office.done("sign", at=(NOW + DAY).isoformat())["sequence"] == 2
    later = (NOW + 2 * DAY).isoformat()
    assert office.done("publish", "--to", str(tmp_path / "site"), at=later)["sequence"] == 2
    shown = office.done("show", at=later)
    may = {each["type"].split("/")[-2]: each["now"] for each in shown["issuers"][0]["may"]}
    assert may == {"heftruck": False, "vca-basis": True}
    changes = office.done("show", "2", "--since", "1", at=later)["changes"]
    assert [each["change"] for each in changes] == ["accreditation_ended"]
    words = office.does("show", "--since", "1", at=later)
    assert "heftruck" in words.stdout
    draft = publisher.read_draft(office.folder)
    published = (tmp_path / "site" / "list.jwt").read_text("ascii")
    found = read_list(published, anchor=draft.anchor, at=NOW + 2 * DAY, seen_sequence=None)
    entry = found.entry(SCHOOL_DID)
    assert entry is not None
    heftruck = catalog.credential_type("heftruck").url
    assert entry.accreditation(heftruck, at=NOW).role == "training_provider"  # still, of then
    assert {each.name for each in (tmp_path / "site" / "lists").iterdir()} == {"1.jwt", "2.jwt"}


def test_what_was_signed_is_not_taken_back(office: Office) -> None:
    signed(office)
    file = office.folder / "draft.json"
    draft = json.loads(file.read_text("utf-8"))
    draft["entries"] = []
    file.write_text(json.dumps(draft), "utf-8")
    assert office.refused("sign") == "trust_history_changed"
    assert publisher.numbers(office.folder) == [1]


def test_an_older_list_does_not_replace_a_newer_one(office: Office, tmp_path: Path) -> None:
    signed(office)
    office.done(*ADD, "--type", "vca-basis")
    office.done("sign")
    site = tmp_path / "site"
    office.done("publish", "--to", str(site))
    (office.folder / "lists" / "2.jwt").unlink()  # a backup of yesterday
    assert office.refused("publish", "--to", str(site)) == "trust_list_rollback"
    assert office.done("show")["sequence"] == 1


@pytest.mark.parametrize("damage", ["lost", "foreign", "another order"])
def test_a_history_with_a_gap_is_not_published(office: Office, tmp_path: Path, damage: str) -> None:
    signed(office)
    for type_ in ("vca-basis", "bhv"):
        office.done(*ADD, "--type", type_)
        office.done("sign")
    lists = office.folder / "lists"
    if damage == "lost":
        (lists / "2.jwt").unlink()
    elif damage == "foreign":
        (lists / "2.jwt").write_bytes((lists / "1.jwt").read_bytes())
    else:
        (lists / "2.jwt").write_bytes((lists / "3.jwt").read_bytes())
    assert office.refused("publish", "--to", str(tmp_path / "s")) == "trust_history_changed"


def test_only_the_key_of_the_list_signs_it(office: Office, tmp_path: Path) -> None:
    office.done(*ADD, "--type", "heftruck")
    other = begun(tmp_path / "other")
    other.done("init", "--operator", "Een ander", "--url", LIST_URL)
    keys = ("--keys", str(other.folder / "keys.json"))
    assert office.refused("sign", *keys) == "trust_key_other"
    assert office.refused("sign", "--keys", str(tmp_path / "nothing")) == "key_unknown"


def test_the_key_asks_for_its_passphrase(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.done(*ADD, "--type", "heftruck")
    monkeypatch.setenv("TRUST_LIST_PASSPHRASE", "another passphrase")
    assert office.refused("sign") == "keystore_locked"
    monkeypatch.delenv("TRUST_LIST_PASSPHRASE")
    assert office.does("sign").exit_code != 0


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("init", "--operator", "X", "--url", LIST_URL), "key_exists", 1),
        (("add", "did:key:z6Mk", "--name", "X"), "usage_trust", 3),
        ((*ADD, "--type", "no-such-type"), "usage_trust", 3),
        ((*ADD, "--kvk", "123"), "usage_trust", 3),
        ((*ADD, "--website", "http://school.example"), "usage_trust", 3),
        ((*ADD, "--key-file", "/no/such/file"), "usage_file", 3),
        (("add", SCHOOL_DID, "--name", "F\u039dV"), "trust_name_odd", 1),
        (("add", SCHOOL_DID, "--name", "FN\u200bV"), "trust_name_odd", 1),
        (("add", SCHOOL_DID, "--name", "\u0421NV"), "trust_name_odd", 1),
        (("withdraw", "did:web:nobody.example"), "trust_entry_unknown", 1),
        (("show",), "usage_trust", 3),
        (("show", "7"), "usage_trust", 3),
        (("publish", "--to", "site"), "usage_trust", 3),
    ],
    ids=lambda value: " ".join(value)[-40:] if isinstance(value, tuple) else str(value),
)
def test_h100_wrong_use_and_odd_names_are_told(
    office: Office, words: tuple[str, ...], code: str, status: int
) -> None:
    assert office.refused(*words, status=status) == code


def test_a_name_with_accents_is_as_it_should_be(office: Office) -> None:
    office.done("add", SCHOOL_DID, "--name", "Ren\u00e9 & S\u00f8n's B.V.", "--type", "heftruck")


@pytest.fixture
def gate(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[World, Path, Path]:
    """A world, its school on the office's list, a proof in a file and where the bundle goes."""
    world = World(tmp_path / "world")
    keys = tmp_path / "keys.json"
    history = write_keys([ListedKey(world.school.public, NOW - 99 * DAY)])
    keys.write_bytes(compact_json({"TEIdentifier": SCHOOL_DID, "TrustedEntityKeys": [*history]}))
    office.done(
        *(*ADD, "--type", "cnc-frezen-vakcertificaat", "--key-file", str(keys)),
        *("--status-list", STATUS_URI, "--from", (NOW - 90 * DAY).isoformat()),
    )
    office.done("sign")
    world.internet.pages[LIST_URL] = publisher.token_of(office.folder, 1).encode()
    monkeypatch.setenv("VERIFIER_VAR", str(tmp_path / "world"))
    monkeypatch.setenv("VERIFIER_TRUST_LIST_URL", LIST_URL)
    monkeypatch.setenv("VERIFIER_TRUST_ANCHOR", (office.folder / "anchor.json").read_text("utf-8"))
    monkeypatch.setattr(offline, "fetching", lambda *_: world.internet.get_body)  # the only door
    proof = tmp_path / "proof.txt"
    proof.write_text(str(world.issue(world.credential())), "utf-8")
    return world, proof, tmp_path / "gate.json"


def checked(proof: Path, *more: str, at: str = NOW.isoformat()) -> tuple[int, Any]:
    """Exit status and verdict."""
    ran = CliRunner().invoke(cli.app, ["verify", str(proof), "--json", "--at", at, *more])
    return ran.exit_code, json.loads(ran.stdout)


def code_of(verdict: Any, check: str) -> str:  # noqa: ANN401 - JSON
    """The code of one check."""
    return str(next(each["code"] for each in verdict["findings"] if each["check"] == check))


def test_the_gate_checks_offline_and_tells_the_age(
    office: Office, gate: tuple[World, Path, Path]
) -> None:
    world, proof, file = gate
    made = office.done("bundle", str(proof), "--out", str(file))
    assert (made["list"], made["missing"]) == (1, [])
    world.internet.pages.clear()  # no network from here on
    hours = (NOW + timedelta(hours=6)).isoformat()
    with_gate = ("--bundle", str(file), "--policy", "gate")
    status, verdict = checked(proof, *with_gate, at=hours)
    assert (status, verdict["verdict"]) == (0, "passed"), verdict
    assert verdict["bundle"]["age_seconds"]["status"] == 6 * 3600
    assert verdict["policy"] == "gate/1"
    strict = checked(proof, "--bundle", str(file), at=hours)  # the usual policy: 15 minutes
    assert (strict[0], code_of(strict[1], "status")) == (2, "status_stale")
    stale = checked(proof, *with_gate, at=(NOW + timedelta(hours=13)).isoformat())
    assert (stale[0], code_of(stale[1], "status")) == (2, "status_stale")
    over = checked(proof, *with_gate, at=(NOW + 31 * DAY).isoformat())
    assert (over[0], code_of(over[1], "trust")) == (2, "trust_list_stale")
    behind = checked(proof, *with_gate, at=(NOW - timedelta(minutes=5)).isoformat())
    assert behind[0] == 2


def test_a_bundle_does_not_go_back_to_an_older_list(
    office: Office, gate: tuple[World, Path, Path]
) -> None:
    world, _proof, file = gate
    office.done(*ADD, "--type", "bhv")
    office.done("sign")
    old = world.internet.pages[LIST_URL]
    world.internet.pages[LIST_URL] = publisher.token_of(office.folder, 2).encode()
    office.done("bundle", "--out", str(file))
    world.internet.pages[LIST_URL] = old
    assert office.refused("bundle", "--out", str(file)) == "trust_list_rollback"


def test_a_changed_document_in_a_bundle_is_not_believed(
    office: Office, gate: tuple[World, Path, Path]
) -> None:
    _world, proof, file = gate
    office.done("bundle", "--out", str(file))
    bundle = read_bundle(file.read_bytes())
    status = bundle.copies[STATUS_URI]
    changed = {**bundle.copies, STATUS_URI: replace(status, body=status.body[:-4] + b"AAAA")}
    file.write_bytes(write_bundle(replace(bundle, copies=changed)))
    status_code, verdict = checked(proof, "--bundle", str(file))
    assert (status_code, code_of(verdict, "status")) == (2, "status_invalid")


def test_when_the_school_is_gone_its_proofs_are_checked_with_what_was_kept(
    office: Office, gate: tuple[World, Path, Path], tmp_path: Path
) -> None:
    world, proof, _file = gate
    site = tmp_path / "site"
    kept = office.done("publish", "--to", str(site), "--keep")
    assert (kept["kept"], kept["failed"]) == ([STATUS_URI], {})
    later = NOW + 30 * DAY
    world.internet.pages.clear()  # site, document and status list: all gone
    world.internet.pages[LIST_URL] = publisher.token_of(office.folder, 1).encode()
    before = checked(proof, at=(NOW + 20 * DAY).isoformat())
    assert (before[0], code_of(before[1], "status")) == (2, "status_unreachable")
    office.done("withdraw", SCHOOL_DID, "--gone", at=(later - DAY).isoformat())
    office.done("sign", at=later.isoformat())
    office.done("publish", "--to", str(site), at=later.isoformat())
    for file in site.rglob("*"):
        if file.is_file():
            address = f"{LIST_URL.rpartition('/')[0]}/{file.relative_to(site).as_posix()}"
            world.internet.pages[address] = file.read_bytes()
    status, verdict = checked(proof, at=later.isoformat())
    assert (status, code_of(verdict, "status")) == (2, "status_last_known"), verdict
    assert verdict["parts"] == {
        "authentic": "passed",
        "issuer": "passed",
        "valid": "undetermined",
        "holder": "not_applicable",
    }
    assert any("23 november 2026" in line for line in verdict["sentences"]["nl"])
    again = office.does("withdraw", SCHOOL_DID, "--gone", at=later.isoformat())
    assert again.exit_code == 1


def test_a_status_list_that_does_not_hold_is_not_kept(
    office: Office, gate: tuple[World, Path, Path], tmp_path: Path
) -> None:
    world, _proof, _file = gate
    world.internet.pages[STATUS_URI] = b"rubbish"
    kept = office.done("publish", "--to", str(tmp_path / "s"), "--keep")
    assert (kept["kept"], list(kept["failed"])) == ([], [STATUS_URI])


def test_rules_of_a_firm_are_a_file(office: Office, gate: tuple[World, Path, Path]) -> None:
    _world, proof, file = gate
    rules = file.with_suffix(".yaml")
    text = "policy: 1\nname: hal-3\nversion: 4\nissuers: listed\ntypes:\n"
    office.done("show")
    rules.write_text(text + "  cnc-frezen-vakcertificaat: {roles: [exam_centre]}\n", "utf-8")
    status, verdict = checked(proof, "--policy", str(rules))
    assert (status, code_of(verdict, "trust")) == (1, "issuer_not_in_policy")
    assert verdict["policy"] == "hal-3/4"
    entry = publisher.read_draft(office.folder).entries[0]
    role = entry.services[0].role
    rules.write_text(
        text + f"  cnc-frezen-vakcertificaat: {{roles: [{role}], issuers: ['{SCHOOL_DID}']}}\n",
        "utf-8",
    )
    assert checked(proof, "--policy", str(rules))[0] == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "policy: 2\nname: a\nversion: 1\nissuers: listed",
        "policy: 1\nname: a\nversion: 1\nissuers: friends",
        "policy: 1\nname: a\nversion: 1\nissuers: listed\nmore: 1",
        "policy: 1\nname: A b\nversion: 1\nissuers: listed",
        "policy: 1\nname: a\nversion: 1\nissuers: listed\nstatus_hours: 10000",
        "policy: 1\nname: a\nversion: 1\nissuers: listed\ntypes: {no-such: {}}",
        "a: &a [x]\nb: *a",
        "[" * 5000,
    ],
    ids=["empty", "version", "issuers", "more", "name", "hours", "type", "alias", "deep"],
)
def test_a_policy_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RejectedError, match="usage_policy"):
        read_policy(text.encode())


def test_the_policies_that_have_a_name_and_their_schema_are_published() -> None:
    assert {find_policy(name).version for name in ("listed", "linked", "any", "gate")} == {
        *("listed/1", "linked/1", "any/1", "gate/1")
    }
    assert SCHEMA.read_text("utf-8") == json_schema()
    with pytest.raises(RejectedError, match="usage_policy"):
        find_policy("../policies/listed")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_policy_or_our_error(content: bytes) -> None:
    with pytest.raises(RejectedError):
        read_policy(content)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_bundle_or_our_error(content: bytes) -> None:
    with pytest.raises(MalformedError):
        read_bundle(content)


def test_a_bundle_survives_its_file(gate: tuple[World, Path, Path], office: Office) -> None:
    world, _proof, _file = gate
    draft = publisher.read_draft(office.folder)
    listed = publisher.last_list(office.folder, draft, at=NOW)
    assert listed is not None
    made = gather(
        listed, url=LIST_URL, get=world.internet.get_body, at=NOW, extra=["https://x.y/z"]
    )
    assert read_bundle(write_bundle(made)) == made
    assert {copy.kind for copy in made.copies.values()} == {Kind.LIST, Kind.STATUS, Kind.DOCUMENT}
    assert made.missing == ("https://x.y/z",)


def test_a_draft_that_was_changed_by_hand_is_read_strictly(office: Office) -> None:
    signed(office)
    draft = publisher.read_draft(office.folder)
    file = office.folder / "draft.json"
    good = json.loads(file.read_text("utf-8"))
    bad: list[dict[str, Any]] = [
        {**good, "kind": "friends"},
        {**good, "url": "http://x.example/list.jwt"},
        {**good, "entries": [{**write_issuer(draft.entries[0], at=NOW), "extra": 1}] * 2001},
        {**good, "more": 1},
    ]
    for each in bad:
        file.write_text(json.dumps(each), "utf-8")
        with pytest.raises(CredentialError, match="usage_trust"):
            publisher.read_draft(office.folder)
