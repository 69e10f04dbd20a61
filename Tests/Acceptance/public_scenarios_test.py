"""The public scenarios for backends of OCPP stations, those of juherr/open-ocpp-tck, told again in our words against a real gateway.

A test's name is the id of its scenario there. The table in docs/ocpp.md has all of them, and is held against the tests.
"""

import collections
import datetime
import itertools
import re

import pytest
from support import gateway
from support.exemplary import ExemplaryStation
from support.gateway import ask, closed, command, free, get, is_in, point, session
from support.places import ROOT
from support.waiting import eventually

numbers = itertools.count(1)


@pytest.fixture(scope="module")
def network(start_network):
    return gateway.start(start_network)


@pytest.fixture
def station(network):
    """Opens a station under a name of its own, or one that was there before. What it is given answers the backend's calls."""
    with gateway.stations(network, ExemplaryStation) as open_station:
        yield lambda answers=None, version="1.6", name=None: open_station(name or f"ST-{next(numbers)}", version, answers=answers)


@pytest.fixture
def card(network):
    """A card that counts, of somebody who has no other."""
    number = next(numbers)
    gateway.name_of(network, f"driver-{number}")
    gateway.run(network, "tokens", "add", f"CARD-{number}", "--driver", f"driver-{number}")
    return f"CARD-{number}"


def owner(card):
    return card.replace("CARD", "driver")


def at_rest(network, st):
    """It has booted, and Central would promise it."""
    st.boots()
    return free(network, st.name)


def charging(network, st, card, register=1000):
    """A card is shown, and its vehicle charges: the number of the transaction, and the session."""
    at_rest(network, st)
    st.status("Preparing")
    assert st.authorize(card) == "Accepted"
    number = st.begin(card, register)
    return number, is_in(network, st.name, "SUPPLYING")["session"]


def asked_for(network, st):
    """A driver asks for a charge, and the station has heard of it: the driver, the session and its token."""
    at_rest(network, st)
    driver = f"driver-{next(numbers)}"
    answer = ask(network, driver, st.name, "r-1", duration_s=600)
    assert answer["status"] == "ACCEPTED", answer
    begin = st.hears("RemoteStartTransaction")
    assert begin["connectorId"] == 1
    return driver, answer["session"], begin["idTag"]


def begun(network, st):
    """The same, and the vehicle came: the driver, the session and the transaction."""
    driver, name, tag = asked_for(network, st)
    st.status("Preparing")
    assert st.authorize(tag) == "Accepted"
    number = st.begin(tag, 500)
    return driver, name, number


def sessions_at(network, st):
    return get(network, f"/sessions?cp={st.name}")["sessions"]


# 1.6, the core.


