"""did:webvh: every rule of the log, with an entry that keeps it and one that breaks it."""

from datetime import datetime, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.dids import resolve
from credentials.dids.webvh import Resolution, log_url, read, resolve_log, witness_url
from credentials.dids.webvh_log import MAX_ENTRIES, MAX_LOG_BYTES
from credentials.encoding import JsonObject, JsonValue, compact_json
from credentials.errors import CredentialError
from credentials.findings import Check, Outcome
from credentials.keys import SoftwareSigner
from credentials.verification import Expectations, Policy
from tests.credentials.webvh_log import (
    AT,
    START,
    Log,
    Spoil,
    code_of,
    key_hash,
    new_key,
    proof_of,
    resolved,
)
from tests.credentials.world import World, found

HOUR = timedelta(hours=1)


def setting(*path: str, value: JsonValue) -> Spoil:
    """Sets a member of an entry before it is hashed and signed; None takes it out."""

    def spoil(entry: JsonObject) -> None:
        node = entry
        for name in path[:-1]:
            node = cast("JsonObject", node[name])
        if value is None:
            del node[path[-1]]
        else:
            node[path[-1]] = value

    return spoil


def test_an_address_has_one_log_and_beside_it_the_witnesses() -> None:
    did = Log(START).create().did
    assert log_url(did) == "https://issuer.skillspass.example/.well-known/did.jsonl"
    assert log_url(f"{did}:a:b") == "https://issuer.skillspass.example/a/b/did.jsonl"
    assert (
        log_url(f"{did}%3A8443") == "https://issuer.skillspass.example:8443/.well-known/did.jsonl"
    )
    assert witness_url(f"{did}:a") == "https://issuer.skillspass.example/a/did-witness.json"


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("localhost", "did_malformed"),
        ("Issuer.example", "did_malformed"),
        ("a.example/path", "did_malformed"),
        ("a.example?versionId=1", "did_malformed"),
        ("a.example#key", "did_malformed"),
        ("a.example::b", "did_malformed"),
        ("a.example%3A0", "did_malformed"),
        ("169.254.169.254", "address_forbidden"),
        ("0x7f.1", "address_forbidden"),
        ("[fd00::1]", "address_forbidden"),
        ("", "did_malformed"),
    ],
)
def test_a_tricky_place_is_refused(place: str, code: str) -> None:
    scid = Log(START).create().scid
    with pytest.raises(CredentialError) as refused:
        log_url(f"did:webvh:{scid}:{place}")
    assert refused.value.code == code
    for short in (scid[:-1], scid + "1", "0" + scid[1:]):
        with pytest.raises(CredentialError, match="did_malformed"):
            log_url(f"did:webvh:{short}:a.example")


def test_a_log_gives_its_versions_by_id_number_and_time() -> None:
    log = Log(START).create().update(note="second").update(note="third")
    newest = resolved(log)
    assert newest.version.number == 3
    assert newest.document["note"] == "third"
    assert newest.time_to_live == HOUR

    def version(**which: object) -> Resolution:
        return resolve_log(log.did, log.octets, None, at=AT, **which)  # type: ignore[arg-type]  # by name

    assert version(version_id=log.version_id(1)).document["note"] == "second"
    assert version(version_number=2).version.number == 2
    assert version(version_time=START + 1.5 * HOUR).version.number == 2
    assert version(version_time=START).version.number == 1
    for which in (
        {"version_id": log.version_id(1)[:-1]},
        {"version_number": 4},
        {"version_time": START - HOUR},
    ):
        with pytest.raises(CredentialError, match="did_version_unknown"):
            version(**which)


