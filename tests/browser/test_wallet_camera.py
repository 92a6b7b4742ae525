"""The camera of the worker's page: a code is read from a fed picture, a missing one is told."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, sync_playwright

from schemas.messages import sentence
from tests.browser.conftest import QUIET
from tests.browser.waiting import patient
from tests.browser.wallet_site import WalletSite, at_keeper, serving_wallet

OFFER = "https://wallet.skillspass.example/o#https://issuer.skillspass.example/offers/0123456789abc"
WIDE, HIGH, SCALE = 640, 480, 8


def film(text: str) -> bytes:
    """A code in front of the camera, as one frame of YUV4MPEG2 that is shown for ever."""
    code = segno.make(text, error="m", micro=False)
    rows = [[bool(dark) for dark in row] for row in code.matrix_iter(scale=SCALE, border=4)]
    light = [bytearray(b"\xc8" * WIDE) for _ in range(HIGH)]
    top, left = (HIGH - len(rows)) // 2, (WIDE - len(rows[0])) // 2
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            light[top + y][left + x] = 30 if dark else 235
    header = f"YUV4MPEG2 W{WIDE} H{HIGH} F10:1 Ip A1:1 C420jpeg\n".encode()
    colours = b"\x80" * (WIDE * HIGH // 2)
    return header + b"FRAME\n" + b"".join(light) + colours


@contextmanager
def watching(folder: Path, *videos: bytes) -> Iterator[list[Browser]]:
    """A browser for each of these, whose camera sees it over and over."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: apt-get install chromium, or name one in CHROMIUM")
        pytest.skip("no Chromium: apt-get install chromium, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        browsers = []
        for place, video in enumerate(videos):
            picture = folder / f"{place}.y4m"
            picture.write_bytes(video)
            flags = [
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-video-capture={picture}",
            ]
            args = [*QUIET, *flags]
            launched = playwright.chromium.launch(executable_path=found, args=args)
            browsers.append(patient(launched))
        yield browsers
        for launched in browsers:
            launched.close()


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera looks at a code."""
    with watching(tmp_path_factory.mktemp("film"), film(OFFER)) as (launched,):
        yield launched


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WalletSite]:
    """The running service."""
    with serving_wallet(tmp_path_factory.mktemp("var")) as running:
        yield running


def test_a_code_is_read_from_what_the_camera_sees(camera: Browser, site: WalletSite) -> None:
    context = camera.new_context(permissions=["camera"])
    worker = at_keeper(context, site)
    assert worker.ask("scan")["ok"] == {"text": OFFER}
    worker.done()
    assert worker.faults == []
    context.close()


def test_without_a_camera_the_page_says_so(camera: Browser, site: WalletSite) -> None:
    context = camera.new_context(locale="nl-NL")
    worker = at_keeper(context, site)
    worker.page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no')); }"
    )
    worker.tell("scan")
    worker.step.get_by_role("alert").get_by_text(sentence("error.camera_missing", "nl")).wait_for()
    worker.press("fault.back")
    worker.done()
    context.close()