def test_cert16_tc001_cold_boot(network, station):
    st = station()
    st.boots()
    assert is_in(network, st.name, "ACTIVATED")
    said = datetime.datetime.fromisoformat(st.call("Heartbeat", {})["currentTime"])
    assert abs(said - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(seconds=5)


def test_cert16_tc003_charging_plugin_first(network, station, card):
    st = station()
    number, name = charging(network, st, card)
    st.finish(number, 1050, tag=card)
    row = closed(network, name)
    assert (row["driver"], row["energy_kwh"], row["status"]) == (owner(card), 0.05, "COMPLETED")
    assert is_in(network, st.name, "ACTIVATED")


def test_cert16_tc004_charging_id_first(network, station, card):
    st = station()
    at_rest(network, st)
    assert st.authorize(card) == "Accepted"
    st.status("Preparing")
    number = st.begin(card, 2000)
    name = is_in(network, st.name, "SUPPLYING")["session"]
    st.finish(number, 2060, tag=card)
    row = closed(network, name)
    assert (row["driver"], row["energy_kwh"], row["status"]) == (owner(card), 0.06, "COMPLETED")


def test_cert16_tc005_ev_side_disconnect(network, station, card):
    st = station()
    number, name = charging(network, st, card)
    st.status("SuspendedEV")
    st.finish(number, 1030, "EVDisconnected")
    row = closed(network, name)
    assert (row["driver"], row["energy_kwh"], row["status"], row["reason"]) == (owner(card), 0.03, "COMPLETED", "stopped")
    assert row["station_reason"] == "EVDisconnected"


def test_cert16_tc013_hard_reset(network, station, card):
    st = station()
    number, name = charging(network, st, card)
    assert command(network, st.name, "reset", "--immediate")["done"]
    assert st.hears("Reset") == {"type": "Hard"}
    st.stop(number, 1040, "HardReset")
    st.close()
    st = station(name=st.name)
    st.boots()
    row = closed(network, name)
    assert (row["energy_kwh"], row["reason"], row["station_reason"]) == (0.04, "interrupted", "HardReset")
    assert free(network, st.name)


def test_cert16_tc014_soft_reset(network, station, card):
    st = station()
    number, name = charging(network, st, card)
    assert command(network, st.name, "reset")["words"] == "the station says Accepted"
    assert st.hears("Reset") == {"type": "Soft"}
    st.finish(number, 1040, "SoftReset")
    st.boots()
    row = closed(network, name)
    assert (row["energy_kwh"], row["reason"], row["station_reason"]) == (0.04, "interrupted", "SoftReset")
    assert free(network, st.name)


@pytest.fixture
def unlocked(network, station, card):
    """A connector is to be unlocked while it charges; its station says so. The charge goes on, and ends as any."""

    def unlock(says, status):
        st = station({"UnlockConnector": {"status": says}})
        number, name = charging(network, st, card)
        assert command(network, st.name, "unlock", "--connector", "1", status=status)["payload"] == {"status": says}
        assert st.hears("UnlockConnector") == {"connectorId": 1}
        assert point(network, st.name)["state"] == "SUPPLYING"
        st.finish(number, 1050, "UnlockCommand" if status == 0 else "Local")
        assert closed(network, name)["energy_kwh"] == 0.05

    return unlock


def test_cert16_tc017_unlock_occupied(unlocked):
    unlocked("Unlocked", status=0)


def test_cert16_tc018_unlock_failure(unlocked):
    unlocked("UnlockFailed", status=1)


def configuration(call):
    """A station's, of two keys."""
    values = {"HeartbeatInterval": "300", "SupportedFeatureProfiles": "Core,RemoteTrigger"}
    wanted = call.get("key") or list(values)
    known = [{"key": key, "readonly": False, "value": values[key]} for key in wanted if key in values]
    return {"configurationKey": known, "unknownKey": [key for key in wanted if key not in values]}


def test_cert16_tc019_get_configuration_all(network, station):
    st = station({"GetConfiguration": configuration})
    st.boots()
    answer = command(network, st.name, "get-configuration")
    assert not st.hears("GetConfiguration").get("key")
    assert [row["key"] for row in answer["payload"]["configurationKey"]] == ["HeartbeatInterval", "SupportedFeatureProfiles"]


def test_cert16_tc019_get_configuration_key(network, station):
    st = station({"GetConfiguration": configuration})
    st.boots()
    answer = command(network, st.name, "get-configuration", "HeartbeatInterval")
    assert st.hears("GetConfiguration") == {"key": ["HeartbeatInterval"]}
    assert answer["payload"]["configurationKey"] == [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]


def test_cert16_tc021_change_configuration(network, station):
    st = station()
    st.boots()
    assert command(network, st.name, "change-configuration", "MeterValueSampleInterval", "10")["done"]
    assert st.hears("ChangeConfiguration") == {"key": "MeterValueSampleInterval", "value": "10"}


def test_cert16_tc024_lock_failure(network, station):
    st = station()
    at_rest(network, st)
    st.status("Preparing")
    st.status("Faulted", error="ConnectorLockFailure")
    is_in(network, st.name, "FAULTY")
    assert ask(network, f"driver-{next(numbers)}", st.name, "r-1", duration_s=60)["code"] == "CP_FAULTY"
    st.status("Available")
    assert free(network, st.name)["state"] == "ACTIVATED"
    assert sessions_at(network, st) == []


def test_cert16_tc031_unlock_unknown_connector(network, station):
    st = station({"UnlockConnector": lambda call: {"status": "Unlocked" if call["connectorId"] == 1 else "NotSupported"}})
    st.boots()
    answer = command(network, st.name, "unlock", "--connector", "64", status=1)
    assert st.hears("UnlockConnector") == {"connectorId": 64}
    assert (answer["done"], answer["payload"]) == (False, {"status": "NotSupported"})


def test_cert16_tc061_clear_cache(network, station):
    st = station()
    st.boots()
    assert command(network, st.name, "clear-cache")["done"]
    assert st.hears("ClearCache") == {} and st.count("ClearCache") == 1


def test_cert16_tc064_data_transfer(station):
    st = station()
    st.boots()
    assert st.call("DataTransfer", {"vendorId": "org.example", "messageId": "hello", "data": "a word"}) == {"status": "UnknownVendorId"}


# 1.6, cards.


@pytest.fixture
def denied(network, station):
    """A card that does not count is shown: the station is told so, nobody charges."""

    def show(card, status):
        st = station()
        at_rest(network, st)
        st.status("Preparing")
        assert st.authorize(card) == status
        st.status("Available")
        assert free(network, st.name) and sessions_at(network, st) == []

    return show


def test_cert16_tc023_1_authorize_invalid(denied):
    denied("NOBODYS-CARD", "Invalid")


def test_cert16_tc023_2_authorize_expired(network, denied):
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=4)
    gateway.run(network, "tokens", "add", "EXPIRED", "--driver", "driver-alice", "--expires", f"{end:%Y-%m-%dT%H:%M:%SZ}")
    eventually("its end is over", lambda: datetime.datetime.now(datetime.UTC) > end, 10)
    denied("EXPIRED", "Expired")


