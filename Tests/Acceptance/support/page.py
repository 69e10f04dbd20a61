"""A Central to look at, windows whose complaints fail the test, and what the tests of the page do again and again."""

import re
import subprocess
import sys
import urllib.request

import pytest
from playwright.sync_api import expect

from support.closing import Closing
from support.places import ROOT

BROKEN_LINK = ["Failed to load resource", "net::ERR_"]


class RealCentral:
    is_pretended = False

    def __init__(self, url, token, network=None):
        self.url, self.token, self.network = url.rstrip("/") + "/", token, network

    def kill(self, cp):
        if not self.network:
            pytest.skip("the processes of --central are not known here")
        self.network.kill(f"{cp}-engine")


class PretendedCentral(Closing):
    """Can do what a real one does not: a hundred thousand events, a thousand points, a silence."""

    is_pretended = True
    token = "mock-token"

    def __init__(self, *options):
        command = [sys.executable, ROOT / "Tests/Acceptance/pretended/mock_server.py", "--token", self.token, *options]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.server.stdout.readline().strip()

    def post(self, door):
        urllib.request.urlopen(urllib.request.Request(f"{self.url}_mock/{door}", method="POST"), timeout=10).close()

    def kill(self, cp):
        self.post(f"kill?cp={cp}&seconds=3")

    def close(self):
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()


class Windows(Closing):
    """Called, it opens the page in a new one. `expected`: patterns of complaints that a test provokes."""

    def __init__(self, browser, central):
        self.browser, self.central = browser, central
        self.contexts, self.complaints, self.expected = [], [], []

    def __call__(self, path="", width=1440, height=900, scheme="dark", live=True, **more):
        context = self.browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **more)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.central.url + path)
        if live:
            expect(page.locator("body")).to_have_attribute("data-link", "live")
            expect(page.locator(".card").first).to_be_attached()
        return page

    def surprises(self):
        return [text for text in self.complaints if not any(re.search(pattern, text) for pattern in self.expected)]

    def close(self):
        for context in self.contexts:
            context.close()


def card(page, cp):
    return page.locator(f'.card[data-cp="{cp}"]')


def styles(page, selector, name, pseudo=None):
    """The computed values of one property, read in one step: an element that is replaced between being found and being read has none."""
    return page.evaluate("([selector, name, pseudo]) => [...document.querySelectorAll(selector)].map(each => getComputedStyle(each, pseudo)[name])",
                         [selector, name, pseudo])


def sign_in(page, token):
    expect(page.locator("#signin")).to_be_visible()
    page.fill("#token", token)
    page.keyboard.press("Enter")
    expect(page.locator("#signin")).to_be_hidden()


def assert_nothing_twice(page):
    """No line, session, ticket or point is there twice."""
    numbers = [int(number) for number in page.locator("#log .line").evaluate_all("lines => lines.map(line => line.dataset.number)")]
    assert numbers == sorted(set(numbers), reverse=True)
    for rows in ("#open .session", "#closed .ticket", ".card"):
        names = page.locator(rows).evaluate_all("rows => rows.map(row => row.dataset.session ?? row.dataset.cp)")
        assert len(names) == len(set(names)), names
