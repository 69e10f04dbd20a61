"""The books of a network whose ledger is on a server, held against what whoever listens on the bus has heard."""

import json
import re
import subprocess

from support.places import ROOT, environment_without_settings


def run(binary, *arguments, status=0, **settings):
    """What a command says, that ends with this status; `settings` are variables of its environment."""
    done = subprocess.run(
        [binary, *map(str, arguments)], cwd=ROOT, env={**environment_without_settings(), **settings}, capture_output=True, text=True, timeout=60)
    assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def promised(bus):
    """The sessions that were promised, as whoever listens heard it."""
    statuses = [message.value for message in bus.heard if re.fullmatch(r"driver/[^/]+/status", message.topic)]
    return {status["session"] for status in statuses if status["status"] == "ACCEPTED"}


def goes_on(bus, count, within=40):
    """Waits for so many more promises."""
    before = len(promised(bus))
    bus.until(f"{count} more promises", lambda: len(promised(bus)) >= before + count, within)


def held(server):
    """The sessions that are in the ledger."""
    return set(server.ask("SELECT id FROM wattline.sessions"))


def audit(network, url):
    """Audits the whole network: it must hold."""
    report = json.loads(run(network.binary, "audit", "--json", "--ledger", url, "--engines", network.data))
    assert report["holds"], report


def check(network, bus, server):
    """All that was promised is in the ledger, and its audit holds."""
    missing = promised(bus) - held(server)
    assert not missing, f"promised, and not in the ledger: {missing}"
    audit(network, server.url)
