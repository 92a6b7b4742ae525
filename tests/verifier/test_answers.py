"""Answers in every format and shape: several at once, unencrypted, too much, from bad wallets."""

import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest

from credentials.bbs.signature import SoftwareBbsSigner
from credentials.claims import ClaimsPath
from credentials.cryptosuites import SELECTIVE_CRYPTOSUITES
from credentials.dids.web import did_web, write_document
from credentials.encoding import JsonObject, JsonValue, compact_json
from credentials.formats import FORMATS
from credentials.formats.base import CredentialFormat
from credentials.formats.data_integrity import CONFIGURED
from credentials.keys import Algorithm, Signer, SoftwareSigner
from credentials.model import (
    Binding,
    Purpose,
    StatusKind,
    StatusReference,
    Validity,
    Wire,
)
from credentials.openid4vc.match_code import match_code
from credentials.openid4vc.message import write_form
from credentials.openid4vc.request import AuthorizationRequest
from credentials.openid4vc.response import create_error, create_form, create_response
from schemas import catalog
from tests.conftest import NOW, named
from tests.verifier.bad_wallets import SKILLS, answered, presented
from tests.verifier.world import LIST_URL, SCHOOL, SD_JWT, World, codes
from tests.verifier.world import named as key_of
from verifier.sector_list import demo_issuer, make_demo_list

TYPE = catalog.credential_type("cnc-frezen-vakcertificaat").url
SUBJECT = "credentialSubject"
STATUS = StatusReference(StatusKind.BITSTRING, f"{SCHOOL}/none", 1, Purpose.REVOCATION)
VALIDITY = Validity(NOW - timedelta(days=30), NOW + timedelta(days=30))


def query(*asked: JsonObject, sets: list[JsonValue] | None = None) -> JsonObject:
    """A query; every part of it asks skills of our type."""
    document: JsonObject = {"credentials": [*asked]}
    return document if sets is None else document | {"credential_sets": sets}


def asking(name: str, format_id: str, **more: JsonValue) -> JsonObject:
    """One credential query."""
    plain = format_id == SD_JWT
    meta: JsonObject = {"vct_values": [TYPE]} if plain else {"type_values": [[TYPE]]}
    path: list[JsonValue] = ["skills", None] if plain else [SUBJECT, "skills", None]
    whole: JsonObject = {"id": name, "format": format_id, "meta": meta, "claims": [{"path": path}]}
    return {key: value for key, value in (whole | more).items() if value is not None}


READ: dict[str, tuple[CredentialFormat, Algorithm, Algorithm]] = {
    "dc+sd-jwt": (FORMATS["dc+sd-jwt"], Algorithm.ES256, Algorithm.ES256),
    "dc+sd-jwt by Ed25519": (FORMATS["dc+sd-jwt"], Algorithm.EDDSA, Algorithm.EDDSA),
    "vc+sd-jwt": (FORMATS["vc+sd-jwt"], Algorithm.ES256, Algorithm.ES256),
    "jwt_vc_json": (FORMATS["jwt_vc_json"], Algorithm.ES256, Algorithm.ES256),
    "ldp_vc eddsa-rdfc-2022": (CONFIGURED["eddsa-rdfc-2022"], Algorithm.EDDSA, Algorithm.EDDSA),
    "ldp_vc shown with P-256": (CONFIGURED["eddsa-rdfc-2022"], Algorithm.EDDSA, Algorithm.ES256),
    "ldp_vc eddsa-jcs-2022": (CONFIGURED["eddsa-jcs-2022"], Algorithm.EDDSA, Algorithm.ES256),
    "ldp_vc ecdsa-sd-2023": (CONFIGURED["ecdsa-sd-2023"], Algorithm.ES256, Algorithm.ES256),
}


def listed(world: World, algorithm: Algorithm) -> None:
    """The school signs with a key of that kind, and the list says so."""
    world.school = key_of(SCHOOL, algorithm)
    world.publish_list(sequence=2)
    world.publish_statuses()


def held_in(world: World, reads: CredentialFormat, holder: Signer) -> Wire:
    """What the school gave; what can be shown in part states its end and status, as it must."""
    found = catalog.by_url(TYPE)
    assert found is not None
    part = reads is CONFIGURED["ecdsa-sd-2023"]
    return reads.issue(
        world.credential(status=(STATUS,) if part else (), validity=VALIDITY),
        world.school,
        holder=holder.public,
        disclosable=found.disclosable(),
        entropy=os.urandom,
    )


