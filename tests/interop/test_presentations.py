"""Presentations that other implementations made, shown to the running verifier."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer

from credentials.encoding import JsonObject
from credentials.keys import SoftwareSigner, public_key_from_multikey
from credentials.model import Wire
from tests.conftest import NOW
from tests.verifier.bad_wallets import answered
from tests.verifier.world import CLIENT_ID, LIST_URL, Json, World, codes
from verifier.sector_list import demo_issuer, make_demo_list

MADE: Json = json.loads((Path(__file__).parent / "made" / "digital_bazaar.json").read_text())
REQUEST: Json = MADE["request"]
HEFTRUCK = "https://skillspass.example/types/heftruck/1"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A running verifier."""
    return World(tmp_path)


def foreign(signer: SoftwareSigner) -> JWK:
    return JWK(**{name: str(value) for name, value in signer.private_jwk().items()})


@pytest.mark.parametrize("prefix", ["decentralized_identifier", "x509_hash"])
def test_a_presentation_by_sd_jwt_from_pypi_is_verified(
    world: World, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    monkeypatch.setattr("sd_jwt.holder.time", NOW.timestamp)
    credential = world.credential(status=())
    claims = {
        "iss": credential.issuer,
        "iat": int((NOW - timedelta(days=30)).timestamp()),
        "vct": credential.type,
        "date_of_result": "2026-06-15",
        SDObj("given_name"): "Ahmet",
        SDObj("family_name"): "Demir",
        SDObj("skills"): [SDObj(skill) for skill in credential.claims["skills"]],  # type: ignore[union-attr]  # a list
    }
    issued = SDJWTIssuer(
        claims,
        foreign(world.school),
        foreign(world.worker),
        add_decoy_claims=True,
        extra_header_parameters={"typ": "dc+sd-jwt", "kid": world.school.public.key_id},
    ).sd_jwt_issuance
    asked = world.ask(client_id_prefix=prefix)
    request = world.request(asked["request_uri"], asked["client_id"])
    holder = SDJWTHolder(issued)
    holder.create_presentation(
        {"skills": [True, False]}, request.nonce, request.client_id, foreign(world.worker)
    )
    assert world.post(request, answered(request, holder.sd_jwt_presentation)).status == 200
    verdict = world.result(asked["id"])["verdict"]
    assert verdict["verdict"] == "passed"
    assert verdict["claims"].keys() == {"date_of_result", "skills"}
    assert len(verdict["claims"]["skills"]) == 1


def shown(world: World, suite: str, wire: Wire) -> Json:
    """What is found about one presentation of the file, with its issuer on the list."""
    made = MADE["suites"][suite]
    did, multikey = str(made["issuer"]), str(made["multikey"])
    key = public_key_from_multikey(multikey).with_key_id(f"{did}#{multikey}")
    entry = demo_issuer(did, name="School", keys=[key], since=NOW - timedelta(days=90))
    world.internet.pages[LIST_URL] = make_demo_list(
        world.anchor, entries=[entry], sequence=2, at=NOW
    ).encode()
    asking: JsonObject = {
        "id": "proof",
        "format": "ldp_vc",
        "meta": {"type_values": [[HEFTRUCK]]},
        "claims": [{"path": ["credentialSubject", "skills", None, "skill"]}],
    }
    asked = world.ask(None, dcql_query={"credentials": [asking]})
    with world.app.state.ports.database.transaction() as session:
        session.connection().exec_driver_sql(
            f"UPDATE request SET nonce = '{REQUEST['challenge']}'"  # noqa: S608 - our own file
        )
    request = world.request(asked["request_uri"])
    assert (request.client_id, request.nonce) == (CLIENT_ID, REQUEST["challenge"])
    assert world.post(request, answered(request, wire, query_id="proof")).status == 200
    found: Json = world.result(asked["id"])["verdict"]
    return found


SUITES = ("eddsa-rdfc-2022", "ecdsa-rdfc-2019", "ecdsa-sd-2023")


def presentation(suite: str) -> JsonObject:
    copied: JsonObject = json.loads(json.dumps(MADE["suites"][suite]["presentation"]))
    return copied


@pytest.mark.parametrize("suite", SUITES)
def test_a_presentation_by_digital_bazaar_is_verified(world: World, suite: str) -> None:
    verdict = shown(world, suite, presentation(suite))
    parts = verdict["parts"]
    assert (parts["authentic"], parts["issuer"], parts["holder"]) == ("passed",) * 3
    assert verdict["claims"]["skills"][0]["skill"] == "heftruck"
    assert "status_unreachable" in codes(verdict)  # its list is nowhere
    assert ("Ahmet" in json.dumps(verdict)) is (suite != "ecdsa-sd-2023")


@pytest.mark.parametrize("suite", SUITES)
def test_a_changed_presentation_by_digital_bazaar_is_refused(world: World, suite: str) -> None:
    changed = json.loads(json.dumps(presentation(suite)).replace('"level": 2', '"level": 4'))
    verdict = shown(world, suite, changed)
    assert verdict["parts"]["authentic"] == "failed"
    assert "claims" not in verdict
