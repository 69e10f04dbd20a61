"""The ledger on a PostgreSQL server: the same books, whatever becomes of the server, of its connections and of who writes there (S7)."""

import contextlib
import json
import os
import re
import signal

import pytest
from support.books import check, goes_on, held, promised, run
from support.bus import Bus
from support.network import Network
from support.postgres import Cutter
from support.postgres_pair import Pair
from support.waiting import eventually


@contextlib.contextmanager
def listening(binary, url):
    """A network with its ledger there, and who hears what its drivers are told."""
    with Network(binary, "--ledger", url) as network:
        network.come_up()
        with Bus(network.port, "driver/+/status", name=network.owner) as bus:
            yield network, bus


def test_connections_that_break_lose_no_promise(binary, server):
    with listening(binary, server.url) as (network, bus):
        goes_on(bus, 3)
        for _ in range(2):
            server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'wattline%'")
            goes_on(bus, 2)
        server.kill()
        network.up.line(r"The ledger can't be written")
        goes_on(bus, 3, within=60)
        network.stop()
        check(network, bus, server)
        assert not (network.data / "central/ledger.db").exists()


def test_a_primary_that_dies_takes_no_promise_with_it(binary):
    """F13: the server that followed it is promoted, and has all that was promised."""
    with Pair() as pair, listening(binary, pair.url) as (network, bus):
        for _ in range(2):
            goes_on(bus, 3)
            before = promised(bus)
            pair.kill_primary()
            network.up.line(r"The ledger can't be written")
            pair.promote()
            goes_on(bus, 2, within=60)
            assert before <= held(pair)
            pair.attach()
        network.stop()
        check(network, bus, pair)


@pytest.mark.long
def test_a_server_that_hangs_is_given_up(binary, server):
    with listening(binary, server.url) as (network, bus):
        goes_on(bus, 2)
        backend = int(server.ask("SELECT pid FROM pg_stat_activity WHERE application_name = 'wattline'")[0])
        os.kill(backend, signal.SIGSTOP)
        network.up.line(r"no answer within 10 s")
        os.kill(backend, signal.SIGCONT)
        goes_on(bus, 3)
        network.stop()
        check(network, bus, server)


def test_commits_whose_end_nobody_heard_are_told_apart(binary, server):
    with Cutter(server, every=5) as cutter, listening(binary, cutter.url) as (network, bus):
        eventually("nine cuts", lambda: cutter.cuts >= 9, 90)
        cutter.is_cutting = False
        goes_on(bus, 3)
        network.stop()
        check(network, bus, server)


def test_whoever_was_superseded_ends_and_writes_no_row(binary, server):
    with listening(binary, server.url) as (network, bus):
        goes_on(bus, 2)
        central = network.pid("central")
        os.kill(central, signal.SIGSTOP)
        # Somebody else takes the site over, by its own hand.
        server.ask("UPDATE wattline.writers SET token = token + 1, holder = 'somebody'")
        os.kill(central, signal.SIGCONT)
        network.up.line(r"another Central writes the ledger")
        # `up` starts it again, and then it is the last that came.
        network.up.line(r"central ended with status 1, restarting|central .*restarting")
        goes_on(bus, 2)
        network.stop()
        check(network, bus, server)


def test_a_ledger_moves_there_and_back(binary, server, tmp_path):
    with Network(binary, "--duration", "12s") as network:
        network.up.ends(60)
        data = ["--data", network.data]
        before = run(binary, "export", *data)
        said = run(binary, "ledger", "copy", *data, "--to", server.url)
        assert re.search(r"✔ .*ledger\.db is copied to postgres:///postgres: \d+ sessions, ", said), said
        assert run(binary, "export", *data, "--ledger", server.url) == before
        assert json.loads(run(binary, "audit", "--json", *data, "--ledger", server.url, "--engines", network.data))["holds"]
        file = network.data / "central/ledger.db"
        assert "another place" in run(binary, "ledger", "copy", *data, "--to", server.url, status=64)
        assert "is made into an empty ledger" in run(binary, "ledger", "copy", *data, "--from", file, "--to", server.url, status=1)
        assert "duplicate key" in run(binary, "ledger", "copy", *data, "--from", file, "--to", server.url, "--site", "other", status=1)
        back = tmp_path / "back.db"
        run(binary, "ledger", "copy", *data, "--from", server.url, "--to", back)
        assert run(binary, "export", *data, "--ledger", back) == before
        assert "not there yet" in run(binary, "ledger", "copy", *data, "--from", server.url, "--to", back, status=64)
        for command in ["sessions", "ledger check", "ledger records"]:
            run(binary, *command.split(), *data, WATTLINE_LEDGER=server.url)
        session = before.splitlines()[1].split(",")[0]
        assert "accepted" in run(binary, "ticket", session, *data, WATTLINE_LEDGER=server.url).lower()
        assert "pg_dump" in run(binary, "ledger", "backup", tmp_path / "x.db", *data, WATTLINE_LEDGER=server.url, status=1)
        assert "Nothing to prune" in run(binary, "ledger", "prune", "--older-than", "30d", *data, WATTLINE_LEDGER=server.url)


def test_a_data_directory_remembers_where_its_ledger_is(binary, server):
    with Network(binary, "--duration", "10s") as network:
        network.up.ends(60)
        data = ["--data", network.data]
        before = run(binary, "export", *data)
        run(binary, "ledger", "copy", *data, "--to", server.url)
        run(binary, "tokens", "add", "CARD-1", "--driver", "driver-alice", *data)
        assert server.ask("SELECT driver FROM wattline.tokens") == ["driver-alice"]
        assert "postgres:///postgres" in run(binary, "audit", *data)
        # Central goes on there, and writes to the file no more.
        again = Network(binary, "--duration", "10s", "--data", network.data)
        with again:
            again.up.line(r"The ledger is on postgres:///postgres")
            # Somebody on another machine is told who writes.
            elsewhere = ["tokens", "block", "CARD-1", "--data", network.data / "elsewhere"]
            again.come_up()
            assert "--central HOST:PORT" in run(binary, *elsewhere, status=1, WATTLINE_LEDGER=server.url)
            assert again.up.ends(60) == 0
        assert len(run(binary, "export", *data).splitlines()) > len(before.splitlines())
        (network.data / "central/ledger.db").rename(network.data / "central/old.db")
        run(binary, "ledger", "copy", *data, "--to", network.data / "central/ledger.db")
        assert "central/ledger.db: " in run(binary, "audit", *data)


def test_a_copy_is_made_of_a_ledger_that_nobody_writes(binary, server):
    with Network(binary, "--drivers", "none") as network:
        network.come_up()
        run(binary, "ledger", "copy", "--data", network.data, "--to", server.url, status=75)


@pytest.mark.parametrize("value, said", [
    ("postgres://a:secret-word@127.0.0.1:1/w", "an address without a password"),
    ("mysql://a:secret-word@h/w", "(not shown)"),
    ("/tmp/ledger.db", "an address like postgres://HOST/DATABASE"),
])
def test_what_is_no_place_for_a_ledger_is_refused_and_not_shown(binary, tmp_path, value, said):
    for command in ["up", "central"]:
        answer = run(binary, command, "--data", tmp_path, "--ledger", value, status=64)
        assert said in answer and "--ledger" in answer and "secret-word" not in answer


def test_a_server_that_is_not_there_is_said(binary, tmp_path):
    answer = run(binary, "sessions", "--data", tmp_path, "--ledger", "postgres://127.0.0.1:1/w", status=1)
    assert "postgres://127.0.0.1:1/w: connection to server" in answer and "refused" in answer
