#!/usr/bin/python3
"""Takes the Central at work away, and the primary of its ledger's server, again and again under load, and counts from outside what became of promises.

    Scripts/acceptance.sh --collect-only -q                   # once: its tools
    .build/python/bin/python Scripts/failovers.py             # 200 of Central, 30 of the primary: more than an hour
    .build/python/bin/python Scripts/failovers.py --centrals 6 --primaries 2 --state drill.json

Two PostgreSQL servers of its own, one of which follows the other, a network of `wattline up` and a second Central beside it, which stands by. In turn the
Central at work is killed, stopped for a while (SIGSTOP), and cut off from the server; or the primary is killed, and the other server promoted. What was
measured is in the state's file after each: started again it goes on from there.
"""

import argparse
import contextlib
import json
import os
import pathlib
import signal
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests/Acceptance"))

from support.books import check, goes_on, held, promised  # noqa: E402
from support.bus import Bus  # noqa: E402
from support.network import Network  # noqa: E402
from support.places import environment_without_settings, free_port  # noqa: E402
from support.postgres import Link  # noqa: E402
from support.postgres_pair import Pair  # noqa: E402
from support.programs import Program  # noqa: E402
from support.turns import found, highest, takes_over  # noqa: E402
from support.waiting import eventually  # noqa: E402

# Longer than the lease: what dies is not back before the other has taken over.
AWAY = "8s"
WAYS = ["killed", "stopped", "cut off"]


class Drill:
    """A network with two Centrals, each with a link of its own to the server."""

    def __init__(self, binary, pair, links, network):
        self.binary, self.pair, self.links, self.network = binary, pair, links, network
        self.second = None

    def start_second(self):
        self.second = Program(
            [self.binary, "central", "--data", self.network.data, "--mqtt", f"mqtt://127.0.0.1:{self.network.port}", "--number", 2, "--ledger",
             self.links["central-2"].url, "--http-port", free_port(), "--color", "never"], environment_without_settings())

    def pid(self, name):
        return self.network.pid(name) if name == "central" else self.second.process.pid

    def rest(self):
        """One is at work, the other waits; what ended is back."""
        def both():
            if self.second.process.poll() is not None:
                self.second.close()
                self.start_second()
            return found(self.network)

        return eventually("one Central at work, and one that waits", both, 90)[0]

    def fail(self, bus, way):
        """- Returns: the seconds until another one was on the bus, and until the next promise."""
        active = self.rest()
        goes_on(bus, 1)
        before, pid, began = highest(bus), self.pid(active), time.monotonic()
        match way:
            case "killed": os.kill(pid, signal.SIGKILL)
            case "stopped": os.kill(pid, signal.SIGSTOP)
            case "cut off": self.links[active].cut()
        takes_over(bus, before, 60)
        there = time.monotonic() - began
        goes_on(bus, 1)
        served = time.monotonic() - began
        if way == "stopped":
            os.kill(pid, signal.SIGCONT)
        self.links[active].mend()
        return there, served

    def lose_primary(self, bus):
        """- Returns: the seconds from the promotion to the next promise, twice."""
        self.rest()
        goes_on(bus, 1)
        before = promised(bus)
        self.pair.kill_primary()
        time.sleep(0.5)
        self.pair.promote()
        for link in self.links.values():
            link.server = self.pair.primary
        began = time.monotonic()
        goes_on(bus, 1, 90)
        served = time.monotonic() - began
        assert before <= held(self.pair)
        self.pair.attach()
        return served, served


def play(options, state):
    """Goes on until the counts of the state are those that were asked for, or it is interrupted."""
    binary = ROOT / ".build/release/wattline"
    with contextlib.ExitStack() as stack:
        pair = stack.enter_context(Pair())
        links = {name: stack.enter_context(Link(pair.primary)) for name in ("central", "central-2")}
        network = stack.enter_context(Network(binary, "--ledger", links["central"].url, "--restart-delay", AWAY))
        network.come_up()
        drill = Drill(binary, pair, links, network)
        drill.start_second()
        stack.callback(lambda: drill.second.close())
        bus = stack.enter_context(Bus(network.port, "#", name=network.owner))
        try:
            while todo := next_way(options, state):
                result = drill.lose_primary(bus) if todo == "primary" else drill.fail(bus, todo)
                state.setdefault(todo, []).append([round(value, 2) for value in result])
                options.state.write_text(json.dumps(state))
                print(f"{sum(map(len, state.values())):4}  {todo:8}  {result[0]:5.2f} s  {result[1]:5.2f} s", flush=True)
        finally:
            drill.second.process.send_signal(signal.SIGINT)
            network.stop()
        check(network, bus, pair)
        return len(promised(bus))


def next_way(options, state):
    counts = {way: len(state.get(way, [])) for way in [*WAYS, "primary"]}
    centrals = sum(counts[way] for way in WAYS)
    if counts["primary"] < options.primaries and counts["primary"] * max(1, options.centrals) <= centrals * options.primaries:
        return "primary"
    return min(WAYS, key=lambda way: counts[way]) if centrals < options.centrals else "primary" if counts["primary"] < options.primaries else None


def table(state):
    print("\n| | times | the next is on the bus: half, most | the next promise: half, most |\n|---|---|---|---|")
    for way in [*WAYS, "primary"]:
        if rows := state.get(way):
            there, served = zip(*rows)
            half = [f"{statistics.median(times):.1f} s, {max(times):.1f} s" for times in (there, served)]
            print(f"| {way} | {len(rows)} | {half[0] if way != 'primary' else '–'} | {half[1]} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--centrals", type=int, default=200, help="failovers of Central (default: 200)")
    parser.add_argument("--primaries", type=int, default=30, help="failovers of the server (default: 30)")
    parser.add_argument("--state", type=pathlib.Path, default=ROOT / ".build/failovers.json", help="what was measured (default: .build/failovers.json)")
    options = parser.parse_args()
    state = json.loads(options.state.read_text()) if options.state.exists() else {}
    if next_way(options, state):
        count = play(options, state)
        print(f"\n✔ {count} promises heard in this run, all in the ledger; the audit holds")
    table(state)


if __name__ == "__main__":
    main()
