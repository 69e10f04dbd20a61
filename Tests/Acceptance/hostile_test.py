"""Whoever lies, breaks the rules or is too many, with a name and without, on the broker's port and on the dashboard's: nobody else pays for it.

All attacks go against one network that charges. What each must not get is in its own test; what nobody may have lost is looked at behind them.
"""

import contextlib
import json
import random
import re
import subprocess
import time

import pytest
from support import packets
from support.bus import Bus
from support.packets import Wire
from support.places import ROOT

MARK = "attack"
NAMES = ["", "driver mallory", "viewer mallory", "recorder mallory", "engine CP-900", "monitor CP-900", "point CP-901"]
# What none of these may write.
TOPICS = [
    "cp/CP-001/info", "cp/CP-001/state", "cp/CP-001/telemetry", "cp/CP-001/event", "cp/CP-001/health", "cp/CP-001/command", "central/status",
    "central/fence", "central/cp/CP-001", "driver/driver-alice/request", "driver/driver-alice/status", "driver/driver-alice/ticket",
    "homeassistant/device/x/config", "$CONTROL/dynamic-security/v1", "$SYS/broker/uptime", "anything", "cp/CP-001/state/x",
]
FORGED = json.dumps({"epoch": 2**53 - 2, "seq": 9, "cp": "CP-001", "driver": "driver-alice", "state": "FAULTY", "health": "FAULTY", "online": False,
                     "request": MARK, "command": "STOP", "reason": MARK, "why": MARK, "ts": "2026-11-29T00:00:00.000Z"})


class Calm:
    """The time from a request to its answer, as everybody on the bus hears it."""

    def __init__(self, bus):
        self.bus, self.seen = bus, 0

    def answers(self):
        """In seconds, of all that were asked since the last time."""
        heard = list(self.bus.heard)
        asked, times = {}, []
        for message in heard[self.seen:]:
            found = re.fullmatch(r"driver/(driver-\w+)/(request|status)", message.topic)
            if not found or message.retain or MARK in message.text:
                continue
            request = message.value.get("request")
            if found[2] == "request":
                asked.setdefault(request, message.at)
            elif request in asked and message.value["status"] in ("ACCEPTED", "DENIED"):
                times.append(message.at - asked.pop(request))
        self.seen = len(heard)
        return sorted(times)


def memory(pid):
    """Of a process, in MB."""
    return int(re.search(r"^Pss: +(\d+)", open(f"/proc/{pid}/smaps_rollup").read(), re.M)[1]) / 1024


def pids(network):
    state = json.loads((network.data / "up.json").read_text())
    return {process["name"]: process["pid"] for process in state["processes"]} | {"broker": state["broker"]["pid"]}


@pytest.fixture(scope="module")
def network(start_network):
    return start_network()


@pytest.fixture(scope="module")
def names(network):
    """The credentials of those who attack under a name of their own."""
    found = {"": None}
    for name in NAMES[1:]:
        command = [network.binary, "credentials", "add", *name.split(), "--json", "--data", network.data]
        found[name] = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    return found


@pytest.fixture(scope="module")
def before(network, bus, names):
    """The network when it has charged for a while, and nobody does any harm."""
    bus.message("driver/+/status", '"COMPLETED"', within=60, live=True)
    calm = Calm(bus)
    calm.answers()
    # What a calm minute is measured by needs a while of it.
    time.sleep(10)
    running = pids(network)
    return {"pids": running, "memory": {name: memory(running[name]) for name in ("broker", "central")}, "answers": calm.answers(),
            "heard": len(bus.heard), "calm": calm, "began": time.monotonic()}


@pytest.fixture
def wire(network, before):
    with Wire(network.port) as wire:
        yield wire


@pytest.fixture
def http(network, before):
    with Wire(network.http_port) as wire:
        yield wire


def login(wire, name, suffix, **more):
    """Comes with a name; the client id is the name's, with a suffix where many may come under it."""
    if not name:
        return wire.come(f"{MARK}-{suffix}", **more)
    is_one = name["username"].split(":")[0] in ("engine", "monitor", "point")
    return wire.come(name["client_id"] + ("" if is_one else f":{suffix}"), name["username"], name["password"], **more)


