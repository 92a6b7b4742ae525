"""SD-JWT mechanics: what is hidden, what the digests tell, and what comes out again."""

import hashlib
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.claims import Paths
from credentials.encoding import JsonObject, JsonValue, b64url_decode, b64url_encode, parse_json
from credentials.errors import (
    BindingInvalid,
    CredentialError,
    MalformedError,
    UnsupportedError,
)
from credentials.formats.concealment import conceal
from credentials.formats.key_binding import bind, check_key_binding
from credentials.formats.sd_jwt import digest, join, open_disclosures, split
from credentials.formats.sd_jwt_vc import SdJwtVc
from credentials.jose import sign_compact
from credentials.keys import Algorithm, SoftwareSigner
from credentials.limits import MAX_DISCLOSURES
from credentials.model import Binding, Credential, StatusKind, StatusReference
from tests.conftest import NOW
from tests.formats.conftest import CLAIMS, DISCLOSABLE, entropy

NAMES = st.sampled_from(["a", "b", "c", "naam"])
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
PATHS = st.frozensets(
    st.lists(NAMES | st.none() | st.integers(0, 3), min_size=1, max_size=4).map(tuple), max_size=6
)


def digest_arrays(value: JsonValue) -> Iterator[int]:
    """The number of digests in each object and each list, wherever there are any."""
    if isinstance(value, dict):
        found = value.get("_sd", [])
        if isinstance(found, list) and found:
            yield len(found)
        for inner in value.values():
            yield from digest_arrays(inner)
    elif isinstance(value, list):
        hidden = sum(isinstance(item, dict) and "..." in item for item in value)
        if hidden:
            yield hidden
        for inner in value:
            yield from digest_arrays(inner)


def digests(value: JsonValue) -> Iterator[str]:
    """Every digest in an object or list, of disclosures and decoys alike."""
    if isinstance(value, dict):
        found = value.get("_sd", [])
        yield from (str(text) for text in (found if isinstance(found, list) else []))
        if "..." in value:
            yield str(value["..."])
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from digests(inner)


@given(claims=st.dictionaries(NAMES, TREES, max_size=4), disclosable=PATHS)
def test_what_was_concealed_comes_out_again(claims: JsonObject, disclosable: Paths) -> None:
    concealed, disclosures = conceal(claims, disclosable, entropy=entropy)
    opened = open_disclosures(concealed, disclosures)
    assert opened.payload == claims
    assert sorted(opened.disclosures.values()) == sorted(disclosures)


@given(claims=st.dictionaries(NAMES, TREES, max_size=4), disclosable=PATHS)
def test_the_number_of_digests_is_a_multiple_of_eight(
    claims: JsonObject, disclosable: Paths
) -> None:
    concealed, disclosures = conceal(claims, disclosable, entropy=entropy)
    values = [parse_json(b64url_decode(text)) for text in disclosures]
    assert all(count % 8 == 0 for value in [concealed, *values] for count in digest_arrays(value))


def test_nothing_of_a_hidden_claim_stands_in_the_payload() -> None:
    concealed, disclosures = conceal(CLAIMS, DISCLOSABLE, entropy=entropy)
    assert set(concealed) == {"_sd", "language"}
    assert not any(word in json.dumps(concealed) for word in ("Sam", "given_name", "skills"))
    assert len(disclosures) == 6  # a name, the list, two elements, and a member of each


def test_a_list_element_is_hidden_with_its_hidden_member_inside() -> None:
    _, disclosures = conceal(
        CLAIMS, frozenset([("skills", 1), ("skills", None, "level")]), entropy=entropy
    )
    parts = [parse_json(b64url_decode(text)) for text in disclosures]
    assert [len(part) for part in parts if isinstance(part, list)] == [3, 3, 2]


