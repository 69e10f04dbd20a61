"""Waiting for what nobody tells: an answer over HTTP has to be asked for again and again. Lines and messages are awaited where they come from."""

import json
import time
import urllib.request

PAUSE = 0.1


def get(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def get_json(url):
    return json.loads(get(url))


def eventually(what, condition, within):
    """What `condition` finds; an answer that does not come, or is no JSON, is none yet."""
    deadline = time.monotonic() + within
    last = None
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except (OSError, ValueError) as error:
            last = error
        time.sleep(PAUSE)
    raise AssertionError(f"{what}: not within {within} s" + (f"; the last answer was {last}" if last else ""))
