#!/usr/bin/python3
"""Holds recorded bus traffic against asyncapi.yaml.

    mosquitto_sub -V 5 --retain-as-published -q 1 -t '#' -F '%r %q %t %p' > traffic.txt
    Scripts/check-traffic.py traffic.txt

One message a line: retained flag, QoS, topic, payload. What is checked is said in traffic.py. Record with -V 5 --retain-as-published, as above: other
subscribers see the retained flag of the delivery, not of the sender; for their recordings give --flags-of-delivery. Needs python3-yaml and
python3-jsonschema.

Exit code: 0 all agree, 1 violations, 2 asyncapi.yaml is wrong or nothing could be read.
"""

import argparse
import pathlib
import sys

import jsonschema
import traffic
import yaml


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", nargs="?", default="-", help="file with one message a line; - is standard input, the default")
    parser.add_argument("--spec", type=pathlib.Path, default=traffic.SPECIFICATION)
    parser.add_argument("--flags-of-delivery", action="store_true", help="recorded without --retain-as-published")
    parser.add_argument("--spec-only", action="store_true", help="check asyncapi.yaml and read nothing else")
    return parser.parse_args()


def lines(recording):
    source = sys.stdin if recording == "-" else open(recording)
    source.reconfigure(encoding="utf-8", errors="surrogateescape")
    return source


def main():
    arguments = options()
    try:
        channels = traffic.load(arguments.spec)
    except (traffic.SpecError, jsonschema.SchemaError, yaml.YAMLError, KeyError) as error:
        print(f"{arguments.spec.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if arguments.spec_only:
        messages = sum(len(channel.messages) for channel in channels.values())
        print(f"{arguments.spec.name}: {len(channels)} channels, {messages} messages, all references resolve")
        return 0
    try:
        recording = lines(arguments.recording)
    except OSError as error:
        print(f"{arguments.recording}: {error.strerror}", file=sys.stderr)
        return 2
    check = traffic.Check(channels, arguments.flags_of_delivery)
    violations = 0
    for number, line in enumerate(recording, 1):
        topic, found = check.line(line)
        violations += len(found)
        for violation in found:
            print(f"line {number}: {topic}: {violation}")
    print(f"{check.count} messages on {len(check.seen)} channels, {violations} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
