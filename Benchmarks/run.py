#!/usr/bin/python3
"""Measures the bus, Central and the whole stack, each next to its comparator in the same run, and holds the ratios against what they should be.

    Benchmarks/run.py                     everything but containers, about three minutes
    Benchmarks/run.py intake roundtrip    only these: intake, roundtrip, accept, start, stack, containers
    Benchmarks/run.py containers          the compose stack, which must not be running (needs Docker)

Machines are shared and noisy: what is compared alternates in short rounds, and the medians of the rounds are compared.
"""
import argparse
import contextlib
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
os.chdir(ROOT)
WATTLINE = ".build/release/wattline"
missed = []


def show(name, value, target=None, ok=None):
    mark = "" if ok is None else ("  ✔" if ok else "  ✖")
    print(f"  {name:58} {value:>22}{'   ' + target if target else ''}{mark}", flush=True)
    if ok is False:
        missed.append(name)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def build():
    subprocess.run(["Scripts/build.sh"], check=True)
    subprocess.run(["swift", "build", "-c", "release", "--package-path", "Benchmarks"], check=True, stdout=subprocess.DEVNULL)


def tool(name, *arguments, **options):
    return subprocess.Popen([f"Benchmarks/.build/release/{name}", *map(str, arguments)], stdout=subprocess.PIPE, text=True, **options)


def numbers(process, within=180):
    output, _ = process.communicate(timeout=within)
    if process.returncode != 0:
        sys.exit(f"✖ {process.args} ended with {process.returncode}")
    return [float(word) for word in output.split() if re.fullmatch(r"[\d.e+-]+", word)]


@contextlib.contextmanager
def running(process):
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def broker():
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "mosquitto.conf")
        with open(path, "w") as file:
            file.write(re.sub(r"(?m)^listener .*", f"listener {port} 127.0.0.1", open("mosquitto.conf").read()))
        mosquitto = "/usr/sbin/mosquitto" if os.path.exists("/usr/sbin/mosquitto") else "mosquitto"
        with running(subprocess.Popen([mosquitto, "-c", path], cwd=directory, stderr=subprocess.DEVNULL)):
            wait_for_port(port)
            yield port


def wait_for_port(port):
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    sys.exit(f"✖ nothing listens on port {port}")


def intake(rounds=5, messages=400_000, size=220):
    print(f"QoS 0 intake: {messages:,} messages of {size} bytes, sent as fast as they are taken; median of {rounds} rounds each")
    port = free_port()
    found = {"raw": [], "bus": []}
    with running(tool("raw", "blast", port, messages, size)) as source:
        source.stdout.readline()
        for _ in range(rounds):
            for name in found:
                count, seconds, processor = numbers(tool(name, "intake", port))
                if count < messages:
                    sys.exit(f"✖ {name}: only {count:.0f} messages arrived")
                found[name].append((count / seconds, processor / count * 1e9))
    rate = {name: statistics.median(rate for rate, _ in values) for name, values in found.items()}
    cost = {name: statistics.median(cost for _, cost in values) for name, values in found.items()}
    for name, label in [("raw", "raw C, mosquitto_loop_forever"), ("bus", "this project's event loop")]:
        show(label, f"{rate[name]:,.0f} msg/s · {cost[name]:,.0f} ns")
    ratio = rate["bus"] / rate["raw"]
    show("messages per second, ratio", f"{ratio:.2f} ×", "≥ 0.95", ratio >= 0.95)
    ratio = cost["bus"] / cost["raw"]
    show("CPU time per message, ratio", f"{ratio:.2f} ×", "≤ 1.5", ratio <= 1.5)


def round_trip(name, port, times, pause=0):
    with running(tool(name, "echo", port, "bench/ask", "bench/answer")) as echo:
        echo.stdout.readline()
        return numbers(tool(name, "request", port, "bench/ask", "bench/answer", times, *([pause] if name == "raw" else [])))


def roundtrip(rounds=5, times=3000):
    print(f"QoS 1 request–reply through the broker: {times} round trips of 200 bytes, median of {rounds} rounds each")
    found = {"raw": [], "bus": []}
    with broker() as port:
        for _ in range(rounds):
            for name in found:
                found[name].append(round_trip(name, port, times))
    for name, label in [("raw", "raw C, both sides"), ("bus", "this project's event loop, both sides")]:
        show(label, "median {:.0f} µs · p99 {:.0f}".format(*(statistics.median(row[i] for row in found[name]) for i in (0, 2))))
    ratio = statistics.median(row[0] for row in found["bus"]) / statistics.median(row[0] for row in found["raw"])
    show("median round trip, ratio", f"{ratio:.2f} ×", "≤ 1.3", ratio <= 1.3)


