#!/usr/bin/python3
"""The compose stack as its users meet it: from nothing, through every command of the manuals and every drill of docs/fault-tolerance.md, to nothing.

    Scripts/compose-test.py                 all of it
    Scripts/compose-test.py --only drills   after start-up only what is named: manuals, drills, data

It has a project of its own, wattline-test: what the user's stack keeps is not touched.

The manuals are the test: a block marked ```sh is run and must succeed, one marked ```sh until-ctrl-c must still be running after some seconds and
end well at SIGINT, and a ```text block behind it is what must be seen: its lines in this order, … standing for anything.
"""
import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timezone

import paho.mqtt.client as mqtt

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
MANUALS = ["docs/quickstart.md", "docs/operation.md", "docs/operations/README.md", "docs/deployment.md", "docs/patterns.md"]
PROJECT = "wattline-test"
started = time.monotonic()
ports = {}
# What `make run` would keep is kept here.
state = tempfile.TemporaryDirectory(prefix="wattline-compose-test-")
# With --running it is the user's stack.
own = True


class Failure(Exception):
    pass


def say(text):
    print(f"  {time.monotonic() - started:6.1f} s  {text}", flush=True)


def free_port(wanted):
    for port in [wanted, 0]:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
            except OSError:
                continue
    raise Failure("no free port")


def adapted(command):
    """The usual ports may be somebody else's on this machine, and the usual project is the user's."""
    command = re.sub(r"(-p |:)(1883|8000)\b", lambda found: f"{found[1]}{ports[found[2]]}", command)
    return re.sub(r"\bwattline(?=[-_](ev-|data\b|default\b))|(?<=-p )(?=cp-)", PROJECT, command) if own else command


def environment(command):
    """What is set here for compose's .env is nothing that a person at `make run` would have set."""
    kept = {name: value for name, value in os.environ.items() if "docker" in command or "view-logs" in command or not name.startswith("WATTLINE_")}
    return {**kept, "XDG_STATE_HOME": state.name}


