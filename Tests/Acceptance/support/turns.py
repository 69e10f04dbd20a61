"""Two Centrals that share a ledger on a server, as whoever looks on sees them: one is at work, the other waits."""

import json
import re
import urllib.error
import urllib.request

from support.waiting import eventually


def health(network, name):
    """The answer of a Central that `up` runs: central, or central-2."""
    address = (network.data / name / "http").read_text().strip()
    try:
        with urllib.request.urlopen(f"http://{address}/health", timeout=2) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return json.loads(error.read())


def standing(network, name):
    try:
        return health(network, name)["status"]
    except (OSError, ValueError):
        return None


def settled(network, within=30):
    """The names of the Central at work, and of the one that waits."""
    names = ["central", "central-2"]

    def found():
        seen = {name: standing(network, name) for name in names}
        return sorted(names, key=lambda name: seen[name] != "ready") if sorted(map(str, seen.values())) == ["ready", "standby"] else None

    return eventually("one Central at work, and one that waits", found, within)


def statuses(bus):
    return [message.value for message in bus.heard if message.topic == "central/status"]


def takes_over(bus, before, within=30):
    """Waits for a Central with an epoch above all before, and checks that nobody goes on the bus below it afterwards."""
    return bus.until("another Central", lambda: next((s for s in statuses(bus) if s["online"] and s["epoch"] > before), None), within)


def highest(bus):
    return max(status["epoch"] for status in statuses(bus))


def promised(bus):
    """The sessions that were promised, as whoever listens heard it."""
    told = [message.value for message in bus.heard if re.fullmatch(r"driver/[^/]+/status", message.topic)]
    return {status["session"] for status in told if status["status"] == "ACCEPTED"}


def goes_on(bus, count, within=40):
    """Waits for so many more promises."""
    before = len(promised(bus))
    bus.until(f"{count} more promises", lambda: len(promised(bus)) >= before + count, within)


def check_statuses(bus):
    """P6: whoever says that Central is there has the highest epoch of all until then."""
    live = 0
    for status in statuses(bus):
        if status["online"]:
            assert status["epoch"] >= live, statuses(bus)
            live = status["epoch"]
