#!/usr/bin/python3
"""Holds recorded bus traffic against asyncapi.yaml.

    mosquitto_sub -V 5 --retain-as-published -q 1 -t '#' -F '%r %q %t %p' > traffic.txt
    Scripts/check-traffic.py traffic.txt

One message a line: retained flag, QoS, topic, payload. Checked are the topic (with an optional site prefix, P2), the payload's schema, ids in the payload
against those in the topic (P4), its size, and QoS and retained flag as the sender set them. Record with -V 5 --retain-as-published, as above: other
subscribers see the retained flag of the delivery, not of the sender; for their recordings give --flags-of-delivery. asyncapi.yaml itself is checked first:
references, channels, operations, schemas, examples. Needs python3-yaml and python3-jsonschema.

Exit code: 0 all agree, 1 violations, 2 asyncapi.yaml is wrong or nothing could be read.
"""

import argparse
import json
import pathlib
import re
import sys

import jsonschema
import yaml

ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,35}"
LIMIT = 16 * 1024


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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", nargs="?", default="-", help="file with one message a line; - is standard input, the default")
    parser.add_argument("--spec", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent / "asyncapi.yaml")
    parser.add_argument("--flags-of-delivery", action="store_true", help="recorded without --retain-as-published")
    parser.add_argument("--spec-only", action="store_true", help="check asyncapi.yaml and read nothing else")
    arguments = parser.parse_args()
    try:
        channels = load(arguments.spec)
    except (SpecError, jsonschema.SchemaError, yaml.YAMLError, KeyError) as error:
        print(f"{arguments.spec.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if arguments.spec_only:
        print(f"{arguments.spec.name}: {len(channels)} channels, {sum(len(c.messages) for c in channels.values())} messages, all references resolve")
        return 0
    try:
        recording = sys.stdin if arguments.recording == "-" else open(arguments.recording)
        recording.reconfigure(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        print(f"{arguments.recording}: {error.strerror}", file=sys.stderr)
        return 2
    count, seen, violations = 0, set(), 0
    for number, line in enumerate(recording, 1):
        fields = re.fullmatch(r"([01]) ([012]) (\S+) ?(.*)", line.rstrip("\n"), re.DOTALL)
        found, topic = [], ""
        if fields is None:
            found = ["is not 'retained QoS topic payload'"]
        else:
            count += 1
            retain, qos, topic, text = fields[1] == "1", int(fields[2]), fields[3], fields[4]
            for channel in channels.values():
                match = channel.pattern.match(topic)
                if match:
                    seen.add(channel.name)
                    found = list(channel.violations(retain, qos, match, text, arguments.flags_of_delivery))
                    break
            else:
                found = ["no channel has this topic"]
        for violation in found:
            violations += 1
            print(f"line {number}: {topic}: {violation}")
    print(f"{count} messages on {len(seen)} channels, {violations} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
