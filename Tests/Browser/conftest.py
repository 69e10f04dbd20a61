"""A central to look at (the mock's, or the one of WATTLINE_URL), and a browser whose complaints fail the test."""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

URL, TOKEN, KILL = (os.environ.get(name) for name in ("WATTLINE_URL", "WATTLINE_TOKEN", "WATTLINE_KILL"))
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
expect.set_options(timeout=20_000)


def pytest_configure(config):
    config.addinivalue_line("markers", "mock_only: needs the doors of the mock server")
    config.addinivalue_line("markers", "steering: needs a token")
    config.addinivalue_line("markers", "mock(options): how the mock server is started")


def pytest_collection_modifyitems(items):
    for item in items:
        if URL and "mock_only" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="only the mock can do this"))
        if URL and not TOKEN and "steering" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="WATTLINE_TOKEN is not set"))


class Central:
    def __init__(self, url, token):
        self.url, self.token = url.rstrip("/") + "/", token

    def post(self, path):
        urllib.request.urlopen(urllib.request.Request(self.url + path, method="POST"), timeout=10).close()

    def kill(self, cp):
        if URL:
            subprocess.run(KILL.format(cp=cp), shell=True, check=True)
        else:
            self.post(f"_mock/kill?cp={cp}&seconds=3")


@pytest.fixture
def central(request):
    if URL:
        yield Central(URL, TOKEN)
        return
    marker = request.node.get_closest_marker("mock")
    options = (marker.args[0] if marker else "--trouble 0").split()
    server = subprocess.Popen([sys.executable, Path(__file__).with_name("mock_server.py"), *options], stdout=subprocess.PIPE, text=True)
    try:
        yield Central(server.stdout.readline().strip(), "mock-token")
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--enable-precise-memory-info"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, central):
    """Opens the page in a window of its own; at the end no window may have had an error that was not `expected`."""
    contexts, complaints = [], []

    def open_page(path="", width=1440, height=900, scheme="dark", live=True, **more):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(central.url + path)
        if live:
            expect(page.locator("body")).to_have_attribute("data-link", "live")
            expect(page.locator(".card").first).to_be_attached()
        return page

    open_page.expected = []
    open_page.complaints = complaints
    yield open_page
    for context in contexts:
        context.close()
    left = [text for text in complaints if not any(re.search(pattern, text) for pattern in open_page.expected)]
    assert not left, left