def run(command, within=180, check=True):
    process = subprocess.Popen(
        ["bash", "-c", adapted(command)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        env=environment(command))
    try:
        output, _ = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise Failure(f"`{command}` did not end within {within} s")
    if check and process.returncode != 0:
        raise Failure(f"`{command}` ended with {process.returncode}:\n{output}")
    return output


def run_until_interrupted(command, expected, within=60):
    """Runs until what is expected was seen, or for three seconds when nothing is; then Ctrl-C."""
    process = subprocess.Popen(
        ["bash", "-c", adapted(command)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        env=environment(command))
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True)
    reader.start()
    until = time.monotonic() + (within if expected else 3)
    while process.poll() is None and time.monotonic() < until and not (expected and matches(expected, "".join(lines)) is None):
        time.sleep(0.1)
    if process.poll() is not None:
        reader.join(5)
        raise Failure(f"`{command}` ended by itself with {process.returncode}:\n{''.join(lines)}")
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise Failure(f"`{command}` did not end within 10 s of Ctrl-C")
    reader.join(5)
    # 130: killed by SIGINT; 2: make's word for it.
    if process.returncode not in (0, 2, 130, -signal.SIGINT):
        raise Failure(f"`{command}` ended with {process.returncode} at Ctrl-C:\n{''.join(lines)[-4000:]}")
    return "".join(lines)


class Bus:
    """Everything that is said on the bus, as anybody with a broker's address can hear it."""

    def __init__(self, port):
        self.heard = []
        self.news = threading.Condition()
        versions = getattr(mqtt, "CallbackAPIVersion", None)
        self.client = mqtt.Client(*([versions.VERSION1] if versions else []), client_id="compose-test")
        self.client.on_connect = lambda client, *rest: client.subscribe("#", 1)
        self.client.on_message = self.receive
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", port, keepalive=30)
        self.client.loop_start()

    def receive(self, client, userdata, message):
        with self.news:
            self.heard.append((time.monotonic(), message.topic, message.payload.decode(errors="replace"), message.retain))
            self.news.notify_all()

    def find(self, topic, text, since, live=True):
        for moment, heard_topic, payload, retain in self.heard:
            if moment >= since and mqtt.topic_matches_sub(topic, heard_topic) and text in payload and not (live and retain):
                return moment, payload
        return None

    def wait(self, topic, text, since, until, live=True):
        with self.news:
            while True:
                found = self.find(topic, text, since, live)
                if found:
                    return found
                left = until - time.monotonic()
                if left <= 0:
                    raise Failure(f"nothing on {topic} with {text}")
                self.news.wait(left)

    def last(self, topic):
        with self.news:
            for _, heard_topic, payload, _ in reversed(self.heard):
                if heard_topic == topic:
                    return json.loads(payload)
        raise Failure(f"nothing was ever heard on {topic}")

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def matches(expected, output):
    """The first line of the expectation that the output lacks, or None."""
    expected = [adapted(line) for line in expected]
    position = 0
    lines = output.splitlines()
    for wanted in expected:
        pattern = ".*".join(re.escape(part) for part in wanted.strip().split("…"))
        while position < len(lines) and not re.search(pattern, lines[position]):
            position += 1
        if position == len(lines):
            return wanted
        position += 1
    return None


def blocks(path):
    """(info, lines, expected lines or None) of each shell block of a manual."""
    found = []
    fences = re.findall(r"^```([^\n]*)\n(.*?)^```$", open(path).read(), re.MULTILINE | re.DOTALL)
    for index, (info, body) in enumerate(fences):
        if info.split() and info.split()[0] == "sh":
            following = fences[index + 1] if index + 1 < len(fences) else ("", "")
            found.append((info, body.strip(), following[1].strip().splitlines() if following[0] == "text" else None))
    return found


def check_manuals(bus):
    run("Scripts/build.sh", within=1800)
    for path in MANUALS:
        for info, body, expected in blocks(path):
            began = time.monotonic()
            if "until-ctrl-c" in info:
                output = run_until_interrupted(body, expected)
            elif "elsewhere" in info:
                # Needs a second machine: only its form can be checked here.
                subprocess.run(["bash", "-n", "-c", body], check=True)
                continue
            else:
                output = run("set -e\n" + body)
            missing = matches(expected, output) if expected else None
            if missing is not None:
                raise Failure(f"{path}: after\n{body}\nthe line\n{missing}\nwas not seen in\n{output[-4000:]}")
            say(f"{path}: {body.splitlines()[0][:90]} ({time.monotonic() - began:.1f} s)")


def seconds(cell):
    return float(re.search(r"([\d.]+) s", cell)[1])


def sight(cell):
    """(where, text) of a cell: a topic or a command, and what is to be seen there."""
    where, text = re.findall(r"`([^`]+)`", cell)[:2]
    return where, (f'"{text}"' if re.fullmatch(r"[A-Z_]+", text) else text)


def see(bus, cell, since, until):
    where, text = sight(cell)
    if not where.startswith("./"):
        return bus.wait(where, text, since, until)[0]
    # The lines of a log carry their own time: how long docker takes to fetch them does not count.
    while True:
        for line in run(where, check=False).splitlines():
            moment = moment_of(line)
            if text in line and moment is not None and moment >= since:
                return moment
        if time.monotonic() > until:
            raise Failure(f"`{where}` does not show {text}")


def moment_of(line):
    """The monotonic time of a line of view-logs.sh, which begins with the time of day in UTC."""
    found = re.match(r"(\d\d):(\d\d):(\d\d\.\d+) ", line)
    if not found:
        return None
    now = datetime.now(timezone.utc)
    age = (now.hour * 3600 + now.minute * 60 + now.second + now.microsecond / 1e6 - (int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]))) % 86400
    return time.monotonic() - age


def drills():
    rows = []
    for line in open("docs/fault-tolerance.md"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"F\d+[a-z]?", cells[0]):
            rows.append(cells)
    return rows


def check_drills(bus):
    rows = drills()
    if len(rows) < 8:
        raise Failure(f"docs/fault-tolerance.md: only {len(rows)} drills found")
    for name, broken, seen, seen_within, mended, back, back_within in rows:
        command = re.search(r"`([^`]+)`", broken)[1]
        driver = re.search(r"ev-(driver-\w+)", command)
        if driver:
            bus.wait(f"driver/{driver[1]}/status", '"IN_PROGRESS"', time.monotonic(), time.monotonic() + 60)
        began = time.monotonic()
        run(command)
        limit = time.monotonic() + seconds(seen_within)
        moment = see(bus, seen, began, limit + 30)
        if moment > limit:
            raise Failure(f"{name}: `{command}`: {seen} only after {moment - began:.1f} s instead of {seen_within}")
        remedy = re.search(r"`([^`]+)`", mended)
        began_mending = time.monotonic()
        if remedy:
            run(remedy[1])
        limit = time.monotonic() + seconds(back_within)
        back_at = see(bus, back, moment if not remedy else began_mending, limit + 30)
        if back_at > limit:
            raise Failure(f"{name}: {back} only after {back_at - began_mending:.1f} s instead of {back_within}")
        check_unharmed(bus, command, began)
        say(f"{name}: {command[:80]} → {max(0, moment - began):.1f} s · mended {back_at - began_mending:.1f} s")


