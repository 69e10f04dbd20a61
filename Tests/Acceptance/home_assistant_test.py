"""What Central tells Home Assistant is what Home Assistant documents, and its templates show what happens.

No Home Assistant is needed, and none was asked: the messages are held against Tests/Views/HomeAssistantTests/device-discovery.schema.json, which was written from
its documentation, and all that is said on the bus is given to their own templates.
"""

import json

import jsonschema
import pytest
from support.bus import Bus, retained
from support.discovery import FAULTS, broken
from support.home import Home
from support.places import ROOT

SCHEMA = json.loads((ROOT / "Tests/Views/HomeAssistantTests/device-discovery.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
POINTS = [point["id"] for point in json.loads((ROOT / "network.json").read_text())["charge_points"]]
CP = "CP-003"
SITES = {"without a site": None, "with a site": "madrid"}
OPTIONS = ["--drivers", "none", "--home-assistant", "homeassistant", "--access", "any"]
NONSENSE = ["", "[]", "null", "5", '"x"', "not json", "{}", '{"state":{}}', '{"state":null}', '{"cost_eur":1}']


def topics(site):
    """The discovery topic of each point."""
    node = f"wattline-{site}" if site else "wattline"
    return {f"homeassistant/device/{node}/{cp}/config": cp for cp in POINTS}


@pytest.fixture(scope="module")
def network(start_network):
    return start_network(*OPTIONS)


@pytest.fixture(scope="module")
def kept(start_network, network):
    """What the brokers of two networks keep for Home Assistant, by site and topic."""
    networks = {None: network, "madrid": start_network(*OPTIONS, "--site", "madrid")}
    found = {}
    for site, one in networks.items():
        with Bus(one.port, "homeassistant/#", name=one.owner) as bus:
            for topic in topics(site):
                bus.message(topic)
        found[site] = retained(one.port, "homeassistant/#", name=one.owner)
    return found


@pytest.fixture(scope="module")
def home(network, bus, kept):
    """One point, as Home Assistant shows it."""
    topic = next(topic for topic, cp in topics(None).items() if cp == CP)
    return Home(bus, json.loads(kept[None][topic]))


@pytest.fixture(params=SITES.values(), ids=SITES.keys())
def site(request):
    return request.param


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_exactly_the_points_of_the_network_are_told(kept, site):
    assert sorted(kept[site]) == sorted(topics(site))


def test_each_message_is_as_home_assistant_documents_it(kept, site):
    assert [f"{topic}: {error.json_path}: {error.message}" for topic, text in kept[site].items() for error in VALIDATOR.iter_errors(json.loads(text))] == []


def test_no_message_is_large(kept, site):
    assert {topic: len(text.encode()) for topic, text in kept[site].items() if len(text.encode()) > 16 * 1024} == {}


def test_each_entity_has_an_id_of_its_own(kept):
    """Also when two sites have the same points."""
    ids = [component["unique_id"] for texts in kept.values() for text in texts.values() for component in json.loads(text)["cmps"].values()]
    assert ids
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("fault", FAULTS)
def test_the_schema_refuses(kept, fault):
    message = json.loads(next(iter(kept[None].values())))
    assert VALIDATOR.is_valid(message)
    assert not VALIDATOR.is_valid(broken(message, fault))


def test_a_point_that_is_ready_is_shown_as_such(home):
    home.until_all_is_well()
    expected = {"power": 0.0, "driver": None, "charging": False, "problem": False, "energy": None, "cost": None}
    assert home.values(*expected) == expected
    assert home["state"].attributes["why"]
    assert home["state"].attributes["breaker"] == "closed"


def test_a_charge_is_shown_from_its_beginning_to_its_bill(home, bus):
    home.until_all_is_well()
    before = home["meter"].value
    bus.publish("driver/me/request", {"cp": CP, "duration_s": 4})
    home.until("it supplies", lambda: home["power"].value and home["energy"].value)
    expected = {"state": "SUPPLYING", "driver": "me", "charging": True, "problem": False}
    assert home.values(*expected) == expected
    home.until("the session's end", lambda: home["charging"].value is False and home["state"].value == "ACTIVATED")
    end = bus.message(f"cp/{CP}/event", "SESSION_ENDED").value
    expected = {"power": 0.0, "driver": None, "energy": end["energy_kwh"], "cost": end["cost_eur"], "meter": float(end["meter_end_wh"])}
    assert home.values(*expected) == expected
    assert before < home["meter"].value
    assert (home["meter"].value - before) / 1000 == pytest.approx(home["energy"].value, abs=0.0005)
    rating = bus.message(f"cp/{CP}/info").value["power_kw"]
    assert 0 < max(home.powers - {None}) <= rating


def test_a_dead_engine_is_a_problem_and_nothing_of_it_is_believed(home, network):
    home.until_all_is_well()
    network.kill(f"{CP}-engine")
    home.until("the engine is missed", lambda: home["problem"].value is True)
    assert home.values("state", "power") == {"state": "FAULTY", "power": 0.0}
    assert {key for key, entity in home.entities.items() if entity.is_available} == {"state", "problem"}
    home.until("the engine is back", lambda: home["problem"].value is False and all(entity.is_available for entity in home.entities.values()))


def test_a_dead_central_takes_its_verdict_along_and_nothing_else(home, network):
    home.until_all_is_well()
    network.kill("central")
    home.until("Central is missed", lambda: not home["state"].is_available)
    assert home["power"].is_available
    home.until("Central is back", lambda: home["state"].is_available and home["state"].value == "ACTIVATED")
    assert home["power"].value == 0.0


@pytest.mark.parametrize("payload", NONSENSE)
def test_nonsense_is_borne(home, payload):
    for entity in home.entities.values():
        entity.bear(payload)
