"""Where things are, and ports that nobody has."""

import os
import pathlib
import random
import socket

ROOT = pathlib.Path(__file__).resolve().parents[3]

# Below those that the kernel gives to outgoing connections: a port that is free now is not taken by one of them.
FREE_PORTS = range(15_000, 32_000)
# Parts that run at the same time have ports of their own (Scripts/acceptance-parts.sh).
PARTS = ["pages", "stations", "rest"]
if os.environ.get("ACCEPTANCE_PART") in PARTS:
    FREE_PORTS = FREE_PORTS[PARTS.index(os.environ["ACCEPTANCE_PART"])::len(PARTS)]


def is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(wanted=None):
    """The wanted port when nobody has it, else another one."""
    if wanted is not None and is_free(wanted):
        return wanted
    for port in random.sample(FREE_PORTS, 100):
        if is_free(port):
            return port
    raise AssertionError("no free port among a hundred")


def environment_without_settings():
    """The environment of a person who has set nothing of Wattline's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WATTLINE_")}