@pytest.mark.parametrize("case", READ, ids=named)
def test_every_format_that_we_name_is_taken(world: World, case: str) -> None:
    reads, issuing, holding = READ[case]
    listed(world, issuing)
    holder = SoftwareSigner.generate(holding)
    asked = world.ask(None, dcql_query=query(asking("proof", reads.identifier)))
    request = world.request(asked["request_uri"])
    assert reads.identifier in request.formats
    wire = reads.present(
        held_in(world, reads, holder),
        holder,
        Binding(request.client_id, request.nonce),
        disclose=SKILLS,
        at=world.clock(),
    )
    assert world.post(request, answered(request, wire, query_id="proof")).status == 200
    verdict = world.result(asked["id"])["verdict"]
    parts = verdict["parts"]
    assert (parts["authentic"], parts["issuer"], parts["holder"]) == ("passed",) * 3
    assert len(verdict["claims"]["skills"]) == 2
    other = Binding(request.client_id, "another-nonce-of-128-bits")
    stale = reads.present(
        held_in(world, reads, holder), holder, other, disclose=SKILLS, at=world.clock()
    )
    again = world.ask(None, dcql_query=query(asking("proof", reads.identifier)))
    second = world.request(again["request_uri"])
    world.post(second, answered(second, stale, query_id="proof"))
    assert "nonce_invalid" in codes(world.result(again["id"])["verdict"])


def test_bbs_2023_is_taken_from_an_issuer_whose_document_holds_the_key(world: World) -> None:
    did = did_web(SCHOOL)
    signer = SoftwareBbsSigner.generate(os.urandom, f"{did}#bbs")
    document = compact_json(write_document(did, [signer.public]))
    world.internet.pages[f"{SCHOOL}/.well-known/did.json"] = document
    entry = demo_issuer(did, name="School", keys=[], since=NOW - timedelta(days=90))
    world.internet.pages[LIST_URL] = make_demo_list(
        world.anchor, entries=[entry], sequence=2, at=NOW
    ).encode()
    reads, found = CONFIGURED["bbs-2023"], catalog.by_url(TYPE)
    assert found is not None
    held = reads.issue(
        world.credential(status=(STATUS,), validity=VALIDITY),
        signer,
        holder=world.worker.public,
        disclosable=found.disclosable(),
        entropy=os.urandom,
    )
    asked = world.ask(None, dcql_query=query(asking("proof", "ldp_vc")))
    request = world.request(asked["request_uri"])
    wire = reads.present(
        held,
        world.worker,
        Binding(request.client_id, request.nonce),
        disclose=frozenset({("skills",)}),
        at=world.clock(),
    )
    world.post(request, answered(request, wire, query_id="proof"))
    verdict = world.result(asked["id"])["verdict"]
    parts = verdict["parts"]
    assert (parts["authentic"], parts["issuer"], parts["holder"]) == ("passed",) * 3
    assert "Ahmet" not in json.dumps(verdict)


def test_metadata_names_what_is_read_and_nothing_else(world: World) -> None:
    request_uri = world.ask()["request_uri"]
    request = world.request(request_uri)
    assert request.formats == set(FORMATS) - {"vc+jwt"}
    suites = json.dumps([*CONFIGURED, *SELECTIVE_CRYPTOSUITES])
    assert "bbs-2023" in suites


def two(world: World) -> tuple[dict[str, str], AuthorizationRequest]:
    document = query(asking("one", SD_JWT, multiple=True), asking("two", "vc+sd-jwt"))
    asked = world.ask(None, dcql_query=document)
    return asked, world.request(asked["request_uri"])


def test_several_presentations_each_get_their_verdict(world: World) -> None:
    asked, request = two(world)
    binding = Binding(request.client_id, request.nonce)
    good = presented(world, world.issue(world.credential()), request)
    bad = presented(world, world.issue(world.credential()), request, nonce="another-nonce-000000")
    reads = FORMATS["vc+sd-jwt"]
    other = reads.present(
        held_in(world, reads, world.worker),
        world.worker,
        binding,
        disclose=SKILLS,
        at=world.clock(),
    )
    jwe = create_response(request, {"one": [good, bad], "two": [other]})
    assert world.post(request, jwe).status == 200
    found = world.result(asked["id"])
    assert [each["verdict"] for each in found["verdicts"]] == ["passed", "failed", "passed"]
    assert found["verdict"] == found["verdicts"][1]  # the worst one decides
    world.clock.turn(minutes=31)  # from the database, without claims
    kept = world.result(asked["id"])["verdicts"]
    assert [each["verdict"] for each in kept] == ["passed", "failed", "passed"]
    assert all("claims" not in each for each in kept)


