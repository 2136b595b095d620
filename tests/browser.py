"""Debian's Chromium without a screen, as tests of pages use it: it reaches nothing but this machine, and says so."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *(
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ),
)


@contextmanager
def browser(folder: Path, width: int = 1500, height: int = 950) -> Iterator[webdriver.Chrome]:
    """Start a browser; skips where there is none."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("no Chromium was found: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--window-size={width},{height}", f"--user-data-dir={folder / 'chromium'}"):
        options.add_argument(flag)
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield made
    finally:
        made.quit()


def opened(chrome: webdriver.Chrome, address: str, seconds: float = 30) -> int:
    """Open a report and wait until it is there; return the milliseconds that its own script took."""
    from selenium.webdriver.support.ui import WebDriverWait

    chrome.get(address)
    script = "return document.body && document.body.dataset.ready"
    return int(WebDriverWait(chrome, seconds).until(lambda it: it.execute_script(script)))


def _log(chrome: Any, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = chrome.get_log(kind)
    return found


def complaints(chrome: webdriver.Chrome) -> list[str]:
    """Return what the console was told since the last time somebody asked."""
    return [str(entry["message"]) for entry in _log(chrome, "browser")]


def requests(chrome: webdriver.Chrome, own: str = "") -> list[str]:
    """Return every address that pages asked for, but their own (those that start so) and data inside the page."""
    found: list[str] = []
    for entry in _log(chrome, "performance"):
        message: dict[str, Any] = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            found.append(message["params"]["request"]["url"])
    return [
        one
        for one in found
        if urlsplit(one).scheme not in ("data", "blob", "chrome") and not (own and one.startswith(own))
    ]


def text_of(chrome: webdriver.Chrome, selector: str) -> str:
    """Return the text of the first element that fits."""
    found: str = chrome.execute_script(
        "return (document.querySelector(arguments[0]) || {textContent: ''}).textContent", selector
    )
    return found
