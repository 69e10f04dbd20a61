"""Who is known is served, and may become so while all runs (P15); cards are tokens of accounts."""

import json
import re
import sqlite3
import subprocess
import urllib.request

import pytest
from support.places import ROOT, environment_without_settings, free_port
from support.programs import Program
from support.waiting import eventually

numbers = iter(range(2, 1000))
OPEN = ["--open", "--access", "known", "--drivers", "none"]


@pytest.fixture(scope="module")
def network(start_network):
    """Whoever comes may say anything, and Central serves those whom it knows."""
    network = start_network(*OPEN)
    for cp in ["CP-001", "CP-002", "CP-003"]:
        eventually(f"{cp} is there", lambda: point(network, cp)["state"] == "ACTIVATED", 30)
    return network


def point(network, cp):
    with urllib.request.urlopen(f"{network.url}/cp", timeout=30) as answer:
        return next((row for row in json.loads(answer.read()) if row["cp"] == cp), {"state": None})


def wattline(network, *arguments, status=0, **settings):
    command = [network.binary, *arguments, "--data", network.data]
    environment = {**environment_without_settings(), "WATTLINE_ADMIN_TOKEN": network.token, **settings}
    done = subprocess.run(list(map(str, command)), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == status, f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def ask(network, driver, request, cp="CP-001"):
    """The answer to a driver's request."""
    message = json.dumps({"request": request, "cp": cp})
    return eventually("Central has started", lambda: (answer := once(network, driver, message)).get("code") != "CENTRAL_STARTING" and answer, 10)


def once(network, driver, message):
    command = ["mosquitto_rr", "-p", network.port, "-V", "5", "-t", f"driver/{driver}/request", "-e", f"driver/{driver}/status", "-m", message, "-W", "10"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_unknown_driver_is_denied_and_served_when_it_has_a_name(network):
    answer = ask(network, "driver-new", "r-1")
    assert (answer["status"], answer["code"]) == ("DENIED", "UNKNOWN_DRIVER")
    assert "driver-new is not known" in answer["reason"]
    assert ask(network, "driver-alice", "r-1")["status"] == "ACCEPTED"
    wattline(network, "credentials", "add", "driver", "driver-new")
    assert ask(network, "driver-new", "r-1", "CP-002")["status"] == "ACCEPTED", "at once, and the same request"
    wattline(network, "credentials", "revoke", "driver", "driver-new")
    eventually("it is known no more", lambda: ask(network, "driver-new", f"r-{next(numbers)}", "CP-003").get("code") == "UNKNOWN_DRIVER", 10)


def test_an_unknown_point_is_not_heard_and_is_served_when_it_has_a_name(network):
    port = free_port()
    place = ["--cp", "CP-NEW", "--data", network.data, "--mqtt", f"mqtt://127.0.0.1:{network.port}"]
    engine = [network.binary, "engine", *place, "--power", "22", "--price", "0.30", "--kind", "AC", "--health-port", port]
    monitor = [network.binary, "monitor", *place, "--engine", f"127.0.0.1:{port}"]
    with Program(engine, environment_without_settings()), Program(monitor, environment_without_settings()):
        network.up.line("CP CP-NEW wants in and is not known: wattline credentials add point CP-NEW")
        assert ask(network, "driver-bob", "r-py-1", "CP-NEW")["code"] == "UNKNOWN_CP"
        wattline(network, "credentials", "add", "point", "CP-NEW")
        eventually("it is served", lambda: ask(network, "driver-bob", f"r-py-{next(numbers)}", "CP-NEW")["status"] == "ACCEPTED", 20)


def test_tokens_of_accounts_by_a_running_central(network):
    said = wattline(network, "tokens", "add", "CARD-1", "--driver", "driver-alice")
    assert said == "✔ Token CARD-1 of driver-alice counts\n"
    network.up.line("Token CARD-1 is driver-alice's, by shared")
    wattline(network, "tokens", "add", "CARD-2", "--driver", "driver-bob", "--expires", "2099-12-31")
    blocked = json.loads(wattline(network, "tokens", "block", "CARD-1", "--json"))
    assert (blocked["token"], blocked["state"]) == ("CARD-1", "blocked") and re.match(r"20\d\d-", blocked["blocked"])
    listed = [json.loads(line) for line in wattline(network, "tokens", "list", "--json").splitlines()]
    assert [(one["token"], one["driver"], one["state"]) for one in listed] == [("CARD-1", "driver-alice", "blocked"), ("CARD-2", "driver-bob", "valid")]
    assert listed[1]["expires"] == "2100-01-01T00:00:00.000Z", "a day counts to its end"
    table = wattline(network, "tokens", "list", "--color", "never").splitlines()
    assert table[0].split() == ["TOKEN", "DRIVER", "STATE", "UNTIL", "(UTC)"] and table[1].split()[:3] == ["CARD-1", "driver-alice", "blocked"]
    assert "Token CARD-1 of driver-alice counts" in wattline(network, "tokens", "unblock", "CARD-1")


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["add", "CARD-2", "--driver", "driver-alice"], "Token CARD-2 is driver-bob's"),
        (["block", "CARD-9"], "There is no token CARD-9"),
        (["unblock", "CARD-9"], "There is no token CARD-9"),
        (["add", "CARD-3", "--driver", "driver-nobody"], "Driver-nobody is not known: wattline credentials add driver driver-nobody"),
        (["add", "CARD-3", "--driver", "driver-alice", "--expires", "tomorrow"], 'expires="tomorrow": expected a day like'),
        (["add", "CARD-3", "--driver", "driver-alice", "--expires", "2020-01-01"], "2020-01-02T00:00:00.000Z is over"),
        (["add", "card 3", "--driver", "driver-alice"], 'TOKEN="card 3": expected'),
    ],
)
def test_what_is_wrong_with_a_token_is_said(network, arguments, said):
    wattline(network, "tokens", "add", "CARD-2", "--driver", "driver-bob", "--expires", "2099-12-31")
    done = subprocess.run(
        list(map(str, [network.binary, "tokens", *arguments, "--data", network.data])), cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={**environment_without_settings(), "WATTLINE_ADMIN_TOKEN": network.token},
    )
    assert done.returncode != 0 and said in done.stderr, done.stderr


def test_tokens_without_a_central_are_in_the_ledger(start_network):
    network = start_network("--drivers", "none")
    eventually("Central is there", lambda: point(network, "CP-001")["state"], 30)
    assert network.stop() == 0
    assert "CARD-7 of driver-eve counts" in wattline(network, "tokens", "add", "CARD-7", "--driver", "driver-eve")
    assert "no token CARD-8" in wattline(network, "tokens", "block", "CARD-8", status=1)
    assert "expected a driver who is known" in wattline(network, "tokens", "add", "CARD-8", "--driver", "driver-x", status=64)
    assert "of driver-x counts" in wattline(network, "tokens", "add", "CARD-8", "--driver", "driver-x", WATTLINE_ACCESS="any")
    with sqlite3.connect(f"file:{network.data}/central/ledger.db?mode=ro", uri=True) as ledger:
        assert ledger.execute("SELECT what, driver FROM audit_log WHERE why LIKE 'token CARD-7, by %'").fetchall() == [("TOKEN_ADDED", "driver-eve")]
    assert "holds" in wattline(network, "audit")
