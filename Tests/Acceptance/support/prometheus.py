"""Prometheus and promtool, Debian's."""

import json
import shutil
import subprocess
import urllib.error
import urllib.parse

import yaml

from support.closing import Closing
from support.places import ROOT, free_port
from support.programs import Program
from support.waiting import eventually, get, get_json

MONITORING = ROOT / "docs/monitoring"
RULES = [rule for group in yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((MONITORING / "grafana-dashboard.json").read_text())


def promtool(*arguments, stdin=None):
    """What it complains about, or nothing. It prints of what is well, too."""
    assert shutil.which("promtool"), "no promtool: Scripts/bootstrap.sh prometheus"
    done = subprocess.run(["promtool", *map(str, arguments)], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return (done.stdout.strip() or f"exit code {done.returncode}") if done.returncode else ""


class Prometheus(Closing):
    """One that scrapes a network once a second."""

    def __init__(self, folder, target):
        folder.mkdir()
        shutil.copy(MONITORING / "alerts.yaml", folder)
        config = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
        (folder / "prometheus.yml").write_text(json.dumps(config))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.program = Program([
            "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"])

    def ask(self, query):
        """The series that a query finds."""
        try:
            return get_json(f"{self.url}/api/v1/query?" + urllib.parse.urlencode({"query": query}))["data"]["result"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{query}: {error.code} {error.read().decode()}") from None

    def rules(self):
        return [rule for group in get_json(f"{self.url}/api/v1/rules")["data"]["groups"] for rule in group["rules"]]

    def states(self):
        return {rule["name"]: rule["state"] for rule in self.rules()}

    def come_up(self):
        eventually("Prometheus is ready", lambda: get(f"{self.url}/-/ready"), within=30)

    def close(self):
        self.program.process.terminate()
        try:
            self.program.ends(10)
        finally:
            self.program.close()
