"""Every OCPP message that either of our sides writes agrees with the schemas that come with PyPI's `ocpp`.

The unit tests (OCPPTests) write the messages down, made at random from the same seeds each time.
"""

import collections
import datetime
import json
import pathlib

import jsonschema
import ocpp
import pytest
from support.places import ROOT

FRAMES = ROOT / ".build/ocpp-frames.jsonl"
SCHEMAS = pathlib.Path(ocpp.__file__).parent
FOLDERS = {"1.6": ("v16", ""), "2.0.1": ("v201", "Request")}

times = jsonschema.FormatChecker(formats=())


@times.checks("date-time", raises=ValueError)
def is_time(text):
    return datetime.datetime.fromisoformat(text).utcoffset() == datetime.timedelta(0) and text.endswith("Z")


@pytest.fixture(scope="module")
def frames():
    if not FRAMES.exists():
        pytest.skip("no frames of OCPP: swift test --filter OCPPTests")
    return [json.loads(line) for line in FRAMES.read_text().splitlines()]


@pytest.fixture(scope="module")
def validators():
    known = {}

    def validator(version, action, is_call):
        folder, call = FOLDERS[version]
        path = SCHEMAS / folder / "schemas" / f"{action}{call if is_call else 'Response'}.json"
        if path not in known:
            schema = json.loads(path.read_text(encoding="utf-8-sig"))
            known[path] = jsonschema.validators.validator_for(schema)(schema, format_checker=times)
        return known[path]

    return validator


@pytest.mark.parametrize("version", FOLDERS)
def test_every_message_agrees_with_its_schema(frames, validators, version, tell):
    seen = collections.Counter()
    for line in frames:
        if line["version"] != version:
            continue
        frame, action = line["frame"], line["action"]
        is_call = frame[0] == 2
        assert (len(frame), frame[2]) == (4, action) if is_call else (frame[0], len(frame)) == (3, 3), frame
        validators(version, action, is_call).validate(frame[-1])
        seen[action, is_call] += 1
    # What is understood is written from both ends.
    asked, answered = {action for action, is_call in seen if is_call}, {action for action, is_call in seen if not is_call}
    assert len(asked) == 19 and len(answered) > len(asked)
    tell(f"OCPP {version}: {seen.total()} messages of {len(asked | answered)} actions agree with their schemas")


def test_a_message_that_does_not_agree_is_found(validators):
    validator = validators("1.6", "StartTransaction", True)
    good = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "2026-11-24T08:29:23.042Z"}
    validator.validate(good)
    for wrong in ({"meterStart": "0"}, {"idTag": "A" * 21}, {"timestamp": "2026-11-24T08:29:23"}, {"more": 1}):
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(good | wrong)