def check_unharmed(bus, command, since):
    """What happens to one point's processes must not be felt at another point, and no session fails for a broker."""
    if command.endswith("kill mosquitto"):
        failed = set()
        for moment, topic, payload, retain in list(bus.heard):
            # A START that was on its way may be lost with it (S2); what had failed before is only said again (P8).
            if re.fullmatch(r"driver/[^/]+/status", topic) and '"FAILED"' in payload and '"never_started"' not in payload:
                session = json.loads(payload)["session"]
                if moment >= since and session not in failed:
                    raise Failure(f"`{command}`: a session failed for it: {payload}")
                failed.add(session)
    own = re.search(r"ev-cp-[em]-(\d+)", command)
    if not own:
        return
    for moment, topic, payload, retain in list(bus.heard):
        point = re.fullmatch(r"central/cp/(CP-\d+)", topic)
        if moment >= since and not retain and point and point[1] != f"CP-{int(own[1]):03}":
            if json.loads(payload)["state"] in ("FAULTY", "DISCONNECTED"):
                raise Failure(f"`{command}` harmed {point[1]}: {payload}")


def wait_for_all(bus, since, within=60):
    until = time.monotonic() + within
    for number in range(1, 11):
        bus.wait(f"cp/CP-{number:03}/state", '"ACTIVATED"', since, until)
    bus.wait("driver/+/status", '"COMPLETED"', since, until)


def containers():
    """Those of the network: what a profile brought, at the user's, is not looked at."""
    lines = run("docker compose ps -a --format '{{.Service}} {{.ID}}'").split("\n")
    return {service: container for service, container in (line.split() for line in lines if line) if service != "prometheus"}


def check_running():
    """All there and healthy; not root, nothing writable but its data, no capabilities."""
    unhealthy = [line for line in run("docker compose ps -a --format '{{.Service}} {{.Health}}'").split("\n") if line and not line.endswith(" healthy")]
    if unhealthy:
        raise Failure(f"not healthy: {unhealthy}")
    held = run("docker inspect -f '{{.Name}} {{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}' " + " ".join(containers().values()))
    loose = [line for line in held.splitlines() if not re.fullmatch(r"\S+ (wattline|mosquitto) true \[ALL\]", line)]
    if loose or len(held.splitlines()) != 27:
        raise Failure(f"of {len(held.splitlines())} containers these are not what they should be: {loose}")
    size = int(run("docker image inspect -f '{{.Size}}' wattline:dev")) / 1e6
    say(f"27 healthy containers, none as root; the image has {size:.0f} MB")
    # Of these the base is 167 here, where it is bootstrapped from packages; the HTTP server is 15.
    if size > 220:
        raise Failure(f"the image has {size:.0f} MB")


def check_stop():
    ids = containers()
    for service in ["ev-driver-eve", "ev-cp-m-2", "ev-cp-e-2", "ev-central", "mosquitto"]:
        began = time.time()
        run(f"docker kill --signal TERM {ids[service]}; docker wait {ids[service]}")
        finished, code = run("docker inspect -f '{{.State.FinishedAt}} {{.State.ExitCode}}' " + ids[service]).split()
        took = datetime.strptime(finished[:26].rstrip("Z") + "+0000", "%Y-%m-%dT%H:%M:%S.%f%z").timestamp() - began
        if took > 1.5 or code != "0":
            raise Failure(f"SIGTERM: {service} took {took:.1f} s and ended with {code}")
        say(f"SIGTERM ends {service} within {took:.2f} s, exit code {code}")


def ask(request):
    """What Central answers to a request with this id, without what it was said with."""
    message = json.dumps({"request": request})
    answer = run(f"docker compose exec -T mosquitto mosquitto_rr -t driver/me/request -e driver/me/status -m '{message}' -W 10")
    found = json.loads(answer.splitlines()[-1])
    return {name: found.get(name) for name in ("request", "status", "session", "code")}


def decided(request, within=30):
    """What Central decided on a request: "not yet, I am starting" is no decision, and a driver asks again (S1)."""
    ends = time.monotonic() + within
    while True:
        answer = ask(request)
        if answer["code"] != "CENTRAL_STARTING":
            return answer
        if time.monotonic() > ends:
            raise Failure(f"Central is still starting after {within} s: {answer}")


