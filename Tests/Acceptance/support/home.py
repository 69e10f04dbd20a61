"""What Home Assistant makes of the messages that it is sent: Jinja in a sandbox, here with undefined names as errors, where it logs a warning."""

import json
import re

import jinja2
import jinja2.sandbox

JINJA = jinja2.sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
NUMERIC = {"power", "energy", "monetary", "duration"}


def matches(topic, pattern):
    """As Home Assistant's topics: + is a level."""
    return re.fullmatch("/".join("[^/]*" if level == "+" else re.escape(level) for level in pattern.split("/")), topic) is not None


def render(template, payload):
    """`value` is the text, `value_json` is there when it is JSON, the result has no space around it."""
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
                self.is_available = self.available_by(item, payload)
        if matches(topic, self.config["state_topic"]):
            self.take(render(self.config["value_template"], payload), payload)
        if matches(topic, self.config.get("json_attributes_topic", "")):
            self.attributes = json.loads(render(self.config["json_attributes_template"], payload))
            assert isinstance(self.attributes, dict), f"{self.key}: its attributes are {self.attributes}"

    def available_by(self, item, payload):
        answer = render(item["value_template"], payload)
        assert answer in ("online", "offline"), f"{self.key}: availability {answer!r} of {payload}"
        return answer == "online"

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
            assert "options" not in self.config or text in self.config["options"], f"{self.key}: {text!r} of {payload} is no option"
            assert len(text) <= 255, f"{self.key}: {len(text)} characters are too many for a state"
            self.value = text

    def bear(self, payload):
        """What nobody should say: nothing may go wrong, and nothing may be made up."""
        for item in self.availability:
            self.available_by(item, payload)
        text = render(self.config["value_template"], payload)
        known = {"", "None", "ON", "OFF", "0"} if "state" in payload else {"", "None"}
        assert text in known or self.key == "state", f"{self.key}: {text!r} of {payload}"
        if "json_attributes_template" in self.config:
            json.loads(render(self.config["json_attributes_template"], payload))


class Home:
    """The entities of one point, and a bus that is heard for them."""

    def __init__(self, bus, message):
        self.bus = bus
        self.entities = {key: Entity(message, key) for key in message["cmps"]}
        self.powers = set()
        self.heard = 0

    def __getitem__(self, key):
        return self.entities[key]

    def listen(self):
        for message in self.bus.heard[self.heard:]:
            self.heard += 1
            for entity in self.entities.values():
                entity.hear(message.topic, message.text)
            self.powers.add(self["power"].value)

    def until(self, what, condition):
        """Hears message after message until the condition holds."""
        def holds():
            self.listen()
            return condition()
        self.bus.until(what, holds)

    def until_all_is_well(self):
        self.until("all is there", lambda: all(entity.is_available for entity in self.entities.values()) and self["state"].value == "ACTIVATED")

    def values(self, *keys):
        return {key: self[key].value for key in keys}
