"""The page says when its link, the bus or the ledger is lost, and catches up."""

import re

import pytest
from playwright.sync_api import expect
from support.page import BROKEN_LINK, assert_nothing_twice

pytestmark = pytest.mark.browser


@pytest.mark.pretended_only
@pytest.mark.pretended("--rate 0 --trouble 0")
def test_disconnected_is_told_and_caught_up_without_duplicates(open_page, central):
    open_page.expected = BROKEN_LINK
    page = open_page()
    central.post("say?text=before")
    expect(page.locator("#log .line", has_text="before")).to_have_count(1)
    central.post("drop-streams?seconds=3")
    expect(page.locator('.banner[data-about="link"]')).to_contain_text(re.compile(r"Values as of \d\d:\d\d:\d\d"))
    expect(page.locator("#lamp-link")).to_contain_text("Disconnected")
    for word in ("missed-one", "missed-two"):
        central.post(f"say?text={word}&level=warning")
    central.post("start?cp=CP-002&driver=driver-zoe")
    expect(page.locator("body")).to_have_attribute("data-link", "live")
    expect(page.locator(".banner")).to_have_count(0)
    for word in ("before", "missed-one", "missed-two"):
        expect(page.locator("#log .line", has_text=word)).to_have_count(1)
    expect(page.locator("#open .session", has_text="driver-zoe")).to_have_count(1)
    assert_nothing_twice(page)


@pytest.mark.pretended_only
@pytest.mark.pretended("--rate 0 --trouble 0")
def test_silence_is_noticed_and_mended(open_page, central):
    page = open_page()
    central.post("mute?seconds=15")
    central.post("say?text=in-the-silence")
    expect(page.locator('.banner[data-about="link"]')).to_be_visible(timeout=20_000)
    expect(page.locator("body")).to_have_attribute("data-link", "live", timeout=20_000)
    expect(page.locator("#log .line", has_text="in-the-silence")).to_have_count(1)
    assert_nothing_twice(page)


@pytest.mark.pretended_only
def test_new_run_of_central_replaces_everything(open_page, central):
    open_page.expected = BROKEN_LINK
    page = open_page()
    central.post("restart")
    central.post("say?text=a-new-life")
    expect(page.locator("#log .line", has_text="a-new-life")).to_have_count(1)
    expect(page.locator("body")).to_have_attribute("data-link", "live")
    assert_nothing_twice(page)


@pytest.mark.pretended_only
def test_broker_and_ledger_lost_are_told(open_page, central):
    page = open_page()
    central.post("bus?connected=0")
    expect(page.locator('.banner[data-about="bus"]')).to_contain_text("lost the broker: connection refused")
    central.post("ledger?working=0")
    expect(page.locator('.banner[data-about="health"]')).to_contain_text("no space left on device")
    central.post("bus?connected=1")
    central.post("ledger?working=1")
    expect(page.locator(".banner")).to_have_count(0)


@pytest.mark.pretended_only
@pytest.mark.pretended("--rate 0 --trouble 0")
def test_trouble_is_said_aloud(open_page, central):
    page = open_page()
    central.post("say?level=info&text=not-worth-a-word")
    central.post("say?level=bad&text=the-roof-is-on-fire")
    expect(page.locator("#say")).to_have_text("the-roof-is-on-fire")
