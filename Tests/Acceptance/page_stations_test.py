"""Stations on the page (S13): who is there and who wants in, what an operator asks of them and what they answer, and their frames."""

import json
import re
import shlex
import urllib.parse

import pytest
import websockets
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from support import gateway
from support.page import BROKEN_LINK, RealCentral, Windows, sign_in, styles
from support.station import Station, now
from support.waiting import eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def network(start_network):
    return gateway.start(start_network)


@pytest.fixture
def open_page(browser, network):
    """Opens the page, for who has the token if need be."""
    with Windows(browser, RealCentral(network.url, network.token, network)) as windows:

        def open_page(path="", secret=network.token, **more):
            page = windows(path, **more)
            if secret:
                page.click("#s-sign" if page.locator("#station").is_visible() else "#sign")
                sign_in(page, secret)
            return page

        open_page.windows = windows
        yield open_page
    assert windows.surprises() == []


def row(page, name):
    return page.locator(f'#station-list [data-station="{name}"]')


def fact(page, name, title):
    return row(page, name).locator("dl > div", has_text=title).locator("dd")


def boot_201(st):
    assert st.call("BootNotification", {"reason": "PowerUp", "chargingStation": {"vendorName": "Test", "model": "Two"}})["status"] == "Accepted"


def ask(page, command, **fields):
    page.select_option("#s-command", command)
    for name, value in fields.items():
        field = page.locator(f'#s-fields [name="{name}"]')
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.click("#s-send")


def refused(network, name, password="x" * 20):
    with pytest.raises(websockets.InvalidStatus) as refused:
        Station(f"{network.url_of_stations}/{urllib.parse.quote(name, safe='')}", "1.6", name, password)
    return refused.value.response.status_code


def test_a_station_has_a_row_that_follows_it(open_page, station):
    page = open_page()
    with station("PG-1") as st:
        st.boot()
        st.call("StatusNotification", {"connectorId": 1, "status": "Faulted", "errorCode": "GroundFailure", "timestamp": now(5400)})
        expect(row(page, "PG-1").locator(".badge")).to_have_text("CONNECTED")
        expect(fact(page, "PG-1", "Model")).to_have_text("Test Bench 1.0 OCPP 1.6")
        expect(fact(page, "PG-1", "Connectors")).to_contain_text("GroundFailure")
        expect(fact(page, "PG-1", "Clock")).to_have_text("90 min ahead")
        st.call("StatusNotification", {"connectorId": "2", "status": "Available", "errorCode": "NoError"})
        expect(fact(page, "PG-1", "Quirks")).to_contain_text("number-as-text")
        # The point of a connector, and its own page.
        fact(page, "PG-1", "Connectors").get_by_role("link", name="PG-1_2").click()
        expect(page.locator("#detail-title")).to_have_text("PG-1_2")
        page.keyboard.press("Escape")
    expect(row(page, "PG-1").locator(".badge")).to_have_text("AWAY")
    expect(row(page, "PG-1").locator(".since")).to_have_text(re.compile(r"^since \d\d:\d\d$"))
    page.fill("#search", "bench faulted")
    expect(row(page, "PG-1")).to_be_visible()
    page.fill("#search", "PG-none")
    expect(page.locator("#stations-none")).to_have_text("No station is like that.")


def test_stations_are_asked_for_when_they_are_others_and_not_by_the_clock(open_page, station):
    asked = []
    page = open_page(secret=None)
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/stations") else None)
    page.click("#sign")
    sign_in(page, open_page.windows.central.token)
    with station("PG-2") as st:
        st.boot()
        expect(fact(page, "PG-2", "Model")).to_contain_text("Bench")
        # The gateway tells of a station at most every 5 s: what is still to come of its beginning comes before its next news.
        st.status("Available")
        expect(fact(page, "PG-2", "Connectors")).to_contain_text("Available")
        before = len(asked)
        # Two beats, five seconds from one to the next.
        for _ in range(2):
            clock = page.locator("#lamp-link .word").text_content()
            expect(page.locator("#lamp-link .word")).not_to_have_text(clock)
        assert len(asked) <= before + 1, asked


