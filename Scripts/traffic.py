"""Bus traffic held against asyncapi.yaml: the core of check-traffic.py and of the acceptance tests.

Checked are the topic (with an optional site prefix, P2), the payload's schema, ids in the payload against those in the topic (P4), its size, and QoS and
retained flag. asyncapi.yaml itself is checked when it is loaded: references, channels, operations, schemas, examples. Needs yaml and jsonschema.
"""

import json
import pathlib
import re

import jsonschema
import yaml

ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,35}"
LIMIT = 16 * 1024
SPECIFICATION = pathlib.Path(__file__).resolve().parent.parent / "asyncapi.yaml"


class SpecError(Exception):
    pass


def resolve(spec, node):
    """The node with every reference replaced by what it points to."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            return resolve(spec, lookup(spec, node["$ref"]))
        return {key: resolve(spec, value) for key, value in node.items()}
    if isinstance(node, list):
        return [resolve(spec, item) for item in node]
    return node


def lookup(spec, ref):
    target = spec
    for part in ref.removeprefix("#/").split("/"):
        part = part.replace("~1", "/").replace("~0", "~")
        if not ref.startswith("#/") or not isinstance(target, dict) or part not in target:
            raise SpecError(f"reference to nowhere: {ref}")
        target = target[part]
    return target


class Message:
    def __init__(self, name, spec, source):
        self.name = name
        self.schema = resolve(spec, source["payload"])
        jsonschema.Draft7Validator.check_schema(self.schema)
        self.validator = jsonschema.Draft7Validator(self.schema)
        self.qos = self.retain = None
        for example in source.get("examples", []):
            for error in self.validator.iter_errors(example["payload"]):
                raise SpecError(f"example of message {name}: {describe(error)}")

    def is_meant(self, payload):
        """Whether the fields that tell the channel's messages apart say that this is it."""
        for key, schema in self.schema.get("properties", {}).items():
            if schema is False and key in payload:
                return False
            if isinstance(schema, dict) and key in ("state", "event", "health", "command", "online", "status"):
                allowed = schema.get("enum", [schema["const"]] if "const" in schema else None)
                if allowed is not None and payload.get(key) not in allowed:
                    return False
        return "stop" in payload if "stop" in self.schema.get("required", []) else True


class Channel:
    def __init__(self, name, spec):
        source = spec["channels"][name]
        self.name = name
        self.address = source["address"]
        parameters = resolve(spec, source.get("parameters", {}))
        if set(re.findall(r"{(\w+)}", self.address)) != set(parameters):
            raise SpecError(f"channel {name}: the parameters are not those of its address")
        self.pattern = re.compile(rf"(?:{ID}/)?" + re.sub(r"{(\w+)}", rf"(?P<\1>{ID})", self.address) + r"\Z")
        self.repeated = {key: p["location"].rsplit("/", 1)[1] for key, p in parameters.items() if "location" in p}
        self.messages = {key: Message(key, spec, resolve(spec, ref)) for key, ref in source["messages"].items()}

    def violations(self, retain, qos, match, text, flags_of_delivery):
        retained_channel = any(m.retain for m in self.messages.values())
        if text == "" and retained_channel:
            return
        if len(text.encode("utf-8", "surrogateescape")) > LIMIT:
            yield f"payload is over {LIMIT} bytes"
        try:
            text.encode("utf-8")
            payload = json.loads(text, parse_constant=lambda c: (_ for _ in ()).throw(ValueError(f"{c} is not JSON")))
        except ValueError as error:
            yield f"payload is not JSON in UTF-8: {error}"
            return
        if not isinstance(payload, dict):
            yield "payload is not a JSON object"
            return
        for parameter, field in self.repeated.items():
            if payload.get(field) != match[parameter]:
                yield f"{field} in the payload is {payload.get(field)!r}, in the topic {match[parameter]!r}"
        candidates = [m for m in self.messages.values() if m.is_meant(payload)]
        if not candidates:
            yield f"is none of the channel's messages ({', '.join(self.messages)})"
            return
        found = {m: list(m.validator.iter_errors(payload)) for m in candidates}
        message = min(found, key=lambda m: len(found[m]))
        for error in found[message]:
            yield f"{message.name}: {describe(error)}"
        if qos != message.qos:
            yield f"{message.name}: QoS {qos} instead of {message.qos}"
        if retain != message.retain and (retain or not flags_of_delivery):
            yield f"{message.name}: {'' if retain else 'not '}retained"


def describe(error):
    where = ".".join(str(part) for part in error.absolute_path)
    message = error.message if len(error.message) < 200 else error.message[:200] + "…"
    return f"{where}: {message}" if where else message


def load(path):
    spec = yaml.safe_load(path.read_text())
    resolve(spec, spec)
    channels = {name: Channel(name, spec) for name in spec["channels"]}
    for name, operation in spec["operations"].items():
        ref = operation["channel"]["$ref"]
        channel = channels.get(ref.removeprefix("#/channels/"))
        if channel is None:
            raise SpecError(f"operation {name}: no channel {ref}")
        keys = [m["$ref"].removeprefix(f"{ref}/messages/") for m in operation.get("messages", [])] or list(channel.messages)
        for key in keys:
            if key not in channel.messages:
                raise SpecError(f"operation {name}: {key} is no message of channel {channel.name}")
            if operation["action"] == "send":
                binding = operation["bindings"]["mqtt"]
                channel.messages[key].qos, channel.messages[key].retain = binding["qos"], binding["retain"]
    for channel in channels.values():
        for message in channel.messages.values():
            if message.qos is None:
                raise SpecError(f"nobody sends {channel.name}/{message.name}")
    return channels


class Check:
    """One message after the other; `seen` are the channels that had one."""

    def __init__(self, channels, flags_of_delivery=False):
        self.channels = channels
        self.flags_of_delivery = flags_of_delivery
        self.count = 0
        self.seen = set()

    def line(self, line):
        """The topic of a line `retained QoS topic payload`, and what is wrong with it."""
        fields = re.fullmatch(r"([01]) ([012]) (\S+) ?(.*)", line.rstrip("\n"), re.DOTALL)
        if fields is None:
            return "", ["is not 'retained QoS topic payload'"]
        return fields[3], self.message(fields[1] == "1", int(fields[2]), fields[3], fields[4])

    def message(self, retain, qos, topic, text):
        """What is wrong with a message."""
        self.count += 1
        for channel in self.channels.values():
            match = channel.pattern.match(topic)
            if match:
                self.seen.add(channel.name)
                return list(channel.violations(retain, qos, match, text, self.flags_of_delivery))
        return ["no channel has this topic"]
