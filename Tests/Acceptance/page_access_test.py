"""The page serves those who use no mouse, want no motion, or have it read to them."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from support.page import BROKEN_LINK, card, styles

pytestmark = pytest.mark.browser


def test_no_motion_for_those_who_do_not_want_it(open_page):
    page = open_page(reduced_motion="reduce")
    expect(page.locator('.badge[data-state="SUPPLYING"] .icon').first).to_be_attached()
    assert set(styles(page, ".badge .icon", "animationName")) == {"none"}


def test_keyboard_only(open_page):
    page = open_page()
    keys = page.keyboard
    keys.press("Tab")
    expect(page.locator("#skip")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#points")).to_be_focused()
    for _ in range(12):
        keys.press("Tab")
        if page.evaluate("document.activeElement.matches('.card .open')"):
            break
    names = page.locator(".card").evaluate_all("cards => cards.map(card => card.dataset.cp)")
    expect(card(page, names[0]).locator(".open")).to_be_focused()
    assert styles(page, ".card .open", "borderTopWidth", "::after")[0] == "3px"
    keys.press("ArrowRight")
    expect(card(page, names[1]).locator(".open")).to_be_focused()
    keys.press("End")
    expect(card(page, names[-1]).locator(".open")).to_be_focused()
    keys.press("Home")
    keys.press("ArrowRight")
    keys.press("Enter")
    expect(page.locator("#detail-title")).to_have_text(names[1])
    keys.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()
    expect(card(page, names[1]).locator(".open")).to_be_focused()
    keys.press("/")
    expect(page.locator("#search")).to_be_focused()
    keys.type(names[2])
    expect(page.locator(".card")).to_have_count(1)
    keys.press("Escape")
    expect(page.locator(".card")).to_have_count(len(names))
    keys.press("?")
    expect(page.locator("#help")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.pretended("--scene --trouble 0")
def test_axe_finds_nothing(open_page, scheme):
    # Animations would be caught half-way.
    page = open_page(scheme=scheme, reduced_motion="reduce")
    expect(page.locator("#log .line").first).to_be_attached()

    def look(where):
        found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
        assert found.violations_count == 0, f"{where}:\n{found.generate_report()}"

    look("the whole page")
    page.locator('.card .open').nth(2).click()
    expect(page.locator("#d-sessions table, #d-sessions .none")).to_be_visible()
    look("a point")
    page.click("[data-does=out]")
    look("a question")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.click("#sign")
    look("the sign-in")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    look("the help")


@pytest.mark.pretended_only
@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.pretended("--scene --trouble 0")
def test_axe_finds_nothing_while_disconnected(open_page, central, scheme):
    open_page.expected = BROKEN_LINK
    page = open_page(scheme=scheme, reduced_motion="reduce")
    central.post("ledger?working=0")
    expect(page.locator('.banner[data-about="health"]')).to_be_visible()
    central.post("drop-streams?seconds=30")
    expect(page.locator('.banner[data-about="link"]')).to_be_visible()
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
    assert found.violations_count == 0, found.generate_report()