def test_cert16_tc023_3_authorize_blocked(network, denied, card):
    gateway.run(network, "tokens", "block", card)
    denied(card, "Blocked")


# 1.6, the list of cards that a station keeps.


def test_cert16_tc042_1_get_local_list_version_not_supported(network, station):
    st = station({"GetLocalListVersion": {"listVersion": -1}})
    st.boots()
    answer = command(network, st.name, "get-local-list-version", status=1)
    assert st.hears("GetLocalListVersion") == {} and st.count("GetLocalListVersion") == 1
    assert answer["words"] == "the station keeps no local list"


def test_cert16_tc042_2_get_local_list_version_empty(network, station):
    st = station({"GetLocalListVersion": {"listVersion": 0}})
    st.boots()
    answer = command(network, st.name, "get-local-list-version")
    assert st.hears("GetLocalListVersion") == {} and st.count("GetLocalListVersion") == 1
    assert answer["words"] == "the local list is empty"


@pytest.fixture
def untaken(network, station, card):
    """A station does not take a list: nothing more is sent of it, and who wanted it is told."""

    def send(says):
        st = station({"SendLocalList": {"status": says}})
        st.boots()
        answer = command(network, st.name, "send-local-list", status=1)
        assert st.hears("SendLocalList")["updateType"] == "Full" and st.count("SendLocalList") == 1
        assert answer["pages"]["taken"] == 0 and says in answer["words"]

    return send


def test_cert16_tc043_1_send_local_list_not_supported(untaken):
    untaken("NotSupported")


def test_cert16_tc043_3_send_local_list_failed(untaken):
    untaken("Failed")


def test_cert16_tc043_4_send_local_list_full(network, station, card):
    st = station()
    st.boots()
    answer = command(network, st.name, "send-local-list")
    page = st.hears("SendLocalList")
    assert answer["done"] and page["updateType"] == "Full" and page["listVersion"] > 0
    assert {"idTag": card, "idTagInfo": {"status": "Accepted"}} in page["localAuthorizationList"]


def test_cert16_tc043_5_send_local_list_differential(network, station, card):
    gateway.run(network, "tokens", "add", f"{card}-2", "--driver", "driver-alice")
    length = {"configurationKey": [{"key": "SendLocalListMaxLength", "readonly": True, "value": "1"}]}
    st = station({"GetConfiguration": length})
    st.boots()
    command(network, st.name, "get-configuration", "SendLocalListMaxLength")
    answer = command(network, st.name, "send-local-list")
    pages = [payload for action, payload in st.heard if action == "SendLocalList"]
    assert answer["done"] and answer["pages"]["taken"] == len(pages) >= 2
    assert [page["updateType"] for page in pages] == ["Full"] + ["Differential"] * (len(pages) - 1)
    assert [page["listVersion"] for page in pages] == list(range(pages[0]["listVersion"], pages[0]["listVersion"] + len(pages)))
    entries = [entry["idTag"] for page in pages for entry in page["localAuthorizationList"]]
    assert {card, f"{card}-2"} <= set(entries) and len(entries) == len(set(entries)) == len(pages), "each page has what is new alone"


