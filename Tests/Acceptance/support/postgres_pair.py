"""Two PostgreSQL servers, one of which follows the other: a commit is on both before anybody hears of it. The one that writes may be killed."""

import glob
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from support.closing import Closing
from support.waiting import eventually

# A server does not run as root.
AS = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []


class Member(Closing):
    """One of the two, on a socket in a folder of its own."""

    def __init__(self, place, name):
        self.folder = place / name
        self.bin = pathlib.Path(sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1])
        self.process = None

    def run(self, program, *arguments):
        done = subprocess.run([*AS, self.bin / program, *map(str, arguments)], cwd=self.folder.parent, capture_output=True, text=True)
        assert done.returncode == 0, f"{program}: {done.stderr}"
        return done.stdout

    def make(self):
        self.run("initdb", "--pgdata", self.folder / "data", "--username=wattline", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")

    def follow(self, other):
        """Becomes a copy of the other, and follows it."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        other.run("pg_basebackup", "-h", other.folder, "-U", "wattline", "-D", self.folder / "data", "-R", "-X", "stream", "-c", "fast", "--no-sync")

    def start(self):
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}", "max_connections=100", "log_min_messages=warning"]
        command = [*AS, self.bin / "postgres", "-D", self.folder / "data", *(word for setting in settings for word in ("-c", setting))]
        with open(self.folder / "log", "a") as log:
            self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        eventually("the server is up", lambda: subprocess.run([self.bin / "pg_isready", "-q", "-h", self.folder]).returncode == 0, 30)

    def ask(self, sql):
        """The answer's lines, fields divided by |."""
        return self.run("psql", "-qAt", "-h", self.folder, "-U", "wattline", "-d", "postgres", "-c", sql).splitlines()

    def kill(self):
        """As the kernel does when memory is short, with all that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)


class Pair(Closing):
    def __init__(self):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="wattline-pair-"))
        self.members = [Member(self.place, name) for name in ("a", "b")]
        for member in self.members:
            member.folder.mkdir()
        if AS:
            for path in [self.place, *(member.folder for member in self.members)]:
                shutil.chown(path, "postgres", "postgres")
        # Others look for its socket.
        self.place.chmod(0o755)
        self.primary, self.standby = self.members
        self.primary.make()
        self.primary.start()
        self.attach()
        self.url = f"postgres://wattline@/postgres?host={self.members[0].folder},{self.members[1].folder}"

    @property
    def folder(self):
        return self.primary.folder

    def ask(self, sql):
        return self.primary.ask(sql)

    def attach(self):
        """The second one follows the first, whose commits wait for it from now on."""
        self.standby.follow(self.primary)
        self.standby.start()
        self.primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.ask("SELECT pg_reload_conf()")
        eventually("it follows", lambda: self.primary.ask("SELECT sync_state FROM pg_stat_replication") == ["sync"], 30)

    def kill_primary(self):
        self.primary.kill()

    def promote(self):
        """The one that followed takes writes, and waits for nobody."""
        self.standby.ask("SELECT pg_promote(true, 30)")
        self.primary, self.standby = self.standby, self.primary

    def close(self):
        for member in self.members:
            member.close()
        shutil.rmtree(self.place)
