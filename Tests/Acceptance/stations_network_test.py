"""Stations in network.json: their connectors have the ids, the rating, the price and the kind that it says, and nothing is started for them."""

import json
import subprocess
import urllib.parse

import pytest
import websockets
from support import gateway
from support.gateway import closed, free, get, is_in, point
from support.places import ROOT
from support.station import Station
from support.waiting import eventually

POINT = {"id": "CP-001", "power_kw": 22.0, "price_eur_per_kwh": 0.30, "kind": "Standard AC"}
STATIONS = [
    {"id": "ST-1", "points": ["CP-050"], "power_kw": 11.0, "price_eur_per_kwh": 0.60, "kind": "Car park AC"},
    {"id": "ACME/0042", "points": ["CP-060"], "price_eur_per_kwh": 0.10},
]


@pytest.fixture(scope="module")
def file(folder):
    file = folder / "network.json"
    driver = {"id": "driver-alice", "every_s": 60, "tokens": ["CARD-1"]}
    file.write_text(json.dumps({"name": "town", "charge_points": [POINT], "stations": STATIONS, "drivers": [driver]}))
    return file


@pytest.fixture(scope="module")
def network(start_network, file):
    return gateway.start(lambda *arguments: start_network("--network", file, *arguments))


def test_nothing_is_started_for_a_station(network):
    processes = subprocess.run([network.binary, "ps", "--data", network.data], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "CP-001" in processes and "gateway" in processes
    assert not any(name in processes for name in ["CP-050", "CP-060", "ST-1"]), processes
    eventually("our own point is there", lambda: point(network, "CP-001")["state"] == "ACTIVATED", 30)
    assert [row["cp"] for row in get(network, "/cp")] == ["CP-001"]


def test_without_a_name_it_may_not_come_in(network):
    with pytest.raises(websockets.InvalidStatus) as refused:
        Station(f"{network.url_of_stations}/ST-1", "1.6", "ST-1", "x")
    assert refused.value.response.status_code == 404


def test_a_card_is_billed_at_the_price_of_the_station(network, station):
    with station("ST-1") as st:
        st.boot()
        st.status("Available", 1)
        st.status("Available", 2)
        row = free(network, "CP-050")
        assert (row["kind"], row["rated_kw"], row["price_eur_per_kwh"]) == ("Car park AC", 11.0, 0.60)
        # The second has no alias, and the rest of the station's line.
        assert free(network, "ST-1_2")["price_eur_per_kwh"] == 0.60
        number = st.start("CARD-1", 1000)["transactionId"]
        row = is_in(network, "CP-050", "SUPPLYING")
        assert row["driver"] == "driver-alice"
        network.kill("gateway")
        st.ends()
    with eventually("the gateway is back", lambda: opened(lambda: station("ST-1")), 30) as st:
        is_in(network, "CP-050", "SUPPLYING")
        st.stop(number, 1050, tag="CARD-1")
        bill = closed(network, row["session"])
        assert (bill["cp"], bill["driver"], bill["energy_kwh"], bill["price_eur_per_kwh"], bill["cost_eur"]) == ("CP-050", "driver-alice", 0.05, 0.60, 0.03)
    assert {row["cp"] for row in get(network, "/cp")} == {"CP-001", "CP-050", "ST-1_2"}


def opened(open_station):
    try:
        return open_station()
    except (OSError, websockets.WebSocketException):
        return None


def test_an_id_that_p1_does_not_allow(start_network, file):
    network = gateway.start(lambda *arguments: start_network("--network", file, "--open", *arguments))
    url = f"{network.url_of_stations}/{urllib.parse.quote('ACME/0042', safe='')}"
    with eventually("the gateway listens", lambda: opened(lambda: Station(url, "1.6")), 30) as st:
        st.boot()
        st.status("Available", 1)
        row = free(network, "CP-060")
        # What its line leaves out is the gateway's.
        assert (row["kind"], row["rated_kw"], row["price_eur_per_kwh"]) == ("OCPP station", 22.0, 0.10)


def test_two_connectors_of_one_id_are_refused(network, folder):
    file = folder / "wrong.json"
    file.write_text(json.dumps({"name": "town", "charge_points": [POINT], "stations": [{"id": "ST-1", "points": ["CP-001"]}], "drivers": []}))
    done = subprocess.run([network.binary, "up", "--network", file, "--data", folder / "none"], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 78
    assert 'stations[0].points[0]="CP-001": expected another id for connector 1 of station ST-1: it is one of charge_points' in done.stderr
