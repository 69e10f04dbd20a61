"""The operator's and the technician's side of stations: who is there and who wants in, commands and what came of them, and the frames, live (S13)."""

import json
import queue
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

import pytest
import websockets
from support import gateway
from support.gateway import command
from support.places import ROOT, environment_without_settings
from support.station import Station, now
from support.waiting import eventually


@pytest.fixture(scope="module")
def network(start_network):
    return gateway.start(start_network)


@pytest.fixture
def station(network, station):
    """Waits until Central knows that the station is there."""

    def open_and_wait(name, version="1.6", **options):
        opened = station(name, version, **options)
        eventually(f"{name} is connected", lambda: (row := find(network, name)) and row["connected"], 20)
        return opened

    return open_and_wait


def ask(network, path, body=None, secret=True):
    """The status and the document of an answer."""
    headers = {"Authorization": f"Bearer {network.token}"} if secret else {}
    data = None if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    request = urllib.request.Request(network.url + path, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=90) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as answer:
        return answer.code, json.loads(answer.read())


def find(network, name):
    return next((row for row in ask(network, "/stations")[1]["stations"] if row["station"] == name), None)


def boot201(st):
    answer = st.call("BootNotification", {"reason": "PowerUp", "chargingStation": {"vendorName": "Test", "model": "Two", "serialNumber": "S-201"}})
    assert answer["status"] == "Accepted"


def test_what_is_known_of_a_station(network, station):
    with station("ST-1") as st:
        st.boot()
        st.call("StatusNotification", {"connectorId": 1, "status": "Faulted", "errorCode": "GroundFailure", "timestamp": now(90)})
        row = eventually(
            "it is told", lambda: (row := find(network, "ST-1")) and row["model"] and row["connectors"] and row["connectors"][0]["error"] and row, 30)
        assert (row["connected"], row["version"], row["vendor"], row["firmware"], row["name"]) == (True, "1.6", "Test", "1.0", "ST-1")
        assert row["connectors"][0]["cp"] == "ST-1" and row["connectors"][0]["error"].startswith("GroundFailure")
        assert 85 <= row["clock_ahead_s"] <= 91
        assert ask(network, "/stations/ST-1")[1]["station"] == "ST-1"
        table = gateway.run(network, "stations").stdout
        assert "ST-1" in table and "connected" in table and "Test Bench 1.0" in table
        # A number in quotes.
        st.call("StatusNotification", {"connectorId": "1", "status": "Available", "errorCode": "NoError"})
        eventually("the quirk is told", lambda: "number-as-text" in find(network, "ST-1")["quirks"], 30)
    assert eventually("it is away", lambda: not (row := find(network, "ST-1"))["connected"] and row["since"], 30)
    assert ask(network, "/stations/ST-nobody")[0] == 404


def test_who_wants_in_is_counted_and_shown(network, station):
    station("ST-2").close()
    for name, password, status in [("ST-stranger", "x" * 20, 404), ("ST-2", "wrong", 401)]:
        with pytest.raises(websockets.InvalidStatus) as refused:
            Station(f"{network.url_of_stations}/{name}", "1.6", name, password)
        assert refused.value.response.status_code == status

    def shown():
        gateway = ask(network, "/stations")[1]["gateways"][0]
        wanted = {one["station"]: one["status"] for one in gateway["wants_in"]}
        return wanted.get("ST-stranger") == 404 and wanted.get("ST-2") == 401 and gateway["refused"]

    counts = eventually("both are shown", shown, 20)
    assert counts["404"] >= 1 and counts["401"] >= 1
    table = gateway.run(network, "stations").stdout
    assert "WANTS IN" in table and "ST-stranger" in table and "credentials add station" in table


def test_nobody_sees_stations_without_a_name(network):
    assert ask(network, "/stations", secret=False)[0] == 401
    assert ask(network, "/stations/ST-1", secret=False)[0] == 401
    assert ask(network, "/stations/ST-1/frames", secret=False)[0] == 401
    assert ask(network, "/stations/ST-1/commands", {"command": "reset"}, secret=False)[0] == 401


