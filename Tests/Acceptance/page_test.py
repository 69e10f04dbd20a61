"""What must be true of the page, seen from outside: it lives, tells what it knows, and has an address for it."""

import json
import re

import pytest
from playwright.sync_api import expect
from support.page import BROKEN_LINK, assert_nothing_twice, card

pytestmark = pytest.mark.browser


def test_loads_clean_and_goes_live(open_page):
    page = open_page()
    expect(page.locator("#lamp-link")).to_contain_text("Live")
    expect(page.locator("#lamp-bus")).to_contain_text("connected")
    expect(page.locator("#t-power")).to_have_text(re.compile(r"^[\d,.]+$"))
    # The points of a network that has just started come one after the other, here and there.
    # Of stations alone where a gateway is.
    expect(page.locator("#stations")).to_be_hidden()
    expect(page.locator("#lamp-stations")).to_be_hidden()
    page.wait_for_function("async () => (await (await fetch('cp')).json()).length === document.querySelectorAll('.card').length")
    assert_nothing_twice(page)


def test_values_move(open_page):
    page = open_page()
    supplying = page.locator('.card[data-state="SUPPLYING"]').first
    expect(supplying).to_be_attached()
    name = supplying.get_attribute("data-cp")
    energy = card(page, name).locator(".energy").text_content()
    expect(card(page, name).locator(".energy")).not_to_have_text(energy)
    expect(page.locator(".card .curve .line[d^='M']").first).to_be_attached()


def test_killed_point_turns_red_and_comes_back(open_page, central):
    page = open_page()
    point = page.locator('.card:is([data-state="ACTIVATED"], [data-state="SUPPLYING"])').first.get_attribute("data-cp")
    central.kill(point)
    expect(card(page, point)).to_have_attribute("data-state", "FAULTY")
    expect(card(page, point).locator(".badge")).to_have_text("FAULTY")
    expect(card(page, point).locator(".why")).not_to_be_empty()
    expect(card(page, point)).not_to_have_attribute("data-state", "FAULTY", timeout=60_000)
    expect(page.locator("#log .line", has_text=point).first).to_be_attached()


def test_detail_of_a_problem_is_told(open_page):
    open_page.expected = BROKEN_LINK
    page = open_page()
    problem = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": "The ledger can't be written: no space left on device."}
    page.route("**/out-of-order", lambda route: route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(problem)))
    page.evaluate("sessionStorage.setItem('wattline-token', 'any')")
    page.locator('.card:not([data-state="STOPPED"]) .open').first.click()
    page.click("[data-does=out]")
    page.click("#confirm-yes")
    expect(page.locator(".toast.bad")).to_contain_text("no space left on device")
    # In the open dialog, since what is outside of it is inert: not seen, not heard.
    expect(page.locator("#detail .toast.bad")).to_be_visible()


def test_detail_has_its_own_address(open_page):
    page = open_page()
    point = page.locator(".card").nth(1).get_attribute("data-cp")
    card(page, point).locator(".open").press("Enter")
    expect(page).to_have_url(re.compile(f"#/cp/{point}$"))
    expect(page.locator("#detail-title")).to_have_text(point)
    expect(page.locator("#d-sessions table, #d-sessions .none")).to_be_visible()
    expect(page.locator("#d-facts")).to_contain_text("Register")
    page.go_back()
    expect(page.locator("#detail")).to_be_hidden()
    page.go_forward()
    expect(page.locator("#detail")).to_be_visible()
    page.reload()
    expect(page.locator("#detail-title")).to_have_text(point)
    page.keyboard.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"#/$"))


def test_point_that_is_not_there(open_page):
    open_page.expected = BROKEN_LINK
    page = open_page("#/cp/CP-none")
    expect(page.locator("#d-why")).to_contain_text("There is no point CP-none")
    expect(page.locator("#d-sessions")).to_contain_text("CP-none")


STORE = """async () => {
    const { empty, snapshot, change, sample, LIMITS } = await import("/js/store.js");
    const now = "2026-11-28T06:00:00.000Z", at = (ms) => new Date(Date.parse(now) + ms).toISOString();
    const session = (id, more) => ({ session: id, cp: "A", status: "OPEN", power_kw: 1, ...more });
    const state = empty();
    snapshot(state, { instance: "i", now, points: [{ cp: "A", state: "SUPPLYING", power_kw: 1, curve: [[Date.parse(now), 1]] }], sessions: [session("s"), session("lost")],
        closed: [session("old", { status: "FAILED", complete: false })], log: [{ number: 1, text: "one" }], totals: { power_kw: 1 } });
    const told = { now: at(1000), log: [{ number: 1, text: "one" }, { number: 2, text: "two" }], lost: ["lost"],
        telemetry: [{ cp: "A", session: "s", driver: "d", power_kw: 5, energy_kwh: 1, cost_eur: 1, elapsed_s: 1, meter_wh: 9, ts: at(1000) }] };
    change(state, told);
    change(state, told);
    const open = state.open.get("s").power_kw;
    change(state, { now: at(2000), sessions: [session("s", { status: "COMPLETED" }), session("old", { status: "FAILED", complete: true })] });
    const curve = state.curves.get("A").length;
    const long = [];
    for (let n = 0; n < 100000; n++) sample(long, n * 10, 1);
    for (let n = 0; n < 5000; n++) change(state, { now: at(3000), log: [{ number: 3 + n, text: "" }], sessions: [session("x" + n, { status: "COMPLETED" })] });
    change(state, { now: at(4000), removed: ["A"] });
    return { log: state.log.length, last: state.log.at(-1).number, open, curve, still: state.open.size, closed: state.closed.length,
        long: long.length <= 2 * LIMITS.curveMs / LIMITS.sampleMs, span: long.at(-1)[0] - long[0][0], points: state.points.size + state.curves.size, LIMITS };
}"""


def test_store_takes_nothing_twice_and_keeps_no_more_than_it_must(open_page):
    found = open_page(live=False).evaluate(STORE)
    assert found["open"] == 5, "a reading is the session's, too"
    assert found["curve"] == 2
    assert found["still"] == 0
    assert (found["log"], found["last"], found["closed"]) == (found["LIMITS"]["log"], 5002, found["LIMITS"]["closed"])
    assert found["long"] and found["span"] <= found["LIMITS"]["curveMs"]
    assert found["points"] == 0
