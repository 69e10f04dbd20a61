"""Stations that speak OCPP come in by the gateway: each connector is a charge point, what it meters is billed, whoever dies."""

import contextlib
import fcntl
import json
import os
import pathlib
import re
import resource
import socket
import time
import urllib.parse

import pytest
import websockets
from support import gateway
from support.gateway import ask, closed, free, get, is_in, point
from support.station import Station, now
from support.waiting import eventually


@pytest.fixture(scope="module")
def network(start_network):
    return gateway.start(start_network)


@pytest.fixture
def add(network):
    """Gives a station a name; its password."""
    return lambda name: gateway.add(network, name)


def wattline(network, *arguments):
    return gateway.run(network, *arguments).stdout


def test_who_may_come_in(network, add):
    password = add("ST-0")
    for path, user, secret, status in [
        ("ST-unknown", "ST-unknown", "x", 404),
        ("ST-0", "ST-0", "wrong", 401),
        ("ST-0", None, None, 401),
        ("ST-0", "ST-1", password, 401),
    ]:
        with pytest.raises(websockets.InvalidStatus) as refused:
            Station(f"{network.url_of_stations}/{path}", "1.6", user, secret)
        assert refused.value.response.status_code == status, (path, user)
    with pytest.raises(websockets.InvalidStatus) as refused:
        Station(f"{network.url_of_stations}/ST-0", "1.6", "ST-0", password, subprotocols=["ocpp1.5"])
    assert refused.value.response.status_code == 400
    assert b"ocpp1.6" in refused.value.response.body
    network.up.line(r"Station ST-unknown at 127\.0\.0\.1 wants in")
    with Station(f"{network.url_of_stations}/ST-0", "1.6", "ST-0", password) as station:
        station.boot()
        station.status("Available")
        is_in(network, "ST-0", "ACTIVATED")
    is_in(network, "ST-0", "DISCONNECTED")


@pytest.mark.parametrize("name", ["DE*ABC*E1", "00:1A:2B:3C", "ACME/0042", "Süd 1", "it's"])
def test_a_station_comes_in_by_its_own_id(network, add, name):
    password = add(name)
    path = urllib.parse.quote(name, safe="")
    for user in (name, f"station:{path}"):
        with Station(f"{network.url_of_stations}/{path}", "1.6", user, password) as st:
            st.boot()
            st.status("Available")
    with pytest.raises(websockets.InvalidStatus) as refused:
        Station(f"{network.url_of_stations}/{path}", "1.6", name, password + "x")
    assert refused.value.response.status_code == 401
    assert f"station   {name}\n" in wattline(network, "credentials", "list")
    said = wattline(network, "credentials", "show", "station", name)
    assert f"/ocpp/{path}; with TLS wss://\n" in said and f"  user       {name}\n" in said and f"  password   {password}\n" in said
    assert password.encode().hex() in said
    with Station(f"{network.url_of_stations}/{path}", "1.6", name, password) as st:
        wattline(network, "credentials", "rotate", "station", name)
        assert st.ends()[0] == 1008, "it has another password now"
    wattline(network, "credentials", "revoke", "station", name)
    with pytest.raises(websockets.InvalidStatus) as refused:
        Station(f"{network.url_of_stations}/{path}", "1.6", name, password)
    assert refused.value.response.status_code == 404


def rows(text, name):
    """The lines of a table that name a station."""
    return "\n".join(line for line in text.splitlines() if name in line)


