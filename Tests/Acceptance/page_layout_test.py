"""The page fits on every screen."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [320, 360, 412, 768, 1024, 1440, 1920])
def test_nothing_is_wider_than_the_screen(open_page, width):
    page = open_page(width=width, height=740)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    for tab in page.locator(".tabs button:not([hidden])").all() if width < 800 else []:
        tab.click()
        assert page.evaluate(overflow) <= 0
        expect(page.locator("main, aside").locator("visible=true").first).to_be_visible()
    if width < 800:
        page.click('[data-view="points"]')
    page.locator(".card .open").first.click()
    expect(page.locator("#d-sessions table, #d-sessions .none")).to_be_visible()
    assert page.evaluate("document.querySelector('#d-body').scrollWidth - document.querySelector('#d-body').clientWidth") <= 0


# The texts of a row, and of each pair that stands side by side how far apart it is; what is hidden or cut off has no box of its own.
CROWDED = """([rows, amounts]) => {
    const found = [];
    for (const row of document.querySelectorAll(rows)) {
        if (amounts) for (const [name, text] of Object.entries(amounts)) row.querySelectorAll(name).forEach((cell) => { cell.textContent = text; });
        const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT), boxes = [], edge = row.getBoundingClientRect();
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            if (!node.data.trim() || node.parentElement.closest(".unseen, .note, small, .reason, .why")) continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            const whole = range.getBoundingClientRect(), cell = node.parentElement.closest(".who") ?? node.parentElement;
            // A text that is cut off with an ellipsis is laid out to its end, and seen to that of its cell.
            const cut = getComputedStyle(node.parentElement).overflowX === "visible" ? whole : node.parentElement.getBoundingClientRect();
            const box = new DOMRect(whole.x, whole.y, Math.min(whole.right, cut.right) - whole.x, whole.height);
            if (box.width && getComputedStyle(node.parentElement).visibility !== "hidden") boxes.push({ node, cell, box });
        }
        for (const { node, cell, box } of boxes) if (cell.className !== "who" && (box.right > edge.right + 1 || box.left < edge.left - 1)) found.push(`${node.data} leaves its row`);
        for (const [index, a] of boxes.entries()) for (const b of boxes.slice(index + 1)) {
            if (a.cell === b.cell || a.cell.className === "who" || Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) < 3) continue;
            const gap = Math.max(a.box.left, b.box.left) - Math.min(a.box.right, b.box.right);
            if (gap < 5) found.push(`${a.node.data}|${b.node.data}: ${gap.toFixed(1)} px`);
        }
    }
    return found;
}"""


@pytest.mark.parametrize("width", [320, 360, 768, 900, 1100, 1280, 1400, 1520, 1920])
@pytest.mark.parametrize("amounts", [None, {".power": "350.0 kW", ".energy": "1,234.567 kWh", ".cost": "€1,234.56", ".elapsed": "12:34:56"}])
def test_amounts_in_rows_keep_their_distance(open_page, width, amounts):
    page = open_page(width=width, height=900)
    expect(page.locator("#open .session .energy").first).to_be_attached()
    expect(page.locator("#closed .ticket").first).to_be_attached(timeout=60_000)
    assert page.evaluate(CROWDED, [".card", None]) == []
    if width < 900:
        page.click('[data-view="sessions"]')
    for rows in ("#open .session", "#closed .ticket"):
        assert page.evaluate(CROWDED, [rows, amounts]) == []


def test_dark_and_light(open_page):
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark, light = open_page(scheme="dark"), open_page(scheme="light")
    colours = dark.evaluate(ground), light.evaluate(ground)
    assert colours[0] != colours[1]
    dark.click("[data-theme-toggle]")
    assert dark.evaluate(ground) == colours[1]
    dark.reload()
    assert dark.evaluate(ground) == colours[1]
    dark.click("[data-theme-toggle]")
    assert dark.evaluate(ground) == colours[0]
