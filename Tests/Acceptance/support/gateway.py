"""A network with a gateway, its command line and HTTP API, drivers who ask for a charge, and stations that are closed after a test."""

import contextlib
import json
import subprocess
import time
import urllib.request

from support.bus import Bus
from support.places import ROOT, environment_without_settings, free_port
from support.station import Station
from support.waiting import eventually


def start(start_network):
    """A network without drivers that come by themselves."""
    port = free_port()
    network = start_network("--drivers", "none", "--ocpp-port", port)
    network.port_of_stations = port
    network.url_of_stations = f"ws://127.0.0.1:{port}/ocpp"
    network.drivers = {}
    return network


def run(network, *arguments, status=0):
    command = [network.binary, *arguments, "--data", network.data]
    environment = {**environment_without_settings(), "WATTLINE_ADMIN_TOKEN": network.token}
    done = subprocess.run(list(map(str, command)), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=90)
    assert done.returncode == status, f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done


def add(network, name):
    """Gives a station a name; its password."""
    return json.loads(run(network, "credentials", "add", "station", name, "--json").stdout)["password"]


def command(network, name, *words, status=0):
    """What came of a station's command."""
    done = run(network, "station-command", name, *words, "--json", status=status)
    return json.loads(done.stdout) if done.stdout else done.stderr


def get(network, path):
    with urllib.request.urlopen(network.url + path, timeout=30) as answer:
        return json.loads(answer.read())


def post(network, path):
    """What the operator wishes."""
    request = urllib.request.Request(network.url + path, method="POST", headers={"Authorization": f"Bearer {network.token}"}, data=b"")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status in (200, 202, 204)


def point(network, cp):
    return next((row for row in get(network, "/cp") if row["cp"] == cp), {"state": None})


def is_in(network, cp, state, seconds=30):
    return eventually(f"{cp} is {state}", lambda: (row := point(network, cp))["state"] == state and row, seconds)


def free(network, cp):
    """Central has heard it, and would promise it."""
    return eventually(f"{cp} is free", lambda: (row := point(network, cp)).get("available") and row, 30)


def name_of(network, driver):
    """A driver's name on the bus; given when it has none."""
    if driver not in network.drivers:
        network.drivers[driver] = json.loads(run(network, "credentials", "add", "driver", driver, "--json").stdout)
    return network.drivers[driver]


def ask(network, driver, cp, request, **wishes):
    """Central's answer to a driver's request."""
    name = name_of(network, driver)
    with Bus(network.port, f"driver/{driver}/status", name=name) as bus:
        for _ in range(20):
            asked = time.monotonic()
            bus.client.publish(f"driver/{driver}/request", json.dumps({"request": request, "cp": cp, **wishes}), qos=1)
            answer = bus.message(f"driver/{driver}/status", f'"request":"{request}"', since=asked).value
            if answer.get("code") != "CENTRAL_STARTING":
                return answer
            time.sleep(0.2)
    return answer


def stop(network, driver, session):
    """A driver's wish that its session ends."""
    with Bus(network.port, f"driver/{driver}/status", name=name_of(network, driver)) as bus:
        bus.publish(f"driver/{driver}/request", {"stop": session})


def session(network, name):
    return next((row for row in get(network, "/sessions?limit=200")["sessions"] if row["session"] == name), None)


def closed(network, name, seconds=20):
    return eventually(f"session {name} is closed and complete", lambda: (row := session(network, name)) and row["complete"] and row, seconds)


@contextlib.contextmanager
def stations(network, kind=Station):
    """Opens stations by their names, as often as one likes."""
    opened = []
    passwords = {}

    def open_station(name, version="1.6", **options):
        if name not in passwords:
            passwords[name] = add(network, name)
        station = kind(f"{network.url_of_stations}/{name}", version, name, passwords[name], **options)
        station.name = name
        opened.append(station)
        return station

    yield open_station
    for station in opened:
        station.close()