def test_commands_of_16(network, station):
    configuration = {"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}], "unknownKey": ["Nonsense"]}
    with station("ST-3", answers={"GetConfiguration": configuration, "UnlockConnector": {"status": "Unlocked"}}) as st:
        st.boot()
        assert command(network, "ST-3", "reset")["done"]
        assert st.hears("Reset") == {"type": "Soft"}
        assert command(network, "ST-3", "reset", "--immediate")["words"] == "the station says Accepted"
        st.wait("a reset at once", lambda: ("Reset", {"type": "Hard"}) in st.heard)
        assert command(network, "ST-3", "unlock", "--connector", "2")["payload"] == {"status": "Unlocked"}
        assert st.hears("UnlockConnector") == {"connectorId": 2}
        assert command(network, "ST-3", "trigger", "statusnotification", "--connector", "1")["done"]
        assert st.hears("TriggerMessage") == {"requestedMessage": "StatusNotification", "connectorId": 1}
        assert command(network, "ST-3", "get-configuration", "HeartbeatInterval", "Nonsense")["payload"] == configuration
        assert st.hears("GetConfiguration") == {"key": ["HeartbeatInterval", "Nonsense"]}
        assert "HeartbeatInterval = 300" in gateway.run(network, "station-command", "ST-3", "get-configuration").stdout
        assert command(network, "ST-3", "change-configuration", "HeartbeatInterval", "60")["done"]
        assert st.hears("ChangeConfiguration") == {"key": "HeartbeatInterval", "value": "60"}
        assert command(network, "ST-3", "clear-cache")["done"]
        st.wait("ClearCache", lambda: ("ClearCache", {}) in st.heard)


def test_an_answer_longer_than_a_message_of_the_bus(network, station):
    keys = [{"key": f"Key{number}", "readonly": True, "value": 'ü"' * 240} for number in range(120)]
    with station("ST-4", answers={"GetConfiguration": {"configurationKey": keys}}) as st:
        st.boot()
        assert command(network, "ST-4", "get-configuration")["payload"] == {"configurationKey": keys}


def test_commands_of_201(network, station):
    name = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}

    def variables(payload):
        return {"getVariableResult": [{**one, "attributeStatus": "Accepted", "attributeValue": "300"} for one in payload["getVariableData"]]}

    def settings(payload):
        data = [{key: value for key, value in one.items() if key != "attributeValue"} for one in payload["setVariableData"]]
        return {"setVariableResult": [{**one, "attributeStatus": "RebootRequired"} for one in data]}

    with station("ST-5", "2.0.1", answers={"GetVariables": variables, "SetVariables": settings}) as st:
        boot201(st)
        assert command(network, "ST-5", "get-variables", "OCPPCommCtrlr.HeartbeatInterval")["payload"]["getVariableResult"][0]["attributeValue"] == "300"
        assert st.hears("GetVariables") == {"getVariableData": [name]}
        assert command(network, "ST-5", "set-variables", "OCPPCommCtrlr.HeartbeatInterval=60")["done"]
        assert st.hears("SetVariables") == {"setVariableData": [{**name, "attributeValue": "60"}]}
        assert command(network, "ST-5", "reset", "--immediate")["done"]
        assert st.hears("Reset") == {"type": "Immediate"}
        failed = command(network, "ST-5", "get-configuration", status=1)
        assert failed["outcome"] == "not_in_this_version" and not failed["done"]
        row = eventually("it is told", lambda: (row := find(network, "ST-5"))["serial"] and row, 20)
        assert (row["version"], row["serial"]) == ("2.0.1", "S-201")