@contextlib.contextmanager
def network(*arguments):
    with tempfile.TemporaryDirectory() as data:
        port = free_port()
        up = subprocess.Popen(
            [WATTLINE, "up", "--data", data, "--mqtt-port", str(port), "--color", "never", *arguments], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        try:
            yield up, port, data
        finally:
            up.send_signal(signal.SIGINT)
            up.communicate()


def accept(charges=150):
    print(f"Request → ACCEPTED through Central: {charges} charges, next to raw round trips through the same broker")
    with network("--drivers", "none", "--log-level", "warning") as (_, port, _):
        wait_for_port(port)
        accepted = numbers(tool("raw", "accept", port, charges))
        raw = round_trip("raw", port, charges, pause=150)
    show("raw C echo, both sides, as seldom", f"median {raw[0]:.0f} µs · p99 {raw[2]:.0f}")
    show("request → ACCEPTED", f"median {accepted[0]:.0f} µs · p99 {accepted[2]:.0f}", "< 100 ms", accepted[2] < 100_000)
    show("ratio of the medians", f"{accepted[0] / raw[0]:.2f} ×")


def start(rounds=3):
    print(f"wattline up, built: from the command to ten points registered and the first ACCEPTED; median of {rounds}")
    found = []
    for _ in range(rounds):
        began = time.monotonic()
        with network() as (up, _, _):
            registered, accepted, ten = set(), None, None
            for line in up.stdout:
                point = re.search(r"central .*✅ CP (CP-\d+) registered", line)
                if point:
                    registered.add(point[1])
                    if len(registered) == 10:
                        ten = time.monotonic() - began
                if "| ACCEPTED" in line and accepted is None:
                    accepted = time.monotonic() - began
                if ten and accepted:
                    break
            found.append(max(ten, accepted))
    seconds = statistics.median(found)
    show("ten registered and the first ACCEPTED", f"{seconds:.2f} s", "≤ 1.5 s", seconds <= 1.5)


def memory(pids):
    """Proportional set size in bytes."""
    return sum(int(re.search(r"(?m)^Pss:\s+(\d+)", open(f"/proc/{pid}/smaps_rollup").read())[1]) * 1024 for pid in pids)


def ticks(pids):
    return sum(sum(map(int, open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[11:13])) for pid in pids) / os.sysconf("SC_CLK_TCK")


def measure(pids, seconds=30):
    before = ticks(pids)
    time.sleep(seconds)
    load = (ticks(pids) - before) / seconds * 100
    size = memory(pids) / 1e6
    show(f"proportional set size of {len(pids)} processes", f"{size:.1f} MB", "≤ 100 MB", size <= 100)
    show("CPU with the demo's traffic, of one core", f"{load:.1f} %", "≤ 5 %", load <= 5)


def stack():
    print("The whole network as processes, the broker included, with the demo's traffic")
    with network("--log-level", "warning") as (up, _, data):
        time.sleep(10)
        state = json.load(open(os.path.join(data, "up.json")))
        pids = [process["pid"] for process in state["processes"]]
        measure(pids)


def containers():
    print("The compose stack")
    if subprocess.run(["docker", "compose", "ps", "-q"], capture_output=True, text=True, check=True).stdout.strip():
        sys.exit("✖ the stack is running already: docker compose down, then again")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    subprocess.run(["docker", "compose", "build"], **quiet)
    subprocess.run(["docker", "compose", "down", "-v"], **quiet)
    port = free_port()
    environment = {**os.environ, "WATTLINE_MQTT_PORT": str(port), "WATTLINE_HTTP_PORT": str(free_port())}
    try:
        began = time.monotonic()
        up = subprocess.Popen(["docker", "compose", "up", "-d", "--wait"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        listener = subprocess.Popen(
            ["bash", "-c", f"until mosquitto_sub -p {port} -t 'driver/+/status' 2>/dev/null | grep -qm 1 ACCEPTED; do sleep 0.05; done"])
        listener.wait(120)
        first = time.monotonic() - began
        up.wait(120)
        show("docker compose up -d --wait to the first ACCEPTED", f"{first:.1f} s", "≤ 15 s", first <= 15)
        show("… until all 27 are healthy", f"{time.monotonic() - began:.1f} s")
        size = int(subprocess.run(["docker", "image", "inspect", "-f", "{{.Size}}", "wattline:dev"], capture_output=True, text=True, check=True).stdout) / 1e6
        base = int(subprocess.run(["docker", "image", "inspect", "-f", "{{.Size}}", "debian:bookworm-slim"], capture_output=True, text=True, check=True).stdout) / 1e6
        show("the image of wattline (its base alone)", f"{size:.0f} MB ({base:.0f} MB)", "≤ 200 MB", size <= 200)
        time.sleep(10)
        ids = subprocess.run(["docker", "compose", "ps", "-q"], capture_output=True, text=True, check=True, env=environment).stdout.split()
        pids = subprocess.run(["docker", "inspect", "-f", "{{.State.Pid}}", *ids], capture_output=True, text=True, check=True).stdout.split()
        measure(pids)
    finally:
        subprocess.run(["docker", "compose", "down", "-v"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    everything = {"intake": intake, "roundtrip": roundtrip, "accept": accept, "start": start, "stack": stack, "containers": containers}
    parser.add_argument("what", nargs="*", choices=[[], *everything], default=[])
    chosen = parser.parse_args().what or [name for name in everything if name != "containers"]
    build()
    processor = re.search(r"(?m)^model name\s*: (.*)", open("/proc/cpuinfo").read())
    print(f"{os.cpu_count()} × {processor[1] if processor else os.uname().machine} · {time.strftime('%Y-%m-%d')}")
    for name in chosen:
        everything[name]()
    if missed:
        sys.exit("✖ missed: " + ", ".join(missed))


if __name__ == "__main__":
    main()