# 1.6, from afar.


def test_cert16_tc010_remote_start(network, station):
    st = station()
    _, name, number = begun(network, st)
    assert is_in(network, st.name, "SUPPLYING")["session"] == name
    eventually("what it meters is seen", lambda: point(network, st.name).get("energy_kwh") == 0.02, 20)
    st.finish(number, 540)
    assert closed(network, name)["energy_kwh"] == 0.04


def test_cert16_tc011_remote_start_stop(network, station):
    st = station()
    driver, name, number = begun(network, st)
    gateway.stop(network, driver, name)
    assert st.hears("RemoteStopTransaction") == {"transactionId": number}
    st.finish(number, 540, "Remote")
    row = closed(network, name)
    assert (row["driver"], row["energy_kwh"], row["status"]) == (driver, 0.04, "COMPLETED")


def test_cert16_tc012_remote_stop(network, station, card):
    st = station()
    number, name = charging(network, st, card)
    gateway.post(network, f"/sessions/{name}/stop")
    assert st.hears("RemoteStopTransaction") == {"transactionId": number}
    st.finish(number, 1080, "Remote")
    row = closed(network, name)
    assert (row["driver"], row["energy_kwh"]) == (owner(card), 0.08)


def test_cert16_tc026_remote_start_rejected(network, station):
    st = station({"RemoteStartTransaction": {"status": "Rejected"}})
    _, name, _ = asked_for(network, st)
    row = closed(network, name)
    assert (row["status"], row["energy_kwh"]) == ("FAILED", 0)
    assert [row["session"] for row in sessions_at(network, st)] == [name] and free(network, st.name)
    assert st.count("RemoteStartTransaction") == 1


def test_cert16_tc028_remote_stop_rejected(network, station, card):
    st = station({"RemoteStopTransaction": {"status": "Rejected"}})
    number, name = charging(network, st, card)
    gateway.post(network, f"/sessions/{name}/stop")
    st.hears("RemoteStopTransaction")
    st.meter(number, 1070)
    eventually("it is still metered", lambda: point(network, st.name).get("energy_kwh") == 0.07, 20)
    assert not session(network, name)["complete"]
    st.finish(number, 1090)
    assert closed(network, name)["energy_kwh"] == 0.09


def test_cert16_tc054_trigger_message(network, station):
    st = station()
    st.boots()
    value = [{"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": "1000"}]}]
    said = {
        "BootNotification": {"chargePointVendor": "Test", "chargePointModel": "Bench"}, "Heartbeat": {},
        "StatusNotification": {"connectorId": 1, "status": "Available", "errorCode": "NoError"},
        "MeterValues": {"connectorId": 1, "meterValue": value}, "FirmwareStatusNotification": {"status": "Idle"},
        "DiagnosticsStatusNotification": {"status": "Idle"},
    }
    for message, payload in said.items():
        words = ["--connector", "1"] if "connectorId" in payload else []
        assert command(network, st.name, "trigger", message, *words)["done"], message
        connector = {"connectorId": 1} if words else {}
        st.wait(message, lambda wanted={"requestedMessage": message, **connector}: ("TriggerMessage", wanted) in st.heard)
        st.call(message, payload)
    assert st.count("TriggerMessage") == len(said)


def test_cert16_tc055_trigger_message_rejected(network, station):
    st = station({"TriggerMessage": {"status": "Rejected"}})
    st.boots()
    answer = command(network, st.name, "trigger", "Heartbeat", status=1)
    assert st.hears("TriggerMessage") == {"requestedMessage": "Heartbeat"} and st.count("TriggerMessage") == 1
    assert (answer["done"], answer["payload"]) == (False, {"status": "Rejected"})


# 2.0.1.

INTERVAL = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}


def test_cert201_tcb01_cold_boot(network, station):
    st = station(version="2.0.1")
    st.boots()
    assert is_in(network, st.name, "ACTIVATED")


def test_cert201_tcb06_get_variables(network, station):
    result = [{**INTERVAL, "attributeStatus": "Accepted", "attributeValue": "300"}]
    st = station({"GetVariables": {"getVariableResult": result}}, version="2.0.1")
    st.boots()
    answer = command(network, st.name, "get-variables", "OCPPCommCtrlr.HeartbeatInterval")
    assert st.hears("GetVariables") == {"getVariableData": [INTERVAL]}
    assert answer["done"] and answer["payload"]["getVariableResult"] == result


