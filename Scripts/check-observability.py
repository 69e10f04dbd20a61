#!/usr/bin/python3
"""What Prometheus is given, against what Central measures: docs/operations, docker/prometheus.yml and a network that is started for it, in half a minute.

    Scripts/check-observability.py            checks; the program is WATTLINE_BIN or .build/release/wattline
    Scripts/check-observability.py --write    also writes the table of metrics in docs/operations/README.md anew

Needs promtool and prometheus (Debian's package prometheus). The text of /metrics is linted; the rules pass their tests, and each of them broken fails them; every
selector of the rules and every query of the Grafana dashboard is asked of a real Prometheus that scrapes the network, and must find something there.
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "operations"
BINARY = pathlib.Path(os.environ.get("WATTLINE_BIN") or ROOT / ".build/release/wattline")
BEGIN, END = "<!-- metrics: written by Scripts/check-observability.py --write -->", "<!-- end of metrics -->"
problems = []


def expect(condition, problem):
    if not condition:
        problems.append(problem)
    return condition


def promtool(*arguments, stdin=None):
    """What it complains about, or nothing."""
    done = subprocess.run(["promtool", *map(str, arguments)], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    # It ends well with lint of rules and metrics, which it prints all the same.
    return done.stdout.strip() or f"exit code {done.returncode}" if done.returncode else ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def wait(what, seconds, condition):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            found = condition()
        except (OSError, ValueError):
            found = None
        if found:
            return found
        time.sleep(0.2)
    raise TimeoutError(f"{what}: not within {seconds} s")


# The files by themselves


def anchors(path):
    """GitHub's names for the headings of a manual."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", path.read_text(), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check_files(rules, work):
    for config in [FOLDER / "prometheus.yml", ROOT / "docker" / "prometheus.yml"]:
        folder = work / config.parent.name
        folder.mkdir()
        shutil.copy(FOLDER / "alerts.yaml", folder)
        complaint = promtool("check", "config", "--lint-fatal", shutil.copy(config, folder))
        expect(not complaint, f"{config.relative_to(ROOT)}: {complaint}")
        expect(yaml.safe_load(config.read_text())["scrape_configs"][0]["job_name"] == "wattline", f"{config}: the rules want the job name wattline")
    for rule in rules:
        name, notes = rule.get("alert", ""), rule.get("annotations", {})
        expect(re.fullmatch("Wattline[A-Z][A-Za-z]+", name), f"alert {name}: a name is WattlineSomething")
        expect(rule.get("labels", {}).get("severity") in ("critical", "warning", "info"), f"{name}: no severity")
        expect(notes.keys() == {"summary", "description", "runbook"}, f"{name}: annotations are summary, description, runbook")
        path, _, anchor = notes.get("runbook", "").partition("#")
        expect((ROOT / path).is_file() and anchor in anchors(ROOT / path), f"{name}: no section {path}#{anchor}")


