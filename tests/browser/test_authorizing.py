"""The code flow, bound tokens, late proofs and the relay, from the keeper in a real browser.

The issuer is not ours and as strict as HAIP lets it be: ``tests/wallet/foreign_issuer.py``.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from credentials.encoding import JsonObject, b64url_decode, b64url_encode
from credentials.errors import CredentialError
from credentials.keys import Algorithm, SoftwareSigner
from service.fetch import Fetched
from tests.browser.test_journeys import Outgoing
from tests.browser.test_keeper import run, serving
from tests.browser.waiting import becomes
from tests.conftest import NOW
from tests.wallet.foreign_issuer import BACK, CLIENT_ID, DID, ISSUER, SERVER, ForeignIssuer
from wallet import relay

SECONDS = int(NOW.timestamp())
CLIENT = {"id": CLIENT_ID, "back": BACK}

BEGIN = """
  self.log ??= { events: [], device: "browser", now: () => seconds, chance: k.seals.CHANCE };
  const preview = await k.receiving.readOffer(link, seconds);
  const address = await k.visits.beginVisit(preview, preview.configurationId, client, seconds);
  return { address, relayed: preview.relayed, readable: preview.readable };
"""

END = """
  const back = await k.visits.endVisit(query, seconds);
  const preview = k.receiving.previewOf(back.found, back.configurationId);
  const found = await k.receiving.requestCredential(preview, back.access, seconds);
  if (!("transactionId" in found)) {
    self.log = await k.receiving.keep(found, preview, self.log);
    await found.notify("credential_accepted");
    const [held] = k.vault.heldIn(self.log.events);
    return { name: found.name, copies: held.copies.length };
  }
  self.log = await k.waiting.waitFor(preview, found, self.log);
  const asked = [];
  for (let time = 0; time < 3; time++) {
    const arrived = await k.waiting.askForAll(self.log);
    asked.push(arrived.length);
    for (const { preview, received, done } of arrived) {
      self.log = await k.receiving.keep(received, preview, self.log);
      await done();
    }
  }
  return { asked, held: k.vault.heldIn(self.log.events).length };
"""

WITH_PIN = """
  const preview = await k.receiving.readOffer(link, seconds);
  const found = await k.receiving.fetchCredential(preview, "123456", seconds);
  return { name: found.name, relayed: preview.relayed, readable: preview.readable };
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the keeper is served."""
    with serving(Outgoing) as found:
        yield found


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Opened]:
    """A page of the keeper's for one issuer, which knows browsers or does not."""
    context = browser.new_context()

    def page_for(school: ForeignIssuer, *, cors: bool = True) -> Page:
        page = context.new_page()
        for origin in (ISSUER, SERVER):
            page.route(f"{origin}/**", lambda route: _direct(route, school, cors=cors))
        page.route(f"{address}/api/relay/**", lambda route: _relayed(route, school))
        page.goto(address)
        becomes(page, "self.ready")
        return page

    yield page_for
    context.close()


def _asked(route: Route, school: ForeignIssuer) -> Fetched:
    asked = route.request
    headers = {"DPoP": asked.headers.get("dpop", "")}
    if "authorization" in asked.headers:
        headers["Authorization"] = asked.headers["authorization"]
    if not headers["DPoP"]:
        headers.pop("DPoP")
    if asked.method == "GET":
        return school.get(asked.url)
    content_type = asked.headers["content-type"]
    body = asked.post_data_buffer or b""
    return school.post(asked.url, body=body, content_type=content_type, headers=headers)


def _direct(route: Route, school: ForeignIssuer, *, cors: bool) -> None:
    if not cors:  # what a script sees of an answer that it may not read
        return route.abort()
    allowed = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Headers": "*, Authorization",
    }
    if route.request.method == "OPTIONS":
        return route.fulfill(status=204, headers=allowed)
    answer = _asked(route, school)
    told = {**allowed, **answer.told, "Access-Control-Expose-Headers": "DPoP-Nonce"}
    return route.fulfill(
        status=answer.status,
        body=answer.body,
        headers={**told, "Content-Type": answer.content_type},
    )


def _relayed(route: Route, school: ForeignIssuer) -> None:
    """What the doors of the relay do, with the real relay behind them."""
    asked = urlsplit(route.request.url)
    name = asked.path.rpartition("/")[2]
    try:
        if route.request.method == "GET":
            kind, of = relay.Document(name), parse_qs(asked.query)["name"][0]
            return route.fulfill(status=200, body=relay.document(kind, of, http=school))
        letter = json.loads(route.request.post_data or "")
        message = relay.Forwarded(
            letter["issuer"],
            relay.Endpoint(name),
            letter["content_type"],
            b64url_decode(letter["body"]),
            letter["authorization"],
            letter["dpop"],
        )
        answer = relay.forward(message, http=school)
    except CredentialError as error:
        return route.fulfill(status=400, json={"code": error.code})
    told: dict[str, Any] = {
        "status": answer.status,
        "content_type": answer.content_type,
        "body": b64url_encode(answer.body),
        "headers": dict(answer.told),
    }
    return route.fulfill(status=200, json=told)


