#!/usr/bin/python3
"""Holds what Central tells Home Assistant against what Home Assistant documents.

Starts real networks (`wattline up --home-assistant homeassistant`, without a site and with one), takes what their brokers retain, and checks it against
Tests/Views/HomeAssistantTests/device-discovery.schema.json, which is itself shown to refuse broken messages. Then a vehicle is charged, an engine and Central are
killed, and all that is said on the bus is given to the messages' own templates as Home Assistant would do it: Jinja in a sandbox, here with undefined names
as errors, where Home Assistant logs a warning. No Home Assistant is needed, and none was asked. Needs python3-jsonschema, python3-jinja2, mosquitto-clients.

    Scripts/check-home-assistant.py [PROGRAM]        default: $WATTLINE_BIN or .build/release/wattline
"""
import copy
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import jinja2
import jinja2.sandbox
import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent
JINJA = jinja2.sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
NUMERIC = {"power", "energy", "monetary", "duration"}


def fail(text):
    sys.exit(f"✖ {text}")


def matches(topic, pattern):
    return re.fullmatch("/".join("[^/]*" if level == "+" else re.escape(level) for level in pattern.split("/")), topic) is not None


def render(template, payload):
    """As Home Assistant: `value` is the text, `value_json` is there when it is JSON, the result has no space around it."""
    names = {"value": payload}
    try:
        names["value_json"] = json.loads(payload)
    except ValueError:
        pass
    return JINJA.from_string(template).render(names).strip()


class Entity:
    """One component of a discovery message, as its platform in Home Assistant keeps it."""

    def __init__(self, message, key):
        self.config = message["cmps"][key]
        self.key = key
        self.availability = self.config.get("availability") or message["availability"]
        self.value = None
        self.is_available = False
        self.attributes = {}

    def hear(self, topic, payload):
        for item in self.availability:
            if matches(topic, item["topic"]):
                answer = render(item["value_template"], payload)
                if answer not in ("online", "offline"):
                    fail(f"{self.key}: availability {answer!r} of {payload}")
                self.is_available = answer == "online"
        if matches(topic, self.config["state_topic"]):
            self.take(render(self.config["value_template"], payload), payload)
        if matches(topic, self.config.get("json_attributes_topic", "")):
            self.attributes = json.loads(render(self.config["json_attributes_template"], payload))
            if not isinstance(self.attributes, dict):
                fail(f"{self.key}: its attributes are {self.attributes}")

    def take(self, text, payload):
        if text == "None":
            self.value = None
        elif self.config["p"] == "binary_sensor":
            if text:
                self.value = {"ON": True, "OFF": False}[text]
        elif self.config.get("device_class") in NUMERIC:
            if text:
                self.value = float(text)
        else:
            if "options" in self.config and text not in self.config["options"]:
                fail(f"{self.key}: {text!r} of {payload} is no option")
            if len(text) > 255:
                fail(f"{self.key}: {len(text)} characters are too many for a state")
            self.value = text


class Network:
    def __init__(self, program, arguments):
        self.data = tempfile.mkdtemp(prefix="wattline-ha-")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WATTLINE_")}
        self.log = open(self.data + ".log", "w+")
        command = [program, "up", "--data", self.data, "--drivers", "none", "--http-port", "0", "--color", "never", *arguments]
        self.up = subprocess.Popen(command, env=environment, stdout=self.log, stderr=subprocess.STDOUT, cwd=ROOT)
        self.port = None
        self.bus = None
        self.messages = []

    def wait(self, what, condition, seconds=20):
        deadline = time.monotonic() + seconds
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > deadline or self.up.poll() is not None:
                fail(f"{what}: not within {seconds} s; see {self.log.name}")
            time.sleep(0.05)

    def state(self):
        for path in pathlib.Path(self.data).rglob("up.json"):
            try:
                return json.loads(path.read_text())
            except ValueError:
                return None

    def listen(self):
        self.port = self.wait("state file", lambda: (self.state() or {}).get("broker", {}).get("port"))
        self.wait("broker", lambda: subprocess.run([*self.tool("pub"), "-t", "test", "-m", "x"], capture_output=True).returncode == 0)
        # Written and read at places of their own.
        with open(self.data + ".bus", "w") as written:
            self.bus = subprocess.Popen([*self.tool("sub"), "-q", "1", "-t", "#", "-F", "%r %t %p"], stdout=written)
        self.record = open(self.data + ".bus")

    def tool(self, name):
        return [f"mosquitto_{name}", "-p", str(self.port)]

    def hear(self):
        """All that was said so far, as (retained, topic, payload)."""
        while True:
            position = self.record.tell()
            line = self.record.readline()
            if not line.endswith("\n"):
                self.record.seek(position)
                return self.messages
            retained, topic, payload = line.rstrip("\n").split(" ", 2)
            self.messages.append((retained == "1", topic, payload))

    def said(self, topic, *parts, after=0):
        self.wait(f"{topic} with {parts}", lambda: any(t == topic and all(part in p for part in parts) for _, t, p in self.hear()[after:]))

    def pid(self, role, cp=None):
        return next(p["pid"] for p in self.state()["processes"] if p["role"] == role and (cp is None or p["id"] == cp))

    def retained(self):
        done = subprocess.run([*self.tool("sub"), "-t", "homeassistant/#", "--retained-only", "-W", "2", "-F", "%t %p"], capture_output=True, text=True)
        return dict(line.split(" ", 1) for line in done.stdout.splitlines())

    def stop(self):
        if self.bus:
            self.bus.kill()
            self.bus.wait()
        self.up.send_signal(signal.SIGINT)
        self.up.wait(20)
        shutil.rmtree(self.data)
        for suffix in (".log", ".bus"):
            pathlib.Path(self.data + suffix).unlink(missing_ok=True)


