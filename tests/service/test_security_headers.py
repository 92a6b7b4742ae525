"""What every answer carries, and what no service lets in."""

from pathlib import Path

import pytest

from credentials.errors import RejectedError
from service.guard import MAX_BODY_BYTES, MAX_JSON_DEPTH, json_depth
from service.settings import RoleSettings
from tests.service.small import settings_for, small_client

PAGES = ("/", "/health", "/static/base.css", "/nothing", "/api/nothing")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_forbids_script_framing_and_sniffing(path: str, tmp_path: Path) -> None:
    headers = small_client(tmp_path).get(path, headers={"Accept": "text/html"}).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]
    assert "server" not in headers


def test_hsts_and_secure_cookies_come_with_https_only(tmp_path: Path) -> None:
    local = small_client(tmp_path / "a").get("/")
    assert "strict-transport-security" not in local.headers
    assert "secure" not in local.headers["set-cookie"].lower()
    public = small_client(tmp_path / "b", public_url="https://issuer.school.nl").get("/")
    assert public.headers["strict-transport-security"].startswith("max-age=31536000")
    assert public.headers["set-cookie"].startswith("__Host-form=")
    assert "; Secure" in public.headers["set-cookie"]


def test_pages_are_kept_by_no_cache_and_static_files_by_all(tmp_path: Path) -> None:
    client = small_client(tmp_path)
    page = client.get("/")
    assert page.headers["cache-control"] == "no-store"
    address = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in client.get(address).headers["cache-control"]
    assert client.get("/static/base.css").headers["cache-control"] == "no-cache"
    assert client.get("/static/../settings.py").status_code == 404


def test_pages_hold_no_script_and_no_style_of_their_own(tmp_path: Path) -> None:
    html = small_client(tmp_path).get("/").text
    assert "<script" not in html
    assert "style=" not in html
    assert "<style" not in html


def test_other_origins_may_read_only_where_a_protocol_asks_for_it(tmp_path: Path) -> None:
    client = small_client(tmp_path)
    origin = {"Origin": "https://wallet.example"}
    assert "access-control-allow-origin" not in client.get("/", headers=origin).headers
    opened = client.get("/token/none", headers=origin).headers
    assert opened["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in opened
    asked = origin | {"Access-Control-Request-Method": "POST"}
    assert client.options("/token/none", headers=asked).status_code == 204
    assert client.options("/form", headers=asked).status_code == 405


@pytest.mark.parametrize("host", ["localhost:8009", "127.0.0.1:8009", "[::1]:8009"])
def test_a_service_answers_to_its_own_names(host: str, tmp_path: Path) -> None:
    assert small_client(tmp_path).get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.5", ""])
def test_a_foreign_name_that_points_here_is_refused(host: str, tmp_path: Path) -> None:
    answer = small_client(tmp_path).get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["code"] == "host_unknown"
    assert small_client(tmp_path).get("/health", headers={"Host": host}).status_code == 200


def test_a_body_over_the_limit_is_refused_announced_or_not(tmp_path: Path) -> None:
    client = small_client(tmp_path)
    body = b"a" * (MAX_BODY_BYTES + 1)
    for content in (body, iter([body[:10], body[10:]])):
        answer = client.post("/api/json", content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert client.post("/lists", content=body, headers={"Content-Type": "text/csv"}).json() == len(
        body
    )
    large = client.post("/lists", content=b"a" * (3 * 1024 * 1024 + 1))
    assert large.status_code == 413


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b'{"a":[' + b'"\\"[",[' * 40])
def test_h035_brackets_without_end_are_refused_before_the_parser(
    body: bytes, tmp_path: Path
) -> None:
    client = small_client(tmp_path)
    for kind in ("application/json", "application/vc+json", None):
        headers = {"Content-Type": kind} if kind else {}
        answer = client.post("/api/json", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "too_deep")
    assert client.get("/health").text == "ok"


def test_h035_depth_is_counted_outside_of_strings() -> None:
    assert json_depth(b'{"a": [1, {"b": "[[[[\\"[[["}]}') == 3
    assert json_depth(b"[" * MAX_JSON_DEPTH + b"]" * MAX_JSON_DEPTH) == MAX_JSON_DEPTH
    assert json_depth(b"[]" * 1000) == 1
    assert json_depth(b"[" * 1000) == MAX_JSON_DEPTH + 1
    assert json_depth(b'"' + b'\\"' * 300_000) == 0  # linear, also where a string never ends


def test_json_of_an_allowed_depth_is_read(tmp_path: Path) -> None:
    assert small_client(tmp_path).post("/api/json", json={"a": [[1]], "b": 2}).json() == 2


DEV = {"https://issuer.skillspass.example": "http://localhost:8001"}


def test_development_origins_are_accepted_where_only_this_machine_can_come() -> None:
    assert RoleSettings(dev_origins=DEV).dev_origins == DEV
    assert RoleSettings(dev_origins=DEV, host="::1", public_url="http://127.0.0.1:8001").is_local


@pytest.mark.parametrize(
    "reachable",
    [
        {"host": "0.0.0.0"},  # noqa: S104 - that is the point
        {"host": "::"},
        {"host": "192.168.1.20"},
        {"host": "issuer.school.nl"},
        {"public_url": "https://issuer.school.nl"},
        {"public_url": "http://192.168.1.20:8001"},
        {"public_url": "http://localhost.school.nl"},
    ],
)
def test_a_service_others_can_reach_refuses_to_start_with_development_origins(
    reachable: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(RejectedError) as caught:
        settings_for(tmp_path, dev_origins=DEV, **reachable)
    assert caught.value.code == "config_dev_origins"
    assert not settings_for(tmp_path, **reachable).is_local  # without the list it starts


@pytest.mark.parametrize(
    ("public", "local"),
    [
        ("http://issuer.skillspass.example", "http://localhost:8001"),
        ("https://issuer.skillspass.example/", "http://localhost:8001"),
        ("https://issuer.skillspass.example:443", "http://localhost:8001"),
        ("https://*.skillspass.example", "https://localhost:8001"),
        ("https://issuer.skillspass.example", "https://localhost:8001"),
        ("https://issuer.skillspass.example", "http://localhost:8001/path"),
        ("https://issuer.skillspass.example", "http://10.0.0.5:8001"),
        ("https://issuer.skillspass.example", "http://169.254.169.254"),
        ("https://issuer.skillspass.example", "localhost:8001"),
    ],
)
def test_a_development_origin_is_exact_and_leads_to_this_machine(public: str, local: str) -> None:
    with pytest.raises(RejectedError, match=r"config_(dev_origins|url)"):
        RoleSettings(dev_origins={public: local})


def test_production_allows_neither_demo_nor_development_origins() -> None:
    assert RoleSettings(production=True).production
    for trial in ({"demo": True}, {"dev_origins": DEV}):
        with pytest.raises(RejectedError, match="config_production"):
            RoleSettings(production=True, **trial)


def test_addresses_are_filled_in_and_written_as_origins(tmp_path: Path) -> None:
    plain = settings_for(tmp_path, port=8001)
    assert (plain.public_url, plain.identifier) == ("http://localhost:8001",) * 2
    public = settings_for(tmp_path, public_url="https://Issuer.School.nl:443/")
    assert (public.public_url, public.identifier) == ("https://issuer.school.nl",) * 2
    with pytest.raises(RejectedError, match="config_url"):
        settings_for(tmp_path, public_url="issuer.school.nl")
