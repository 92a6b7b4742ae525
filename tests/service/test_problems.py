"""Errors reach people as a sentence, programs as a code, and the log without their contents."""

import io
import json
import logging
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from credentials.errors import (
    MalformedError,
    RejectedError,
    UndeterminedError,
    UnsupportedError,
)
from schemas.messages import sentence
from service.log import configure_log, get_log, hide_exceptions, pseudonym
from service.problems import STATUS_BY_CODE, OAuthError
from tests.service.small import raising, small_client

CANARY = "kanarie-Ahmet-1987-eyJhbGciOi"


@pytest.fixture
def lines() -> io.StringIO:
    """What the services wrote to their log in this test."""
    stream = io.StringIO()
    configure_log(stream)
    return stream


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (MalformedError("token_malformed"), 400, "invalid_request"),
        (UnsupportedError("alg_not_allowed"), 400, "invalid_request"),
        (RejectedError("not_found"), 404, "invalid_request"),
        (RejectedError("offer_closed"), 409, "invalid_request"),
        (RejectedError("status_final"), 409, "invalid_request"),
        (UndeterminedError("fetch_failed"), 503, "temporarily_unavailable"),
        (OAuthError("invalid_grant", code="signature_invalid"), 400, "invalid_grant"),
        (OAuthError("invalid_token", status=401), 401, "invalid_token"),
        (HTTPException(404), 404, "invalid_request"),
        (OperationalError(CANARY, {}, Exception(CANARY)), 503, "temporarily_unavailable"),
        (ValueError(CANARY), 500, "server_error"),
    ],
)
def test_each_kind_of_error_has_its_status_and_its_word(
    error: Exception, status: int, word: str, tmp_path: Path
) -> None:
    client = small_client(tmp_path, raising(error))
    protocol = client.get("/token/fail")
    assert (protocol.status_code, protocol.json()["error"]) == (status, word)
    problem = client.get("/api/fail")
    assert problem.status_code == status
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["type"].endswith(problem.json()["code"])
    page = client.get("/fail", headers={"Accept": "text/html"})
    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    for answer in (protocol, problem, page):
        assert answer.headers["cache-control"] == "no-store"
        assert CANARY not in answer.text
        assert "Traceback" not in answer.text


def test_a_page_says_what_is_wrong_in_the_readers_language(tmp_path: Path) -> None:
    client = small_client(tmp_path, raising(RejectedError("csrf")))
    for language in ("nl", "en"):
        page = client.get(f"/fail?lang={language}", headers={"Accept": "text/html"})
        assert sentence("error.csrf", language) in page.text
        problem = client.get("/api/fail", headers={"Accept-Language": language})
        assert problem.json()["title"] == sentence("error.csrf", language)


def test_an_error_without_a_sentence_of_its_own_still_gets_one(tmp_path: Path) -> None:
    client = small_client(tmp_path, raising(RejectedError("never_heard_of", "which field")))
    body = client.get("/api/fail").json()
    assert body["title"] == sentence("error.unknown", "nl")
    assert (body["code"], body["detail"]) == ("never_heard_of", "which field")


@pytest.mark.parametrize("code", sorted(STATUS_BY_CODE))
def test_every_code_with_a_status_of_its_own_has_a_sentence(code: str) -> None:
    assert sentence(f"error.{code}", "nl") != sentence(f"error.{code}", "en")


def test_a_message_of_the_wrong_shape_is_named_by_place_and_not_by_value(tmp_path: Path) -> None:
    answer = small_client(tmp_path).post("/api/json", json=[CANARY])
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert answer.json()["detail"] == "body"
    assert CANARY not in answer.text


def test_the_protocols_headers_travel_along(tmp_path: Path) -> None:
    error = OAuthError("invalid_token", status=401, headers={"WWW-Authenticate": "Bearer"})
    assert small_client(tmp_path, raising(error)).get("/token/fail").headers["www-authenticate"]


def test_the_canary_is_found_where_it_is_planted_and_nowhere_else(
    tmp_path: Path, lines: io.StringIO
) -> None:
    get_log("small").info("planted", subject=CANARY)
    assert CANARY in lines.getvalue()  # the search works
    lines.seek(0)
    lines.truncate()
    client = small_client(tmp_path, raising(ValueError(CANARY)))
    client.get(f"/?name={CANARY}")
    client.get(f"/{CANARY}", headers={"Authorization": f"Bearer {CANARY}"})
    client.get(f"/fail?token={CANARY}", headers={"Cookie": f"form={CANARY}"})
    client.post("/api/json", json=[CANARY])
    client.post("/form", data={"word": CANARY}, headers={"Origin": f"https://{CANARY}.example"})
    client.get("/", headers={"Host": CANARY})
    small_client(tmp_path, raising(RejectedError("bad", CANARY))).get("/fail")
    log = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert {line["event"] for line in log} == {"request", "refused", "unforeseen"}
    assert CANARY not in lines.getvalue()
    unforeseen = next(line for line in log if line["event"] == "unforeseen")
    assert unforeseen["error"] == "ValueError"
    assert "small.py" in unforeseen["path"]


def test_a_log_line_keeps_only_the_fields_on_the_list(lines: io.StringIO) -> None:
    get_log("small").info("x", claim=CANARY, token=CANARY, code="expired", error="a" * 5000)
    line = json.loads(lines.getvalue())
    assert "claim" not in line
    assert "token" not in line
    assert line["code"] == "expired"
    assert len(line["error"]) == 200


def test_a_pseudonym_stays_for_a_day_and_says_nothing() -> None:
    assert pseudonym(CANARY) == pseudonym(CANARY) != pseudonym("other")
    assert CANARY not in pseudonym(CANARY)


def test_other_peoples_tracebacks_are_hidden(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(hide_exceptions)
    try:
        raising(ValueError(CANARY))()
    except ValueError:
        logging.getLogger("uvicorn.error").exception("failed")
    assert "failed" in caplog.text
    assert CANARY not in caplog.text


def test_a_busy_database_is_told_without_what_was_asked_of_it(
    tmp_path: Path, lines: io.StringIO
) -> None:
    error = OperationalError(CANARY, {"name": CANARY}, Exception(CANARY))
    answer = small_client(tmp_path, raising(error)).get("/api/fail")
    assert (answer.json()["code"], answer.headers["retry-after"]) == ("database_busy", "1")
    assert "database_busy" in lines.getvalue()
    assert CANARY not in lines.getvalue() + answer.text
