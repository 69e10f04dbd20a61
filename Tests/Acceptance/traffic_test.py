"""Everything on the bus agrees with asyncapi.yaml, and what does not agree is found.

The checker is Scripts/traffic.py; Scripts/check-traffic.py is its program.
"""

import re
import signal
import subprocess

import pytest
import traffic
from support.bus import Bus
from support.places import ROOT

GOOD = '1 1 cp/CP-001/health {"epoch":1795485600000,"cp":"CP-001","health":"UNMONITORED","reason":"connection lost"}'
WRONG = {
    "no message": ("hello", "is not 'retained QoS topic payload'"),
    "a topic that no channel has": (GOOD.replace("/health ", "/wealth "), "no channel has this topic"),
    "an id that is none": (GOOD.replace("cp/CP-001/", "cp/CP+001/"), "no channel has this topic"),
    "another id in the payload": (GOOD.replace('"cp":"CP-001"', '"cp":"CP-002"'), "cp in the payload is 'CP-002', in the topic 'CP-001'"),
    "another QoS": (GOOD.replace("1 1 ", "1 0 "), "QoS 0 instead of 1"),
    "a flag that is missing": (GOOD.replace("1 1 ", "0 1 "), "not retained"),
    "half a payload": (GOOD[:-1], "payload is not JSON in UTF-8"),
    "a number that JSON has not": (GOOD.replace("1795485600000", "NaN"), "payload is not JSON in UTF-8"),
    "bytes that are no text": (GOOD.replace("lost", "\udcff"), "payload is not JSON in UTF-8"),
    "a list": (re.sub("{.*}", "[]", GOOD), "payload is not a JSON object"),
    "a value that is none of the contract's": (GOOD.replace("UNMONITORED", "SPLENDID"), "is none of the channel's messages"),
    "a wrong type": (GOOD.replace("1795485600000", '"yesterday"'), "epoch: 'yesterday' is not of type 'integer'"),
    "a payload that is too large": (GOOD.replace("lost", "lost" * 5000), "payload is over 16384 bytes"),
}
BROKEN_SPECIFICATIONS = {
    "a reference to nowhere": ("#/components/messages/health'", "#/components/messages/wealth'"),
    "a parameter that the address has not": ("address: cp/{cp}/info", "address: cp/info"),
    "an example that is no such message": ("health: UNMONITORED", "health: SPLENDID"),
}


@pytest.fixture(scope="module")
def channels():
    return traffic.load(traffic.SPECIFICATION)


def test_asyncapi_agrees_with_itself(channels):
    """References, channels, operations, schemas and examples."""
    assert channels


@pytest.mark.parametrize("fault", BROKEN_SPECIFICATIONS)
def test_a_specification_is_refused_that_has(folder, fault):
    text = traffic.SPECIFICATION.read_text()
    good, bad = BROKEN_SPECIFICATIONS[fault]
    assert good in text
    (folder / "asyncapi.yaml").write_text(text.replace(good, bad))
    with pytest.raises(traffic.SpecError):
        traffic.load(folder / "asyncapi.yaml")


def test_a_good_message_is_taken_on_a_site_too(channels):
    check = traffic.Check(channels)
    assert check.line(GOOD) == ("cp/CP-001/health", [])
    assert check.line(GOOD.replace("cp/", "madrid/cp/")) == ("madrid/cp/CP-001/health", [])
    assert check.line("1 1 cp/CP-001/health ") == ("cp/CP-001/health", []), "nothing takes back what was retained"
    assert (check.count, check.seen) == (3, {"health"})


def test_a_recording_of_deliveries_need_not_have_the_flag(channels):
    assert traffic.Check(channels, flags_of_delivery=True).line(GOOD.replace("1 1 ", "0 1 "))[1] == []


@pytest.mark.parametrize("fault", WRONG)
def test_a_message_is_refused_that_has(channels, fault):
    line, complaint = WRONG[fault]
    found = traffic.Check(channels).line(line)[1]
    assert any(complaint in violation for violation in found), found


@pytest.mark.parametrize(("recording", "status"), [(GOOD, 0), (WRONG["another QoS"][0], 1), (None, 2)], ids=["good", "wrong", "missing"])
def test_the_program_says_it_by_its_exit_code(folder, recording, status):
    file = folder / f"traffic-{status}.txt"
    if recording:
        file.write_text(recording + "\n")
    done = subprocess.run([ROOT / "Scripts/check-traffic.py", file], capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr


def test_everything_on_the_bus_agrees(network, channels, tell):
    """Charges, a denial, a death, births, clean stops."""
    with Bus(network.port, as_published=True, name=network.owner) as bus:
        supplying = bus.message("central/cp/CP-003", '"SUPPLYING"', within=60)
        bus.publish("driver/me/request", {"cp": "CP-003"})
        bus.message("driver/me/status", '"DENIED"')
        network.kill("CP-003-engine")
        bus.message("cp/CP-003/event", '"interrupted"', since=supplying.at)
        bus.message("driver/+/status", '"COMPLETED"', within=30)
        # One after the other while there is a broker: with it the recorder's connection ends, and may lose the last words.
        for name, topic in {"CP-001-engine": "cp/CP-001/state", "CP-002-monitor": "cp/CP-002/health", "central": "central/status"}.items():
            network.kill(name, signal.SIGTERM)
            bus.message(topic, '"stopped"')
        assert network.stop() == 0
    check = traffic.Check(channels)
    found = [(message.topic, message.text, violation) for message in bus.heard
             for violation in check.message(message.retain, message.qos, message.topic, message.text)]
    tell(f"traffic: {check.count} messages on {len(check.seen)} channels")
    assert found == []
    assert check.seen >= {"info", "state", "telemetry", "event", "health", "command", "request", "status", "ticket", "centralStatus", "verdict"}