def check_data(bus):
    """What must survive `down` does, and `down -v` forgets it."""
    before = {number: bus.last(f"cp/CP-{number:03}/state") for number in range(1, 11)}
    promised = decided("survivor")
    check_stop()
    run("docker compose down")
    began = time.monotonic()
    run("docker compose up -d --wait")
    wait_for_all(bus, began)
    for number, old in before.items():
        new = bus.last(f"cp/CP-{number:03}/state")
        if new["meter"] != old["meter"] or new["meter_wh"] < old["meter_wh"]:
            raise Failure(f"the meter of CP-{number:03} did not survive: {old} → {new}")
    again = ask("survivor")
    if again != promised:
        raise Failure(f"the ledger did not survive: {promised} → {again}")
    run("docker compose exec -T mosquitto test -s mosquitto.db")
    say("down and up keep every meter and its register, and what Central promised")
    run("docker compose restart", within=300)
    began = time.monotonic()
    wait_for_all(bus, began)
    say("restart: ten points, and sessions complete")
    run("docker compose down -v")
    began = time.monotonic()
    run("docker compose up -d --wait mosquitto ev-cp-e-1")
    fresh = json.loads(bus.wait("cp/CP-001/state", '"ACTIVATED"', began, time.monotonic() + 30)[1])
    if fresh["meter"] == before[1]["meter"]:
        raise Failure("down -v did not wipe the data")
    say("down -v wipes it: CP-001 has a new meter")


def check_outcomes(bus):
    """No session ends in two ways."""
    outcomes = {}
    for _, topic, payload, retain in bus.heard:
        if re.fullmatch(r"driver/[^/]+/status", topic) and not retain:
            status = json.loads(payload)
            if status["status"] in ("COMPLETED", "FAILED"):
                outcomes.setdefault(status["session"], set()).add(status["status"])
    twice = [session for session, ends in outcomes.items() if len(ends) > 1]
    if twice or not outcomes:
        raise Failure(f"of {len(outcomes)} sessions these have two outcomes: {twice}")
    completed = sum(ends == {"COMPLETED"} for ends in outcomes.values())
    say(f"{len(outcomes)} sessions heard of, one outcome each: {completed} COMPLETED, {len(outcomes) - completed} FAILED")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["manuals", "drills", "data"])
    parser.add_argument("--keep", action="store_true", help="leave the stack running afterwards")
    parser.add_argument("--running", action="store_true", help="use the stack that runs already, on the usual ports")
    arguments = parser.parse_args()
    if arguments.running and arguments.only == "data":
        sys.exit("✗ --only data ends with down -v: not on a stack that is used")
    for name, variable, usual in [("1883", "WATTLINE_MQTT_PORT", 1883), ("8000", "WATTLINE_HTTP_PORT", 8000)]:
        ports[name] = usual if arguments.running else free_port(usual)
        os.environ[variable] = str(ports[name])
    # Its port is in no command of the manuals.
    os.environ["WATTLINE_PROMETHEUS_PORT"] = str(free_port(9090))
    global own
    own = not arguments.running
    # Whatever .env says.
    os.environ.update({"WATTLINE_BIND": "127.0.0.1", "WATTLINE_VERSION": "dev", "WATTLINE_LOG_FORMAT": "text", "WATTLINE_LOG_LEVEL": "info"})
    if own:
        os.environ.update({"COMPOSE_PROJECT_NAME": PROJECT, "NETWORK": f"{PROJECT}_default"})
    bus = None
    try:
        if not arguments.running:
            run("docker compose --profile observability down -v --remove-orphans")
            began = time.monotonic()
            run("docker compose up -d --build --wait", within=1800)
            say(f"docker compose up -d --build --wait: {time.monotonic() - began:.1f} s")
        bus = Bus(ports["1883"])
        wait_for_all(bus, time.monotonic())
        say("ten points report, sessions complete")
        check_running()
        for name, check in [("manuals", check_manuals), ("drills", check_drills), ("data", check_data)]:
            if arguments.only in (None, name) and not (name == "data" and arguments.running):
                check(bus)
        check_outcomes(bus)
    except Failure as failure:
        print(run("docker compose ps -a; ./view-logs.sh all --tail 4", check=False)[-8000:])
        print(f"✗ the compose stack: {failure}", flush=True)
        return 1
    finally:
        if bus:
            bus.close()
        if own and not arguments.keep:
            run("docker compose -p cp-011 -f docker/point.yml down -v", check=False)
            run("docker compose --profile observability down -v --remove-orphans", check=False)
    print(f"✔ the compose stack: all passed in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
