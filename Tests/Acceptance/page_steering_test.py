"""The page steers for who has signed in, says who that is, and offers nobody what they may not do."""

import pytest
from playwright.sync_api import expect
from support.page import BROKEN_LINK, card, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.steering
def test_stop_a_session_with_sign_in(open_page, central):
    page = open_page()
    if central.is_pretended:
        central.post("start?cp=CP-004&driver=driver-zoe")
        row = page.locator("#open .session", has_text="driver-zoe")
    else:
        row = page.locator('#open .session:not([data-phase="starting"])').first
    expect(row).to_be_visible()
    session = row.get_attribute("data-session")
    row.locator(".stop").click()
    page.click("#confirm-yes")
    sign_in(page, central.token)
    expect(page.locator(".toast.good")).to_contain_text("told to stop")
    expect(page.locator(f'#open [data-session="{session}"]')).to_have_count(0)
    expect(page.locator(f'#closed [data-session="{session}"]')).to_have_count(1)
    expect(page.locator("#sign")).to_have_text("Sign out")
    expect(page.locator("#who")).to_have_text("shared, admin")
    assert page.evaluate("Object.keys(localStorage).every(key => !/token/.test(key))")


@pytest.mark.steering
def test_out_of_order_and_resume(open_page, central):
    page = open_page()
    point = page.locator('.card[data-state="ACTIVATED"]').last.get_attribute("data-cp")
    card(page, point).locator(".open").click()
    page.click("[data-does=out]")
    page.click("#confirm-yes")
    sign_in(page, central.token)
    expect(page.locator("#d-badge")).to_have_text("STOPPED")
    expect(card(page, point)).to_have_attribute("data-state", "STOPPED")
    page.click("[data-does=resume]")
    expect(card(page, point)).not_to_have_attribute("data-state", "STOPPED")


@pytest.mark.pretended_only
@pytest.mark.pretended("--scene --trouble 0")
def test_wish_for_a_point_that_is_away_is_shown(open_page, central):
    page = open_page("#/cp/CP-009")
    why = card(page, "CP-009").locator(".why")
    expect(why).not_to_contain_text("out of order")
    page.click("[data-does=out]")
    page.click("#confirm-yes")
    sign_in(page, central.token)
    expect(why).to_contain_text("out of order")
    expect(page.locator("#d-badge")).to_have_text("DISCONNECTED")
    expect(page.locator("[data-does=out]")).to_have_count(0)
    page.click("[data-does=resume]")
    expect(why).not_to_contain_text("out of order")
    expect(page.locator("[data-does=out]")).to_have_count(1)


@pytest.mark.pretended_only
@pytest.mark.steering
def test_record_put_aside_is_decided_on(open_page, central):
    central.post("record?cp=CP-002&session=01SESSIONACCEPT&meter=m-other&acceptable=1")
    central.post("record?cp=CP-002&session=01SESSIONORPHAN&meter=m-lost")
    page = open_page("#/cp/CP-002")
    rows = page.locator("#d-records tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(1).locator("[data-does=accept]")).to_have_count(0)
    rows.nth(0).locator("[data-does=accept]").click()
    expect(page.locator("#confirm-text")).to_contain_text("0.061 kWh")
    page.click("#confirm-yes")
    sign_in(page, central.token)
    expect(page.locator(".toast.good")).to_contain_text("accepted")
    expect(rows.nth(0)).to_contain_text("accepted, shared")
    rows.nth(1).locator("[data-does=refuse]").click()
    page.click("#confirm-yes")
    expect(rows.nth(1)).to_contain_text("refused, shared")


@pytest.mark.pretended_only
def test_all_out_of_order_and_resumed(open_page, central):
    page = open_page()
    for menu, state in (("#all-out", "STOPPED"), ("#all-resume", "ACTIVATED")):
        page.click("#all")
        page.click(menu)
        page.click("#confirm-yes")
        if menu == "#all-out":
            sign_in(page, central.token)
        expect(page.locator(f'.card[data-state="{state}"]').first).to_be_attached()
    expect(page.locator('.card[data-state="STOPPED"]')).to_have_count(0)


@pytest.mark.pretended_only
@pytest.mark.pretended("--scene --trouble 0")
def test_remove_a_point_that_is_gone(open_page, central):
    page = open_page("#/cp/CP-009")
    page.click("[data-does=remove]")
    page.click("#confirm-yes")
    sign_in(page, central.token)
    expect(card(page, "CP-009")).to_have_count(0)
    expect(page.locator("#d-why")).to_contain_text("There is no point CP-009")


def test_wrong_token_is_told(open_page):
    open_page.expected = BROKEN_LINK
    page = open_page()
    page.click("#sign")
    page.fill("#token", "certainly-not-the-token")
    page.keyboard.press("Enter")
    expect(page.locator("#signin-error")).not_to_be_empty()
    expect(page.locator("#signin")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#signin")).to_be_hidden()
    expect(page.locator("#sign")).to_have_text("Sign in")


@pytest.mark.steering
def test_token_that_is_not_taken_any_more_is_asked_for_again(open_page, central):
    open_page.expected = BROKEN_LINK
    page = open_page()
    page.evaluate("sessionStorage.setItem('wattline-token', 'of-yesterday')")
    page.locator('.card[data-state="ACTIVATED"] .open').last.click()
    page.click("[data-does=out]")
    page.click("#confirm-yes")
    expect(page.locator("#signin-error")).not_to_be_empty()
    sign_in(page, central.token)
    expect(page.locator("#d-badge")).to_have_text("STOPPED")
    page.click("[data-does=resume]")
    expect(page.locator("#d-badge")).not_to_have_text("STOPPED")
