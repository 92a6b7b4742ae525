"""Open Badges 3.0 and CLR 2.0: the shape of a badge, member by member."""

import copy
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.badges import CLR_CONTEXT, OPEN_BADGES_CONTEXT, Kind, check_badge
from credentials.cryptosuites.base import canonical_document
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError

V2 = "https://www.w3.org/ns/credentials/v2"
ACHIEVEMENT: JsonObject = {
    "id": "https://issuer.skillspass.example/achievements/mag-135",
    "type": ["Achievement"],
    "achievementType": "Certification",
    "name": "MAG-lassen 135",
    "description": "Can weld plate in position PA.",
    "criteria": {"narrative": "A practical examination."},
    "alignment": [
        {
            "type": ["Alignment"],
            "targetName": "MAG-lassen",
            "targetUrl": "https://data.europa.eu/esco/skill/1",
            "targetType": "ext:ESCO",
        }
    ],
    "resultDescription": [
        {
            "id": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
            "type": ["ResultDescription"],
            "name": "Outcome",
            "resultType": "Status",
        }
    ],
    "tag": ["welding"],
}
BADGE: JsonObject = {
    "@context": [V2, OPEN_BADGES_CONTEXT],
    "id": "urn:uuid:c5cd5ac6-8e8c-4b0f-bf6c-c41c4ed35a56",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {
        "id": "did:web:issuer.skillspass.example",
        "type": ["Profile"],
        "name": "Opleider",
        "image": {"id": "https://issuer.skillspass.example/logo.png", "type": "Image"},
    },
    "validFrom": "2026-11-23T12:00:00Z",
    "name": "MAG-lassen 135",
    "credentialSubject": {
        "id": "did:jwk:e30",
        "type": ["AchievementSubject"],
        "achievement": ACHIEVEMENT,
        "result": [{"type": ["Result"], "status": "Completed"}],
        "creditsEarned": 2.5,
    },
}
ENDORSEMENT: JsonObject = {
    "@context": [V2, OPEN_BADGES_CONTEXT],
    "id": "urn:uuid:5f0ff2f3-4a33-45dc-a1ae-6e2f8e0e6a34",
    "type": ["VerifiableCredential", "EndorsementCredential"],
    "issuer": "did:web:sector.skillspass.example",
    "validFrom": "2026-11-23T12:00:00Z",
    "credentialSubject": {
        "id": "did:web:issuer.skillspass.example",
        "type": ["EndorsementSubject"],
        "endorsementComment": "In good standing.",
    },
}
RECORD: JsonObject = {
    "@context": [V2, CLR_CONTEXT, OPEN_BADGES_CONTEXT],
    "id": "urn:uuid:0a1f5b7c-1a1c-4bd4-8db5-bb8b70f9f9c3",
    "type": ["VerifiableCredential", "ClrCredential"],
    "issuer": {"id": "did:web:issuer.skillspass.example", "type": ["Profile"]},
    "validFrom": "2026-11-23T12:00:00Z",
    "partial": True,
    "credentialSubject": {
        "id": "did:jwk:e30",
        "type": ["ClrSubject"],
        "verifiableCredential": [BADGE],
        "association": [
            {
                "type": ["Association"],
                "associationType": "isChildOf",
                "sourceId": "urn:uuid:1",
                "targetId": "urn:uuid:2",
            }
        ],
    },
}


def changed(document: JsonObject, path: tuple[str | int, ...], value: JsonValue) -> JsonObject:
    """A copy with one member set, or taken out where the value is None."""
    whole = copy.deepcopy(document)
    node: JsonValue = whole
    for name in path[:-1]:
        node = cast("JsonObject", node)[name]  # type: ignore[index]  # a list takes a number
    if value is None:
        del cast("JsonObject", node)[cast("str", path[-1])]
    else:
        cast("JsonObject", node)[cast("str", path[-1])] = value
    return whole


@pytest.mark.parametrize(
    ("document", "kind"),
    [(BADGE, Kind.ACHIEVEMENT), (ENDORSEMENT, Kind.ENDORSEMENT), (RECORD, Kind.RECORD)],
    ids=["achievement", "endorsement", "record"],
)
def test_a_whole_badge_is_known_by_its_kind(document: JsonObject, kind: Kind) -> None:
    assert check_badge(document) is kind


def test_our_badge_says_nothing_that_its_contexts_do_not_define() -> None:
    quads = canonical_document(BADGE)
    assert "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential" in quads


def test_a_badge_may_be_endorsed_and_may_leave_out_what_is_optional() -> None:
    check_badge(changed(BADGE, ("endorsement",), [ENDORSEMENT]))
    check_badge(changed(BADGE, ("name",), None))
    check_badge(changed(BADGE, ("issuer",), "did:web:issuer.skillspass.example"))
    by_mail: JsonObject = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": "sha256$a1",
        "identityType": "emailAddress",
    }
    bare = changed(BADGE, ("credentialSubject", "id"), None)
    check_badge(changed(bare, ("credentialSubject", "identifier"), [by_mail]))


