"""What Prometheus is given is what Central measures: a network is started, a real Prometheus scrapes it, and everything that is asked finds something there.

With --write the table of metrics in docs/monitoring/README.md is written anew.
"""

import re
import subprocess
import urllib.parse

import pytest
from support.places import ROOT
from support.prometheus import DASHBOARD, MONITORING, RULES, Prometheus, promtool
from support.waiting import eventually, get

BEGIN, END = "<!-- metrics: written by Scripts/acceptance.sh --write -->", "<!-- end of metrics -->"
DESCRIPTIONS = (ROOT / "Sources/Services/Dashboard/Descriptions.swift").read_text()
# Names and meanings, in the order of the source.
MEANINGS = dict(re.findall(r'MetricDescription\(\s*"(\w+)",\s*"([^"]*)"', DESCRIPTIONS))
SELECTORS = sorted({selector for rule in RULES for selector in re.findall(r"\bwattline_\w+(?:\{[^}]*\})?", rule["expr"])})


def questions():
    """All that the dashboard asks, by name: a query, and the legend that its answer is shown with."""
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield f"{panel['title']} {target['refId']}", target["expr"], target.get("legendFormat", "")
    for note in DASHBOARD["annotations"]["list"]:
        if "expr" in note:
            yield note["name"], note["expr"], note["titleFormat"]
    for variable in DASHBOARD["templating"]["list"]:
        found = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"]) if variable["type"] == "query" else None
        if found:
            yield variable["name"], found[1], "{{%s}}" % found[2]


QUESTIONS = {name: (query, legend) for name, query, legend in questions()}


@pytest.fixture(scope="module")
def prometheus(network, folder):
    # Central tells how long certificates hold where there are some.
    subprocess.run([network.binary, "certificates", "init", "--data", network.data], check=True, cwd=ROOT, capture_output=True)
    subprocess.run([network.binary, "certificates", "add", "engine", "CP-001", "--data", network.data], check=True, cwd=ROOT, capture_output=True)
    with Prometheus(folder / "prometheus", urllib.parse.urlsplit(network.url).netloc) as prometheus:
        yield prometheus


@pytest.fixture(scope="module")
def broken_contract(prometheus, bus):
    """A session was completed, and a message has broken the contract and was seen twice: a rate needs two looks."""
    eventually("a session", lambda: prometheus.ask('wattline_sessions_total{end_reason="completed"} > 0'), within=60)
    bus.publish("cp/CP-001/telemetry", {})
    eventually("WattlineContractBroken", lambda: prometheus.states().get("WattlineContractBroken") == "firing", within=30)
    eventually("a look at certificates", lambda: prometheus.ask('wattline_certificate_expires_seconds{certificate="clients"}'), within=60)
    eventually("a second look at it", lambda: prometheus.ask("increase(wattline_messages_rejected_total[1m])"), within=30)


@pytest.fixture(scope="module")
def metrics(network, broken_contract):
    """The text of /metrics."""
    return get(f"{network.url}/metrics")


@pytest.fixture(scope="module")
def kinds(metrics):
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", metrics, re.M))


def test_prometheus_finds_nothing_to_say_about_the_text(metrics):
    assert promtool("check", "metrics", stdin=metrics) == ""


def test_what_central_measures_is_described_and_the_other_way_round(kinds):
    assert sorted(kinds) == sorted(MEANINGS)


def test_a_metric_says_of_itself_what_its_description_says(metrics):
    helps = dict(re.findall(r"^# HELP (\S+) (.*)$", metrics, re.M))
    assert helps
    assert {name: text for name, text in helps.items() if MEANINGS.get(name) != text} == {}


def table(metrics, kinds):
    rows = ["| metric | type | labels | meaning |", "|---|---|---|---|"]
    for name, meaning in MEANINGS.items():
        labels = {}
        for series in re.findall(rf"^{name}(?:_bucket)?{{(.*)}} ", metrics, re.M):
            labels.update(dict.fromkeys(re.findall(r'(\w+)="', series)))
        told = ", ".join(f"`{label}`" for label in labels if label != "le")
        rows.append(f"| `{name}` | {kinds.get(name, '?')} | {told} | {meaning} |")
    return "\n\n" + "\n".join(rows) + "\n\n"


def test_the_manual_has_the_table_of_metrics(metrics, kinds, request):
    readme = MONITORING / "README.md"
    before, _, rest = readme.read_text().partition(BEGIN)
    old, _, after = rest.partition(END)
    new = table(metrics, kinds)
    if request.config.getoption("--write"):
        readme.write_text(before + BEGIN + new + END + after)
    else:
        assert old == new, "Scripts/acceptance.sh observability_test.py --write writes it anew"


@pytest.mark.parametrize("selector", SELECTORS)
def test_central_has_what_an_alert_looks_at(prometheus, broken_contract, selector):
    assert prometheus.ask(selector) != []


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_the_dashboard_asks_finds_something_with_the_labels_of_its_legend(prometheus, broken_contract, question):
    query, legend = QUESTIONS[question]
    found = prometheus.ask(query.replace("$__rate_interval", "1m").replace("$instance", ".*"))
    assert found != [], query
    for label in re.findall(r"{{(\w+)}}", legend):
        assert label == "code" or all(label in series["metric"] for series in found), f"no label {label} in {query}"


def test_every_rule_can_be_evaluated(prometheus, broken_contract):
    rules = prometheus.rules()
    assert len(rules) == len(RULES)
    assert {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] != "ok"} == {}


def test_on_a_network_that_is_well_only_the_broken_contract_fires(prometheus, broken_contract):
    assert {name for name, state in prometheus.states().items() if state == "firing"} == {"WattlineContractBroken"}


def test_a_central_that_is_gone_is_noticed(prometheus, broken_contract, network):
    """The last one: it stops the network."""
    network.stop()
    eventually("WattlineCentralDown", lambda: prometheus.states()["WattlineCentralDown"] == "pending", within=30)
