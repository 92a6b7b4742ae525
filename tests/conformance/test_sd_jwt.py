"""RFC 9901: every generated example opens to what its authors say it contains."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from credentials.encoding import JsonObject, parse_json_object
from credentials.errors import CredentialError
from credentials.formats.key_binding import check_key_binding
from credentials.formats.sd_jwt import join, open_disclosures, split
from credentials.jose import peek
from credentials.keys import PublicKey, public_key_from_jwk
from credentials.model import Binding
from tests.conftest import NOW

TYP = frozenset(["example+sd-jwt", "dc+sd-jwt"])
NAMES = [
    *("address_only_flat", "address_only_recursive", "address_only_structured"),
    *("address_only_structured_one_open", "arf-pid", "complex_eidas", "complex_eidas_proposal"),
    *("complex_ekyc", "json_serialization_flattened", "json_serialization_general", "jsonld"),
    *("simple", "simple_structured", "w3c-vc", "w3c-vc_for_slide_deck"),
]


@dataclass(frozen=True, slots=True)
class Example:
    """One folder of the generated examples."""

    folder: Path
    issuer: PublicKey
    holder: PublicKey
    binding: Binding

    def text(self, name: str) -> str:
        """An SD-JWT in compact form, also where it was written in JSON."""
        compact = self.folder / f"sd_jwt_{name}.txt"
        if compact.exists():
            return compact.read_text(encoding="utf-8").strip()
        written = (self.folder / f"sd_jwt_{name}.json").read_text(encoding="utf-8")
        parts = json.loads(json.loads(written))
        token = ".".join(parts[part] for part in ("protected", "payload", "signature"))
        return join(token, parts["disclosures"], parts.get("kb_jwt") or "")

    def json(self, name: str) -> JsonObject:
        """One of the JSON files beside it."""
        return parse_json_object((self.folder / f"{name}.json").read_bytes())


@pytest.fixture(params=NAMES)
def example(request: pytest.FixtureRequest, vectors: Path) -> Example:
    folder = vectors / "sd-jwt-rfc9901"
    settings = yaml.safe_load((folder / "settings.yml").read_text(encoding="utf-8"))
    keys = settings["key_settings"]
    issuer, holder = (
        public_key_from_jwk({name: key[name] for name in ("kty", "crv", "x", "y")})
        for key in (keys["issuer_keys"][0], keys["holder_key"])
    )
    binding = Binding(settings["identifiers"]["verifier"], settings["key_binding_nonce"])
    return Example(folder / "generated" / request.param, issuer, holder, binding)


def opened(example: Example, name: str) -> JsonObject:
    parts = split(example.text(name))
    jws = peek(parts.issuer_jwt, typ=TYP)
    jws.verify(example.issuer)
    assert jws.payload == example.json("sd_jwt_payload")
    return open_disclosures(jws.payload, parts.disclosures).payload


def test_every_example_is_here(vectors: Path) -> None:
    folders = (vectors / "sd-jwt-rfc9901" / "generated").iterdir()
    assert sorted(NAMES) == sorted(folder.name for folder in folders)


def test_a_presentation_holds_the_verified_contents(example: Example) -> None:
    assert opened(example, "presentation") == example.json("verified_contents")


def test_an_issued_credential_holds_all_claims(example: Example) -> None:
    claims = example.json("user_claims")
    added = {"iss", "iat", "exp", "cnf"} - claims.keys()
    held = opened(example, "issuance")
    assert {name: value for name, value in held.items() if name not in added} == claims


def test_the_key_binding_holds_for_its_request_alone(example: Example) -> None:
    text = example.text("presentation")
    if not (example.folder / "kb_jwt_payload.json").exists():
        with pytest.raises(CredentialError, match="holder_binding_missing"):
            check_key_binding(text, example.holder, expected=example.binding, at=NOW)
        return
    made = example.json("kb_jwt_payload")["iat"]
    assert isinstance(made, int)
    at = datetime.fromtimestamp(made, UTC)
    if example.folder.name.startswith("json_serialization"):
        # The generator hashed the JSON text; section 8 asks for the hash of the compact form.
        with pytest.raises(CredentialError, match="sd_hash_mismatch"):
            check_key_binding(text, example.holder, expected=example.binding, at=at)
        return
    check_key_binding(text, example.holder, expected=example.binding, at=at)
    with pytest.raises(CredentialError, match="nonce_invalid"):
        check_key_binding(
            text, example.holder, expected=Binding(example.binding.audience, "other"), at=at
        )
    with pytest.raises(CredentialError, match="holder_key_mismatch"):
        check_key_binding(text, example.issuer, expected=example.binding, at=at)


def test_a_disclosure_less_is_a_claim_less(example: Example) -> None:
    parts = split(example.text("issuance"))
    payload = peek(parts.issuer_jwt, typ=TYP).payload
    whole = open_disclosures(payload, parts.disclosures)
    for path, text in whole.disclosures.items():
        inside = [other for place, other in whole.disclosures.items() if place[: len(path)] == path]
        fewer = [other for other in parts.disclosures if other not in inside]
        assert open_disclosures(payload, fewer).payload != whole.payload
        if len(inside) > 1:  # without its parent a child is nowhere
            orphans = [other for other in parts.disclosures if other != text]
            with pytest.raises(CredentialError, match="disclosure_unreferenced"):
                open_disclosures(payload, orphans)
