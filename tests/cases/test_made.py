"""What the browser's code made, Python reads: presentations, a key proof, an encrypted answer."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

from credentials.cryptosuites import SELECTIVE_CRYPTOSUITES
from credentials.errors import CredentialError
from credentials.formats import FORMATS
from credentials.formats.base import verify_presentation
from credentials.openid4vc.key_proof import ProofRules, verify_proofs
from credentials.openid4vc.match_code import match_code
from credentials.openid4vc.response import open_response, parse_form
from tests.cases.case import FOLDER
from tests.cases.derivations import CLAIMS, SIGNERS
from tests.cases.keys import p256
from tests.cases.requests import PAYLOAD, SEALING
from tests.cases.token_samples import HOLDER, ISSUER, REQUEST
from tests.cases.tokens import CHOICES
from tests.conftest import NOW

MADE: dict[str, Any] = json.loads((FOLDER / "made" / "browser.json").read_text("utf-8"))


@pytest.mark.parametrize("made", MADE["presentations"], ids=lambda made: made["id"])
def test_a_presentation_made_in_the_browser_is_verified(made: dict[str, str]) -> None:
    verified = verify_presentation(
        FORMATS[made["format"]],
        made["wire"],
        lambda _: ISSUER.public,
        expected=REQUEST,
        at=NOW,
    )
    assert verified.holder_bound
    choice = CHOICES[made["id"].split(" ", 2)[2]]
    shown = set(verified.credential.claims) - {"language"}
    assert shown <= {str(path[0]) for path in choice}


@pytest.mark.parametrize("made", MADE["secured"], ids=lambda made: made["id"])
def test_what_the_browser_derived_compared_and_signed_is_verified(made: dict[str, Any]) -> None:
    suite = made["id"].rpartition(" ")[2]
    verified = verify_presentation(
        FORMATS["ldp_vc"],
        made["wire"],
        lambda _: SIGNERS[suite].public,
        expected=REQUEST,
        at=NOW,
    )
    assert verified.holder_bound
    assert made["wire"]["proof"]["cryptosuite"] == "ecdsa-jcs-2019"
    shown = {"date_of_test", "skills"} if suite in SELECTIVE_CRYPTOSUITES else set(CLAIMS)
    assert verified.credential.claims.keys() == shown
    skills = verified.credential.claims["skills"]
    assert isinstance(skills, list)
    assert len(skills) == (1 if suite in SELECTIVE_CRYPTOSUITES else 2)


def test_another_request_or_a_bent_presentation_is_refused() -> None:
    wire = next(made["wire"] for made in MADE["secured"] if made["id"].endswith("ecdsa-sd-2023"))
    bent = {**wire, "holder": "did:jwk:e30"}
    for each, expected in ((wire, replace(REQUEST, nonce="x")), (bent, REQUEST)):
        with pytest.raises(CredentialError):
            verify_presentation(
                FORMATS["ldp_vc"],
                each,
                lambda _: SIGNERS["ecdsa-sd-2023"].public,
                expected=expected,
                at=NOW,
            )


def test_every_choice_was_made() -> None:
    assert len(MADE["presentations"]) == 2 * len(CHOICES)


def test_a_key_proof_made_in_the_browser_binds_the_holders_key() -> None:
    (key,) = verify_proofs(
        [MADE["proof"]],
        rules=ProofRules("https://issuer.example"),
        nonce_known=lambda nonce: nonce == "nonce",
        at=NOW,
    )
    assert key == HOLDER.public


def test_an_answer_made_in_the_browser_opens_with_the_requests_key() -> None:
    posted = parse_form(MADE["answers"]["form"].encode())
    private = SEALING | {"d": p256("sealing").private_jwk()["d"]}
    opened = open_response(posted.jwe or "", private)
    assert dict(opened.vp_token) == {"a": ("first~", "second~")}
    assert opened.state == PAYLOAD["state"]
    refused = parse_form(MADE["answers"]["refusal"].encode())
    assert (refused.error, refused.state) == ("access_denied", PAYLOAD["state"])
    assert parse_qs(MADE["answers"]["refusal"]).keys() == {"error", "state"}


def test_both_ends_find_the_same_match_code() -> None:
    found = match_code(str(PAYLOAD["nonce"]), {"a": ["first~", "second~"]})
    assert MADE["answers"]["match"] == found