def test_a_report_comes_in_parts(network, station):
    variable = {
        "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}, "variableAttribute": [{"value": "300"}],
    }
    with station("ST-6", "2.0.1") as st:
        boot201(st)
        results = queue.Queue()
        threading.Thread(target=lambda: results.put(command(network, "ST-6", "get-base-report", "full"))).start()
        asked = st.hears("GetBaseReport")
        assert asked["reportBase"] == "FullInventory"
        for number in range(3):
            report = {"requestId": asked["requestId"], "generatedAt": now(), "seqNo": number, "tbc": number < 2, "reportData": [variable] * 60}
            st.call("NotifyReport", report)
        # One that nobody asked for.
        st.call("NotifyReport", {"requestId": 7, "generatedAt": now(), "seqNo": 0, "reportData": [variable]})
        result = results.get(timeout=30)
        lines = []
        shown = subprocess.Popen(
            [network.binary, "station-command", "ST-6", "get-base-report", "summary", "--data", network.data], cwd=ROOT, text=True,
            env={**environment_without_settings(), "WATTLINE_ADMIN_TOKEN": network.token}, stdout=subprocess.PIPE)
        reader = threading.Thread(target=lambda: [lines.append(line) for line in shown.stdout])
        reader.start()
        asked = st.wait("a second report", lambda: next((one for name, one in st.heard if one.get("reportBase") == "SummaryInventory"), None))
        report = {"requestId": asked["requestId"], "generatedAt": now(), "seqNo": 0, "tbc": True, "reportData": [variable]}
        st.call("NotifyReport", report)
        eventually("the first part is shown before the last has come", lambda: lines == ["  OCPPCommCtrlr.HeartbeatInterval = 300\n"], 20)
        st.call("NotifyReport", {**report, "seqNo": 1, "tbc": False})
        assert shown.wait(20) == 0
        reader.join(10)
        assert len(lines) == 3 and "✔ the station says Accepted\n" in lines
        assert result["done"] and [part["seqNo"] for part in result["reports"]] == [0, 1, 2]
        assert all(len(part["reportData"]) == 60 for part in result["reports"])


def test_the_local_list_goes_by_page(network, station):
    for number in range(5):
        gateway.run(network, "tokens", "add", f"CARD-{number}", "--driver", "driver-alice")
    gateway.run(network, "tokens", "block", "CARD-3")
    length = {"configurationKey": [{"key": "SendLocalListMaxLength", "readonly": True, "value": "2"}]}
    version = {"listVersion": 0}
    with station("ST-7", answers={"GetConfiguration": length, "GetLocalListVersion": lambda _: version}) as st:
        st.boot()
        assert command(network, "ST-7", "get-local-list-version")["words"] == "the local list is empty"
        command(network, "ST-7", "get-configuration", "SendLocalListMaxLength")
        result = command(network, "ST-7", "send-local-list")

        def heard():
            return [payload for action, payload in st.heard if action == "SendLocalList"]

        pages = st.wait("all pages", lambda: len(heard()) == result["pages"]["all"] and heard())
        assert result["pages"]["taken"] == result["pages"]["all"] == len(pages) >= 3
        assert [page["updateType"] for page in pages] == ["Full"] + ["Differential"] * (len(pages) - 1)
        versions = [page["listVersion"] for page in pages]
        assert versions == sorted(set(versions)) and result["pages"]["version"] == versions[-1]
        entries = {entry["idTag"]: entry["idTagInfo"]["status"] for page in pages for entry in page["localAuthorizationList"]}
        assert entries["CARD-0"] == "Accepted" and entries["CARD-3"] == "Blocked"
        assert all(len(page["localAuthorizationList"]) <= 2 for page in pages)

        def second(payload):
            return {"status": "Accepted" if payload["updateType"] == "Full" else "Failed"}

        st.answers["SendLocalList"] = second
        failed = command(network, "ST-7", "send-local-list", status=1)
        assert failed["pages"]["taken"] == 1 and failed["words"].startswith(f"page 2 of {len(pages)} was not taken")


def test_what_is_not_done_says_why(network, station):
    with station("ST-8", answers={"Reset": {"status": "Rejected"}, "ClearCache": ["InternalError", "no memory"]}) as st:
        st.boot()
        assert ask(network, "/stations/ST-nobody/commands", {"command": "reset"})[0] == 404
        status, problem = ask(network, "/stations/ST-8/commands", {"command": "reset"})
        assert status == 502 and problem["result"]["payload"] == {"status": "Rejected"} and "Rejected" in problem["detail"]
        status, problem = ask(network, "/stations/ST-8/commands", {"command": "clear-cache"})
        assert status == 502 and problem["result"]["outcome"] == "refused" and "InternalError: no memory" in problem["detail"]
        status, problem = ask(network, "/stations/ST-8/commands", {"command": "get-base-report"})
        assert status == 502 and problem["result"]["outcome"] == "not_in_this_version"
        assert ask(network, "/stations/ST-8/commands", {"command": "reserve-now"})[0] == 501
        for body, words in [
            ({"command": "dance"}, "command"), ({"command": "unlock", "connector": -1}, "connector=-1: expected a whole number, 1 to 64"),
            ({"command": "reset", "imediate": True}, "imediate"), ("[]", "JSON object"), ({"command": "trigger"}, "message"),
        ]:
            status, problem = ask(network, "/stations/ST-8/commands", body)
            assert status == 400 and words in problem["detail"], problem
        said = gateway.run(network, "station-command", "ST-8", "reset", status=1)
        assert "Rejected" in said.stderr
    eventually("it is away", lambda: not find(network, "ST-8")["connected"], 20)
    status, problem = ask(network, "/stations/ST-8/commands", {"command": "reset"})
    assert status == 409 and "not connected" in problem["detail"]


