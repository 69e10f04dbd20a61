#!/usr/bin/python3
"""Measures Central's start on a broker that keeps many points, after many decisions.

    Benchmarks/many.py                                       30 000 points, 15 000 decisions of the last minute, about three minutes
    Benchmarks/many.py --points 5000 --decisions 1000

The points are retained messages of engines and monitors that are not there; one point is. While Central comes up a driver asks for it again and again. The
broker saves by time, as `wattline up` configures it for a large network. What Central did before this was measured so stands in docs/performance.md.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

import run
from run import free_port, running, show, wattline


def client(name, port):
    made = run.mqtt_client(client_id=name)
    made.max_queued_messages_set(0)
    made.max_inflight_messages_set(10_000)
    made.connect("127.0.0.1", port)
    return made


def keep_points(port, points):
    """Lets the broker keep what engines and monitors of long ago said."""
    publisher = client("bench-past", port)
    publisher.loop_start()
    epoch = int(time.time() * 1000) - 86_400_000
    last = None
    for number in range(points):
        cp = f"OLD-{number:05}"
        said = [
            ("info", {"power_kw": 22.0, "price_eur_per_kwh": 0.3, "kind": "Standard AC", "meter": f"m-{number}", "software": "wattline 0.1.0", "protocol": 1,
                      "ts": "2026-01-01T00:00:00.000Z"}),
            ("state", {"state": "DISCONNECTED", "reason": "connection lost"}),
            ("health", {"health": "UNMONITORED", "reason": "connection lost"})]
        if last and number % 5000 == 0:
            last.wait_for_publish()
        for topic, fields in said:
            last = publisher.publish(f"cp/{cp}/{topic}", json.dumps({"epoch": epoch, "cp": cp, **fields}), qos=1, retain=True)
    last.wait_for_publish()
    publisher.loop_stop()
    publisher.disconnect()


class Watcher:
    """Sees Central's status and verdicts, and asks for one point again and again: two clients, so that neither waits for the other."""

    def __init__(self, port, directory, points):
        self.points = points
        self.path = os.path.join(directory, "heard")
        self.file = open(self.path, "wb")
        self.sub = subprocess.Popen(
            ["mosquitto_sub", "-p", str(port), "-q", "0", "-t", "central/cp/+", "-t", "central/status", "-F", "%U %t %p"], stdout=self.file)
        self.client = client("bench-ask", port)
        self.asked, self.news = {}, threading.Condition()
        self.epoch = self.next_epoch = 0
        self.client.on_message = self.hear
        self.client.subscribe("driver/bench/status", 1)
        self.client.loop_start()

    def begin(self):
        """From now on only a Central above the last epoch counts."""
        self.epoch = self.next_epoch
        self.seen, self.first, self.online, self.done, self.asked = os.path.getsize(self.path), set(), None, None, {}

    def look(self):
        """Reads what was heard since the last look."""
        with open(self.path, "rb") as file:
            file.seek(self.seen)
            while (line := file.readline()).endswith(b"\n"):
                self.seen += len(line)
                at, topic, payload = line.split(b" ", 2)
                if b'"epoch":' not in payload:
                    continue
                epoch = int(re.search(rb'"epoch":(\d+)', payload)[1])
                if epoch <= self.epoch:
                    continue
                if topic == b"central/status":
                    self.online = self.online or (float(at) if b'"online":true' in payload else None)
                    self.next_epoch = epoch
                else:
                    self.first.add(topic)
                    if len(self.first) >= self.points and self.done is None:
                        self.done = float(at)

    def hear(self, _, __, message):
        now = time.time()
        said = json.loads(message.payload)
        asked = self.asked.get(said.get("request"))
        if asked and asked[1] is None:
            self.asked[said["request"]] = (asked[0], now, said.get("code", said["status"]))

    def ask(self, cp):
        name = f"R{time.monotonic_ns()}"
        self.asked[name] = (time.time(), None, None)
        self.client.publish("driver/bench/request", json.dumps({"request": name, "cp": cp, "duration_s": 1}), qos=1)

    def close(self):
        self.sub.kill()
        self.client.loop_stop()


def start_central(port, data, watcher, name):
    """Starts Central, and tells what was seen until all verdicts are out."""
    watcher.begin()
    before = time.time()
    central = wattline(data, port, "central")
    while not watcher.online and time.time() - before < 60:
        time.sleep(0.02)
        watcher.look()
    # A request every 50 ms until all verdicts are out, and for five seconds at least.
    while not watcher.done or time.time() - before < 6:
        watcher.ask("LIVE-1")
        time.sleep(0.05)
        watcher.look()
        if time.time() - before > 120:
            break
    until = time.time() + 30
    while any(answer is None for _, answer, _ in watcher.asked.values()) and time.time() < until:
        time.sleep(0.1)
    show(f"{name}: online after", f"{watcher.online - before:.2f} s")
    out = watcher.done - before if watcher.done else float("inf")
    show(f"{name}: all {watcher.points:,} verdicts out after", f"{out:.1f} s", "≤ 20 s", out <= 20)
    times = [((answer or float("inf")) - asked) * 1e3 for asked, answer, _ in watcher.asked.values()]
    show(f"{name}: {len(times)} requests, the slowest answer", f"{max(times):,.0f} ms", "≤ 500 ms", max(times) <= 500)
    return central


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=30_000)
    parser.add_argument("--decisions", type=int, default=15_000)
    parser.add_argument("--no-build", action="store_true")
    wanted = parser.parse_args()
    if not wanted.no_build:
        run.build()
    settings = {"autosave_on_changes": "false", "autosave_interval": "60", "connection_messages": "true"}
    with tempfile.TemporaryDirectory() as directory, open(os.path.join(directory, "broker.log"), "w+b") as log, run.broker(log, **settings) as port:
        data = os.path.join(directory, "data")
        health = free_port()
        with running(wattline(data, port, "engine", "--cp", "LIVE-1", "--power", "22", "--price", "0.3", "--health-port", str(health))), \
                running(wattline(data, port, "monitor", "--cp", "LIVE-1", "--engine", f"127.0.0.1:{health}")):
            began = time.monotonic()
            keep_points(port, wanted.points)
            print(f"  the broker keeps {3 * wanted.points:,} messages; {time.monotonic() - began:.1f} s")
            watcher = Watcher(port, directory, wanted.points + 1)
            with running(start_central(port, data, watcher, "empty ledger")):
                lost, _, *times = run.numbers(run.tool("raw", "load", port, 500, wanted.decisions // 500))
                show(f"{wanted.decisions:,} drivers ask for any point: unanswered", f"{lost:.0f}", "0", lost == 0)
                show("… the slowest answer", f"{max(times) / 1e3:,.0f} ms", "≤ 500 ms", max(times) <= 5e5)
            central = start_central(port, data, watcher, f"{wanted.decisions:,} decisions later")
            with running(central):
                size = re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{central.pid}/status").read())[1]
            watcher.close()
            connections = open(os.path.join(directory, "broker.log"), errors="replace").read().count(" as central ")
            show("connections of Central, started twice", f"{connections}", "2", connections == 2)
            show("memory of Central", f"{int(size) / 1024:.0f} MB")
    if run.missed:
        sys.exit("✖ missed: " + ", ".join(run.missed))


if __name__ == "__main__":
    main()
