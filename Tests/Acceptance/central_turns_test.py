"""Two Centrals that share a ledger on a server: one is at work, the other takes over (S7, F12, F14)."""

import contextlib
import json
import os
import signal
import urllib.error

import pytest
from support.books import check, goes_on, run
from support.bus import Bus
from support.network import Network
from support.places import environment_without_settings, free_port
from support.postgres import Link
from support.programs import Program
from support.turns import check_statuses, health, highest, settled, standing, statuses, takes_over
from support.waiting import eventually, get, get_json


@contextlib.contextmanager
def two(binary, server, *arguments):
    """A network with two Centrals, what dies of which stays away, and who hears what is said."""
    with Network(binary, "--ledger", server.url, "--centrals", "2", "--restart-delay", "60s", *arguments) as network:
        network.up.line("It is this Central's turn")
        settled(network)
        with Bus(network.port, "#", name=network.owner) as bus:
            bus.until("Central's status", lambda: statuses(bus), 10)
            yield network, bus


def holds(network, bus, server):
    """Ends it; then everything that was promised is in the ledger, and that holds."""
    network.stop()
    check_statuses(bus)
    check(network, bus, server)


def test_the_other_takes_over_from_one_that_is_killed(binary, server):
    with two(binary, server) as (network, bus):
        goes_on(bus, 3)
        active, _ = settled(network)
        before = highest(bus)
        network.kill(active)
        takes_over(bus, before)
        goes_on(bus, 3)
        holds(network, bus, server)


def test_one_that_stood_still_writes_no_row_and_leaves_the_bus(binary, server):
    with two(binary, server) as (network, bus):
        goes_on(bus, 2)
        active, waiting = settled(network)
        before = highest(bus)
        pid = network.pid(active)
        os.kill(pid, signal.SIGSTOP)
        now = takes_over(bus, before)
        goes_on(bus, 2)
        rows = server.ask("SELECT holder, token FROM wattline.writers")
        os.kill(pid, signal.SIGCONT)
        network.up.line(rf"^{active} .*another Central writes the ledger of the network")
        goes_on(bus, 2)
        assert server.ask("SELECT holder, token FROM wattline.writers") == rows
        assert highest(bus) == now["epoch"], "it was on the bus again"
        eventually("the other is at work", lambda: standing(network, waiting) == "ready", 10)
        holds(network, bus, server)


def test_one_that_cant_reach_the_ledger_gives_way(binary, server):
    """F14: it is told by nobody, stays on the bus until another one comes, and then stays off it."""
    with Link(server) as link, Network(binary, "--ledger", link.url, "--restart-delay", "60s") as network:
        network.come_up()
        other = [binary, "central", "--data", network.data, "--mqtt", f"mqtt://127.0.0.1:{network.port}", "--number", 2, "--ledger", server.url]
        with Program([*other, "--http-port", free_port(), "--color", "never"], environment_without_settings()) as second, \
                Bus(network.port, "#", name=network.owner) as bus:
            second.line("Stands by: .*Central on .* writes the ledger of the network")
            goes_on(bus, 2)
            before = highest(bus)
            link.cut()
            second.line("It is this Central's turn")
            now = takes_over(bus, before)
            goes_on(bus, 3)
            assert standing(network, "central") == "not ready"
            link.mend()
            network.up.line(r"^central .*another Central writes the ledger of the network")
            goes_on(bus, 1)
            assert highest(bus) == now["epoch"]
            second.process.send_signal(signal.SIGINT)
            second.ends(10)
            holds(network, bus, server)


def test_one_that_is_stopped_well_is_waited_for_by_nobody(binary, server):
    # With so long a lease, it would be.
    with two(binary, server, "--lease", "60s") as (network, bus):
        active, waiting = settled(network)
        before = highest(bus)
        network.kill(active, signal.SIGTERM)
        takes_over(bus, before, within=20)
        eventually("the other is at work", lambda: standing(network, waiting) == "ready", 10)
        holds(network, bus, server)


def test_the_one_that_waits_says_so_and_commands_find_the_other(binary, server):
    with two(binary, server) as (network, bus):
        active, waiting = settled(network)
        said = health(network, waiting)
        assert (said["live"], said["ready"]) == (True, False) and "this Central stands by: another one" in said["reason"]
        address = (network.data / waiting / "http").read_text().strip()
        run(binary, "health", address)
        with pytest.raises(urllib.error.HTTPError) as refused:
            get_json(f"http://{address}/health?ready=true")
        assert refused.value.code == 503
        metrics = get(f"http://{address}/metrics").splitlines()
        assert "wattline_standby 1" in metrics and "wattline_bus_connected 0" in metrics
        with pytest.raises(urllib.error.HTTPError) as refused:
            get_json(f"http://{address}/cp")
        assert refused.value.code == 503 and "stands by" in json.loads(refused.value.read())["detail"]
        assert get_json(f"http://{address}/sessions") is not None, "the ledger is read by both"
        data = ["--data", network.data]
        run(binary, "tokens", "add", "CARD-1", "--driver", "driver-alice", *data, WATTLINE_ADMIN_TOKEN=network.token)
        network.kill(active)
        eventually("the other is at work", lambda: standing(network, waiting) == "ready", 30)
        run(binary, "tokens", "block", "CARD-1", *data, WATTLINE_ADMIN_TOKEN=network.token)
        assert server.ask("SELECT count(*) FROM wattline.tokens WHERE blocked_ms IS NOT NULL") == ["1"]
        holds(network, bus, server)


@pytest.mark.parametrize("arguments, said", [
    (["up", "--centrals", "2"], "--centrals"),
    (["up", "--centrals", "many"], "a number of Centrals"),
    (["central", "--number", "2"], "--number"),
    (["central", "--ledger", "postgres://127.0.0.1:1/w", "--lease", "2s", "--lease-renewal", "1500ms"], "at most half of the lease"),
])
def test_what_makes_no_turn_is_refused(binary, tmp_path, arguments, said):
    assert said in run(binary, *arguments, "--data", tmp_path, status=64)