def test_versions_before_a_broken_entry_are_still_given_when_asked_for() -> None:
    log = Log(START).create().update(note="second").update(by=new_key())
    assert code_of(log) == "did_proof_invalid"

    def code(**which: object) -> str | int:
        try:
            found_one = resolve_log(log.did, log.octets, None, at=AT, **which)  # type: ignore[arg-type]  # by name
        except CredentialError as error:
            return error.code
        return found_one.version.number

    assert code(version_id=log.version_id(1)) == 2
    assert code(version_number=1) == 1
    assert code(version_number=3) == "did_proof_invalid"
    assert code(version_time=START) == 1  # the second, which holds, ended it
    assert code(version_time=START + HOUR) == "did_proof_invalid"  # nobody knows what ended it


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (setting("extra", value=1), "did_log_malformed"),
        (setting("parameters", value=[]), "did_log_malformed"),
        (setting("state", value="x"), "did_log_malformed"),
        (setting("state", "id", value="did:webvh:x:a.example"), "did_malformed"),
        (setting("state", "id", value=None), "did_log_invalid"),
        (setting("versionTime", value="2026-11-01T00:00:00"), "date_invalid"),
        (setting("versionTime", value="2026-11-01T00:00:00+01:00"), "date_invalid"),
        (setting("versionTime", value="2026-11-23T12:02:00Z"), "did_log_invalid"),
        (setting("versionTime", value=f"{START:%Y-%m-%dT%H:%M:%SZ}"), "did_log_invalid"),
        (setting("parameters", "scid", value="x"), "did_parameters_invalid"),
        (setting("parameters", "method", value="did:webvh:0.5"), "did_method_version_unknown"),
        (setting("parameters", "portable", value=True), "did_parameters_invalid"),
        (setting("parameters", "prerotation", value=True), "did_parameters_invalid"),
        (setting("parameters", "updateKeys", value=["x"]), "did_parameters_invalid"),
        (setting("parameters", "updateKeys", value="x"), "did_parameters_invalid"),
        (setting("parameters", "nextKeyHashes", value=[5]), "did_parameters_invalid"),
        (setting("parameters", "watchers", value={}), "did_parameters_invalid"),
        (setting("parameters", "deactivated", value="no"), "did_parameters_invalid"),
        (setting("parameters", "ttl", value=-1), "did_parameters_invalid"),
        (setting("parameters", "ttl", value="60"), "did_parameters_invalid"),
        (setting("parameters", "witness", value=[]), "did_parameters_invalid"),
        (setting("parameters", "witness", value={"threshold": 1}), "did_parameters_invalid"),
    ],
)
def test_an_entry_that_breaks_a_rule_ends_the_log(spoil: Spoil, code: str) -> None:
    assert resolved(Log(START).create().update()).version.number == 2
    assert code_of(Log(START).create().update(spoil=spoil)) == code


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (setting("parameters", "method", value=None), "did_method_version_unknown"),
        (setting("parameters", "updateKeys", value=[]), "did_parameters_invalid"),
        (setting("parameters", "portable", value=1), "did_parameters_invalid"),
        (setting("state", "note", value="later"), "did_log_invalid"),  # the SCID is of another text
    ],
)
def test_a_first_entry_that_breaks_a_rule_is_refused(spoil: Spoil, code: str) -> None:
    log = Log(START).create(spoil=spoil)
    assert code_of(log) == code


def test_old_logs_may_write_null_for_a_default() -> None:
    nothing: JsonObject = {"witness": None, "watchers": None, "ttl": None, "nextKeyHashes": None}
    log = Log(START).create({"ttl": 60, "watchers": ["https://w.example"]}).update(nothing)
    metadata = resolved(log).metadata()
    assert (metadata["ttl"], metadata["watchers"], metadata["witness"]) == ("3600", [], {})


@pytest.mark.parametrize("version_id", ["2-x", "2", "02-", "1-", "3-", "2--", 2])
def test_the_chain_of_hashes_and_numbers_has_no_gap(version_id: JsonValue) -> None:
    log = Log(START).create().update()
    good = str(log.entries[1]["versionId"])
    text = f"{version_id}{good[2:]}" if str(version_id).endswith("-") else version_id
    entry = {name: value for name, value in log.entries[1].items() if name != "proof"}
    entry["versionId"] = text
    log.entries[1] = entry | {"proof": [proof_of(entry, log.key, START)]}
    assert code_of(log) == "did_log_malformed"


