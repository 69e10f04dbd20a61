"""Two Centrals that share a ledger on a server, as whoever looks on sees them: one is at work, the other waits."""

import json
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


def found(network):
    """The names of the Central at work, and of the one that waits; none while they are not both that."""
    names = ["central", "central-2"]
    seen = {name: standing(network, name) for name in names}
    return sorted(names, key=lambda name: seen[name] != "ready") if sorted(map(str, seen.values())) == ["ready", "standby"] else None


def settled(network, within=30):
    return eventually("one Central at work, and one that waits", lambda: found(network), within)


def statuses(bus):
    return [message.value for message in bus.heard if message.topic == "central/status"]


def takes_over(bus, before, within=30):
    """Waits for a Central with an epoch above all before, and checks that nobody goes on the bus below it afterwards."""
    return bus.until("another Central", lambda: next((s for s in statuses(bus) if s["online"] and s["epoch"] > before), None), within)


def highest(bus):
    return max(status["epoch"] for status in statuses(bus))


def check_statuses(bus):
    """P6: whoever says that Central is there has the highest epoch of all until then."""
    live = 0
    for status in statuses(bus):
        if status["online"]:
            assert status["epoch"] >= live, statuses(bus)
            live = status["epoch"]