def check_dashboard(dashboard):
    panels = dashboard["panels"]
    expect(len({panel["id"] for panel in panels}) == len(panels), "dashboard: an id twice")
    taken = collections.Counter()
    for panel in panels:
        at = panel["gridPos"]
        taken.update((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"]))
        expect(at["x"] + at["w"] <= 24, f"dashboard: {panel['title']} is beyond the right edge")
        expect(panel.get("description"), f"dashboard: {panel['title']} has no description")
        for part in [panel, *panel["targets"]]:
            expect(part["datasource"]["uid"] == "${datasource}", f"dashboard: {panel['title']} has a data source of its own")
        references = [target["refId"] for target in panel["targets"]]
        expect(len(set(references)) == len(references), f"dashboard: {panel['title']}: a refId twice")
    expect(max(taken.values()) == 1, "dashboard: panels lie on each other")


# The rules and their tests


def about(case, rule):
    return f'alertname="{rule}"' in json.dumps(case).replace('\\"', '"')


def is_red(rule, cases, folder):
    """Whether the tests of a rule fail with this one in its place."""
    (folder / "alerts.yaml").write_text(json.dumps({"groups": [{"name": "wattline", "rules": [rule]}]}))
    (folder / "test.yaml").write_text(json.dumps({"rule_files": ["alerts.yaml"], "evaluation_interval": "15s", "tests": cases}))
    return promtool("test", "rules", folder / "test.yaml") != ""


def check_tests(rules, tests, work):
    """The tests pass, and fail for each rule that never fires, that fires at once, that waits longer, that has lost a threshold or its severity."""
    jobs = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for rule in rules:
            name = rule["alert"]
            cases = [case for case in tests if about(case, name)]
            if not expect(cases, f"alerts_test.yaml has nothing about {name}"):
                continue
            variants = {"as it is": rule, "if it never fires": {**rule, "expr": f"({rule['expr']}) and on () vector(1) > 1"}}
            variants["with another severity"] = {**rule, "labels": {"severity": "other"}}
            if "for" in rule:
                variants["if it fires at once"] = {key: value for key, value in rule.items() if key != "for"}
                seconds = int(rule["for"][:-1]) * {"s": 1, "m": 60}[rule["for"][-1]]
                variants["if it waits three minutes more"] = {**rule, "for": f"{seconds + 180}s"}
            for threshold in re.findall(r"[<>]=? ([\d.]+)(?= |$)", rule["expr"], re.M):
                variants[f"without its threshold {threshold}"] = {**rule, "expr": re.sub(rf"([<>]=?) {re.escape(threshold)}(?= |$)", ">= -1", rule["expr"], flags=re.M)}
            for variant, mutant in variants.items():
                folder = work / f"test-{len(jobs)}"
                folder.mkdir()
                jobs[pool.submit(is_red, mutant, cases, folder)] = (name, variant)
        for job in concurrent.futures.as_completed(jobs):
            name, variant = jobs[job]
            expect(job.result() == (variant != "as it is"), f"the tests of {name} are {'red' if job.result() else 'green'} {variant}")
    complaint = promtool("test", "rules", FOLDER / "alerts_test.yaml")
    expect(not complaint, f"alerts_test.yaml: {complaint}")
    return len(jobs) - len(rules)


# A network, and a Prometheus that watches it


class Network:
    def __init__(self, work):
        self.log = work / "up.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [BINARY, "up", "--data", work / "data", "--http-port", str(free_port()), "--mqtt-port", str(free_port()), "--color", "never"], stdout=log, stderr=log, cwd=ROOT,
                env={name: value for name, value in os.environ.items() if not name.startswith("WATTLINE_")})

    def address(self, word):
        if self.process.poll() is not None:
            raise RuntimeError(f"wattline up ended with {self.process.returncode}:\n{self.log.read_text()[-2000:]}")
        found = re.search(rf"^ *{word} +(\S+)", self.log.read_text(), re.M)
        return found and urllib.parse.urlsplit(found[1])

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)


class Prometheus:
    def __init__(self, work, target):
        folder = work / "prometheus"
        folder.mkdir()
        shutil.copy(FOLDER / "alerts.yaml", folder)
        config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
        (folder / "prometheus.yml").write_text(json.dumps(config))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/api/v1"
        with open(folder / "log", "w") as log:
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"],
                stdout=log, stderr=log)

    def ask(self, query):
        """The series that a query finds; what is wrong with it is a problem."""
        try:
            return json.loads(get(f"{self.url}/query?" + urllib.parse.urlencode({"query": query})))["data"]["result"]
        except urllib.error.HTTPError as error:
            problems.append(f"{query}: {json.loads(error.read()).get('error')}")
            return None

    def rules(self):
        return [rule for group in json.loads(get(f"{self.url}/rules"))["data"]["groups"] for rule in group["rules"]]

    def states(self):
        return {rule["name"]: rule["state"] for rule in self.rules()}

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)


def described():
    """Names and meanings from Descriptions.swift, in its order."""
    return dict(re.findall(r'MetricDescription\(\s*"(\w+)",\s*"([^"]*)"', (ROOT / "Sources/Services/Dashboard/Descriptions.swift").read_text()))


def check_metrics(text, write):
    complaint = promtool("check", "metrics", stdin=text)
    expect(not complaint, f"/metrics: {complaint}")
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
    helps = dict(re.findall(r"^# HELP (\S+) (.*)$", text, re.M))
    meanings = described()
    for name in sorted(kinds.keys() | meanings.keys()):
        expect(name in meanings, f"Descriptions.swift does not say what {name} is")
        expect(name in kinds, f"Descriptions.swift describes {name}, which Central does not measure")
        expect(name not in meanings or name not in helps or helps[name] == meanings[name], f"{name}: /metrics says {helps.get(name)}")
    rows = ["| metric | type | labels | meaning |", "|---|---|---|---|"]
    for name, meaning in meanings.items():
        labels = {}
        for series in re.findall(rf"^{name}(?:_bucket)?{{(.*)}} ", text, re.M):
            labels.update(dict.fromkeys(re.findall(r'(\w+)="', series)))
        told = ", ".join(f"`{label}`" for label in labels if label != "le")
        rows.append(f"| `{name}` | {kinds.get(name, '?')} | {told} | {meaning} |")
    readme = FOLDER / "README.md"
    before, _, rest = readme.read_text().partition(BEGIN)
    old, _, after = rest.partition(END)
    new = "\n\n" + "\n".join(rows) + "\n\n"
    if write:
        readme.write_text(before + BEGIN + new + END + after)
    else:
        expect(old == new, "docs/operations/README.md: the table of metrics is not that of /metrics: Scripts/check-observability.py --write")
    return len(kinds)