SUBJECT = "credentialSubject"


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("id",), None, "id"),
        (("id",), "c5cd5ac6", "id"),
        (("type",), ["VerifiableCredential"], "type"),
        (("type",), ["OpenBadgeCredential"], "type"),
        (("type",), ["VerifiableCredential", "OpenBadgeCredential", "ClrCredential"], "type"),
        (("issuer",), "school", "issuer"),
        (("issuer", "type"), ["Person"], "issuer.type"),
        (("issuer", "image"), "https://a.example/i.png", "issuer.image"),
        (("issuer", "image", "type"), "Picture", "issuer.image.type"),
        (("validFrom",), None, "validFrom"),
        (("name",), 5, "name"),
        (("endorsement",), [BADGE], "endorsement.type"),
        ((SUBJECT,), [{}], SUBJECT),
        ((SUBJECT, "id"), None, f"{SUBJECT}.id"),
        ((SUBJECT, "identifier"), [{"type": "IdentityObject"}], f"{SUBJECT}.identifier.hashed"),
        ((SUBJECT, "achievement"), None, f"{SUBJECT}.achievement"),
        ((SUBJECT, "achievement"), [ACHIEVEMENT], f"{SUBJECT}.achievement"),
        ((SUBJECT, "achievement", "name"), None, f"{SUBJECT}.achievement.name"),
        ((SUBJECT, "achievement", "name"), "", f"{SUBJECT}.achievement.name"),
        ((SUBJECT, "achievement", "criteria"), {}, f"{SUBJECT}.achievement.criteria"),
        ((SUBJECT, "achievement", "criteria"), "exam", f"{SUBJECT}.achievement.criteria"),
        (
            (SUBJECT, "achievement", "achievementType"),
            "Trophy",
            f"{SUBJECT}.achievement.achievementType",
        ),
        (
            (SUBJECT, "achievement", "alignment", 0, "targetUrl"),
            None,
            f"{SUBJECT}.achievement.alignment.targetUrl",
        ),
        ((SUBJECT, "achievement", "tag"), [5], f"{SUBJECT}.achievement.tag"),
        ((SUBJECT, "result", 0, "status"), "ext:Almost", f"{SUBJECT}.result.status"),
        ((SUBJECT, "creditsEarned"), "2.5", f"{SUBJECT}.creditsEarned"),
        ((SUBJECT, "creditsEarned"), True, f"{SUBJECT}.creditsEarned"),
    ],
)
def test_one_wrong_member_refuses_the_badge_and_is_named(
    path: tuple[str | int, ...], value: JsonValue, place: str
) -> None:
    with pytest.raises(CredentialError) as refused:
        check_badge(changed(BADGE, path, value))
    assert (refused.value.code, refused.value.detail) == ("badge_malformed", f"at {place}")


@pytest.mark.parametrize(
    "contexts",
    [
        [V2],
        [V2, CLR_CONTEXT],
        [V2, "https://purl.imsglobal.org/spec/ob/v3p0/context-4.0.0.json"],
        [V2, OPEN_BADGES_CONTEXT + "?"],
        [OPEN_BADGES_CONTEXT, V2],
        OPEN_BADGES_CONTEXT,
    ],
)
def test_the_contexts_come_first_and_in_order(contexts: JsonValue) -> None:
    with pytest.raises(CredentialError) as refused:
        check_badge(changed(BADGE, ("@context",), contexts))
    assert refused.value.code == "context_missing"


def test_a_record_needs_its_own_context_and_whole_badges() -> None:
    with pytest.raises(CredentialError, match="context_missing"):
        check_badge(changed(RECORD, ("@context",), [V2, OPEN_BADGES_CONTEXT]))
    broken = changed(BADGE, ("credentialSubject", "achievement"), None)
    for held in ([broken], [], "x", ["x"]):
        with pytest.raises(CredentialError, match="badge_malformed"):
            check_badge(changed(RECORD, (SUBJECT, "verifiableCredential"), cast("JsonValue", held)))


def test_a_date_without_a_zone_is_refused() -> None:
    check_badge(changed(BADGE, ("awardedDate",), "2026-11-01T00:00:00Z"))
    with pytest.raises(CredentialError, match="date_invalid"):
        check_badge(changed(BADGE, ("awardedDate",), "2026-11-01"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["x", "Profile", V2, "a:b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "name"]), inner, max_size=3)
    ),
    max_leaves=8,
)
PLACES = st.sampled_from(
    [
        ("issuer",),
        ("type",),
        ("@context",),
        (SUBJECT,),
        (SUBJECT, "achievement"),
        (SUBJECT, "achievement", "alignment"),
        ("endorsement",),
    ]
)


@given(PLACES, VALUES)
def test_any_value_anywhere_is_a_badge_or_our_error(
    path: tuple[str | int, ...], value: JsonValue
) -> None:
    try:
        check_badge(changed(BADGE, path, value if value is not None else "x"))
    except CredentialError as error:
        assert error.code  # noqa: PT017 - any of ours will do