def test_an_entry_in_the_place_of_another_breaks_the_chain() -> None:
    log = Log(START).create().update(note="a").update(note="b")
    other = Log(START, key=log.key, entries=log.entries[:1]).update(note="forged")
    spliced = Log(START, entries=[log.entries[0], other.entries[1], log.entries[2]])
    assert code_of(spliced) == "did_log_invalid"
    assert code_of(Log(START, entries=log.entries[:1] + log.entries[2:])) == "did_log_malformed"
    assert code_of(Log(START, entries=log.entries[:2] + log.entries[1:])) == "did_log_invalid"


def test_an_entry_that_was_changed_after_signing_is_refused() -> None:
    log = Log(START).create().update(note="a")
    state = cast("JsonObject", log.entries[1]["state"])
    log.entries[1] = log.entries[1] | {"state": state | {"note": "b"}}
    assert code_of(log) == "did_proof_invalid"
    log = Log(START).create().update()
    log.entries[1] = log.entries[1] | {"proof": []}
    assert code_of(log) == "did_proof_invalid"


def test_a_log_of_another_did_is_refused() -> None:
    log, other = Log(START).create(), Log(START).create()
    assert code_of(log, did=other.did) == "did_log_mismatch"
    assert code_of(log, did=f"{log.did}:elsewhere") == "did_log_mismatch"
    with pytest.raises(CredentialError, match="did_log_mismatch"):
        resolve_log(f"{log.did}:elsewhere", log.octets, None, at=AT, version_number=1)


def test_keys_change_hands_with_the_entry_before() -> None:
    second = new_key()
    log = Log(START).create().update({"updateKeys": [second.public.multikey()]})
    assert resolved(log).version.number == 2
    assert resolved(Log(START, log.place, log.key, [*log.entries]).update(by=second)).versions
    assert code_of(log.update()) == "did_proof_invalid"  # the first key is spent


def test_announced_keys_alone_can_sign_the_next_entry() -> None:
    second, third = new_key(), new_key()
    log = Log(START).create({"nextKeyHashes": [key_hash(second)]})

    def rotated(parameters: JsonObject, by: SoftwareSigner) -> Log:
        return Log(START, log.place, log.key, [*log.entries]).update(parameters, by=by)

    ours: JsonObject = {"updateKeys": [second.public.multikey()], "nextKeyHashes": []}
    assert resolved(rotated(ours, second)).version.number == 2
    assert code_of(rotated(ours, log.key)) == "did_proof_invalid"
    foreign: JsonObject = {"updateKeys": [third.public.multikey()], "nextKeyHashes": []}
    assert code_of(rotated(foreign, third)) == "did_parameters_invalid"
    both: list[JsonValue] = [second.public.multikey(), third.public.multikey()]
    assert code_of(rotated(ours | {"updateKeys": both}, second)) == "did_parameters_invalid"
    for owed in ("updateKeys", "nextKeyHashes"):
        less = {name: value for name, value in ours.items() if name != owed}
        assert code_of(rotated(less, second)) == "did_parameters_invalid"
    assert code_of(rotated(ours | {"updateKeys": []}, second)) == "did_parameters_invalid"
    free = rotated(ours, second).update({}, by=second)
    assert resolved(free).version.number == 3  # pre-rotation was ended in the entry before


def test_only_a_portable_did_moves_and_says_where_it_was() -> None:
    def moved(parameters: JsonObject, known_as: list[JsonValue] | None) -> tuple[Log, str]:
        log = Log(START).create(parameters)
        old = log.did
        names: list[JsonValue] = [old] if known_as is None else known_as
        return log.update(place="new.example", alsoKnownAs=names), old

    log, old = moved({"portable": True}, None)
    for did in (old, log.did):
        assert resolved(log, did=did).document["id"] == log.did
    assert resolved(log).metadata()["portable"] is True
    assert code_of(moved({"portable": True}, [])[0]) == "did_log_invalid"
    assert code_of(moved({}, None)[0]) == "did_log_invalid"
    fixed = Log(START).create({"portable": True}).update({"portable": False})
    name: list[JsonValue] = [fixed.did]
    assert code_of(fixed.update(place="new.example", alsoKnownAs=name)) == "did_log_invalid"


