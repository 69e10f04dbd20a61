"""What must be true of the page, seen from outside. Tests without `mock_only` need only the contract."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import KILL, URL
from playwright.sync_api import expect

BROKEN_LINK = ["Failed to load resource", "net::ERR_"]


def card(page, cp):
    return page.locator(f'.card[data-cp="{cp}"]')


def sign_in(page, token):
    expect(page.locator("#signin")).to_be_visible()
    page.fill("#token", token)
    page.keyboard.press("Enter")
    expect(page.locator("#signin")).to_be_hidden()


def log_numbers(page):
    return [int(number) for number in page.locator("#log .line").evaluate_all("lines => lines.map(line => line.dataset.number)")]


def assert_nothing_twice(page):
    numbers = log_numbers(page)
    assert numbers == sorted(set(numbers), reverse=True), numbers
    for rows in ("#open .session", "#closed .ticket", ".card"):
        names = page.locator(rows).evaluate_all("rows => rows.map(row => row.dataset.session ?? row.dataset.cp)")
        assert len(names) == len(set(names)), names


def test_loads_clean_and_goes_live(open_page):
    page = open_page()
    expect(page.locator("#lamp-link")).to_contain_text("Live")
    expect(page.locator("#lamp-bus")).to_contain_text("connected")
    expect(page.locator("#t-power")).to_have_text(re.compile(r"^[\d,.]+$"))
    assert page.locator(".card").count() == page.evaluate("fetch('cp').then(answer => answer.json()).then(points => points.length)")
    assert_nothing_twice(page)


def test_values_move(open_page):
    page = open_page()
    supplying = page.locator('.card[data-state="SUPPLYING"]').first
    expect(supplying).to_be_attached()
    name = supplying.get_attribute("data-cp")
    energy = card(page, name).locator(".energy").text_content()
    expect(card(page, name).locator(".energy")).not_to_have_text(energy)
    expect(page.locator(".card .curve .line[d^='M']").first).to_be_attached()


@pytest.mark.skipif(bool(URL) and not KILL, reason="WATTLINE_KILL is not set")
def test_killed_point_turns_red_and_comes_back(open_page, central):
    page = open_page()
    point = page.locator('.card:is([data-state="ACTIVATED"], [data-state="SUPPLYING"])').first.get_attribute("data-cp")
    central.kill(point)
    expect(card(page, point)).to_have_attribute("data-state", "FAULTY")
    expect(card(page, point).locator(".badge")).to_have_text("FAULTY")
    expect(card(page, point).locator(".why")).not_to_be_empty()
    expect(card(page, point)).not_to_have_attribute("data-state", "FAULTY", timeout=60_000)
    expect(page.locator("#log .line", has_text=point).first).to_be_attached()


@pytest.mark.steering
def test_stop_a_session_with_sign_in(open_page, central):
    page = open_page()
    if not URL:
        central.post("_mock/start?cp=CP-004&driver=driver-zoe")
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


@pytest.mark.mock_only
@pytest.mark.mock("--scene --trouble 0")
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


@pytest.mark.mock_only
@pytest.mark.steering
def test_record_put_aside_is_decided_on(open_page, central):
    central.post("_mock/record?cp=CP-002&session=01SESSIONACCEPT&meter=m-other&acceptable=1")
    central.post("_mock/record?cp=CP-002&session=01SESSIONORPHAN&meter=m-lost")
    page = open_page("#/cp/CP-002")
    rows = page.locator("#d-records tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(1).locator("[data-does=accept]")).to_have_count(0)
    rows.nth(0).locator("[data-does=accept]").click()
    expect(page.locator("#confirm-text")).to_contain_text("0.061 kWh")
    page.click("#confirm-yes")
    sign_in(page, central.token)
    expect(page.locator(".toast.good")).to_contain_text("accepted")
    expect(rows.nth(0)).to_contain_text("accepted, the operator")
    rows.nth(1).locator("[data-does=refuse]").click()
    page.click("#confirm-yes")
    expect(rows.nth(1)).to_contain_text("refused, the operator")


@pytest.mark.mock_only
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


@pytest.mark.mock_only
@pytest.mark.mock("--scene --trouble 0")
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


@pytest.mark.mock_only
@pytest.mark.mock("--rate 0 --trouble 0")
def test_disconnected_is_told_and_caught_up_without_duplicates(open_page, central):
    open_page.expected = BROKEN_LINK
    page = open_page()
    central.post("_mock/say?text=before")
    expect(page.locator("#log .line", has_text="before")).to_have_count(1)
    central.post("_mock/drop-streams?seconds=3")
    expect(page.locator('.banner[data-about="link"]')).to_contain_text(re.compile(r"Values as of \d\d:\d\d:\d\d"))
    expect(page.locator("#lamp-link")).to_contain_text("Disconnected")
    for word in ("missed-one", "missed-two"):
        central.post(f"_mock/say?text={word}&level=warning")
    central.post("_mock/start?cp=CP-002&driver=driver-zoe")
    expect(page.locator("body")).to_have_attribute("data-link", "live")
    expect(page.locator(".banner")).to_have_count(0)
    for word in ("before", "missed-one", "missed-two"):
        expect(page.locator("#log .line", has_text=word)).to_have_count(1)
    expect(page.locator("#open .session", has_text="driver-zoe")).to_have_count(1)
    assert_nothing_twice(page)


@pytest.mark.mock_only
@pytest.mark.mock("--rate 0 --trouble 0")
def test_silence_is_noticed_and_mended(open_page, central):
    page = open_page()
    central.post("_mock/mute?seconds=15")
    central.post("_mock/say?text=in-the-silence")
    expect(page.locator('.banner[data-about="link"]')).to_be_visible(timeout=20_000)
    expect(page.locator("body")).to_have_attribute("data-link", "live", timeout=20_000)
    expect(page.locator("#log .line", has_text="in-the-silence")).to_have_count(1)
    assert_nothing_twice(page)


@pytest.mark.mock_only
def test_new_run_of_central_replaces_everything(open_page, central):
    open_page.expected = BROKEN_LINK
    page = open_page()
    central.post("_mock/restart")
    central.post("_mock/say?text=a-new-life")
    expect(page.locator("#log .line", has_text="a-new-life")).to_have_count(1)
    expect(page.locator("body")).to_have_attribute("data-link", "live")
    assert_nothing_twice(page)


@pytest.mark.mock_only
def test_broker_and_ledger_lost_are_told(open_page, central):
    page = open_page()
    central.post("_mock/bus?connected=0")
    expect(page.locator('.banner[data-about="bus"]')).to_contain_text("lost the broker: connection refused")
    central.post("_mock/ledger?working=0")
    expect(page.locator('.banner[data-about="health"]')).to_contain_text("no space left on device")
    central.post("_mock/bus?connected=1")
    central.post("_mock/ledger?working=1")
    expect(page.locator(".banner")).to_have_count(0)


@pytest.mark.mock_only
@pytest.mark.mock("--rate 0 --trouble 0")
def test_trouble_is_said_aloud(open_page, central):
    page = open_page()
    central.post("_mock/say?level=info&text=not-worth-a-word")
    central.post("_mock/say?level=bad&text=the-roof-is-on-fire")
    expect(page.locator("#say")).to_have_text("the-roof-is-on-fire")


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


FRAMES = """seconds => new Promise(done => {
    const gaps = []; let last = performance.now(); const end = last + seconds * 1000;
    requestAnimationFrame(function frame(now) { gaps.push(now - last); last = now; scrollBy(0, 40); now < end ? requestAnimationFrame(frame) : done(gaps.slice(1)); });
})"""


@pytest.mark.mock_only
@pytest.mark.mock("--points 1000")
def test_a_thousand_points(open_page, capsys):
    page = open_page()
    expect(page.locator(".card")).to_have_count(1000)
    gaps = sorted(page.evaluate(FRAMES, 6))
    with capsys.disabled():
        print(f"\n1000 points, scrolling: {len(gaps)} frames in 6 s; median {gaps[len(gaps) // 2]:.1f} ms, 95 % {gaps[len(gaps) * 95 // 100]:.1f} ms, longest {gaps[-1]:.1f} ms")
    assert gaps[len(gaps) // 2] < 1000

    page.fill("#search", "cp-50")
    expect(page.locator(".card")).to_have_count(10)
    expect(page.locator("#count")).to_have_text("10 of 1,000 points")
    expect(page).to_have_url(re.compile(r"q=cp-50"))
    page.reload()
    expect(page.locator(".card")).to_have_count(10)
    page.fill("#search", "no such point")
    expect(page.locator("#nothing")).to_contain_text("No point is like that")
    page.fill("#search", "")
    expect(page.locator(".card")).to_have_count(1000)

    page.click('.chip[data-state="SUPPLYING"]')
    expect(page).to_have_url(re.compile("state=SUPPLYING"))
    # A card that has just changed leaves at the next sorting.
    expect(page.locator('.card:not([data-state="SUPPLYING"])')).to_have_count(0)
    page.select_option("#sort", "power")
    powers = page.evaluate("""async () => (await new Promise(done => requestAnimationFrame(() => done([...document.querySelectorAll('.card .kw')]))))
        .slice(0, 12).map(kw => Number(kw.textContent))""")
    assert all(a >= b - 30 for a, b in zip(powers, powers[1:])), powers
    assert powers[0] > 100
    page.select_option("#sort", "name")
    names = page.locator(".card").evaluate_all("cards => cards.map(card => card.dataset.cp)")
    assert names == sorted(names, key=lambda name: int(name[3:]))


@pytest.mark.parametrize("width", [320, 360, 412, 768, 1024, 1440, 1920])
def test_nothing_is_wider_than_the_screen(open_page, width):
    page = open_page(width=width, height=740)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    for tab in page.locator(".tabs button").all() if width < 800 else []:
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


def test_no_motion_for_those_who_do_not_want_it(open_page):
    page = open_page(reduced_motion="reduce")
    expect(page.locator('.badge[data-state="SUPPLYING"] .icon').first).to_be_attached()
    assert page.locator(".badge .icon").evaluate_all("icons => icons.every(icon => getComputedStyle(icon).animationName === 'none')")


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
    assert page.locator(".card .open").first.evaluate("link => getComputedStyle(link, '::after').borderTopWidth") == "3px"
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
@pytest.mark.mock("--scene --trouble 0")
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


@pytest.mark.mock_only
@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.mock("--scene --trouble 0")
def test_axe_finds_nothing_while_disconnected(open_page, central, scheme):
    open_page.expected = BROKEN_LINK
    page = open_page(scheme=scheme, reduced_motion="reduce")
    central.post("_mock/ledger?working=0")
    expect(page.locator('.banner[data-about="health"]')).to_be_visible()
    central.post("_mock/drop-streams?seconds=30")
    expect(page.locator('.banner[data-about="link"]')).to_be_visible()
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.mock_only
@pytest.mark.mock("--trouble 0")
def test_a_hundred_thousand_events_leave_no_trace(open_page, central, capsys):
    page = open_page()
    session = page.context.new_cdp_session(page)

    def flood(events):
        central.post(f"_mock/flood?events={events}")
        expect(page.locator("#log .line", has_text=f"The flood of {events} is over")).to_be_attached(timeout=240_000)
        session.send("HeapProfiler.collectGarbage")
        heap = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
        return heap, session.send("Memory.getDOMCounters")["nodes"]

    heap, nodes = flood(5_000)
    heap_after, nodes_after = flood(100_000)
    with capsys.disabled():
        print(f"\n100 000 events: heap {heap:.1f} → {heap_after:.1f} MB, nodes {nodes} → {nodes_after}")
    assert heap_after < heap + 3
    assert nodes_after < nodes * 1.5 + 500
    assert page.locator("#log .line").count() <= 300
    assert page.locator("#closed .ticket").count() <= 30
    assert_nothing_twice(page)