def test_what_a_meter_signed_is_kept_as_it_came(network, station):
    wattline(network, "tokens", "add", "CARD-SIGNED", "--driver", "driver-eve")
    begin, end = ('OCMF|{"ID":"1F2D3A4F","RD":[]}|{"SD":"30"}', "OCMF|end")
    with station("DE*SIG*E1") as st:
        st.boot()
        st.status("Available")
        number = st.start("CARD-SIGNED", 1000)["transactionId"]

        def signed(value, context):
            return [{"timestamp": now(), "sampledValue": [{"value": value, "format": "SignedData", "context": context}]}]

        st.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": signed(begin, "Transaction.Begin")})
        network.kill("gateway")
    with eventually("the gateway is back", lambda: comes(station, "DE*SIG*E1"), 30) as st:
        st.call("StopTransaction", {
            "transactionId": number, "meterStop": 1500, "timestamp": now(), "transactionData": signed(end, "Transaction.End")})
        kept = [json.loads(line) for line in wattline(network, "ocpp", "signed", "DE*SIG*E1", "--json").splitlines()]
        assert [(one["data"], one["context"], one["transaction"]) for one in kept] == [
            (begin, "Transaction.Begin", str(number)), (end, "Transaction.End", str(number))]
        mine = wattline(network, "ocpp", "signed", "DE*SIG*E1", "--session", kept[1]["session"])
        assert "Transaction.Begin" in mine and "OCMF|end" in mine
        # The other commands know it by its own name, too.
        st.answers["ClearCache"] = {"status": "Accepted"}
        eventually("Central has heard that it is back", lambda: "connected" in rows(wattline(network, "stations"), "DE*SIG*E1"), 20)
        assert gateway.command(network, "DE*SIG*E1", "clear-cache")["done"]
    assert "Nothing that station ST-nobody signed is kept" in gateway.run(network, "ocpp", "signed", "ST-nobody", status=1).stderr


def test_a_session_that_a_driver_asked_for(network, station):
    with station("ST-1") as st:
        st.boot()
        st.status("Available")
        free(network, "ST-1")
        answer = ask(network, "driver-alice", "ST-1", "r-1", duration_s=60)
        assert answer["status"] == "ACCEPTED", answer
        begin = st.hears("RemoteStartTransaction")
        assert begin["connectorId"] == 1 and len(begin["idTag"]) <= 20
        assert is_in(network, "ST-1", "SUPPLYING")["phase"] == "plug_in"
        st.status("Preparing")
        assert st.call("Authorize", {"idTag": begin["idTag"]})["idTagInfo"]["status"] == "Accepted"
        started = st.start(begin["idTag"], 184_220)
        assert started["idTagInfo"]["status"] == "Accepted" and started["transactionId"] > 0
        st.status("Charging")
        st.meter(started["transactionId"], 184_230, power=11_000)
        eventually("the reading is seen", lambda: point(network, "ST-1").get("energy_kwh") == 0.01, 20)
        gateway.stop(network, "driver-alice", answer["session"])
        assert st.hears("RemoteStopTransaction")["transactionId"] == started["transactionId"]
        assert st.stop(started["transactionId"], 184_281, "Remote") == {}
        row = closed(network, answer["session"])
        assert (row["energy_kwh"], row["status"], row["reason"]) == (0.061, "COMPLETED", "stopped")
        assert st.stop(started["transactionId"], 184_281, "Remote") == {}, "told again, confirmed again"
        st.status("Available")
        is_in(network, "ST-1", "ACTIVATED")


