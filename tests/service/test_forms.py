"""H092: a form of ours is accepted from our own page, and from nowhere else."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.forms import MAX_FIELDS
from service.secret_files import kept_secret
from tests.service.small import small_client


def token_of(client: TestClient) -> str:
    """The token on the page, whose cookie the client keeps."""
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', client.get("/").text)
    assert found is not None
    return found[1]


def test_a_form_from_our_own_page_is_accepted(tmp_path: Path) -> None:
    client = small_client(tmp_path)
    fields = {"csrf_token": token_of(client), "word": " las "}
    for headers in (
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:8009"},
        {"Sec-Fetch-Site": "none"},
    ):
        answer = client.post("/form", data=fields, headers=headers)
        assert answer.json() == {"word": "las"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8002"},
        {"Origin": "https://localhost:8009"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "Same-Origin"},
    ],
)
def test_h092_a_post_from_elsewhere_is_refused(headers: dict[str, str], tmp_path: Path) -> None:
    client = small_client(tmp_path)
    answer = client.post("/form", data={"csrf_token": token_of(client)}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é" * 32])
def test_h092_a_post_without_the_pages_token_is_refused(token: str | None, tmp_path: Path) -> None:
    client = small_client(tmp_path)
    token_of(client)
    answer = client.post("/form", data={} if token is None else {"csrf_token": token})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


def test_h092_a_token_of_another_visit_or_service_is_refused(tmp_path: Path) -> None:
    mine, theirs = small_client(tmp_path / "a"), small_client(tmp_path / "a")
    other_service = small_client(tmp_path / "b")
    fields = {"csrf_token": token_of(theirs)}
    assert mine.post("/form", data=fields).status_code == 403  # no cookie at all
    token_of(mine)
    assert mine.post("/form", data=fields).status_code == 403
    other_service.cookies.set("form", theirs.cookies["form"])
    assert other_service.post("/form", data=fields).status_code == 403
    assert theirs.post("/form", data=fields).status_code == 200


def test_forms_survive_a_restart_because_the_secret_is_kept(tmp_path: Path) -> None:
    before = small_client(tmp_path)
    fields = {"csrf_token": token_of(before)}
    after = small_client(tmp_path)
    after.cookies.set("form", before.cookies["form"])
    assert after.post("/form", data=fields).status_code == 200
    file = tmp_path / "small.secret"
    assert kept_secret(file).hex() == file.read_text()
    assert file.stat().st_mode & 0o077 == 0


def test_a_field_over_its_limit_is_refused_by_name(tmp_path: Path) -> None:
    client = small_client(tmp_path)
    answer = client.post("/form", data={"csrf_token": token_of(client), "word": "a" * 21})
    assert (answer.status_code, answer.json()["code"]) == (400, "field_too_long")
    assert "word" in answer.json()["detail"]
    many = {f"f{number}": "x" for number in range(MAX_FIELDS)} | {"csrf_token": token_of(client)}
    assert client.post("/form", data=many).status_code == 400


def test_the_secret_is_in_no_repr(tmp_path: Path) -> None:
    client = small_client(tmp_path)
    shown = repr(client.app.state.forms)  # type: ignore[attr-defined]  # FastAPI, for starlette any ASGI
    assert kept_secret(tmp_path / "small.secret").hex() not in shown
    assert "secret" not in shown
