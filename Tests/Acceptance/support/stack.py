"""The compose stack, in a project of its own: what the user's stack keeps is not touched."""

import json
import os
import re
import tempfile
import time

from support import images
from support.bus import Bus
from support.places import free_port
from support.programs import Program

PROJECT = "wattline-test"
POINTS = [f"CP-{number:03}" for number in range(1, 11)]
# Services of profiles, and the volume `metrics`, are no part of the network and not looked at.
EXTRAS = {"gateway", "prometheus"}


class Stack:
    """`is_own`: ours, on ports that are free. Else it is the user's, which runs already on the usual ones.

    `compiles`: its images are made from the sources, as a user makes them; else from the build that stands, where that runs in them.
    """

    def __init__(self, is_own=True, compiles=False):
        self.is_own = is_own
        self.compiles = compiles
        # What `make run` would keep is kept here.
        self.state = tempfile.TemporaryDirectory(prefix="wattline-acceptance-")
        self.ports = {usual: free_port(usual) if is_own else usual for usual in (1883, 8000)}
        # Whatever .env says.
        self.settings = {
            "WATTLINE_MQTT_PORT": str(self.ports[1883]), "WATTLINE_HTTP_PORT": str(self.ports[8000]),
            # Its port is in no command of the manuals.
            "WATTLINE_PROMETHEUS_PORT": str(free_port(9090)), "WATTLINE_OCPP_PORT": str(free_port(9000)),
            "WATTLINE_BIND": "127.0.0.1", "WATTLINE_VERSION": "dev", "WATTLINE_LOG_FORMAT": "text", "WATTLINE_LOG_LEVEL": "info",
        }
        if is_own:
            self.settings |= {"COMPOSE_PROJECT_NAME": PROJECT, "NETWORK": f"{PROJECT}_default", "NAMES": f"{PROJECT}_data"}
        self.bus = None

    def adapted(self, text):
        """The usual ports may be somebody else's on this machine, and the usual project is the user's."""
        text = re.sub(r"(-p |:)(1883|8000)\b", lambda found: f"{found[1]}{self.ports[int(found[2])]}", text)
        return re.sub(r"\bwattline(?=[-_](ev-|data\b|default\b))|(?<=-p )(?=cp-)", PROJECT, text) if self.is_own else text

    def environment(self, command):
        """What is set for compose here is nothing that a person at `make run` would have set."""
        is_composes = "docker" in command or "view-logs" in command
        kept = {name: value for name, value in os.environ.items() if is_composes or not name.startswith("WATTLINE_")}
        return {**kept, **{name: value for name, value in self.settings.items() if is_composes or not name.startswith("WATTLINE_")},
                "XDG_STATE_HOME": self.state.name}

    def program(self, command):
        return Program(["bash", "-c", self.adapted(command)], self.environment(command))

    def run(self, command, within=180, check=True):
        """What it says. With `check` it must succeed."""
        with self.program(command) as program:
            status = program.ends(within)
            program.reader.join(5)
            output = "\n".join(program.lines)
        assert status == 0 or not check, f"`{command}` ended with {status}:\n{output}"
        return output

    def up(self):
        if self.is_own:
            # Of a run that was killed.
            self.clear()
            self.settings["WATTLINE_FROM"] = self.origin()
            self.run("docker compose up -d --build --wait", within=1800)
        self.bus = self.listen()
        self.await_points(0)

    def origin(self):
        """What the images are made from, which is there then."""
        if self.compiles:
            return "sources"
        self.run("Scripts/build.sh", within=1800)
        if images.why_it_does_not_run_there():
            return "sources"
        images.put_the_build_there()
        return "build"

    def listen(self):
        """A bus under the name of the stack's owner, who may hear and say all."""
        owner = self.run("docker compose exec -T mosquitto wattline credentials show admin local --json")
        return Bus(self.ports[1883], name=json.loads(owner.splitlines()[-1]))

    def down(self, options=""):
        """Docker 20.10 now and then counts an endpoint that no container has, and keeps the network for it: nothing that is ours."""
        output = self.run(f"docker compose down {options}; echo it ended with $?")
        assert output.endswith("it ended with 0") or "has active endpoints" in output, f"docker compose down {options}:\n{output}"

    def left(self):
        """Names of the network's containers and volumes."""
        project = f"label=com.docker.compose.project={PROJECT}"
        names = self.run(f"docker ps -a --format '{{{{.Names}}}}' --filter {project}; docker volume ls -q --filter {project}").splitlines()
        return [name for name in names if name != f"{PROJECT}_metrics"]

    def make_whole(self):
        """What a test before has left dead is started."""
        states = self.run("docker compose ps -a --format '{{.Service}} {{.State}}'").splitlines()
        if len(states) < 27 or any(not state.endswith(" running") for state in states):
            self.run("docker compose up -d --wait")

    def await_points(self, since, within=60):
        """All points have said since then that they are there, and a charge was completed."""
        deadline = time.monotonic() + within
        for cp in POINTS:
            self.bus.message(f"cp/{cp}/state", '"ACTIVATED"', since=since, within=deadline - time.monotonic(), live=True)
        self.bus.message("driver/+/status", '"COMPLETED"', since=since, within=deadline - time.monotonic(), live=True)

    def containers(self):
        lines = self.run("docker compose ps -a --format '{{.Service}} {{.ID}}'").splitlines()
        return {service: container for service, container in map(str.split, lines) if service not in EXTRAS}

    def clear(self):
        self.run("docker compose -p cp-011 -f docker/point.yml down -v", check=False)
        self.run("docker compose --profile observability --profile ocpp down -v --remove-orphans", check=False)

    def close(self, keep=False):
        if self.bus:
            self.bus.close()
        if self.is_own and not keep:
            self.clear()
        self.state.cleanup()
