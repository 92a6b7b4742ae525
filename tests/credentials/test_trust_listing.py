"""The signed sector list."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import jose
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, RejectedError, UndeterminedError, Untrusted
from credentials.keys import Algorithm, SoftwareSigner
from credentials.trust.listing import (
    LIST_TYPE,
    Accreditation,
    KeptStatus,
    ListedCertificate,
    ListedKey,
    Scheme,
    TrustedIssuer,
    TrustList,
    digest_of,
    read_list,
    sign_list,
)

ANCHOR = SoftwareSigner.generate(Algorithm.ES256)
ISSUER = "did:web:issuer.skillspass.example"
KEY = SoftwareSigner.generate(Algorithm.ES256, f"{ISSUER}#1").public
SECOND = SoftwareSigner.generate(Algorithm.EDDSA, f"{ISSUER}#2").public
TYPE = "https://skillspass.example/types/heftruck/1"
NOW = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
START = NOW - timedelta(days=400)
ENTRY = TrustedIssuer(
    id=ISSUER,
    name="Opleider",
    services=(Accreditation(TYPE, "school", START),),
    keys=(ListedKey(KEY, START, NOW), ListedKey(SECOND, NOW, compromised=True)),
    name_en="Training institute",
    kvk="12345678",
    website="https://opleider.example",
    certificates=(ListedCertificate(b"0", START, NOW, compromised=True),),
    status_lists=("https://opleider.example/status/1",),
    gone_since=NOW,
    kept=(
        KeptStatus(
            "https://opleider.example/status/1", "https://lijst.example/kept/1", "A" * 43, NOW
        ),
    ),
)


def _signed(*entries: TrustedIssuer, sequence: int = 7, signer: SoftwareSigner = ANCHOR) -> str:
    return sign_list(
        entries, signer, sequence=sequence, at=NOW, next_update=NOW + timedelta(days=1)
    )


def _read(token: str, *, at: datetime = NOW, seen: int | None = None) -> TrustList:
    return read_list(token, anchor=ANCHOR.public, at=at, seen_sequence=seen)


def test_a_list_survives_the_wire() -> None:
    found = _read(_signed(ENTRY), seen=7)
    assert (found.sequence, found.issued_at) == (7, NOW)
    assert found.entry(ISSUER) == ENTRY
    assert [each.key.key_id for each in ENTRY.keys] == [KEY.key_id, SECOND.key_id]
    assert found.entry(f"{ISSUER}:x") is None


def test_an_older_list_than_one_seen_is_refused() -> None:
    with pytest.raises(RejectedError) as refusal:
        _read(_signed(ENTRY), seen=8)
    assert refusal.value.code == "trust_list_rollback"


def test_a_list_past_its_next_update_is_unknown_and_not_wrong() -> None:
    with pytest.raises(UndeterminedError) as refusal:
        _read(_signed(ENTRY), at=NOW + timedelta(days=1))
    assert refusal.value.code == "trust_list_stale"


def test_a_list_by_another_key_is_refused() -> None:
    with pytest.raises(RejectedError) as refusal:
        _read(_signed(ENTRY, signer=SoftwareSigner.generate(Algorithm.ES256)))
    assert refusal.value.code == "trust_list_invalid"


def _changed(place: tuple[str | int, ...], value: JsonValue) -> str:
    signed = jose.peek(_signed(ENTRY), typ=frozenset({LIST_TYPE}))
    node: JsonValue = signed.payload
    *way, last = place
    for step in way:
        node = node[step]  # type: ignore[index]  # the way is known to exist
    node[last] = value  # type: ignore[index]  # as above
    return jose.sign_compact(signed.header, signed.payload, ANCHOR)


SCHEME = ("LoTE", "ListAndSchemeInformation")
FIRST = ("LoTE", "TrustedEntitiesList", 0)
PROFILE = (*FIRST, "TrustedEntityInformation", "TEInformationExtensions", 0)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("LoTE",), None),
        ((*SCHEME, "LoTEVersionIdentifier"), 2),
        ((*SCHEME, "LoTESequenceNumber"), "7"),
        ((*SCHEME, "LoTESequenceNumber"), 0),
        ((*SCHEME, "ListIssueDateTime"), "2026-11-23T12:00:00"),
        ((*SCHEME, "ListIssueDateTime"), "2026-11-23T13:00:00Z"),
        ((*SCHEME, "NextUpdate"), "2026-11-01T13:00:00Z"),
        ((*FIRST, "TrustedEntityInformation", "TEName"), []),
        ((*SCHEME, "LoTEType"), "https://skillspass.example/trust/lists/verifiers/1"),
        (
            (*FIRST, "TrustedEntityInformation", "TETradeName"),
            [{"lang": "nl", "value": "NTRNL-12"}],
        ),
        (
            (*FIRST, "TrustedEntityInformation", "TEInformationURI"),
            [{"lang": "nl", "uriValue": "javascript:1"}],
        ),
        ((*FIRST, "TrustedEntityServices", 0, "ServiceInformation", "ServiceTypeIdentifier"), ""),
        ((*FIRST, "TrustedEntityServices", 0, "ServiceInformation", "ServiceStatus"), "perhaps"),
        (
            (*FIRST, "TrustedEntityServices", 0, "ServiceInformation", "ServiceStatus"),
            "https://skillspass.example/trust/status/withdrawn",
        ),
        (
            (*FIRST, "TrustedEntityServices", 0, "ServiceInformation", "StatusStartingTime"),
            "gisteren",
        ),
        ((*PROFILE, "Keys", 0, "Compromised"), "no"),
        ((*PROFILE, "Keys", 0, "PublicKey", "x"), "AA"),
        ((*PROFILE, "Keys", 0, "PublicKey", "d"), "AA"),
        ((*PROFILE, "Keys", 0, "PublicKey", "kid"), "did:web:evil.example#1"),
        ((*PROFILE, "Certificates", 0, "val"), "not base64!"),
        ((*PROFILE, "StatusLists", 0), "http://school.example/status"),
        ((*PROFILE, "Kept", 0, "SHA256"), "short"),
        (("LoTE", "TrustedEntitiesList"), [{}]),
    ],
)
def test_a_signed_list_of_another_shape_is_refused(
    place: tuple[str | int, ...], value: JsonValue
) -> None:
    with pytest.raises(RejectedError) as refusal:
        _read(_changed(place, value))
    assert refusal.value.code == "trust_list_invalid"


def test_an_issuer_that_comes_twice_refuses_the_list() -> None:
    with pytest.raises(RejectedError, match="twice"):
        _read(_signed(ENTRY, replace(ENTRY, kvk=None)))


def test_an_accreditation_is_for_one_type_and_one_period() -> None:
    ended = replace(ENTRY, services=(Accreditation(TYPE, "school", START, NOW),))
    assert ENTRY.accreditation(TYPE, at=NOW).role == "school"
    assert ended.accreditation(TYPE, at=NOW - timedelta(seconds=1)).role == "school"
    for entry, type_url, at in [
        (ENTRY, f"{TYPE}1", NOW),
        (ENTRY, TYPE, START - timedelta(seconds=1)),
        (ended, TYPE, NOW),
    ]:
        with pytest.raises(Untrusted) as refusal:
            entry.accreditation(type_url, at=at)
        assert refusal.value.code == "issuer_not_accredited_for_type"


def test_a_key_is_judged_at_the_moment_of_signing() -> None:
    before = NOW - timedelta(seconds=1)
    listed = ENTRY.key(KEY.key_id, at=before)
    assert listed is not None
    assert listed.key == KEY
    with pytest.raises(Untrusted) as refusal:
        ENTRY.key(KEY.key_id, at=NOW)
    assert refusal.value.code == "key_not_valid_at_issuance"
    assert ENTRY.key(f"{ISSUER}#unknown", at=NOW) is None


def test_a_proof_that_names_no_key_means_the_only_key_of_that_moment() -> None:
    listed = ENTRY.key(None, at=NOW - timedelta(days=1))
    assert listed is not None
    assert listed.key == KEY
    with pytest.raises(Untrusted) as refusal:
        ENTRY.key(None, at=NOW)
    assert refusal.value.code == "key_compromised"


def test_a_compromised_key_is_refused_for_every_moment() -> None:
    for at in (START, NOW, NOW + timedelta(days=1)):
        with pytest.raises(Untrusted) as refusal:
            ENTRY.key(SECOND.key_id, at=at)
        assert refusal.value.code == "key_compromised"


@given(st.text(max_size=80))
def test_any_text_is_a_list_or_our_error(text: str) -> None:
    with pytest.raises(CredentialError):
        _read(text)


@given(
    st.dictionaries(
        st.sampled_from(["ListAndSchemeInformation", "TrustedEntitiesList"]),
        st.none() | st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=3)), max_size=2),
    )
)
def test_any_signed_object_is_a_list_or_our_error(value: JsonObject) -> None:
    with pytest.raises(RejectedError):
        _read(_changed(("LoTE",), value))


@pytest.mark.parametrize(
    "end", [NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)], ids=["over", "today", "planned"]
)
def test_an_end_survives_the_wire_as_a_withdrawal_or_as_a_plan(end: datetime) -> None:
    ended = replace(ENTRY, services=(Accreditation(TYPE, "school", START, end),))
    assert _read(_signed(ended)).entry(ISSUER) == ended


def test_a_list_names_its_keeper_and_the_list_before() -> None:
    before = _signed(ENTRY)
    token = sign_list(
        [ENTRY],
        ANCHOR,
        sequence=8,
        at=NOW,
        next_update=NOW + timedelta(days=1),
        scheme=Scheme({"nl": "De sector"}, previous=before, locations=("https://l.example/l",)),
    )
    found = _read(token)
    assert (found.operator, found.previous) == ({"nl": "De sector"}, digest_of(before))
    assert _read(before).previous is None


def test_its_keeper_reads_a_list_that_is_over() -> None:
    later = NOW + timedelta(days=9)
    found = read_list(_signed(ENTRY), anchor=ANCHOR.public, at=later, seen_sequence=7, stale=True)
    assert found.entry(ISSUER) == ENTRY


def test_what_the_list_says_itself_goes_before_what_stands_beside_it() -> None:
    other = replace(ENTRY, id="did:web:other.example")
    both = _read(_signed(ENTRY)).beside((replace(ENTRY, name="Another"), other))
    assert both.entry(ISSUER) == ENTRY
    assert both.entry("did:web:other.example") == other
