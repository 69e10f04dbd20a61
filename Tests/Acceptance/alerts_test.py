"""The alert rules and the files of docs/monitoring by themselves: no network is needed. Needs promtool, of Debian's package prometheus."""

import concurrent.futures
import json
import os
import re
import shutil

import pytest
import yaml
from support.places import ROOT
from support.prometheus import MONITORING, RULES, promtool

TESTS = yaml.safe_load((MONITORING / "alerts_test.yaml").read_text())["tests"]
NAMES = [rule.get("alert", "no name") for rule in RULES]
CONFIGURATIONS = ["docs/monitoring/prometheus.yml", "docker/prometheus.yml"]
each_rule = pytest.mark.parametrize("rule", RULES, ids=NAMES)


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_prometheus_takes_the_configuration_and_the_rules(folder, configuration):
    here = folder / configuration.replace("/", "-")
    here.mkdir()
    shutil.copy(MONITORING / "alerts.yaml", here)
    assert promtool("check", "config", "--lint-fatal", shutil.copy(ROOT / configuration, here)) == ""


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_the_job_has_the_name_that_the_rules_want(configuration):
    assert yaml.safe_load((ROOT / configuration).read_text())["scrape_configs"][0]["job_name"] == "wattline"


def anchors(manual):
    """GitHub's names for the headings of a manual."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", manual.read_text(), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_rule
def test_an_alert_has_a_name_a_severity_and_a_runbook(rule):
    assert re.fullmatch("Wattline[A-Z][A-Za-z]+", rule["alert"])
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert rule["annotations"].keys() == {"summary", "description", "runbook"}
    path, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert (ROOT / path).is_file()
    assert anchor in anchors(ROOT / path)


def test_the_rules_pass_their_tests():
    assert promtool("test", "rules", MONITORING / "alerts_test.yaml") == ""


def cases(rule):
    """The tests that are about an alert."""
    return [case for case in TESTS if f'alertname="{rule["alert"]}"' in json.dumps(case).replace('\\"', '"')]


def mutants(rule):
    """A rule that never fires, fires at once, waits longer, has lost its severity or a threshold."""
    yield "it never fires", {**rule, "expr": f"({rule['expr']}) and on () vector(1) > 1"}
    yield "it has another severity", {**rule, "labels": {"severity": "other"}}
    if "for" in rule:
        yield "it fires at once", {key: value for key, value in rule.items() if key != "for"}
        seconds = int(rule["for"][:-1]) * {"s": 1, "m": 60}[rule["for"][-1]]
        yield "it waits three minutes more", {**rule, "for": f"{seconds + 180}s"}
    for threshold in re.findall(r"[<>]=? ([\d.]+)(?= |$)", rule["expr"], re.M):
        loose = re.sub(rf"([<>]=?) {re.escape(threshold)}(?= |$)", ">= -1", rule["expr"], flags=re.M)
        yield f"it has lost its threshold {threshold}", {**rule, "expr": loose}


MUTANTS = {f"{rule['alert']}, if {fault}": (rule, mutant) for rule in RULES for fault, mutant in mutants(rule)}


def is_red(rule, tests, folder):
    folder.mkdir()
    (folder / "alerts.yaml").write_text(json.dumps({"groups": [{"name": "wattline", "rules": [rule]}]}))
    (folder / "test.yaml").write_text(json.dumps({"rule_files": ["alerts.yaml"], "evaluation_interval": "15s", "tests": tests}))
    return promtool("test", "rules", folder / "test.yaml") != ""


@pytest.fixture(scope="module")
def verdicts(folder):
    """The tests of each alert, on the rule as it is and on its mutants; each is a process, so they run side by side."""
    jobs = {rule["alert"]: (rule, cases(rule)) for rule in RULES} | {name: (mutant, cases(rule)) for name, (rule, mutant) in MUTANTS.items()}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {name: pool.submit(is_red, rule, tests, folder / f"rule-{number}") for number, (name, (rule, tests)) in enumerate(jobs.items())}
        return {name: job.result() for name, job in running.items()}


@each_rule
def test_an_alert_has_tests_that_are_green_by_themselves(verdicts, rule):
    assert cases(rule), "alerts_test.yaml has nothing about it"
    assert not verdicts[rule["alert"]]


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_tests_of_an_alert_are_red(verdicts, mutant):
    assert verdicts[mutant]
