#!/usr/bin/python3
"""Measures what names cost: a mosquitto that asks 20 000 of them, and one that asks nobody, by mosquitto's own clients.

    Benchmarks/names.py                  20 000 names, eight rounds, about a minute
    Benchmarks/names.py --points 1000
"""
import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time

import run
from measure import Comparison
from run import free_port, running, show, show_ratio, wait_for_port

PLUGIN = os.path.abspath(".build/release/wattline-access.so")
READING = json.dumps({"epoch": 1795950000000, "cp": "CP-00001", "session": "01M8J4NZMY11TA2FKG7P669R4H", "power_kw": 22.0, "energy_kwh": 0.583, "cost_eur": 0.17,
                      "meter": "m-1", "register_wh": 123456, "ts": "2026-11-29T12:00:00.000Z"})


def name_all(directory, points):
    """Gives names to that many points, each an engine and a monitor."""
    network = {"name": "names", "drivers": [], "charge_points": [
        {"id": f"CP-{number:05}", "power_kw": 22, "price_eur_per_kwh": 0.3, "kind": "AC"} for number in range(points)]}
    with open(f"{directory}/network.json", "w") as file:
        json.dump(network, file)
    began = time.monotonic()
    places = ["--data", directory, "--network", f"{directory}/network.json"]
    subprocess.run([run.WATTLINE, "credentials", "init", *places], check=True, stdout=subprocess.DEVNULL)
    show(f"names given to {points:,} points at once", f"{time.monotonic() - began:.1f} s")
    began = time.monotonic()
    subprocess.run([run.WATTLINE, "credentials", "add", "driver", "one-more", *places], check=True, stdout=subprocess.DEVNULL)
    show("one name more", f"{time.monotonic() - began:.2f} s")


@contextlib.contextmanager
def broker(directory, named):
    port = free_port()
    lines = [f"listener {port} 127.0.0.1", "allow_anonymous true", "user root", "log_type none", "max_queued_messages 0", "max_inflight_messages 0"]
    if named:
        lines += [f"plugin {PLUGIN}", f"plugin_opt_access_file {directory}/credentials/access"]
    path = f"{directory}/mosquitto-{named}.conf"
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")
    began = time.monotonic()
    process = subprocess.Popen(["mosquitto", "-c", path])
    with running(process):
        wait_for_port(port)
        yield port, process.pid, time.monotonic() - began


def memory(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024


def processor_time(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def through(port, credentials, messages):
    """Seconds that the messages of an engine need to one who watches."""
    who = ["-u", credentials["username"], "-P", credentials["password"], "-i", credentials["client_id"]] if credentials else []
    watcher = subprocess.Popen(["mosquitto_sub", "-p", str(port), "-t", "cp/#", "-C", str(messages + 1)], stdout=subprocess.PIPE)
    with running(watcher):
        # What comes before it subscribed it misses.
        first = subprocess.Popen(["mosquitto_pub", "-p", str(port), "-t", "cp/CP-00001/telemetry", "-l", *who], stdin=subprocess.PIPE)
        time.sleep(0.3)
        first.stdin.write(b"first\n")
        first.stdin.flush()
        assert watcher.stdout.readline() == b"first\n"
        began = time.monotonic()
        first.stdin.write((READING + "\n").encode() * messages)
        first.stdin.close()
        for _ in range(messages):
            assert watcher.stdout.readline(), "the watcher misses some"
        taken = time.monotonic() - began
        assert first.wait(10) == 0
        return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--messages", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        name_all(directory, options.points)
        with open(f"{directory}/credentials/engine/CP-00001.json") as file:
            credentials = json.load(file)
        with broker(directory, True) as (port, pid, started), broker(directory, False) as (open_port, open_pid, open_started):
            show("broker started", f"{started:.2f} s", "≤ 2 s", started <= 2)
            show("… that asks nobody", f"{open_started:.2f} s")
            more = memory(pid) - memory(open_pid)
            show("memory of the names", f"{more:.1f} MB", "≤ 20 MB", more <= 20)
            compared = Comparison("named", "open").run(
                lambda: [through(port, credentials, options.messages)], lambda: [through(open_port, None, options.messages)], options.rounds, 1)
            for side in (compared.ours, compared.theirs):
                show(f"QoS 0 from one client to another, {side.name}", f"{options.messages / side.figure():,.0f} msg/s")
            show_ratio("… time with names over time without", compared, 50, "≤ 1.11 ×")

            def cost(port, pid, credentials):
                before = processor_time(pid)
                through(port, credentials, options.messages)
                return [processor_time(pid) - before]

            compared = Comparison("named", "open").run(
                lambda: cost(port, pid, credentials), lambda: cost(open_port, open_pid, None), options.rounds, 1)
            ratio, least, most = compared.ratio(50)
            show("… the broker's processor time, likewise", f"{ratio:.2f} × ({least:.2f}–{most:.2f})")
    sys.exit(f"✖ missed: {', '.join(run.missed)}" if run.missed else 0)


main()