def broken(message):
    """Messages that Home Assistant would refuse or misread, each with its fault."""
    def change(what, body):
        other = copy.deepcopy(message)
        body(other)
        return what, other

    power, meter, state, problem = (lambda m, key=key: m["cmps"][key] for key in ("power", "meter", "state", "problem"))
    return [
        change("no device", lambda m: m.pop("dev")),
        change("no origin", lambda m: m.pop("o")),
        change("an origin without a name", lambda m: m["o"].pop("name")),
        change("no components", lambda m: m["cmps"].clear()),
        change("a device that nothing identifies", lambda m: m["dev"].pop("ids")),
        change("a device's member that is not there", lambda m: m["dev"].update(colour="red")),
        change("a component without a platform", lambda m: power(m).pop("p")),
        change("a platform that is not there", lambda m: power(m).update(p="meter")),
        change("no unique id", lambda m: power(m).pop("unique_id")),
        change("no state topic", lambda m: power(m).pop("state_topic")),
        change("a state topic with a wildcard in a level", lambda m: power(m).update(state_topic="cp/CP+/state")),
        change("a misspelled member", lambda m: power(m).update(value_templat="{{ value }}")),
        change("a unit that the class does not have", lambda m: power(m).update(unit_of_measurement="kw")),
        change("no unit", lambda m: meter(m).pop("unit_of_measurement")),
        change("a state class that energy can't have", lambda m: meter(m).update(state_class="measurement")),
        change("a class that is not there", lambda m: meter(m).update(device_class="current_energy")),
        change("an enumeration with a unit", lambda m: state(m).update(unit_of_measurement="kW")),
        change("an enumeration with a state class", lambda m: state(m).update(state_class="measurement")),
        change("options of no enumeration", lambda m: meter(m).update(options=["a"])),
        change("no options", lambda m: state(m).update(options=[])),
        change("a text with statistics", lambda m: m["cmps"]["driver"].update(state_class="measurement")),
        change("a sensor's member on a binary sensor", lambda m: problem(m).update(state_class="measurement")),
        change("a sensor's class on a binary sensor", lambda m: problem(m).update(device_class="energy")),
        change("two kinds of availability", lambda m: m.update(availability_topic="a")),
        change("an availability without a topic", lambda m: m["availability"][0].pop("topic")),
        change("an icon without a set", lambda m: state(m).update(icon="car")),
        change("a precision below zero", lambda m: power(m).update(suggested_display_precision=-1)),
        change("an id with a space", lambda m: m["cmps"].update({"a b": power(m)})),
    ]


def check_messages(network, validator, site):
    points = [point["id"] for point in json.loads((ROOT / "network.json").read_text())["charge_points"]]
    node = "wattline" + (f"-{site}" if site else "")
    topics = {f"homeassistant/device/{node}/{cp}/config": cp for cp in points}
    network.wait("discovery of all points", lambda: {t for _, t, _ in network.hear()} >= topics.keys())
    kept = network.retained()
    if kept.keys() != topics.keys():
        fail(f"retained is {sorted(kept)}")
    messages = {}
    seen = set()
    for topic, cp in topics.items():
        message = messages[cp] = json.loads(kept[topic])
        for error in validator.iter_errors(message):
            fail(f"{topic}: {error.json_path}: {error.message}")
        for key, component in message["cmps"].items():
            if component["unique_id"] in seen:
                fail(f"{topic}: {component['unique_id']} is there twice")
            seen.add(component["unique_id"])
        size = len(kept[topic].encode())
        if size > 16 * 1024:
            fail(f"{topic}: {size} bytes")
    return messages, seen


def show(home, **expected):
    for key, value in expected.items():
        if home[key].value != value:
            fail(f"{key} is {home[key].value!r}, not {value!r}")


