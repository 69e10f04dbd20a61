#!/usr/bin/python3
"""Measures Central's HTTP side on the demo network, each figure next to its comparator in the same run.

    Benchmarks/dashboard.py            all of it, about two minutes
    Benchmarks/dashboard.py requests readers latency large

requests   /cp against /health of the same server, with wrk (Debian's package wrk)
readers    the processor time of Central with 200 readers of /events, against none
latency    from a reading's arrival on the bus to its change on the page, in chromium (pip install -r Tests/Acceptance/requirements.txt)
large      /cp with 1 000 points
"""
import contextlib
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time

from measure import Comparison, Samples

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
os.chdir(ROOT)
WATTLINE = os.environ.get("WATTLINE_BIN", ".build/release/wattline")
wanted = sys.argv[1:] or ["requests", "readers", "latency", "large"]


def show(name, value, target=""):
    print(f"  {name:62} {value:>18}   {target}", flush=True)


@contextlib.contextmanager
def network(*more):
    with tempfile.TemporaryDirectory() as data:
        up = subprocess.Popen([WATTLINE, "up", "--data", data, "--color", "never", *more], stdout=subprocess.PIPE, text=True)
        http = mqtt = None
        for line in up.stdout:
            http = http or re.search(r"see +http://127.0.0.1:(\d+)", line)
            mqtt = mqtt or re.search(r"broker +mqtt://127.0.0.1:(\d+)", line)
            if "The dashboard is at" in line:
                break
        os.set_blocking(up.stdout.fileno(), True)
        drain = subprocess.Popen(["cat"], stdin=up.stdout, stdout=subprocess.DEVNULL)
        rows = subprocess.run([WATTLINE, "ps", "--data", data], capture_output=True, text=True).stdout.splitlines()
        central = int(next(row.split()[2] for row in rows if row.startswith("central ")))
        try:
            time.sleep(5)  # All points are heard, charges go on.
            yield int(http[1]), int(mqtt[1]), central, data
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(20)
            drain.kill()
            drain.wait()


def wrk(port, path):
    output = subprocess.run(["wrk", "-t1", "-c16", "-d3s", f"http://127.0.0.1:{port}/{path}"], capture_output=True, text=True).stdout
    return float(re.search(r"Requests/sec: +([\d.]+)", output)[1])


def requests(port, name):
    found = Comparison("/cp", "/health").run(lambda: [wrk(port, "cp")], lambda: [wrk(port, "health")], rounds=4, expected=1)
    ratio, least, most = found.ratio()
    show(f"GET /health ({name})", f"{found.theirs.figure():,.0f} /s")
    show(f"GET /cp ({name})", f"{found.ours.figure():,.0f} /s", f"{ratio:.2f} of /health ({least:.2f}–{most:.2f})")


def cpu(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read())[1]) / 1024


def readers(port, central, count, seconds=10):
    selector = selectors.DefaultSelector()
    for _ in range(count):
        reader = socket.create_connection(("127.0.0.1", port))
        reader.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        reader.setblocking(False)
        selector.register(reader, selectors.EVENT_READ)

    def pump(end):
        heard = 0
        while time.monotonic() < end:
            for key, _ in selector.select(0.1):
                chunk = key.fileobj.recv(1 << 20)
                if not chunk:
                    sys.exit("✖ a reader was thrown out")
                heard += len(chunk)
        return heard

    pump(time.monotonic() + 2)
    before, began = cpu(central), time.monotonic()
    heard = pump(began + seconds)
    share = (cpu(central) - before) / (time.monotonic() - began)
    for key in list(selector.get_map().values()):
        key.fileobj.close()
    return share, heard / seconds


def latency(port, mqtt_port):
    import paho.mqtt.client as mqtt
    from playwright.sync_api import sync_playwright

    heard = {}
    version = [mqtt.CallbackAPIVersion.VERSION2] if hasattr(mqtt, "CallbackAPIVersion") else []
    client = mqtt.Client(*version)
    client.on_connect = lambda *_: client.subscribe("cp/+/telemetry")
    client.on_message = lambda _client, _data, message: heard.setdefault(message.topic.split("/")[1], []).append(time.time() * 1000)
    client.connect("127.0.0.1", mqtt_port)
    client.loop_start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector(".card .energy")
        page.evaluate(
            """() => {
                window.seen = [];
                for (const card of document.querySelectorAll(".card")) {
                    const energy = card.querySelector(".energy"), cp = card.querySelector("h3, h2, .name, a")?.textContent.trim();
                    new MutationObserver(() => window.seen.push([cp, Date.now()])).observe(energy, { childList: true, characterData: true, subtree: true });
                }
            }"""
        )
        page.wait_for_timeout(25_000)
        seen = page.evaluate("window.seen")
        browser.close()
    client.loop_stop()
    taken = []
    for cp, at in seen:
        earlier = [time for time in heard.get(cp, []) if time <= at]
        if earlier and at - earlier[-1] < 900:
            taken.append(at - earlier[-1])
    if len(taken) < 30:
        sys.exit(f"✖ only {len(taken)} readings were seen on the page")
    waits = Samples("a reading: bus → page")
    waits.add(taken, expected=len(taken))
    show(f"{waits.name}, median", f"{waits.figure(50):.0f} ms", "150 ms wanted")
    show(f"{waits.name}, 95 %", f"{waits.figure(95):.0f} ms", f"{len(taken)} readings")


with network() as (port, mqtt_port, central, _):
    if "requests" in wanted:
        requests(port, "10 points")
    if "readers" in wanted:
        rates = []

        def share(count):
            busy, rate = readers(port, central, count)
            if count:
                rates.append(rate)
            return [100 * busy]

        found = Comparison("200 readers of /events", "nobody reads").run(lambda: share(200), lambda: share(0), rounds=2, expected=1)
        show(f"Central, {found.theirs.name}", f"{found.theirs.figure():.1f} % of a core")
        show(f"Central, {found.ours.name}", f"{found.ours.figure():.1f} % of a core", f"10 % more wanted; {rates[-1] / 1e6:.1f} MB/s, {memory(central):.0f} MB")
    if "latency" in wanted:
        latency(port, mqtt_port)
if "large" in wanted:
    with network("--drivers", "none") as (port, mqtt_port, central, data):
        common = ["--mqtt", f"mqtt://127.0.0.1:{mqtt_port}", "--data", data, "--log-level", "error"]
        engine = subprocess.Popen([WATTLINE, "engine", "--cp", "CP-2001..CP-2990", "--power", "50", "--price", "0.35", "--health-port", "31000", *common])
        monitor = subprocess.Popen([WATTLINE, "monitor", "--cp", "CP-2001..CP-2990", "--engine", "127.0.0.1:31000", *common])
        try:
            time.sleep(15)
            requests(port, "1 000 points")
        finally:
            for process in (engine, monitor):
                process.terminate()
                process.wait(20)