def test_who_wants_in_is_shown_with_what_lets_it_in_until_it_is_in(open_page, network, station):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    assert [refused(network, "PG-new"), refused(network, "PG-new")] == [404, 404]
    stranger = page.locator('.stranger[data-station="PG-new"]')
    expect(stranger).to_contain_text("No station is called that here")
    expect(stranger.locator(".when")).to_have_text(re.compile(r"^2 times, last \d\d:\d\d, from 127\.0\.0\.1$"))
    command = "wattline credentials add station PG-new"
    expect(stranger.locator("code")).to_have_text(command)
    stranger.get_by_role("button", name="Copy the command that lets PG-new in").click()
    expect(page.locator(".toast.good", has_text="Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == command
    # What is shown is what helps.
    password = gateway.run(network, *command.split()[1:], "--json").stdout
    assert "password" in password
    assert refused(network, "PG-new") == 401
    expect(stranger).to_contain_text("Wrong name or password")
    expect(stranger.locator("code")).to_have_text("wattline credentials rotate station PG-new")
    gateway.run(network, "credentials", "revoke", "station", "PG-new")
    station("PG-new").boot()
    expect(row(page, "PG-new").locator(".badge")).to_have_text("CONNECTED")
    expect(stranger).to_have_count(0)


def test_an_id_that_a_shell_would_take_for_more_is_quoted_and_one_that_nobody_can_read_is_not_offered(open_page, network):
    page = open_page()
    assert refused(network, "PG;reboot it's") == 404
    stranger = page.locator('.stranger[data-station="PG;reboot it\'s"]')
    command = stranger.locator("code").inner_text()
    assert shlex.split(command) == ["wattline", "credentials", "add", "station", "PG;reboot it's"]
    gateway.run(network, *shlex.split(command)[1:])
    assert refused(network, "Süd\u202e1") == 404
    stranger = page.locator(".stranger", has_text="type it yourself, in quotes")
    expect(stranger.locator("code")).to_have_count(0)


def test_an_operator_asks_a_station_and_sees_what_it_answers(open_page, station):
    configuration = {"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}], "unknownKey": ["Nonsense"]}
    answers = {"GetConfiguration": configuration, "UnlockConnector": {"status": "Unlocked"}, "ClearCache": ["InternalError", "no memory"]}
    open_page.windows.expected = BROKEN_LINK
    page = open_page()
    with station("PG-3", answers=answers) as st:
        st.boot()
        st.status("Available", connector=2)
        row(page, "PG-3").get_by_role("link", name="PG-3", exact=True).first.click()
        expect(page.locator("#station-title")).to_have_text("PG-3")
        expect(page.locator("#s-connectors")).to_contain_text("PG-3_2")
        answer = page.locator("#s-answer")
        ask(page, "reset")
        expect(page.locator("#confirm-title")).to_have_text("Reset PG-3?")
        page.keyboard.press("Escape")
        ask(page, "reset-at-once")
        expect(page.locator("#confirm-text")).to_contain_text("whatever charges there")
        page.click("#confirm-yes")
        expect(answer).to_have_text("The station says Accepted.")
        assert [payload for action, payload in st.heard if action == "Reset"] == [{"type": "Hard"}], "what was not confirmed is not sent"
        ask(page, "unlock", connector="2")
        page.click("#confirm-yes")
        assert st.hears("UnlockConnector") == {"connectorId": 2}
        expect(answer).to_contain_text("Unlocked")
        ask(page, "get-configuration", keys="HeartbeatInterval, Nonsense")
        expect(answer.locator("tbody tr")).to_have_text(["HeartbeatInterval300", "Nonsensenot known there"])
        assert st.hears("GetConfiguration") == {"key": ["HeartbeatInterval", "Nonsense"]}
        ask(page, "change-configuration", key="HeartbeatInterval", value="60")
        expect(page.locator("#confirm-text")).to_contain_text("60")
        page.click("#confirm-yes")
        assert st.hears("ChangeConfiguration") == {"key": "HeartbeatInterval", "value": "60"}
        ask(page, "trigger", message="MeterValues", connector="2")
        assert st.hears("TriggerMessage") == {"requestedMessage": "MeterValues", "connectorId": 2}
        ask(page, "clear-cache")
        expect(answer.locator('[data-level="bad"]')).to_contain_text("InternalError: no memory")
        ask(page, "change-configuration", value="60")
        expect(answer).to_have_text("Expected a key.")
    expect(page.locator("#s-badge")).to_have_text("AWAY")
    expect(page.locator("#s-away")).to_be_visible()
    ask(page, "get-local-list-version")
    expect(answer.locator('[data-level="bad"]')).to_contain_text("not connected")


def test_a_station_of_201_is_asked_for_variables(open_page, station):
    def variables(payload):
        return {"getVariableResult": [{**one, "attributeStatus": "Accepted", "attributeValue": "300"} for one in payload["getVariableData"]]}

    page = open_page()
    with station("PG-4", "2.0.1", answers={"GetVariables": variables, "SetVariables": lambda payload: {"setVariableResult": [
            {**{key: value for key, value in one.items() if key != "attributeValue"}, "attributeStatus": "Rejected"} for one in payload["setVariableData"]]}}) as st:
        boot_201(st)
        expect(fact(page, "PG-4", "Model")).to_contain_text("OCPP 2.0.1")
        page.evaluate("location.hash = '#/station/PG-4'")
        expect(page.locator("#s-command option", has_text="configuration")).to_have_count(0)
        ask(page, "get-variables", variables="OCPPCommCtrlr.HeartbeatInterval")
        expect(page.locator("#s-answer tbody tr")).to_have_text(["OCPPCommCtrlr.HeartbeatInterval300Accepted"])
        open_page.windows.expected = BROKEN_LINK
        ask(page, "set-variables", settings="OCPPCommCtrlr.HeartbeatInterval=60\nAlignedDataCtrlr.Interval = 900")
        page.click("#confirm-yes")
        assert [(one["component"]["name"], one["attributeValue"]) for one in st.hears("SetVariables")["setVariableData"]] == [
            ("OCPPCommCtrlr", "60"), ("AlignedDataCtrlr", "900")]
        expect(page.locator('#s-answer [data-level="bad"]')).to_be_visible()
        expect(page.locator("#s-answer tbody tr").first).to_contain_text("Rejected")


def test_frames_are_told_live_in_words(open_page, station):
    with station("PG-5", answers={"ClearCache": ["NotSupported", "no cache"]}) as st:
        st.boot()
        open_page.windows.expected = BROKEN_LINK
        page = open_page("#/station/PG-5")
        page.click("#s-frames-watch")
        expect(page.locator("#s-frames-note")).to_have_text("Nothing was said yet.")
        frames = page.locator("#s-frames .frame .text")

        # The gateway is told within a moment that somebody reads along.
        def heard():
            st.call("Heartbeat", {})
            return frames.count() > 0

        eventually("a frame", heard, 30)
        expect(frames.filter(has_text=re.compile("^Heartbeat answered currentTime="))).not_to_have_count(0)
        ask(page, "clear-cache")
        expect(frames.filter(has_text=re.compile("^ClearCache refused: NotSupported: no cache$"))).to_have_count(1)
        expect(page.locator("#s-frames .unseen").first).to_have_text(re.compile("^(from|to) the station: $"))
        page.click("#s-frames-watch")
        expect(page.locator("#s-frames-watch")).to_have_text("Watch")
        shown = frames.count()
        st.call("Heartbeat", {})
        assert frames.count() == shown


def test_a_viewer_sees_stations_and_is_offered_no_command(open_page, network, station):
    with station("PG-6") as st:
        st.boot()
        vera = json.loads(gateway.run(network, "operators", "add", "vera", "--role", "viewer", "--json").stdout)
        page = open_page("#/station/PG-6", secret=vera["secret"])
        expect(page.locator("#s-facts")).to_contain_text("Bench")
        expect(page.locator("#s-commands-part")).to_be_hidden()
        expect(page.locator("#s-frames-part")).to_be_hidden()
        gateway.run(network, "operators", "remove", "vera")


def test_who_has_not_signed_in_learns_that_there_are_stations_and_no_more(open_page, station):
    with station("PG-7") as st:
        st.boot()
        page = open_page(secret=None)
        expect(page.locator("#stations-closed")).to_be_visible()
        expect(page.locator("#stations-open")).to_be_hidden()
        page.click("#stations-sign")
        sign_in(page, open_page.windows.central.token)
        expect(row(page, "PG-7")).to_be_visible()
        page.evaluate("location.hash = '#/station/PG-7'")
        expect(page.locator("#s-facts")).to_contain_text("Bench")
        page.keyboard.press("Escape")
        page.click("#sign")
        expect(page.locator("#stations-closed")).to_be_visible()
        assert "Bench" not in page.content()


def test_keyboard_only(open_page, station):
    with station("PG-8") as st:
        st.boot()
        page = open_page()
        link = row(page, "PG-8").locator(".open")
        expect(link).to_be_visible()
        page.locator("#lamp-stations button").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#stations")).to_be_focused()
        # A row that is drawn anew keeps the keyboard.
        link.focus()
        st.status("Faulted", error="GroundFailure")
        expect(fact(page, "PG-8", "Connectors")).to_contain_text("GroundFailure")
        expect(link).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#station-title")).to_have_text("PG-8")
        page.locator("#s-command").focus()
        page.keyboard.press("Tab")
        expect(page.locator("#s-send")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#confirm")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#confirm")).to_be_hidden()
        page.keyboard.press("Escape")
        expect(page.locator("#station")).to_be_hidden()
        expect(link).to_be_focused()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing(open_page, network, station, scheme):
    with station(f"PG-{scheme}", answers={"GetConfiguration": {"configurationKey": [{"key": "A", "readonly": True, "value": "1"}]}}) as st:
        st.boot()
        st.call("StatusNotification", {"connectorId": 1, "status": "Faulted", "errorCode": "GroundFailure", "timestamp": now(5400)})
        refused(network, "PG-stranger")
        page = open_page(scheme=scheme, reduced_motion="reduce")
        expect(fact(page, f"PG-{scheme}", "Connectors")).to_contain_text("GroundFailure")
        expect(page.locator(".stranger").first).to_be_visible()

        def look(where):
            found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
            assert found.violations_count == 0, f"{where}:\n{found.generate_report()}"

        look("the page with stations")
        row(page, f"PG-{scheme}").locator(".open").click()
        ask(page, "get-configuration")
        expect(page.locator("#s-answer tbody tr")).to_have_count(1)
        look("a station")
        # Not by colour alone: each is a word with a sign.
        assert set(styles(page, "#s-connectors .sign .icon", "display")) == {"inline"}


@pytest.mark.parametrize("width", [320, 360, 412, 768, 960, 1024, 1440, 1920])
def test_nothing_is_wider_than_the_screen(open_page, network, station, width):
    name = f"PG-{width}"
    with station(name) as st:
        st.boot()
        st.call("StatusNotification", {"connectorId": 1, "status": "Faulted", "errorCode": "GroundFailure"})
        refused(network, "PG-another-stranger-of-a-long-name")
        page = open_page(width=width, height=740)
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        if width < 800:
            page.click("#tab-stations")
            expect(page.locator("#points")).to_be_hidden()
        expect(fact(page, name, "Connectors")).to_contain_text("GroundFailure")
        expect(page.locator(".stranger").first).to_be_visible()
        assert page.evaluate(overflow) <= 0
        row(page, name).locator(".open").click()
        page.select_option("#s-command", "change-configuration")
        assert page.evaluate("document.querySelector('#s-body').scrollWidth - document.querySelector('#s-body').clientWidth") <= 0