def is_refused(wire):
    """A message was: by its answer, or by hanging up. Not by silence."""
    while answer := wire.packet():
        if answer[0] == 0xE0:
            return True
        if answer[0] in (0x40, 0x50):
            return len(answer[1]) > 2 and answer[1][2] >= 0x80
    return wire.is_over


# MARK: Who comes

@pytest.mark.parametrize("client_id", ["central", "engine:CP-001", "monitor:CP-001", "driver:driver-alice", "admin:local", "admin:local:x", "recorder:local:x",
                                       "gateway:x", "viewer:x:1", "point:CP-001", "station:x", "x:central", "engine:", ":", "engine:CP-001:x"])
@pytest.mark.parametrize("name", ["", "driver mallory", "viewer mallory"])
def test_nobody_takes_a_client_id_that_is_not_his(wire, names, name, client_id):
    given = names[name]
    came = wire.come(client_id, *(given["username"], given["password"]) if given else ())
    assert not came or client_id in ("x:central", ":"), client_id


@pytest.mark.parametrize("user", ["central", "admin:local", "recorder:local", "engine:CP-001", "driver:driver-alice", "driver:nobody", " ", "central\t",
                                  "admin:local\0", "CENTRAL", "admin:../admin:local", "a" * 65535, b"\xff\xfe", b"\xed\xa0\x80"])
@pytest.mark.parametrize("password", [None, "", "wrong", "x" * 65535])
def test_nobody_comes_with_a_wrong_password(wire, user, password):
    assert not wire.come("central" if user == "central" else "", user, password), f"{user!r:.40}"


@pytest.mark.parametrize("level", [0, 1, 2, 6, 127, 128, 255])
def test_no_other_protocol_is_taken_for_this_one(wire, level):
    assert not wire.come("x", level=level)


@pytest.mark.parametrize("flags", [0x01, 0x18, 0x1C, 0xC6, 0xFF, 0x40])
def test_flags_that_fit_nothing_are_refused(wire, flags):
    assert not wire.come("x", flags=flags)


# MARK: What is said

@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.replace(" ", "-") or "nobody")
def test_nobody_writes_what_is_not_his(network, names, before, name, topic):
    for qos, retain in [(0, False), (0, True), (1, False), (1, True), (2, True)]:
        with Wire(network.port) as wire:
            assert login(wire, names[name], "w")
            wire.say(packets.publish(topic, FORGED, qos, retain))
            assert is_refused(wire), f"QoS {qos}, retained {retain}"


@pytest.mark.parametrize("topic", ["cp/CP-001/state", "cp/CP-001/health", "central/status", "driver/driver-alice/request", "cp/CP-001/command"])
@pytest.mark.parametrize("name", ["", "driver mallory", "engine CP-900"], ids=lambda name: name.replace(" ", "-") or "nobody")
def test_no_last_will_says_what_is_not_the_senders(wire, names, name, topic):
    # Whether it is let in with such a will or not: that nobody heard it is looked at in the end.
    login(wire, names[name], "l", will=(topic, FORGED))


@pytest.mark.parametrize("topic", ["", "#", "cp/+/state", "cp/CP-001/state\0", b"cp/\xff", b"cp/\xed\xa0\x80/state", "/" * 1000, "x" * 65535, "cp//state", "$share/g/x"])
def test_what_is_no_topic_is_written_nowhere(wire, names, topic):
    assert login(wire, names["driver mallory"], "t")
    wire.say(packets.publish(topic, FORGED))
    assert is_refused(wire)


# MARK: What is heard

@pytest.mark.parametrize("filters", [["#"], ["+/#"], ["driver/#"], ["driver/+/status"], ["driver/driver-alice/ticket"], ["+/+/request"], ["$share/g/driver/#"],
                                     ["$share/g/#"], ["$share/g/cp/#"], ["homeassistant/#"], ["$CONTROL/#"], ["#", "driver/driver-bob/status"]])
@pytest.mark.parametrize("name", ["", "viewer mallory", "driver mallory", "engine CP-900"], ids=lambda name: name.replace(" ", "-") or "nobody")
def test_nobody_hears_what_is_personal(wire, names, bus, name, filters):
    assert login(wire, names[name], "h")
    wire.say(packets.subscribe(*filters))
    # A driver is answered meanwhile.
    bus.message("driver/+/status", since=time.monotonic(), live=True)
    wire.socket.settimeout(0.1)
    heard = wire.all()
    assert b"driver/driver-" not in heard and b"homeassistant/device" not in heard and b"$CONTROL" not in heard