def test_the_order_of_elements_stays_and_that_of_digests_says_nothing() -> None:
    claims: JsonObject = {"list": [*range(20)], **{f"claim{place}": place for place in range(20)}}
    disclosable: Paths = frozenset(
        [("list", None), *((name,) for name in claims if name != "list")]
    )
    concealed, disclosures = conceal(claims, disclosable, entropy=entropy)
    assert open_disclosures(concealed, disclosures).payload["list"] == [*range(20)]
    digests = concealed["_sd"]
    assert isinstance(digests, list)
    assert digests == sorted(map(str, digests))
    elements = concealed["list"]
    assert isinstance(elements, list)
    real = {digest(text) for text in disclosures}
    places = [item["..."] in real for item in elements if isinstance(item, dict)]
    assert places.count(False) == 4
    assert places[:20] != [True] * 20


def test_each_salt_and_decoy_is_drawn_once() -> None:
    drawn: list[bytes] = []

    def recorded(octets: int) -> bytes:
        drawn.append(entropy(octets))
        return drawn[-1]

    concealed, disclosures = conceal(CLAIMS, DISCLOSABLE, entropy=recorded)
    values = [parse_json(b64url_decode(text)) for text in disclosures]
    salts = [b64url_decode(str(value[0])) for value in values if isinstance(value, list)]
    found = [b64url_decode(text) for value in [concealed, *values] for text in digests(value)]
    made = {hashlib.sha256(text.encode()).digest() for text in disclosures}
    decoys = [octets for octets in found if octets not in made]
    assert len(decoys) == 6 + 6 + 7 + 7
    all_drawn = b"".join(drawn)
    for octets in (*salts, *decoys):  # no octet that was drawn is used for two of them
        assert all_drawn.count(octets) == 1
        all_drawn = all_drawn.replace(octets, b"")
    assert len(all_drawn) == 8 * len(decoys)  # where each decoy goes


def test_a_digest_is_that_of_the_specification() -> None:  # RFC 9901, section 4.2.3
    text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert digest(text) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    assert digest(text) == b64url_encode(hashlib.sha256(text.encode()).digest())


def test_compact_text_is_taken_apart_and_put_together() -> None:
    for text in ("a.b.c~", "a.b.c~d~", "a.b.c~d~e~", "a.b.c~d~f.g.h"):
        parts = split(text)
        assert join(parts.issuer_jwt, parts.disclosures, parts.key_binding or "") == text
    assert split("a.b.c") == split("a.b.c~")


@pytest.mark.parametrize("name", ["_sd", "_sd_alg", "..."])
def test_a_claim_named_as_the_mechanism_is_not_issued(name: str) -> None:
    outer: JsonObject = {name: 1}
    inner: JsonObject = {"a": [{name: 1}]}
    for claims in (outer, inner):
        with pytest.raises(MalformedError, match="disclosure_name_reserved"):
            conceal(claims, frozenset([(name,)]), entropy=entropy)


def test_more_disclosures_than_a_reader_takes_are_not_issued() -> None:
    claims: JsonObject = {"list": [0] * (MAX_DISCLOSURES + 1)}
    with pytest.raises(MalformedError, match="too_many_disclosures"):
        conceal(claims, frozenset([("list", None)]), entropy=entropy)
    with pytest.raises(MalformedError, match="too_many_disclosures"):
        open_disclosures({}, ["WyJhIiwiYiJd"] * (MAX_DISCLOSURES + 1))


def test_many_large_disclosures_together_are_too_large() -> None:
    claims: JsonObject = {f"claim{place}": [0] * 600 for place in range(10)}
    concealed, disclosures = conceal(claims, frozenset((name,) for name in claims), entropy=entropy)
    with pytest.raises(MalformedError, match="too_large"):
        open_disclosures(concealed, disclosures)
    open_disclosures(concealed, disclosures[:8])


@given(payload=st.dictionaries(st.sampled_from(["_sd", "_sd_alg", "...", "a"]), TREES))
def test_any_payload_is_opened_or_refused(payload: JsonObject) -> None:
    try:
        open_disclosures(payload, [])
    except CredentialError:
        return


@given(st.lists(TREES, max_size=5))
def test_any_disclosure_is_placed_or_refused(parts: list[JsonValue]) -> None:
    text = b64url_encode(json.dumps(parts).encode())
    member: JsonObject = {"_sd": [digest(text)]}
    element: JsonObject = {"a": [{"...": digest(text)}]}
    for payload in (member, element):
        try:
            opened = open_disclosures(payload, [text])
        except CredentialError:
            continue
        assert list(opened.disclosures.values()) == [text]


