"""Debian's ejabberd as a broker, unpacked into a folder and run from there: nothing is installed."""

import json
import os
import pathlib
import re
import signal
import subprocess

from support.closing import Closing
from support.places import ROOT, free_port
from support.programs import Program
from support.waiting import eventually

CACHE = ROOT / ".build/ejabberd"
SETTINGS = """
hosts: [localhost]
loglevel: warning
auth_method: [internal]
listen: [{{port: {port}, ip: "127.0.0.1", module: mod_mqtt}}]
acl: {{local: {{user_regexp: ""}}}}
modules:
  mod_mqtt:
    match_retained_limit: infinity
    max_queue: infinity
    access_publish: {{"#": [{{allow: all}}]}}
    access_subscribe: {{"#": [{{allow: all}}]}}
"""
USERS = ["check", "other"]


def unpack():
    """Its packages, with what they need that is not there; once."""
    if (CACHE / "done").exists():
        return CACHE / "root"
    plan = subprocess.run(["apt-get", "install", "-s", "--no-install-recommends", "ejabberd"], capture_output=True, text=True, check=True).stdout
    names = re.findall(r"^Inst (\S+)", plan, re.M)
    (CACHE / "root").mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", "-q", *names], cwd=CACHE, check=True, capture_output=True)
    for package in CACHE.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, CACHE / "root"], check=True)
        package.unlink()
    (CACHE / "done").touch()
    return CACHE / "root"


class Ejabberd(Closing):
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        (self.folder / "ejabberd.yml").write_text(SETTINGS.format(port=self.port))
        root = unpack()
        libraries = root / "usr/lib/x86_64-linux-gnu"
        binaries = next((root / "usr/lib/erlang").glob("erts-*")) / "bin"
        users = ", ".join(f'ejabberd_auth:try_register(<<"{user}">>, <<"localhost">>, <<"secret">>)' for user in USERS)
        environment = {
            **os.environ, "ROOTDIR": root / "usr/lib/erlang", "BINDIR": binaries, "EMU": "beam", "PROGNAME": "erl", "HOME": self.folder,
            "LD_LIBRARY_PATH": libraries, "ERL_LIBS": libraries, "ERL_CRASH_DUMP": self.folder / "crash", "SPOOL_DIR": self.folder,
            "EJABBERD_CONFIG_PATH": self.folder / "ejabberd.yml", "EJABBERD_LOG_PATH": self.folder / "ejabberd.log",
        }
        paths = [word for path in sorted(libraries.glob("ejabberd-*/ebin")) for word in ("-pa", path)]
        command = [
            binaries / "erlexec", "-noinput", "-start_epmd", "false", "-mnesia", "dir", f'"{self.folder}"', *paths, "-s", "ejabberd",
            "-eval", f"{{ok, _}} = application:ensure_all_started(ejabberd), {users}.",
        ]
        self.program = Program(command, {name: str(value) for name, value in environment.items()}, self.folder)

    def come_up(self):
        ask = ["mosquitto_pub", "-V", "5", "-p", str(self.port), "-u", "other@localhost", "-P", "secret", "-t", "test", "-m", "1"]
        eventually("an ejabberd that knows its users", lambda: subprocess.run(ask, capture_output=True).returncode == 0, 90)

    def credentials(self, user):
        file = self.folder / f"{user}.json"
        file.write_text(json.dumps({"username": f"{user}@localhost", "password": "secret", "client_id": user, "mqtt": self.url}))
        return file

    def close(self):
        if self.program in Program.running:
            self.program.process.send_signal(signal.SIGTERM)
            self.program.close()