def test_a_card_at_the_station(network, station):
    wattline(network, "tokens", "add", "CARD-7", "--driver", "driver-bob")
    wattline(network, "tokens", "add", "CARD-8", "--driver", "driver-bob")
    wattline(network, "tokens", "block", "CARD-8")
    with station("ST-2") as st:
        st.boot()
        st.status("Available")
        free(network, "ST-2")
        assert st.call("Authorize", {"idTag": "NOBODY"})["idTagInfo"]["status"] == "Invalid"
        assert st.call("Authorize", {"idTag": "CARD-8"})["idTagInfo"]["status"] == "Blocked"
        assert st.call("Authorize", {"idTag": "CARD-7"})["idTagInfo"]["status"] == "Accepted"
        number = st.start("CARD-7", 1000)["transactionId"]
        row = is_in(network, "ST-2", "SUPPLYING")
        assert row["driver"] == "driver-bob"
        st.meter(number, 1200)
        st.stop(number, 1500, tag="CARD-7")
        done = closed(network, row["session"])
        assert (done["driver"], done["energy_kwh"], done["origin"]) == ("driver-bob", 0.5, "station")
        # Without asking first, and told again under another id after a reconnect.
        st.status("Available")
        free(network, "ST-2")
        at = now()
        first = st.start("CARD-7", 1500, at=at)
        assert first["idTagInfo"]["status"] == "Accepted"
        st.cut()
    with station("ST-2") as st:
        again = st.start("CARD-7", 1500, at=at)
        assert again["transactionId"] == first["transactionId"]
        row = is_in(network, "ST-2", "SUPPLYING")
        st.stop(first["transactionId"], 1700)
        assert closed(network, row["session"])["energy_kwh"] == 0.2


def test_what_was_charged_offline_is_billed_once(network, station):
    wattline(network, "tokens", "add", "CARD-9", "--driver", "driver-eve")
    with station("ST-3") as st:
        st.boot()
        st.status("Available")
        is_in(network, "ST-3", "ACTIVATED")
        at = now(-3600)
        answer = st.start("CARD-9", 5000, at=at)
        st.stop(answer["transactionId"], 7000, at=now(-1800))
        unknown = st.start("NOBODY", 7000, at=now(-900))
        st.stop(unknown["transactionId"], 7300, at=now(-600))
        mine = eventually(
            "it is on the bill", lambda: [row for row in get(network, "/sessions?driver=driver-eve&limit=50")["sessions"] if row["cp"] == "ST-3"], 20)
        assert [(row["energy_kwh"], row["origin"]) for row in mine] == [(2.0, "offline")]
        assert abs(time.mktime(time.strptime(mine[0]["started"][:19], "%Y-%m-%dT%H:%M:%S")) - time.mktime(time.strptime(at[:19], "%Y-%m-%dT%H:%M:%S"))) < 2
        st.stop(answer["transactionId"], 7000, at=now(-1800))
    records = [json.loads(line) for line in wattline(network, "ledger", "records", "--json").splitlines()]
    assert [row["energy_kwh"] for row in records if row["cp"] == "ST-3"] == [0.3], "owed by nobody, and shown"


@pytest.mark.parametrize("who", ["gateway", "central", "broker"])
def test_whoever_dies_the_charge_is_billed_once(network, station, who):
    name = {"gateway": "ST-4", "central": "ST-5", "broker": "ST-6"}[who]
    with station(name) as st:
        st.boot()
        st.status("Available")
        free(network, name)
        answer = ask(network, "driver-charlie", name, f"r-{who}", duration_s=600)
        assert answer["status"] == "ACCEPTED", answer
        tag = st.hears("RemoteStartTransaction")["idTag"]
        number = st.start(tag, 100)["transactionId"]
        st.status("Charging")
        st.meter(number, 150)
        network.kill(who)
        if who == "gateway":
            st.ends()
            st = eventually("the gateway is back", lambda: reopened(station, name), 30)
        is_in(network, name, "SUPPLYING")
        st.meter(number, 180)
        st.stop(number, 200)
        assert closed(network, answer["session"], 30)["energy_kwh"] == 0.1
        st.close()


def reopened(station, name):
    try:
        return station(name)
    except (OSError, websockets.WebSocketException):
        return None


def test_two_connectors_are_two_points(network, station):
    with station("ST-7") as st:
        st.boot()
        st.status("Available", 1)
        st.status("Available", 2)
        is_in(network, "ST-7", "ACTIVATED")
        free(network, "ST-7_2")
        answer = ask(network, "driver-david", "ST-7_2", "r-two", duration_s=60)
        begin = st.hears("RemoteStartTransaction")
        assert begin["connectorId"] == 2
        number = st.start(begin["idTag"], 10, 2)["transactionId"]
        is_in(network, "ST-7_2", "SUPPLYING")
        assert point(network, "ST-7")["state"] == "ACTIVATED"
        st.stop(number, 30)
        assert closed(network, answer["session"])["cp"] == "ST-7_2"