def test_cert201_tcb09_set_variables(network, station):
    st = station({"SetVariables": {"setVariableResult": [{**INTERVAL, "attributeStatus": "Accepted"}]}}, version="2.0.1")
    st.boots()
    assert command(network, st.name, "set-variables", "OCPPCommCtrlr.HeartbeatInterval=600")["done"]
    assert st.hears("SetVariables") == {"setVariableData": [{**INTERVAL, "attributeValue": "600"}]}


def test_cert201_tcb20_reset_accepted(network, station):
    st = station(version="2.0.1")
    at_rest(network, st)
    assert command(network, st.name, "reset", "--immediate")["done"]
    assert st.hears("Reset") == {"type": "Immediate"}
    st.close()
    is_in(network, st.name, "DISCONNECTED")
    st = station(version="2.0.1", name=st.name)
    st.boots()
    assert free(network, st.name)


def test_cert201_tcb21_reset_scheduled(network, station, card):
    st = station({"Reset": {"status": "Scheduled"}}, version="2.0.1")
    at_rest(network, st)
    token = {"idToken": card, "type": "ISO14443"}
    answer = st.event("Started", 0, "Authorized", 1000, idToken=token, info={"chargingState": "Charging"})
    assert answer["idTokenInfo"]["status"] == "Accepted"
    name = is_in(network, st.name, "SUPPLYING")["session"]
    assert command(network, st.name, "reset")["words"] == "the station says Scheduled"
    assert st.hears("Reset") == {"type": "OnIdle"}
    assert point(network, st.name)["state"] == "SUPPLYING"
    st.event("Ended", 1, "StopAuthorized", 1050, idToken=token, info={"stoppedReason": "Local"})
    assert closed(network, name)["energy_kwh"] == 0.05


def test_cert201_tcb22_reset_rejected(network, station):
    st = station({"Reset": lambda call: {"status": "Accepted" if call.get("evseId", 1) == 1 else "Rejected"}}, version="2.0.1")
    st.boots()
    answer = command(network, st.name, "reset", "--immediate", "--connector", "9", status=1)
    assert st.hears("Reset") == {"type": "Immediate", "evseId": 9}
    assert (answer["done"], answer["payload"]) == (False, {"status": "Rejected"})


def test_cert201_tcf20_heartbeat(station):
    st = station(version="2.0.1")
    st.boots()
    said = datetime.datetime.fromisoformat(st.call("Heartbeat", {})["currentTime"])
    assert abs(said - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(seconds=5)


# What has no test, and the table.

NOT_OFFERED = {
    "no reservations": ["reserve-now", "cancel-reservation"],
    "no firmware updates": ["update-firmware"],
    "no diagnostics": ["get-diagnostics"],
    "no charging profiles": ["set-charging-profile", "clear-charging-profile", "get-composite-schedule"],
}


@pytest.mark.parametrize("name", [name for names in NOT_OFFERED.values() for name in names])
def test_what_is_not_offered_is_refused_in_words(network, station, name):
    st = station()
    st.boots()
    answer = command(network, st.name, name, status=1)
    assert answer["outcome"] == "not_supported" and name in answer["words"] and st.heard == []


def test_the_table_of_the_manual_is_what_these_tests_say():
    text = (ROOT / "docs/ocpp.md").read_text()
    rows = re.findall(r"^\| (cert\S+) \| [^|]+ \| ([^|]+) \|$", text, re.M)
    results = dict(rows)
    assert len(results) == len(rows), "an id is there twice"
    tests = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_cert")}
    assert tests == {name for name, result in rows if result == "passed"}
    others = {name: result for name, result in rows if result != "passed"}
    assert {result.removeprefix("not applicable: ") for result in others.values()} == set(NOT_OFFERED)
    totals = collections.Counter((name.split("-")[0], result.split(":")[0]) for name, result in rows)
    for version, name, size in [("1.6", "cert16", 47), ("2.0.1", "cert201", 7)]:
        passed, left = totals[name, "passed"], totals[name, "not applicable"]
        assert passed + left == size, version
        assert f"**{version}: passed {passed} of {size}**" in text and (f"not applicable {left}," in text or not left)