# MARK: What is no MQTT

BROKEN = {
    "nothing": b"", "zeros": b"\0" * 4096, "ones": b"\xff" * 4096, "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    "endless length": b"\x10\xff\xff\xff\xff\xff", "a huge length": b"\x10\xff\xff\xff\x7f", "publish first": packets.publish("cp/CP-001/state", FORGED),
    "subscribe first": packets.subscribe("#"), "ping first": packets.PING, "an empty connect": packets.packet(0x10), "qos 3": packets.connect("x") + packets.publish("a", "x", 3),
    "connect twice": packets.connect("x") * 2, "a reserved type": packets.connect("x") + b"\x00\x00", "auth": packets.connect("x") + packets.packet(0xF0, b"\x18\0"),
    "suback": packets.connect("x") + packets.packet(0x90, b"\0\x08\0\0"), "an alias of 0": packets.connect("x") + packets.publish("a", "x", properties=b"\x23\0\0"),
    "an alias of 65535": packets.connect("x") + packets.publish("", "x", properties=b"\x23\xff\xff"), "no filters": packets.connect("x") + packets.packet(0x82, b"\0\x08\0"),
    "a property twice": packets.connect("x", properties=b"\x11\0\0\0\x01\x11\0\0\0\x01"), "receive maximum 0": packets.connect("x", properties=b"\x21\0\0"),
    "an unknown property": packets.connect("x", properties=b"\x7f\0"), "a subscription number 0": packets.connect("x") + packets.packet(0x82, b"\0\x08\x02\x0b\0" + packets.text("cp/#") + b"\x01"),
    "a thousand filters": packets.connect("x") + packets.subscribe(*(f"cp/CP-{n}/state" for n in range(1000))),
    "a deep filter": packets.connect("x") + packets.subscribe("+/" * 2000 + "#"), "an ack of nothing": packets.connect("x") + packets.packet(0x40, b"\0\x01"),
    "a rel of nothing": packets.connect("x") + packets.packet(0x62, b"\0\x01"), "too large": packets.connect("x") + packets.publish("cp/CP-001/state", b"x" * 300_000),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_mqtt_is_borne(wire, what):
    wire.socket.settimeout(0.5)
    wire.say(BROKEN[what])
    wire.all()


@pytest.mark.parametrize("seed", range(20))
def test_a_connection_that_is_cut_or_garbled_anywhere_is_borne(network, before, names, seed):
    dice = random.Random(seed)
    given = names["driver mallory"]
    whole = packets.connect(f"driver:mallory:{seed}", given["username"], given["password"]) + packets.subscribe("central/status") \
        + packets.publish("driver/mallory/request", json.dumps({"request": f"{MARK}-{seed}", "cp": "CP-999"}))
    for _ in range(20):
        raw = bytearray(whole[:dice.randrange(1, len(whole) + 1)])
        for _ in range(dice.randrange(4)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        with Wire(network.port, 1) as wire:
            wire.say(bytes(raw))


# MARK: HTTP

def request(line, *headers, body=""):
    return "\r\n".join([line, *headers, "", body]).encode("latin-1")


HOST = "Host: localhost"
REFUSED = {
    "no host": request("GET /cp HTTP/1.1"), "two hosts": request("GET /cp HTTP/1.1", HOST, HOST), "somebody else's host": request("GET /cp HTTP/1.1", "Host: evil.example"),
    "somebody else's address": request("GET http://evil.example/cp HTTP/1.1", HOST), "another version": request("GET /cp HTTP/3.0", HOST),
    "no version": b"GET /cp\r\n\r\n", "no method": request("/cp HTTP/1.1", HOST), "garbage": b"\xff\xfe\x00" * 100 + b"\r\n\r\n", "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "mqtt": packets.connect("x"), "up the tree": request("GET /../../../etc/passwd HTTP/1.1", HOST), "up, encoded": request("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1", HOST),
    "up, encoded twice": request("GET /%252e%252e/etc/passwd HTTP/1.1", HOST), "a nul": request("GET /cp/CP%00 HTTP/1.1", HOST), "a long path": request("GET /" + "a" * 100_000 + " HTTP/1.1", HOST),
    "a long header": request("GET /cp HTTP/1.1", HOST, "X: " + "a" * 200_000), "many headers": request("GET /cp HTTP/1.1", HOST, *(f"X{n}: 1" for n in range(5000))),
    "a folded header": request("GET /cp HTTP/1.1", HOST, "X: 1", " 2"), "a space before the colon": request("GET /cp HTTP/1.1", "Host : localhost"),
    "two lengths": request("POST /cp/CP-001/out-of-order HTTP/1.1", HOST, "Content-Length: 1", "Content-Length: 2", body="{}"),
    "a negative length": request("POST /cp/CP-001/out-of-order HTTP/1.1", HOST, "Content-Length: -1"), "no length at all": request("POST /cp/CP-001/out-of-order HTTP/1.1", HOST, "Content-Length: x"),
    "length and chunks": request("POST /cp/CP-001/out-of-order HTTP/1.1", HOST, "Content-Length: 5", "Transfer-Encoding: chunked", body="0\r\n\r\n"),
    "a bad chunk": request("POST /cp/CP-001/out-of-order HTTP/1.1", HOST, "Transfer-Encoding: chunked", body="zz\r\n"),
    "without a token": request("POST /cp/CP-001/out-of-order HTTP/1.1", HOST, "Content-Length: 0"),
    "a wrong token": request("POST /cp/CP-001/out-of-order HTTP/1.1", HOST, "Authorization: Bearer wrong", "Content-Length: 0"),
    "an empty token": request("POST /cp/out-of-order HTTP/1.1", HOST, "Authorization: Bearer ", "Content-Length: 0"),
    "a token as a name": request("POST /cp/out-of-order HTTP/1.1", HOST, "Authorization: Basic Zm9yLXRoaXMtdGVzdC1hbG9uZQ==", "Content-Length: 0"),
    "a token in the path": request("POST /cp/CP-001/out-of-order?token=for-this-test-alone HTTP/1.1", HOST, "Content-Length: 0"),
    "to remove, without": request("DELETE /cp/CP-001 HTTP/1.1", HOST), "to trace": request("TRACE /cp HTTP/1.1", HOST), "to connect": request("CONNECT localhost:22 HTTP/1.1", HOST),
    "to put": request("PUT /cp HTTP/1.1", HOST, "Content-Length: 0"), "an unknown method": request("HACK /cp HTTP/1.1", HOST), "an unknown query": request("GET /cp?%ff=1 HTTP/1.1", HOST),
    "a bad cursor": request("GET /sessions?after=%27%20OR%201=1 HTTP/1.1", HOST), "a huge limit": request("GET /sessions?limit=99999999999999999999 HTTP/1.1", HOST),
    "a large body": request("POST /cp/CP-001/out-of-order HTTP/1.1", HOST, "Content-Length: 100000000", body="x" * 1_000_000),
}


@pytest.mark.parametrize("what", REFUSED)
def test_no_such_request_is_obeyed(http, what):
    http.socket.settimeout(0.5)
    http.say(REFUSED[what])
    answer = http.all()
    assert not answer or re.match(rb"HTTP/1\.[01] (4\d\d|501|505) ", answer), answer[:200]
    assert b"root:" not in answer and b"for-this-test-alone" not in answer


# MARK: Too many

def test_a_flood_without_a_name_costs_the_others_nothing(wire, names):
    assert login(wire, None, "flood")
    # Whoever writes what is not his is thrown out at the first word.
    for _ in range(20_000):
        if not wire.say(packets.publish("cp/CP-001/telemetry", FORGED, 0)):
            break
    else:
        pytest.fail("it may go on")


def test_a_flood_of_requests_under_a_name_is_counted_and_answered_as_one_of_many(wire, names):
    given = names["driver mallory"]
    assert login(wire, given, "f")
    wire.socket.settimeout(20)
    assert wire.say(*(packets.publish("driver/mallory/request", json.dumps({"request": f"{MARK}-f{n}", "cp": "CP-999"}), 0) for n in range(5_000)))


def test_three_hundred_who_hold_a_connection_and_say_nothing(network, before):
    with contextlib.ExitStack() as stack:
        for n in range(300):
            # More than wait in the queue of a listener come a second later.
            wire = stack.enter_context(Wire(network.port, 10))
            wire.say(packets.connect(f"{MARK}-idle-{n}") if n % 2 else b"\x10")
        bus = stack.enter_context(Bus(network.port))
        bus.message("cp/+/telemetry", within=20, live=True)


def test_two_hundred_who_guess_passwords(network, before):
    for n in range(200):
        with Wire(network.port) as wire:
            assert not wire.come("", "admin:local", f"guess-{n}")


def is_served(network):
    with Wire(network.http_port) as wire:
        wire.say(request("GET /health HTTP/1.1", HOST, "Connection: close"))
        return b"HTTP/1.1 200" in wire.all()


def test_a_hundred_who_send_half_a_request(network, before):
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(Wire(network.http_port)).say(b"GET /cp HTTP/1.1\r\nHost: localhost\r\nX: ")
        assert is_served(network)


def test_two_hundred_who_read_the_stream_and_don_t(network, before):
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(Wire(network.http_port)).say(request("GET /events HTTP/1.1", HOST))
        time.sleep(2)
        assert is_served(network)


@pytest.mark.long
def test_twenty_minutes_of_all_of_it(network, before, names):
    """Again and again, in any order, by a seed."""
    seed = random.randrange(1 << 32)
    dice = random.Random(seed)
    ends = time.monotonic() + 1200
    while time.monotonic() < ends:
        kind = dice.randrange(5)
        with Wire(network.http_port if kind == 0 else network.port, 0.2) as wire:
            if kind == 0:
                wire.say(dice.choice(list(REFUSED.values())))
            elif kind == 1:
                wire.say(dice.choice(list(BROKEN.values())))
            elif kind == 2:
                wire.come("", dice.choice(["central", "admin:local", "x"]), "wrong")
            elif login(wire, names[dice.choice(NAMES)], f"long-{dice.randrange(9)}"):
                wire.say(*(packets.publish(dice.choice(TOPICS), FORGED, dice.randrange(2)) for _ in range(dice.randrange(200))))
                wire.say(packets.subscribe("#"))
            wire.hear()


# MARK: Afterwards

def test_the_broker_says_whom_it_refused(network, before):
    network.up.line(r'broker .*Warning: .*, client ".*", (may not|has no such name)')
    network.up.line(r"broker .*Warning: \d+ more were refused since")


def test_nobody_died_and_nobody_heard_any_of_it(network, bus, before, tell):
    bus.message("driver/+/status", '"COMPLETED"', since=time.monotonic(), within=30, live=True)
    assert pids(network) == before["pids"]
    heard = bus.heard[before["heard"]:]
    # What a driver of that name asked is its own to ask.
    assert [message for message in heard if MARK in message.text and not message.topic.startswith("driver/mallory/")] == []
    wrong = [message for message in heard if re.fullmatch(r"central/cp/CP-0\d\d", message.topic) and re.search('"state":"(FAULTY|DISCONNECTED|STOPPED)"', message.text)]
    assert wrong == [], "a verdict that nobody deserved"
    outcomes = [message.value["status"] for message in heard if re.fullmatch(r"driver/driver-\w+/status", message.topic) and not message.retain]
    assert "COMPLETED" in outcomes and "FAILED" not in outcomes
    tell(f"{len(heard)} messages, {outcomes.count('COMPLETED')} charges completed meanwhile, none failed")


def test_honest_answers_came_as_before(before, tell):
    calm, now = before["answers"], before["calm"].answers()
    if len(now) < 30:
        pytest.skip("only a part of the attacks was run")
    tell(f"request to answer: median {calm[len(calm) // 2] * 1000:.1f} → {now[len(now) // 2] * 1000:.1f} ms, "
         f"99 % {calm[-1] * 1000:.1f} → {now[int(len(now) * 0.99)] * 1000:.1f} ms")
    # A calm one takes a millisecond or two: what a busy machine adds is no measure of an attack.
    assert now[len(now) // 2] < 3 * calm[len(calm) // 2] + 0.02


# It stops the network, so it is the last.


def test_memory_is_flat_and_the_books_hold(network, before, tell):
    now = {name: memory(pid) for name, pid in pids(network).items() if name in before["memory"]}
    tell(", ".join(f"{name} {before['memory'][name]:.1f} → {now[name]:.1f} MB" for name in now))
    assert all(now[name] < before["memory"][name] + 25 for name in now)
    assert network.stop() == 0
    audit = subprocess.run([network.binary, "audit", "--data", network.data], cwd=ROOT, capture_output=True, text=True)
    assert audit.returncode == 0, audit.stdout + audit.stderr