def charge(network, messages):
    """A charge, the death of an engine and that of Central, through the templates of one point."""
    cp = "CP-003"
    home = {key: Entity(messages[cp], key) for key in messages[cp]["cmps"]}
    heard = 0
    rendered = 0
    powers = []

    def listen():
        nonlocal heard, rendered
        everything = network.hear()
        for _, topic, payload in everything[heard:]:
            for entity in home.values():
                entity.hear(topic, payload)
                rendered += 1
            if home["power"].value is not None:
                powers.append(home["power"].value)
        heard = len(everything)

    def until(what, condition):
        def look():
            listen()
            return condition()
        network.wait(what, look)

    until("all is there", lambda: all(entity.is_available for entity in home.values()) and home["state"].value == "ACTIVATED")
    show(home, power=0.0, driver=None, charging=False, problem=False, energy=None, cost=None)
    if not home["state"].attributes["why"] or home["state"].attributes["breaker"] != "closed":
        fail(f"the state's attributes are {home['state'].attributes}")
    before = home["meter"].value
    subprocess.run([*network.tool("pub"), "-q", "1", "-t", "driver/me/request", "-m", json.dumps({"cp": cp, "duration_s": 4})], check=True)
    until("it supplies", lambda: home["power"].value and home["energy"].value)
    show(home, state="SUPPLYING", driver="me", charging=True, problem=False)
    until("the session's end", lambda: home["charging"].value is False and home["state"].value == "ACTIVATED")
    end = next(json.loads(p) for _, t, p in network.messages if t == f"cp/{cp}/event" and "SESSION_ENDED" in p)
    show(home, power=0.0, driver=None, energy=end["energy_kwh"], cost=end["cost_eur"], meter=float(end["meter_end_wh"]))
    if not before < home["meter"].value or abs((home["meter"].value - before) / 1000 - home["energy"].value) > 0.0005:
        fail(f"the meter went from {before} to {home['meter'].value}, the session had {home['energy'].value}")
    rating = next(json.loads(p)["power_kw"] for _, t, p in network.messages if t == f"cp/{cp}/info")
    if max(powers) > rating or set(powers) == {0.0}:
        fail(f"the power was {set(powers)}")

    os.kill(network.pid("engine", cp), signal.SIGKILL)
    until("the engine is missed", lambda: home["problem"].value is True)
    show(home, state="FAULTY", power=0.0)
    for key, entity in home.items():
        if entity.is_available != (key in ("state", "problem")):
            fail(f"{key} is {'' if entity.is_available else 'not '}available while the engine is dead")
    until("the engine is back", lambda: home["problem"].value is False and all(entity.is_available for entity in home.values()))

    os.kill(network.pid("central"), signal.SIGKILL)
    until("Central is missed", lambda: not home["state"].is_available)
    if not home["power"].is_available:
        fail("the engine's power is not available while Central is dead")
    until("Central is back", lambda: home["state"].is_available and home["state"].value == "ACTIVATED")

    # What nobody should say: nothing may go wrong, and nothing may be made up.
    show(home, power=0.0)
    for payload in ["", "[]", "null", "5", "\"x\"", "not json", "{}", "{\"state\":{}}", "{\"state\":null}", "{\"cost_eur\":1}"]:
        for entity in home.values():
            for item in entity.availability:
                if render(item["value_template"], payload) not in ("online", "offline"):
                    fail(f"{entity.key}: availability of {payload}")
            text = render(entity.config["value_template"], payload)
            known = {"", "None", "ON", "OFF", "0"} if "state" in payload else {"", "None"}
            if text not in known and entity.key != "state":
                fail(f"{entity.key}: {text!r} of {payload}")
            if "json_attributes_template" in entity.config:
                json.loads(render(entity.config["json_attributes_template"], payload))
            rendered += 1
    return rendered


def main():
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    program = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("WATTLINE_BIN", ROOT / ".build/release/wattline")).resolve())
    schema = json.loads((ROOT / "Tests/Views/HomeAssistantTests/device-discovery.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    count = refused = rendered = 0
    ids = set()
    for site in (None, "madrid"):
        network = Network(program, ["--home-assistant", "homeassistant", *(["--site", site] if site else [])])
        try:
            network.listen()
            messages, seen = check_messages(network, validator, site)
            if ids & seen:
                fail(f"two sites share {sorted(ids & seen)}")
            ids |= seen
            count += len(messages)
            if not site:
                for what, message in broken(next(iter(messages.values()))):
                    if validator.is_valid(message):
                        fail(f"the schema does not refuse {what}")
                    refused += 1
                rendered = charge(network, messages)
        finally:
            network.stop()
    print(f"Home Assistant: {count} messages with {len(ids)} entities agree with the schema, which refused {refused} broken ones; {rendered} renderings of templates held")


main()