@pytest.mark.parametrize(
    "answer",
    [{"one": 1}, {"two": 1}, {"one": 1, "two": 2}, {"one": 1, "two": 1, "three": 1}],
    ids=" ".join,
)
def test_an_answer_of_another_shape_is_refused_and_does_not_use_the_request_up(
    world: World, answer: dict[str, int]
) -> None:
    _, request = two(world)
    wire = presented(world, world.issue(world.credential()), request)
    jwe = create_response(request, {name: [wire] * count for name, count in answer.items()})
    refused = world.post(request, jwe)
    assert (refused.status, refused.body["code"]) == (400, "query_unsatisfied")
    assert world.post(request, create_error(request)).status == 200


def test_an_optional_set_may_be_left_out_and_one_option_is_enough(world: World) -> None:
    document = query(
        asking("one", SD_JWT),
        asking("two", "vc+sd-jwt"),
        asking("more", "ldp_vc"),
        sets=[{"options": [["two"], ["one"]]}, {"options": [["more"]], "required": False}],
    )
    asked = world.ask(None, dcql_query=document)
    request = world.request(asked["request_uri"])
    wire = presented(world, world.issue(world.credential()), request)
    assert world.post(request, answered(request, wire, query_id="one")).status == 200
    assert world.result(asked["id"])["verdict"]["verdict"] == "passed"


def test_without_holder_binding_the_holder_is_not_asked(world: World) -> None:
    document = query(asking("one", SD_JWT, require_cryptographic_holder_binding=False))
    asked = world.ask(None, dcql_query=document)
    request = world.request(asked["request_uri"])
    bare = presented(world, world.issue(world.credential()), request).rpartition("~")[0] + "~"
    world.post(request, answered(request, bare, query_id="one"))
    verdict = world.result(asked["id"])["verdict"]
    assert verdict["parts"]["authentic"] == "passed"
    assert "holder_not_asked" in codes(verdict)


def test_claim_values_and_sets_are_checked_again(world: World) -> None:
    level: JsonObject = {"id": "a", "path": ["grade"], "values": [9]}
    skill: JsonObject = {"id": "b", "path": ["skills", None, "level"], "values": [3, 4]}
    document = query(asking("one", SD_JWT, claims=[level, skill], claim_sets=[["a"], ["b"]]))
    world = World(world.directory / "checked", {"client_checked": True})
    training: JsonObject = {"purpose": "training"}  # which needs a mark
    asked = world.ask(None, dcql_query=document, declaration=training)
    request = world.request(asked["request_uri"])
    wire = presented(world, world.issue(world.credential()), request)
    world.post(request, answered(request, wire, query_id="one"))
    assert world.result(asked["id"])["verdict"]["verdict"] == "passed"
    narrow = replace_values(document)
    asked = world.ask(None, dcql_query=narrow, declaration=training)
    request = world.request(asked["request_uri"])
    wire = presented(world, world.issue(world.credential()), request)
    world.post(request, answered(request, wire, query_id="one"))
    assert "query_unsatisfied" in codes(world.result(asked["id"])["verdict"])


def replace_values(document: JsonObject) -> JsonObject:
    text = json.dumps(document).replace("[3, 4]", "[4]")
    changed: JsonObject = json.loads(text)
    return changed


OVER: frozenset[ClaimsPath] = frozenset({("skills",), ("given_name",), ("family_name",)})


@pytest.mark.parametrize("format_id", ["dc+sd-jwt", "vc+sd-jwt", "ldp_vc"])
def test_what_was_not_asked_is_not_used_though_it_is_shown(world: World, format_id: str) -> None:
    reads = CONFIGURED["ecdsa-sd-2023"] if format_id == "ldp_vc" else FORMATS[format_id]
    listed(world, Algorithm.ES256)
    asked = world.ask(None, dcql_query=query(asking("proof", format_id)))
    request = world.request(asked["request_uri"])
    wire = reads.present(
        held_in(world, reads, world.worker),
        world.worker,
        Binding(request.client_id, request.nonce),
        disclose=OVER,
        at=world.clock(),
    )
    unverified = reads.parse(wire)
    assert unverified.credential.claims["given_name"] == "Ahmet"  # it is there
    world.post(request, answered(request, wire, query_id="proof"))
    verdict = world.result(asked["id"])["verdict"]
    assert verdict["parts"]["authentic"] == "passed"
    assert verdict["claims"].keys() - {"id"} == {"skills", "date_of_result"}
    assert "Ahmet" not in json.dumps(verdict)


