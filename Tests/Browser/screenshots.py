"""Takes the README's screenshots of the client: Tests/.venv/bin/python Tests/Browser/screenshots.py

Needs what Tests/run has installed and built. They go to Plugins/Web/screenshots, small enough to be committed.
"""

import io
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "EndToEnd"), str(HERE.parent / "Conformance")]

from accounts import Issuer, new_account  # noqa: E402
from browsing import Visitor, launch  # noqa: E402
from exchange import Exchange  # noqa: E402
from harness import ROOT, fetch, open_folder, wait_until  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from trading import filled, place  # noqa: E402

FOLDER = ROOT / "Plugins/Web/screenshots"
# Name, path, language, theme, width and height.
PICTURES = [
    ("home", "/", "en", "light", 1280, 800),
    ("stock", "/stocks/AAPL", "en", "dark", 1280, 900),
    ("wallet", "/wallet", "es", "light", 1280, 900),
    ("stocks-phone", "/stocks", "en", "light", 360, 740),
    ("stock-phone", "/stocks/AAPL", "es", "dark", 360, 740),
]


def holder(exchange):
    """Somebody with a few shares, and an order that waits."""
    _, browser = new_account(exchange)
    for symbol, amount in (("AAPL", "20000"), ("GOOG", "12000"), ("IBM", "8000"), ("MSFT", "5000")):
        filled(browser, place(browser, symbol=symbol, side="buy", amount=amount).json)
    filled(browser, place(browser, symbol="AAPL", side="sell", quantity="5").json)
    place(browser, symbol="IBM", side="buy", type="limit", quantity="2", limitPrice="150", timeInForce="gtc")
    return browser


def take(chromium, exchange, browser, picture):
    name, path, language, theme, width, height = picture
    visitor = Visitor(chromium, exchange, language=language, theme=theme, width=width, height=height)
    if path != "/":
        visitor.enter(browser)
    page = visitor.open(path)
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_timeout(2_000)
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    visitor.close()
    # Few colours are enough, and are small.
    image.quantize(128, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
    print(f"{name}.png: {(FOLDER / f'{name}.png').stat().st_size // 1024} KB")


def main():
    FOLDER.mkdir(exist_ok=True)
    issuer = Issuer()
    state = open_folder(Path(tempfile.mkdtemp())) / "state"
    exchange = Exchange(state, issuer, False, {"LONJA_WEB_FOLDER": str(ROOT / ".build/web")})
    try:
        wait_until(
            lambda: fetch(exchange.http, "/api/v1/market/clock").json["session"] == "open", "an open market", 180
        )
        browser = holder(exchange)
        with sync_playwright() as playwright:
            chromium = launch(playwright)
            for picture in PICTURES:
                take(chromium, exchange, browser, picture)
            chromium.close()
    finally:
        exchange.close()
        issuer.close()


if __name__ == "__main__":
    main()