def test_a_station_of_2_0_1(network, station):
    with station("ST-8", "2.0.1") as st:
        answer = st.call("BootNotification", {"reason": "PowerUp", "chargingStation": {"model": "Bench", "vendorName": "Test"}})
        assert answer["status"] == "Accepted"
        st.call("StatusNotification", {"timestamp": now(), "connectorStatus": "Available", "evseId": 1, "connectorId": 1})
        free(network, "ST-8")
        answer = ask(network, "driver-david", "ST-8", "r-201", duration_s=60)
        assert answer["status"] == "ACCEPTED"
        begin = st.hears("RequestStartTransaction")

        def event(kind, number, register, context, **info):
            payload = {
                "eventType": kind, "timestamp": now(), "triggerReason": info.pop("trigger", "RemoteStart"), "seqNo": number,
                "transactionInfo": {"transactionId": "t-1", **info}, "evse": {"id": 1, "connectorId": 1},
                "meterValue": [{"timestamp": now(), "sampledValue": [
                    {"value": register, "context": context, "measurand": "Energy.Active.Import.Register", "unitOfMeasure": {"unit": "kWh"}}]}]}
            return st.call("TransactionEvent", payload)

        event("Started", 0, 1.0, "Transaction.Begin", remoteStartId=begin["remoteStartId"], chargingState="EVConnected")
        eventually("it waits for its vehicle", lambda: is_in(network, "ST-8", "SUPPLYING").get("phase") == "plug_in", 20)
        # 22 kW can't have delivered more than 0.201 kWh at once (P4).
        event("Updated", 1, 1.1, "Sample.Periodic", chargingState="Charging", trigger="MeterValuePeriodic")
        row = eventually("it charges", lambda: (row := point(network, "ST-8")).get("phase") == "charging" and row, 20)
        assert row["energy_kwh"] == 0.1
        event("Ended", 2, 1.15, "Transaction.End", stoppedReason="Local", trigger="StopAuthorized")
        assert closed(network, answer["session"])["energy_kwh"] == 0.15


def test_a_station_with_the_id_of_a_point_of_ours_costs_nobody_anything(network, add):
    password = add("CP-001")
    with pytest.raises(websockets.InvalidStatus) as refused:
        Station(f"{network.url_of_stations}/CP-001", "1.6", "CP-001", password)
    assert refused.value.response.status_code == 500
    network.up.line(r"Station CP-001 can't be served: .* is in use by process")
    network.kill("gateway")
    assert eventually("the gateway is back", lambda: not refuses(network), 30)
    assert point(network, "CP-001")["state"] == "ACTIVATED"


def refuses(network):
    try:
        Station(f"{network.url_of_stations}/ST-nobody", "1.6").close()
    except websockets.InvalidStatus as answer:
        return answer.response.status_code != 404
    except (OSError, websockets.WebSocketException):
        return True


