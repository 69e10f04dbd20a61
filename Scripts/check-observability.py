#!/usr/bin/python3
"""Holds what Prometheus is given against what Central measures: check-observability.py URL of a Central that has run for some seconds.

The text of /metrics, the alert rules and their tests by promtool (Debian's package prometheus); every query of the rules and of the Grafana dashboard is parsed by it,
and names only metrics that Central has.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "docs" / "operations"


def promtool(*arguments, stdin=None):
    done = subprocess.run(["promtool", *arguments], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"✖ promtool {' '.join(map(str, arguments))}:\n{done.stdout}")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    metrics = urllib.request.urlopen(sys.argv[1].rstrip("/") + "/metrics", timeout=10).read().decode()
    promtool("check", "metrics", stdin=metrics)
    # Some begin with the first time that something goes wrong.
    described = re.findall(r'MetricDescription\(\s*"([a-z_]+)"', (FOLDER / "../../Sources/Dashboard/Descriptions.swift").read_text())
    known = set(re.findall(r"^([a-z_]+)[{ ]", metrics, re.M)) | set(described) | {"up"}
    absent = {name for name in described if f"# TYPE {name} " not in metrics} - {"wattline_messages_rejected_total"}
    if absent:
        sys.exit(f"✖ Descriptions.swift describes what Central does not measure: {', '.join(sorted(absent))}")
    promtool("check", "config", FOLDER / "prometheus.yml")
    promtool("test", "rules", FOLDER / "alerts_test.yaml")
    rules = (FOLDER / "alerts.yaml").read_text()
    dashboard = json.loads((FOLDER / "grafana-dashboard.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    # promtool has no other way to have a query parsed.
    plain = [query.replace("$__rate_interval", "1m").replace("$instance", ".*") for query in queries]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump({"groups": [{"name": "dashboard", "rules": [{"record": f"query:{i}", "expr": query} for i, query in enumerate(plain)]}]}, file)
        file.flush()
        promtool("check", "rules", file.name)
    used = set(re.findall(r"\bwattline_[a-z_]+\b", rules + "\n".join(queries)))
    missing = sorted(used - known)
    if missing:
        sys.exit(f"✖ Central does not measure {', '.join(missing)}")
    untold = sorted(line.split(" ", 3)[2] for line in metrics.splitlines() if line.startswith("# HELP ") and line.split(" ", 3)[2] == line.split(" ", 3)[3])
    if untold:
        sys.exit(f"✖ Sources/Dashboard/Descriptions.swift does not say what these are: {', '.join(untold)}")
    alerts = len(re.findall(r"- alert:", rules))
    print(f"observability: {len(known)} series names, {alerts} alerts and {len(queries)} queries of the Grafana dashboard agree")


main()
