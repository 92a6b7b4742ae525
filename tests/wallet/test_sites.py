"""Three sites in one server: each its own pages, its own policy, and nothing of the others."""

import json
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from service.clock import system_clock
from service.settings import is_loopback
from tests.in_memory import InMemoryHttp
from wallet import sites
from wallet.app import create_app
from wallet.settings import WalletSettings

FILES = {
    "index.html": b"<!doctype html><title>x</title>",
    "keeper.js": b"1;",
    "worker.js": b"2;",
    "share.html": b"<!doctype html><title>y</title>",
    "share.js": b"3;",
    "box.html": b"<!doctype html><title>z</title>",
    "box.js": b"4;",
    "box-AAAAAAAA.js": b"5;",
    "fonts/next.woff2": b"font",
}
SCREENS = {"script": "sha256-c2NyaXB0", "style": "sha256-c3R5bGU="}


@pytest.fixture
def built(tmp_path: Path) -> sites.Built:
    """A small build."""
    folder = tmp_path / "dist"
    for name, octets in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(octets)
    (folder / "integrity.json").write_text(json.dumps({"version": "v", "screens": SCREENS}))
    return sites.read_built(folder)


def settings_in(folder: Path, **more: object) -> WalletSettings:
    """A trial on this machine."""
    return WalletSettings.model_validate({"var": folder / "var", "rate_limits": False, **more})


def serve(settings: WalletSettings, built: sites.Built) -> FastAPI:
    """The service with what was built."""
    http = InMemoryHttp({})
    app = create_app(settings, fetch=http, clock=system_clock, entropy=secrets.token_bytes)
    app.router.routes[:0] = sites.site_routes(settings, app.state.pages, built)
    return app


def at(app: FastAPI, origin: str) -> TestClient:
    """A browser at one site."""
    return TestClient(app, base_url=origin, follow_redirects=False)


def test_each_site_serves_its_own_files(tmp_path: Path, built: sites.Built) -> None:
    settings = settings_in(tmp_path)
    app = serve(settings, built)
    keeper, share, web = (
        at(app, origin)
        for origin in (settings.keeper_origin, settings.share_origin, settings.web_origin)
    )
    assert keeper.get("/").content == FILES["index.html"]
    assert keeper.get("/keeper.js").content == b"1;"
    assert share.get(f"/s/{'A' * 22}").content == FILES["share.html"]
    assert share.get("/share.js").content == b"3;"
    assert 'id="onward"' in web.get("/o").text
    for client, path in [
        (keeper, "/share.js"),
        (share, "/keeper.js"),
        (share, "/worker.js"),
        (web, "/keeper.js"),
        (web, "/config.json"),
        (keeper, "/history"),
        (share, "/add"),
        (web, "/history"),
    ]:
        assert client.get(path).status_code == 404, path
    assert at(app, settings.public_url).get("/history").status_code == 200


def test_only_a_trial_has_a_kiosk(tmp_path: Path, built: sites.Built) -> None:
    settings = settings_in(tmp_path, demo=False, public_url="https://wallet.skillspass.example")
    app = serve(settings, built)
    assert at(app, settings.public_url).get("/history").status_code == 404
    assert settings.kiosk_origin is None
    assert settings.web_origin == settings.public_url


def test_the_keepers_policy_names_its_scripts_and_no_inline_one(
    tmp_path: Path, built: sites.Built
) -> None:
    real = settings_in(
        tmp_path,
        demo=False,
        public_url="https://wallet.skillspass.example",
        verifier_url="https://verifier.skillspass.example",
    )
    policy = at(serve(real, built), real.keeper_origin).get("/").headers["content-security-policy"]
    rules = {name: rest for name, _, rest in (one.partition(" ") for one in policy.split("; "))}
    assert rules["script-src"] == "'self' 'sha256-c2NyaXB0'"
    assert rules["connect-src"] == "'self' https:"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["trusted-types"] == "screens worker"
    assert "unsafe" not in policy
    trial = settings_in(tmp_path)
    calls = sites.keeper_policy(trial, built).partition("connect-src ")[2].partition(";")[0]
    assert calls.split()[:2] == ["'self'", "https:"]
    assert set(calls.split()[2:]) >= set(trial.dev_origins.values())
    assert all(is_loopback(urlsplit(one).hostname or "") for one in calls.split()[2:])


def test_the_share_page_calls_its_service_and_the_verifier_alone(
    tmp_path: Path, built: sites.Built
) -> None:
    settings = settings_in(tmp_path, verifier_url="https://check.example.org")
    answer = at(serve(settings, built), settings.share_origin).get(f"/s/{'A' * 22}")
    policy = answer.headers["content-security-policy"]
    assert "connect-src 'self' https://check.example.org;" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"


def test_a_guests_page_calls_its_own_service_alone(tmp_path: Path, built: sites.Built) -> None:
    settings = settings_in(tmp_path, verifier_url="https://check.example.org")
    app = serve(settings, built)
    share = at(app, settings.share_origin)
    answer = share.get(f"/b/{'A' * 22}")
    assert answer.content == FILES["box.html"]
    rules = dict(one.split(" ", 1) for one in answer.headers["content-security-policy"].split("; "))
    assert rules["connect-src"] == "'self'"
    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert rules["trusted-types"] == "'none'"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert [share.get(path).content for path in ("/box.js", "/box-AAAAAAAA.js")] == [b"4;", b"5;"]
    for origin in (settings.keeper_origin, settings.web_origin):
        elsewhere = at(app, origin)
        paths = (f"/b/{'A' * 22}", "/box.js", "/box-AAAAAAAA.js", "/box.html")
        assert {elsewhere.get(path).status_code for path in paths} <= {404, 405}, origin


def test_a_browser_that_has_a_file_is_told_so(tmp_path: Path, built: sites.Built) -> None:
    settings = settings_in(tmp_path)
    keeper = at(serve(settings, built), settings.keeper_origin)
    first = keeper.get("/keeper.js")
    again = keeper.get("/keeper.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert keeper.get("/worker.js").headers["cache-control"] == "no-store"
    assert "immutable" in keeper.get("/fonts/next.woff2").headers["cache-control"]


def test_the_settings_hold_addresses_and_the_lists_anchor(
    tmp_path: Path, built: sites.Built
) -> None:
    settings = settings_in(tmp_path)
    found = at(serve(settings, built), settings.keeper_origin).get("/config.json").json()
    assert found["check"] == "http://localhost:8003/api/check"
    assert found["share"] == "http://deel.localhost:8002"
    assert found["origins"] == settings.dev_origins


def test_a_service_without_a_build_says_what_to_do(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert sites.read_built(tmp_path).files == {}
    app = serve(settings, sites.Built({}))
    answer = at(app, settings.keeper_origin).get("/")
    assert answer.status_code == 503
    assert "make web" in answer.text