def test_a_station_that_cant_go_on_costs_the_others_nothing(network, station):
    """P9: a second connector of its is somebody else's; the station is out until that is over, and nobody else is."""
    place = pathlib.Path(network.data) / "engine" / "ST-12_2"
    with station("ST-11") as other, station("ST-12") as st:
        for one in (other, st):
            one.boot()
            one.status("Available")
    # Stations that are known at its start have their journals in one file.
    network.kill("gateway")
    with contextlib.ExitStack() as opened:
        other, st = (opened.enter_context(eventually(f"{name} comes", lambda: comes(station, name), 30)) for name in ("ST-11", "ST-12"))
        other.boot()
        st.boot()
        st.status("Available", connector=1)
        is_in(network, "ST-12", "ACTIVATED")
        place.mkdir(mode=0o700)
        lock = opened.enter_context(open(place / "lock", "w"))
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        st.send([2, "second", "StatusNotification", {"connectorId": 2, "errorCode": "NoError", "status": "Available"}])
        network.up.line(r"Station ST-12 is not served any more: .*engine/ST-12_2 is in use")
        assert st.ends()[0] == 1013, "try again later"
        is_in(network, "ST-12", "DISCONNECTED")
        with pytest.raises(websockets.InvalidStatus) as refused:
            station("ST-12")
        assert refused.value.response.status_code == 503
        other.status("Available")
        assert is_in(network, "ST-11", "ACTIVATED") and other.closed is None
        fcntl.flock(lock, fcntl.LOCK_UN)
        with eventually("ST-12 may come again", lambda: comes(station, "ST-12"), 30) as st:
            st.boot()
            for connector in (1, 2):
                st.status("Available", connector=connector)
            is_in(network, "ST-12", "ACTIVATED")
            is_in(network, "ST-12_2", "ACTIVATED")
        assert other.closed is None


def comes(station, name):
    """The station, if it is let in."""
    try:
        return station(name)
    except (OSError, websockets.WebSocketException):
        return None


def test_a_damaged_journal_of_a_station_costs_the_others_nothing(network, station):
    with station("ST-13") as st:
        st.boot()
        st.status("Available")
        is_in(network, "ST-13", "ACTIVATED")
    journal = pathlib.Path(network.data) / "station" / "ST-13" / "journal"
    text = journal.read_text()
    journal.write_text("nonsense\n" + text)
    network.kill("gateway")
    network.up.line(r"Station ST-13 is not served: .*journal")
    with eventually("others are served", lambda: comes(station, "ST-14"), 30) as other:
        other.boot()
        other.status("Available")
        is_in(network, "ST-14", "ACTIVATED")
        with pytest.raises(websockets.InvalidStatus) as refused:
            station("ST-13")
        assert refused.value.response.status_code == 503
        assert b"journal" in refused.value.response.body
    journal.write_text(text)
    network.up.line(r"Station ST-13 is served again", within=30)
    with station("ST-13") as st:
        st.boot()


def test_without_a_descriptor_left_nobody_spins_and_who_is_there_goes_on(network, station):
    pid = network.pid("gateway")
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    with station("ST-15") as st, contextlib.ExitStack() as crowd:
        st.boot()
        st.status("Available")
        is_in(network, "ST-15", "ACTIVATED")
        try:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")) + 20, before[1]))
            for _ in range(60):
                crowd.enter_context(socket.create_connection(("127.0.0.1", network.port_of_stations), timeout=10))
            used = processor_time(pid)
            end = time.monotonic() + 2
            while time.monotonic() < end:
                st.call("Heartbeat", {})
                time.sleep(0.1)
            assert processor_time(pid) - used < 1, "seconds of a processor in two"
        finally:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        crowd.close()
        with eventually("others are let in again", lambda: comes(station, "ST-16"), 30) as other:
            other.boot()


def processor_time(pid):
    words = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def test_out_of_order(network, station):
    with station("ST-9") as st:
        st.boot()
        st.status("Available")
        free(network, "ST-9")
        gateway.post(network, "/cp/ST-9/out-of-order")
        assert st.hears("ChangeAvailability") == {"connectorId": 1, "type": "Inoperative"}
        st.status("Unavailable")
        is_in(network, "ST-9", "STOPPED")
        gateway.post(network, "/cp/ST-9/resume")
        st.wait("it is in service again", lambda: ("ChangeAvailability", {"connectorId": 1, "type": "Operative"}) in st.heard)
        st.status("Available")
        is_in(network, "ST-9", "ACTIVATED")


def test_the_audit_holds(network):
    out = wattline(network, "audit")
    assert "The audit holds." in out, out
    assert not re.search("✖", out)
