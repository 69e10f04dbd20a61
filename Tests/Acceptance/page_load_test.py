"""The page bears a thousand points and a hundred thousand events."""

import re

import pytest
from playwright.sync_api import expect
from support.page import assert_nothing_twice, sign_in

pytestmark = pytest.mark.browser


FRAMES = """seconds => new Promise(done => {
    const gaps = []; let last = performance.now(); const end = last + seconds * 1000;
    requestAnimationFrame(function frame(now) { gaps.push(now - last); last = now; scrollBy(0, 40); now < end ? requestAnimationFrame(frame) : done(gaps.slice(1)); });
})"""


@pytest.mark.pretended_only
@pytest.mark.pretended("--points 1000")
def test_a_thousand_points(open_page, tell):
    page = open_page()
    expect(page.locator(".card")).to_have_count(1000)
    gaps = sorted(page.evaluate(FRAMES, 6))
    median, most = gaps[len(gaps) // 2], gaps[len(gaps) * 95 // 100]
    tell(f"1000 points, scrolling: {len(gaps)} frames in 6 s; median {median:.1f} ms, 95 % {most:.1f} ms, longest {gaps[-1]:.1f} ms")
    assert median < 1000

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


@pytest.mark.pretended_only
@pytest.mark.pretended("--trouble 0")
def test_a_hundred_thousand_events_leave_no_trace(open_page, central, tell):
    page = open_page()
    session = page.context.new_cdp_session(page)

    def flood(events):
        central.post(f"flood?events={events}")
        expect(page.locator("#log .line", has_text=f"The flood of {events} is over")).to_be_attached(timeout=240_000)
        session.send("HeapProfiler.collectGarbage")
        heap = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
        return heap, session.send("Memory.getDOMCounters")["nodes"]

    heap, nodes = flood(5_000)
    heap_after, nodes_after = flood(100_000)
    tell(f"100 000 events: heap {heap:.1f} → {heap_after:.1f} MB, nodes {nodes} → {nodes_after}")
    assert heap_after < heap + 3
    assert nodes_after < nodes * 1.5 + 500
    assert page.locator("#log .line").count() <= 300
    assert page.locator("#closed .ticket").count() <= 30
    assert_nothing_twice(page)


@pytest.mark.pretended_only
@pytest.mark.pretended("--stations 250 --trouble 0")
def test_many_stations_are_searched_for(open_page, central):
    page = open_page()
    page.click("#sign")
    sign_in(page, central.token)
    rows = page.locator("#station-list .station")
    expect(rows).to_have_count(100)
    expect(page.locator("#stations-none")).to_have_text("and 150 more: search for them")
    page.fill("#search", "ST-340")
    expect(rows).to_have_count(1)
