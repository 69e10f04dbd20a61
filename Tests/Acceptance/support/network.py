"""A network of real processes: `wattline up` with a data directory and ports of its own."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import urllib.parse

from support.closing import Closing
from support.places import ROOT, environment_without_settings, free_port
from support.programs import Program
from support.waiting import eventually, get_json

TOKEN = "for-this-test-alone"


class Network(Closing):
    def __init__(self, binary, *arguments, **settings):
        """`settings` are variables of its environment."""
        self.binary = binary
        self.folder = tempfile.TemporaryDirectory(prefix="wattline-acceptance-")
        self.data = pathlib.Path(self.folder.name)
        self.token = TOKEN
        self.port = free_port()
        command = [binary, "up", "--data", self.data, "--mqtt-port", self.port, "--http-port", free_port(), "--color", "never", *arguments]
        self.up = Program(command, {**environment_without_settings(), "WATTLINE_ADMIN_TOKEN": TOKEN, **settings})

    def come_up(self):
        self.url = self.up.line(r"The dashboard is at (https?:\S+)")[1]
        # It is served before Central has read its ledger, and is asked for nothing until then. By TLS others ask, who trust its certificate.
        if self.url.startswith("http:"):
            eventually("a Central that is ready", lambda: get_json(self.url + "/health"), 30)

    @property
    def http_port(self):
        return urllib.parse.urlsplit(self.url).port

    @property
    def owner(self):
        """The name of the data directory's owner, who may do all."""
        return json.loads(next(self.data.glob("**/credentials/admin/local.json")).read_text())

    def pid(self, name):
        """The process of a name as `wattline ps` lists it: central, CP-003-engine."""
        found = subprocess.run([self.binary, "ps", "--data", self.data, "--pid", name], cwd=ROOT, capture_output=True, text=True)
        assert found.returncode == 0, f"wattline ps --pid {name}: {found.stderr}"
        return int(found.stdout)

    def kill(self, name, how=signal.SIGKILL):
        """What dies is started again by `up`."""
        os.kill(self.pid(name), how)

    def stop(self):
        """As with Ctrl-C: everybody says the last word. The exit status of `up`."""
        if self.up.process.poll() is None:
            self.up.process.send_signal(signal.SIGINT)
        return self.up.ends(30)

    def close(self):
        if self.up not in Program.running:
            return
        try:
            self.stop()
        finally:
            self.up.close()
            self.folder.cleanup()
