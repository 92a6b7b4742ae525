"""The one code on a page, read from a picture of it as a camera would."""

from io import BytesIO

import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from tests.browser.waiting import until

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def code_on(page: Page) -> str:
    """What the code says, as soon as it is painted; a page shows one and no more."""
    read: list[str] = []

    def found() -> bool:
        picture = Image.open(BytesIO(page.screenshot(full_page=True)))
        read[:] = [code.text for code in zxingcpp.read_barcodes(picture, formats=QR)]
        return len(read) == 1

    until(page, found, "one code")
    return read[0]