SIGNER = SoftwareSigner.generate(Algorithm.ES256)
REQUIRED: JsonObject = {"iss": "did:web:school.example", "vct": "https://x.example/t", "iat": 1}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": None}, "claim_missing"),
        ({"iss": ""}, "claim_missing"),
        ({"vct": 5}, "claim_missing"),
        ({"jti": []}, "claim_missing"),
        ({"iat": None}, "date_invalid"),
        ({"status": 5}, "status_invalid"),
        ({"status": {"status_list": {"idx": 1, "uri": "http://x.example"}}}, "status_invalid"),
        ({"status": {"status_list": {"idx": 1}}}, "status_invalid"),
        ({"status": {"other": {}}}, "status_invalid"),
        ({"status": {"status_list": {"idx": -1, "uri": "https://x"}}}, "status_index_invalid"),
        ({"status": {"status_list": {"idx": True, "uri": "https://x"}}}, "status_index_invalid"),
        ({"status": {"status_list": {"idx": "1", "uri": "https://x"}}}, "status_index_invalid"),
        ({"cnf": {"jwk": {"kty": "RSA"}}}, "key_invalid"),
    ],
)
def test_registered_claims_have_one_shape(change: JsonObject, code: str) -> None:
    token = sign_compact({"typ": "dc+sd-jwt"}, REQUIRED | change, SIGNER)
    with pytest.raises(MalformedError) as refused:
        SdJwtVc().parse(f"{token}~")
    assert refused.value.code == code


@pytest.mark.parametrize("confirmation", [None, {}, {"kid": "x"}, {"jwk": "x"}, "jwk"])
def test_only_a_key_confirms_a_holder(confirmation: JsonValue) -> None:
    token = sign_compact({"typ": "dc+sd-jwt"}, REQUIRED | {"cnf": confirmation}, SIGNER)
    with pytest.raises(UnsupportedError, match="cnf_unsupported"):
        SdJwtVc().parse(f"{token}~")


def test_a_credential_without_issue_date_is_refused() -> None:
    payload = {name: value for name, value in REQUIRED.items() if name != "iat"}
    token = sign_compact({"typ": "dc+sd-jwt"}, payload, SIGNER)
    with pytest.raises(MalformedError, match="date_invalid"):
        SdJwtVc().parse(f"{token}~")


@pytest.mark.parametrize("name", ["exp", "status", "vct", "jti", "vct#integrity"])
def test_a_claim_with_a_registered_name_is_not_issued(name: str) -> None:
    credential = Credential("https://x.example/t", "did:web:x", {name: "x"}, NOW)
    with pytest.raises(MalformedError, match="claim_collision"):
        SdJwtVc().issue(credential, SIGNER, holder=None, disclosable=frozenset(), entropy=entropy)


def test_nothing_is_bound_to_no_audience_or_no_nonce() -> None:
    good = bind("a.b.c~", SIGNER, Binding("a", "n"), at=NOW)
    check_key_binding(good, SIGNER.public, expected=Binding("a", "n"), at=NOW)
    for audience, nonce in (("", "n"), ("a", "")):
        with pytest.raises(BindingInvalid, match="config_nonce_required"):
            bind("a.b.c~", SIGNER, Binding(audience, nonce), at=NOW)
        with pytest.raises(BindingInvalid, match="config_nonce_required"):
            check_key_binding(good, SIGNER.public, expected=Binding(audience, nonce), at=NOW)


@pytest.mark.parametrize(
    "places",
    [
        (StatusReference(StatusKind.BITSTRING, "https://x.example/s", 1),),
        (StatusReference(StatusKind.TOKEN, "https://x.example/s", 1),) * 2,
    ],
)
def test_a_status_is_one_place_in_a_token_list(places: tuple[StatusReference, ...]) -> None:
    credential = Credential("https://x.example/t", "did:web:x", {}, NOW, status=places)
    with pytest.raises(MalformedError, match="status_invalid"):
        SdJwtVc().issue(credential, SIGNER, holder=None, disclosable=frozenset(), entropy=entropy)