def begun(page: Page, school: ForeignIssuer) -> JsonObject:
    """Up to the issuer's page."""
    found: JsonObject = run(page, BEGIN, link=school.offer(), client=CLIENT, seconds=SECONDS)
    return found


def ended(page: Page, school: ForeignIssuer) -> Any:  # noqa: ANN401 - JSON
    """And on from where the browser came back to."""
    back = school.visit(str(begun(page, school)["address"]))
    return run(page, END, query=urlsplit(back).query, seconds=SECONDS)


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_visit_to_the_issuers_page_ends_with_copies_for_keys_of_ours(
    opened: Opened, *, encrypted: bool
) -> None:
    school = ForeignIssuer(batch=3, encrypted=encrypted)
    assert ended(opened(school), school) == {"name": "Ria Bos", "copies": 3}
    assert school.told == ["credential_accepted"]
    assert set(school.schemes) == {"DPoP"}


def test_an_identifier_that_came_with_the_token_is_used(opened: Opened) -> None:
    school = ForeignIssuer(details=True)
    assert ended(opened(school), school)["name"] == "Ria Bos"


def test_what_comes_later_is_asked_again_with_the_keys_that_were_proven(opened: Opened) -> None:
    school = ForeignIssuer(later=2, encrypted=True)
    assert ended(opened(school), school) == {"asked": [0, 1, 0], "held": 1}


def refused(page: Page, script: str, **given: object) -> str:
    """The code with which a script is refused."""
    caught = (
        f"try {{ await (async () => {{ {script} }})(); }} catch (error) {{ return error.code; }}"
    )
    return str(run(page, caught, **given))


@pytest.mark.parametrize(
    ("back", "code"),
    [
        ({"iss": "https://evil.example"}, "iss_mismatch"),
        ({"iss": None}, "iss_mismatch"),
        ({"state": "x"}, "state_mismatch"),
        ({"state": None}, "state_mismatch"),
        ({"code": None, "error": "access_denied"}, "authorization_refused"),
        ({"code": None}, "authorization_response_invalid"),
    ],
    ids=["wrong-iss", "iss-removed", "wrong-state", "state-missing", "refused", "no-code"],
)
def test_an_answer_that_is_not_ours_gets_no_token(
    opened: Opened, back: dict[str, str | None], code: str
) -> None:
    school = ForeignIssuer(back={**back})
    page = opened(school)
    came = school.visit(str(begun(page, school)["address"]))
    assert refused(page, END, query=urlsplit(came).query, seconds=SECONDS) == code
    assert f"{SERVER}/token" not in school.asked


def test_a_visit_comes_back_once_and_not_after_half_an_hour(opened: Opened) -> None:
    school = ForeignIssuer()
    page = opened(school)
    query = urlsplit(school.visit(str(begun(page, school)["address"]))).query
    run(page, END, query=query, seconds=SECONDS)
    assert refused(page, END, query=query, seconds=SECONDS) == "state_mismatch"
    school.thumbprint = ""  # another visit, another key
    query = urlsplit(school.visit(str(begun(page, school)["address"]))).query
    assert refused(page, END, query=query, seconds=SECONDS + 1_801) == "state_mismatch"


def test_discovery_issuer_mismatch(opened: Opened) -> None:
    for school in (
        ForeignIssuer(server={"issuer": "https://evil.example"}),
        ForeignIssuer(server={"protected_resources": [SERVER]}),
        ForeignIssuer(metadata={"credential_issuer": SERVER}),
    ):
        found = refused(opened(school), BEGIN, link=school.offer(), client=CLIENT, seconds=SECONDS)
        assert found == "issuer_metadata_invalid"


# --- issuers whose servers know no browser


def by_pin(page: Page, school: ForeignIssuer) -> Any:  # noqa: ANN401 - JSON
    return run(page, WITH_PIN, link=school.offer(code="c-1"), seconds=SECONDS)


def test_by_cors_first_and_then_nothing_passes_our_service(opened: Opened) -> None:
    school = ForeignIssuer()
    found = by_pin(opened(school), school)
    assert found == {"name": "Ria Bos", "relayed": False, "readable": False}


def test_by_the_relay_second_encrypted_and_a_code_is_told_to_be_readable(opened: Opened) -> None:
    school = ForeignIssuer(encrypted=True)
    found = by_pin(opened(school, cors=False), school)
    assert found == {"name": "Ria Bos", "relayed": True, "readable": True}
    assert set(school.schemes) == {"DPoP"}


def test_without_an_encrypted_answer_the_relay_is_not_used(opened: Opened) -> None:
    school = ForeignIssuer(metadata={"credential_response_encryption": None})
    page = opened(school, cors=False)
    link = school.offer(code="c-1")
    assert refused(page, WITH_PIN, link=link, seconds=SECONDS) == "relay_unencrypted"
    assert f"{SERVER}/token" not in school.asked


def test_signed_metadata_by_the_relay_count_only_under_the_issuers_own_key(opened: Opened) -> None:
    school = ForeignIssuer(encrypted=True)
    school.signed_by = SoftwareSigner.generate(Algorithm.ES256, f"{DID}#k")
    page = opened(school, cors=False)
    link = school.offer(code="c-1")
    assert refused(page, WITH_PIN, link=link, seconds=SECONDS) in {
        "signature_invalid",
        "fetch_failed",
    }