def test_an_unencrypted_answer_is_taken_only_where_that_was_asked(world: World) -> None:
    asked = world.ask()
    request = world.request(asked["request_uri"])
    wire = presented(world, world.issue(world.credential()), request)
    plain = write_form({"vp_token": json.dumps({"skills_sd_jwt": [wire]}), "state": request.state})
    refused = world.post(request, plain)
    assert (refused.status, refused.body["code"]) == (400, "response_not_encrypted")
    open_one = world.ask(response_mode="direct_post")
    row = world.app.state.ports.database
    with row.reading() as session:
        found = session.connection().exec_driver_sql(
            "SELECT nonce, correlation, reference FROM request WHERE encryption_jwk = ''"
        )
        nonce, state, reference = found.one()
    mine = replace(
        request,
        nonce=nonce,
        state=state,
        response_uri=f"https://verifier.skillspass.example/oid4vp/responses/{reference}",
    )
    wire = presented(world, world.issue(world.credential()), mine)
    sealed = world.post(mine, create_form("a.b.c.d.e"))
    assert (sealed.status, sealed.body["code"]) == (400, "encryption_key_unknown")
    body = {"vp_token": json.dumps({"skills_sd_jwt": [wire]}), "state": state}
    wrong = world.post(mine, write_form(body | {"state": "another"}))
    assert wrong.body["code"] == "session_mismatch"
    assert world.post(mine, write_form(body)).status == 200
    assert world.result(open_one["id"])["verdict"]["verdict"] == "passed"


@pytest.mark.parametrize(
    ("error", "code"),
    [("access_denied", "declined"), ("vp_formats_not_supported", "wallet_error")],
)
def test_a_wallets_error_ends_the_request_and_says_nothing_of_the_person(
    world: World, error: str, code: str
) -> None:
    asked = world.ask()
    request = world.request(asked["request_uri"])
    assert world.post(request, create_error(request, error)).status == 200
    verdict = world.result(asked["id"])["verdict"]
    assert (verdict["verdict"], verdict["parts"]["holder"]) == ("undetermined", "undetermined")
    assert code in codes(verdict)
    late = world.post(request, create_error(request, error))
    assert (late.status, late.body["code"]) == (409, "response_already_received")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"response=" + b"a" * 2_000_000, 413),
        (b"response=x&response=y", 400),
        (b"response=x&error=access_denied", 400),
        (b"error=" + b"a" * 100, 400),
        (b"response=x", 400),
    ],
    ids=["empty", "two megabytes", "twice", "both", "no code", "no token"],
)
def test_a_body_that_is_no_answer_is_refused_and_does_not_use_the_request_up(
    world: World, body: bytes, status: int
) -> None:
    request = world.request(world.ask()["request_uri"])
    assert world.post(request, body).status == status
    assert world.post(request, create_error(request)).status == 200


def test_an_answer_sends_the_browser_back_and_gives_the_number_to_read_aloud(world: World) -> None:
    asked = world.ask()
    request = world.request(asked["request_uri"])
    wire = presented(world, world.issue(world.credential()), request)
    posted = world.post(request, answered(request, wire))
    assert posted.body["redirect_uri"].startswith("http://localhost:8003/back/")
    digits = match_code(request.nonce, {"skills_sd_jwt": [wire]})
    assert world.result(asked["id"])["match_code"] == digits


def test_a_status_of_each_kind_is_read(world: World) -> None:
    """The bitstring status of a W3C format counts as the token status does."""
    reads = FORMATS["vc+sd-jwt"]
    found = catalog.by_url(TYPE)
    assert found is not None
    held = reads.issue(
        world.credential(status=(STATUS,)),
        world.school,
        holder=world.worker.public,
        disclosable=found.disclosable(),
        entropy=os.urandom,
    )
    asked = world.ask(None, dcql_query=query(asking("proof", "vc+sd-jwt")))
    request = world.request(asked["request_uri"])
    wire = reads.present(
        held,
        world.worker,
        Binding(request.client_id, request.nonce),
        disclose=SKILLS,
        at=world.clock(),
    )
    world.post(request, answered(request, wire, query_id="proof"))
    verdict = world.result(asked["id"])["verdict"]
    assert "status_unreachable" in codes(verdict)
    assert verdict["parts"]["valid"] == "undetermined"
