"""F1 to F11 with stations: the gateway, Central, the broker and all others are killed, hung and restarted while stations of both versions charge."""

import json
import random
import subprocess

import pytest
from support import gateway
from support.places import ROOT, environment_without_settings, free_port
from support.waiting import eventually

CARDS = {"CARD-A": "driver-alice", "CARD-B": "driver-bob", "CARD-C": "driver-charlie"}


@pytest.fixture
def network(start_network):
    port = free_port()
    network = start_network("--open", "--ocpp-port", port)
    network.url_of_stations = f"ws://127.0.0.1:{port}/ocpp"
    for card, driver in CARDS.items():
        gateway.run(network, "tokens", "add", card, "--driver", driver)
    return network


class Fleet:
    """Three stations that charge all the time, and what they counted when they are asked to end."""

    def __init__(self, network, name, version, *options):
        words = ["fleet", "--ocpp", version, "--url", network.url_of_stations, "--points", 3, "--name", name, "--every", "6s", "--json", *options]
        for card in CARDS:
            words += ["--token", card]
        self.name = name
        self.process = subprocess.Popen(
            list(map(str, [network.binary, *words])), cwd=ROOT, env=environment_without_settings(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def end(self):
        self.process.terminate()
        return json.loads(self.process.communicate(timeout=20)[0])

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def billed(network, name):
    """The energy in Wh of all sessions at a fleet's stations that are complete, and of those that are owed by nobody."""
    rows = []
    for number in range(1, 4):
        rows += lines(gateway.run(network, "sessions", "--cp", f"{name}-000{number}", "--last", "1000", "--json"))
    strays = [row for row in lines(gateway.run(network, "ledger", "records", "--json")) if row["cp"].startswith(f"{name}-")]
    return sum(row["meter_end_wh"] - row["meter_start_wh"] for row in [row for row in rows if row["complete"]] + strays)


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("seconds", [30, pytest.param(600, marks=pytest.mark.long)])
def test_whoever_dies_what_stations_metered_is_billed_once(network, tell, seconds):
    seed = random.randrange(1 << 32)
    fleets = [Fleet(network, "A", "1.6"), Fleet(network, "B", "2.0.1")]
    try:
        eventually("all stations are points", lambda: sum(row["cp"][1] == "-" for row in gateway.get(network, "/cp")) == 6, 30)
        words = [network.binary, "chaos", "--data", network.data, "--seed", seed, "--duration", f"{seconds}s", "--every", "3s"]
        chaos = subprocess.run(list(map(str, words)), cwd=ROOT, env=environment_without_settings(), capture_output=True, text=True, timeout=seconds + 300)
        tell(f"chaos --seed {seed}:\n{chaos.stdout}{chaos.stderr}")
        assert chaos.returncode == 0, chaos.stdout + chaos.stderr
        for fleet in fleets:
            counts = fleet.end()
            assert counts["charges"] > 0, counts
            # The end of a charge may just be on its way.
            metered = range(counts["metered_wh"] - counts["unconfirmed_wh"], counts["metered_wh"] + 1)
            eventually(f"what {fleet.name} metered is billed, once: {counts}", lambda: billed(network, fleet.name) in metered, 30)
    finally:
        for fleet in fleets:
            fleet.stop()
    gateway.run(network, "audit")
