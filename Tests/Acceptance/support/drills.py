"""The drills of docs/fault-tolerance.md: a row breaks something, says where and how soon it shows, and how it is mended."""

import re
import time
from datetime import datetime, timezone
from typing import NamedTuple

from support.places import ROOT


class Sight(NamedTuple):
    """A topic or a command, what is to be seen there, and within how many seconds."""

    where: str
    text: str
    within: float


class Drill(NamedTuple):
    name: str
    command: str
    seen: Sight
    remedy: str | None
    back: Sight


def sight(cell, within):
    where, text = re.findall(r"`([^`]+)`", cell)[:2]
    quoted = f'"{text}"' if re.fullmatch(r"[A-Z_]+", text) else text
    return Sight(where, quoted, float(re.search(r"([\d.]+) s", within)[1]))


def drills():
    found = []
    for line in (ROOT / "docs/fault-tolerance.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"F\d+[a-z]?", cells[0]):
            name, broken, seen, seen_within, mended, back, back_within = cells
            remedy = re.search(r"`([^`]+)`", mended)
            found.append(Drill(name, re.search(r"`([^`]+)`", broken)[1], sight(seen, seen_within), remedy and remedy[1], sight(back, back_within)))
    return found


def moment_of(line):
    """The monotonic time of a line of view-logs.sh, which begins with the time of day in UTC, or None."""
    found = re.match(r"(\d\d):(\d\d):(\d\d\.\d+) ", line)
    if not found:
        return None
    now = datetime.now(timezone.utc)
    then = int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])
    age = (now.hour * 3600 + now.minute * 60 + now.second + now.microsecond / 1e6 - then) % 86400
    return time.monotonic() - age


def see(stack, sight, since):
    """When it was to be seen. It has half a minute more than it may take, so that a failure can say how long it took."""
    if not sight.where.startswith("./"):
        return stack.bus.message(sight.where, sight.text, since=since, within=sight.within + 30, live=True).at
    # The lines of a log carry their own time: how long docker takes to fetch them does not count.
    deadline = time.monotonic() + sight.within + 30
    while time.monotonic() < deadline:
        for line in stack.run(sight.where, check=False).splitlines():
            moment = moment_of(line)
            if sight.text in line and moment is not None and moment >= since:
                return moment
    raise AssertionError(f"`{sight.where}` does not show {sight.text}")


def failed_for(bus, since):
    """Sessions that failed since then. A START that was on its way may be lost with a broker (S2); what had failed before is only said again (P8)."""
    failed = {}
    for message in list(bus.heard):
        if re.fullmatch(r"driver/[^/]+/status", message.topic) and message.has('"FAILED"') and not message.has('"never_started"'):
            failed.setdefault(message.value["session"], message)
    return [message.text for message in failed.values() if message.at >= since]


def harmed_by(bus, command, since):
    """Points that are ill since then, although what was broken is another one's."""
    own = re.search(r"ev-cp-[em]-(\d+)", command)
    if not own:
        return []
    verdicts = [message for message in list(bus.heard) if message.at >= since and not message.retain and re.fullmatch(r"central/cp/CP-\d+", message.topic)]
    return [message.text for message in verdicts
            if not message.topic.endswith(f"CP-{int(own[1]):03}") and message.value["state"] in ("FAULTY", "DISCONNECTED")]
