"""A network with a gateway, its command line, and stations that are closed after a test."""

import contextlib
import json
import subprocess

from support.places import ROOT, environment_without_settings, free_port
from support.station import Station


def start(start_network):
    """A network without drivers that come by themselves."""
    port = free_port()
    network = start_network("--drivers", "none", "--ocpp-port", port)
    network.url_of_stations = f"ws://127.0.0.1:{port}/ocpp"
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


@contextlib.contextmanager
def stations(network):
    """Opens stations by their names, as often as one likes."""
    opened = []
    passwords = {}

    def open_station(name, version="1.6", **options):
        if name not in passwords:
            passwords[name] = add(network, name)
        station = Station(f"{network.url_of_stations}/{name}", version, name, passwords[name], **options)
        opened.append(station)
        return station

    yield open_station
    for station in opened:
        station.close()
