"""What an asker declares: one form, closed lists, and little without account."""

from dataclasses import replace

import pytest

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, RejectedError
from credentials.openid4vc.dcql import parse_query
from credentials.openid4vc.declaration import (
    DECLARATION_FORMAT,
    Declaration,
    check_unchecked,
    read_declaration,
    write_declaration,
)
from schemas import catalog
from schemas.declarations import lists
from tests.conftest import named

FIRM = Declaration(
    "Metaal BV",
    checked=True,
    declared=lists().usual,
    kvk="12345678",
    deletion_uri="https://firm.example/oid4vp/deletions",
)


def test_a_declaration_is_read_as_it_was_written() -> None:
    others: JsonObject = {"format": "registration_cert", "data": "ey"}
    assert read_declaration([others, write_declaration(FIRM)]) == FIRM
    bare = Declaration("Iemand", checked=False, declared=lists().usual)
    assert read_declaration([write_declaration(bare)]) == bare


def test_entries_of_other_formats_are_ignored() -> None:
    assert read_declaration([{"format": "other", "data": {}}, {}]) is None
    assert read_declaration(None) is None


def changed(**members: JsonValue) -> list[JsonObject]:
    entry = write_declaration(FIRM)
    data = entry["data"]
    assert isinstance(data, dict)
    kept: JsonObject = {name: value for name, value in (data | members).items() if value != "-"}
    return [entry | {"data": kept}]


BAD: dict[str, list[JsonObject]] = {
    "two": [write_declaration(FIRM), write_declaration(FIRM)],
    "no data": [{"format": DECLARATION_FORMAT}],
    "a text": [{"format": DECLARATION_FORMAT, "data": "x"}],
    "relation off the list": changed(relation="friend"),
    "purpose off the list": changed(purpose="curiosity"),
    "ground off the list": changed(legal_basis="because"),
    "kept for ever": changed(retention_days=99_999),
    "kept for a text": changed(retention_days="28"),
    "no relation": changed(relation="-"),
    "erased over http": changed(deletion_uri="http://firm.example/x"),
    "asker is a text": changed(asker="Metaal BV"),
    "checked is a text": changed(asker={"name": "x", "checked": "yes"}),
    "kvk of seven": changed(asker={"name": "x", "checked": True, "kvk": "1234567"}),
}


@pytest.mark.parametrize("case", BAD, ids=named)
def test_another_declaration_is_refused(case: str) -> None:
    with pytest.raises(CredentialError) as refusal:
        read_declaration(BAD[case])
    assert refusal.value.code == "declaration_invalid"


def test_nothing_off_the_lists_is_signed() -> None:
    with pytest.raises(RejectedError, match="declaration_invalid"):
        write_declaration(replace(FIRM, declared=replace(FIRM.declared, purpose="curiosity")))


@pytest.mark.parametrize("name", catalog.query_names())
def test_the_presets_may_be_asked_without_account(name: str) -> None:
    check_unchecked(parse_query(catalog.query(name)))


def one(format_id: str, *paths: list[JsonValue]) -> JsonObject:
    asked: JsonObject = {"id": "a", "format": format_id, "meta": {}}
    claims: list[JsonValue] = [{"path": path} for path in paths]
    return {"credentials": [asked | ({"claims": claims} if claims else {})]}


@pytest.mark.parametrize(
    "query",
    [
        one("dc+sd-jwt", ["skills", None], ["given_name"]),
        one("dc+sd-jwt", ["birth_date"]),
        one("dc+sd-jwt", ["credentialSubject", "skills"]),
        one("ldp_vc", ["credentialSubject", "family_name"]),
        one("ldp_vc", ["credentialSubject"]),
        one("ldp_vc", ["family_name"]),
        one("ldp_vc"),
        one("jwt_vc_json"),
    ],
    ids=lambda query: str(query["credentials"][0].get("claims")),
)
def test_who_was_not_checked_asks_skills_and_validity_only(query: JsonObject) -> None:
    with pytest.raises(RejectedError, match="asker_unchecked"):
        check_unchecked(parse_query(query))


def test_without_claims_a_selective_format_shows_what_it_always_shows() -> None:
    check_unchecked(parse_query(one("dc+sd-jwt")))
    check_unchecked(parse_query(one("vc+sd-jwt", ["validUntil"], ["credentialSubject", "skills"])))