def test_a_station_that_does_not_answer(network, station):
    with station("ST-9", answers={"Reset": None}) as st:
        st.boot()
        began = time.monotonic()
        status, problem = ask(network, "/stations/ST-9/commands", {"command": "reset"})
        assert status == 504 and problem["result"]["outcome"] == "no_answer" and 25 < time.monotonic() - began < 45
        # And no other command fails for it.
        assert command(network, "ST-9", "clear-cache")["done"]


def test_frames_are_told_live(network, station):
    with station("ST-10", answers={"ClearCache": ["NotSupported", "no cache"]}) as st:
        st.boot()
        binary = [network.binary, "ocpp", "tail", "ST-10", "--data", network.data, "--color", "never"]
        environment = {**environment_without_settings(), "WATTLINE_ADMIN_TOKEN": network.token}
        for arguments, wanted in [([], ["→ Heartbeat\n", "← Heartbeat answered currentTime=", "← ClearCache\n", "→ ClearCache refused: NotSupported"]),
                                  (["--json"], ['"direction":"from"', '"direction":"to"', 'Heartbeat'])]:
            tail = subprocess.Popen(
                list(map(str, binary + arguments)), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            lines = []
            reader = threading.Thread(target=lambda tail=tail, lines=lines: [lines.append(line) for line in tail.stdout])
            reader.start()
            try:

                def heard(wanted=wanted, lines=lines):
                    st.call("Heartbeat", {})
                    command(network, "ST-10", "clear-cache", status=1)
                    text = "".join(lines)
                    return all(one in text for one in wanted)

                eventually("all is told", heard, 30)
            finally:
                tail.send_signal(2)
                assert tail.wait(10) == 0
                reader.join(10)
            if arguments:
                assert {"Heartbeat"} <= {json.loads(json.loads(line)["text"])[2] for line in lines if json.loads(json.loads(line)["text"])[0] == 2}


def test_nothing_that_is_said_of_stations_breaks_the_contract(network, station):
    with station("ST-12") as st:
        said = tempfile.TemporaryFile("w+")
        strict = subprocess.Popen(
            [network.binary, "tail", "--strict", "--kind", "gateway,station", "--for", "12s", "--data", network.data], cwd=ROOT,
            env=environment_without_settings(), stdout=said, stderr=subprocess.STDOUT)
        st.boot()
        reader = subprocess.Popen(
            [network.binary, "ocpp", "tail", "ST-12", "--data", network.data], cwd=ROOT, stdout=subprocess.DEVNULL,
            env={**environment_without_settings(), "WATTLINE_ADMIN_TOKEN": network.token})
        until = time.monotonic() + 30
        while strict.poll() is None and time.monotonic() < until:
            st.call("Heartbeat", {})
            command(network, "ST-12", "clear-cache")
        reader.terminate()
        said.seek(0)
        text = said.read()
        assert strict.poll() == 0 and "ST-12/frame" in text, text[-4000:]


def test_commands_go_on_after_the_gateway_and_central_were_killed(network, station):
    st = station("ST-11")
    st.boot()
    for who in ["central", "gateway"]:
        network.kill(who)
        if who == "gateway":
            st.ends()
            st = eventually("the station is back", lambda: again(station), 30)
            st.boot()

        def done():
            return ask(network, "/stations/ST-11/commands", {"command": "clear-cache"})[0] == 200

        eventually(f"commands reach it again after {who} was killed", lambda: safely(done), 40)


def again(station):
    return safely(lambda: station("ST-11"))


def safely(body):
    try:
        return body()
    except (OSError, websockets.WebSocketException, AssertionError, json.JSONDecodeError):
        return None