def test_a_did_that_ended_has_no_later_entry_and_no_keys() -> None:
    log = Log(START).create().update({"deactivated": True})
    first = resolve_log(log.did, log.octets, None, at=AT, version_number=1)
    assert (first.deactivated, first.version.number) == (True, 1)
    with pytest.raises(CredentialError, match="did_deactivated"):
        read(log.did, lambda _url: log.octets, at=AT)
    assert code_of(log.update({"deactivated": False})) == "did_log_invalid"


def test_a_service_of_the_controller_takes_the_place_of_the_implicit_one() -> None:
    own: JsonObject = {
        "id": "#files",
        "type": "relativeRef",
        "serviceEndpoint": "https://b.example",
    }
    services = resolved(Log(START).create(service=[own])).document["service"]
    assert isinstance(services, list)
    assert services[0] == own
    assert [cast("JsonObject", each)["id"] for each in services] == ["#files", "#whois"]


def test_a_log_beyond_the_limits_is_refused() -> None:
    log = Log(START).create()
    for octets in (log.octets * (MAX_ENTRIES + 1), log.octets + b" " * MAX_LOG_BYTES):
        with pytest.raises(CredentialError, match="did_log_malformed"):
            resolve_log(log.did, octets, None, at=AT)


def test_a_did_with_history_needs_to_know_the_time() -> None:
    log = Log(START).create()
    with pytest.raises(CredentialError, match="did_method_unknown"):
        resolve(log.did, lambda _url: log.octets)


def method(log: Log, key: SoftwareSigner, name: str) -> JsonObject:
    """A verification method of the log's own DID."""
    return {
        "id": f"{log.did}#{name}",
        "type": "Multikey",
        "controller": log.did,
        "publicKeyMultibase": key.public.multikey(),
    }


def with_methods(log: Log, **keys: SoftwareSigner) -> None:
    methods: list[JsonValue] = [method(log, key, name) for name, key in keys.items()]
    ids: list[JsonValue] = [f"{log.did}#{name}" for name in keys]
    log.update(verificationMethod=methods, assertionMethod=ids, authentication=ids)


@pytest.mark.parametrize("format_id", ["dc+sd-jwt", "ldp_vc"])
def test_h067_a_withdrawn_key_of_a_did_with_history(format_id: str, now: datetime) -> None:
    start = now - timedelta(days=30)
    log = Log(start).create()
    world = World(now, format_id, issuer=log.did)
    world.signer = world.key("first")
    with_methods(log, first=world.signer)
    with_methods(log, second=world.key("second"))
    withdrawn = start + 2 * HOUR
    world.pages["https://issuer.skillspass.example/.well-known/did.jsonl"] = log.octets

    def key_finding(issued_at: datetime) -> tuple[Outcome, str, str | None]:
        wire = world.present(world.issue(world.credential(issued_at=issued_at)))
        verdict = world.verdict(wire, Expectations(policy=Policy.ANY))
        finding = found(verdict, Check.KEY)
        return finding.outcome, finding.code, finding.facts.get("note")

    assert key_finding(withdrawn - HOUR / 2) == (Outcome.PASSED, "ok", "key_rotated_since")
    refused = (Outcome.FAILED, "key_not_valid_at_issuance", None)
    assert key_finding(withdrawn + HOUR) == refused
    assert key_finding(start - HOUR) == refused  # before there was a DID
    assert key_finding(start + HOUR / 2) == refused  # before there was a key


LINES = st.lists(
    st.binary(max_size=30)
    | st.dictionaries(
        st.sampled_from(["versionId", "versionTime", "parameters", "state", "proof"]),
        st.none() | st.integers(0, 3) | st.just({}) | st.text(max_size=5) | st.just([]),
        max_size=5,
    ).map(lambda entry: compact_json(cast("JsonObject", entry))),
    max_size=3,
).map(b"\n".join)


@given(LINES, st.none() | st.binary(max_size=30))
def test_any_octets_are_a_log_or_our_error(octets: bytes, proofs: bytes | None) -> None:
    with pytest.raises(CredentialError):
        resolve_log(f"did:webvh:Qm{'a' * 44}:a.example", octets, proofs, at=AT)