def check_queries(prometheus, rules, dashboard):
    """Everything that is asked finds something: names, labels and their values are those of Central."""
    selectors = {selector for rule in rules for selector in re.findall(r"\bwattline_\w+(?:\{[^}]*\})?", rule["expr"])}
    for selector in sorted(selectors):
        expect(prometheus.ask(selector) != [], f"alerts.yaml: Central has no {selector}")
    asked = [(panel["title"], target["expr"], target.get("legendFormat", "")) for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [(note["name"], note["expr"], note["titleFormat"]) for note in dashboard["annotations"]["list"] if "expr" in note]
    for variable in dashboard["templating"]["list"]:
        found = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"]) if variable["type"] == "query" else None
        if found:
            asked.append((variable["name"], found[1], "{{%s}}" % found[2]))
    for title, query, legend in asked:
        found = prometheus.ask(query.replace("$__rate_interval", "1m").replace("$instance", ".*"))
        expect(found != [], f"dashboard: {title}: nothing is found by {query}")
        for label in re.findall(r"{{(\w+)}}", legend):
            expect(all(label in series["metric"] for series in found or []) or label == "code", f"dashboard: {title}: no label {label} in {query}")
    for rule in prometheus.rules():
        expect(rule["health"] == "ok", f"{rule['name']}: {rule.get('lastError') or rule['health']}")
    return len(selectors) + len(asked)


def main():
    write = "--write" in sys.argv[1:]
    if set(sys.argv[1:]) - {"--write"}:
        sys.exit(__doc__)
    for tool in ("promtool", "prometheus", "mosquitto_pub"):
        if not shutil.which(tool):
            sys.exit(f"✖ no {tool}: Scripts/bootstrap.sh prometheus")
    if not os.access(BINARY, os.X_OK):
        sys.exit(f"✖ no {BINARY}: make build")
    rules = [rule for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"] for rule in group["rules"]]
    tests = yaml.safe_load((FOLDER / "alerts_test.yaml").read_text())["tests"]
    dashboard = json.loads((FOLDER / "grafana-dashboard.json").read_text())
    network = prometheus = None
    with tempfile.TemporaryDirectory(prefix="wattline-observability-") as folder:
        work = pathlib.Path(folder)
        try:
            network = Network(work)
            central = wait("a dashboard", 20, lambda: network.address("see"))
            prometheus = Prometheus(work, central.netloc)
            broker = network.address("broker")
            # The files meanwhile: sessions take ten seconds.
            check_files(rules, work)
            check_dashboard(dashboard)
            mutants = check_tests(rules, tests, work)
            wait("a session", 40, lambda: prometheus.ask('wattline_sessions_total{end_reason="completed"} > 0'))
            # One alert is to be seen.
            subprocess.run(["mosquitto_pub", "-h", broker.hostname, "-p", str(broker.port), "-q", "1", "-t", "cp/CP-001/telemetry", "-m", "{}"], check=True)
            wait("WattlineContractBroken", 15, lambda: prometheus.states().get("WattlineContractBroken") == "firing")
            wait("a second look at it", 5, lambda: prometheus.ask("increase(wattline_messages_rejected_total[1m])"))
            metrics = check_metrics(get(f"http://{central.netloc}/metrics"), write)
            queries = check_queries(prometheus, rules, dashboard)
            firing = {name for name, state in prometheus.states().items() if state == "firing"}
            expect(firing == {"WattlineContractBroken"}, f"on a network that is well these fire: {', '.join(sorted(firing))}")
            network.stop()
            wait("WattlineCentralDown", 10, lambda: prometheus.states()["WattlineCentralDown"] == "pending")
        except (TimeoutError, RuntimeError) as failure:
            problems.append(str(failure))
            # A port that was free may be somebody else's meanwhile.
            problems.extend(sorted({line for line in (work / "up.log").read_text().splitlines() if "in use" in line}))
        finally:
            for process in (prometheus, network):
                if process:
                    process.stop()
    if problems:
        sys.exit("\n".join("✖ observability: " + problem for problem in problems))
    print(f"observability: {metrics} metrics; {len(rules)} alerts, {mutants} ways to break them red; {queries} selectors and queries, all find something")


if __name__ == "__main__":
    main()
