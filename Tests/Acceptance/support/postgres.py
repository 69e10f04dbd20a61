"""A PostgreSQL server of its own, and what comes between it and whoever speaks to it."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading

from support.closing import Closing
from support.places import ROOT

SOCKET = ".s.PGSQL.5432"


class Postgres(Closing):
    def __init__(self, *settings):
        self.process = subprocess.Popen(
            [ROOT / "Scripts/postgres.sh", *settings], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.url = self.process.stdout.readline().strip()
        assert self.url, "no server came up"
        self.folder = pathlib.Path(self.url.partition("host=")[2])

    def ask(self, sql):
        """The answer's lines, fields divided by |."""
        command = ["psql", "-qAt", "-h", self.folder, "-U", "wattline", "postgres", "-c", sql]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()

    def kill(self):
        """As the kernel does when memory is short; it is started again."""
        os.kill(int((self.folder / "data/postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)

    def is_up(self):
        return subprocess.run(["pg_isready", "-q", "-h", self.folder, "-d", "postgres"]).returncode == 0

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


class Between(Closing):
    """Stands before a server, and carries what its clients and the server say."""

    def __init__(self, server):
        self.server = server
        self.place = tempfile.TemporaryDirectory(prefix="wattline-between-")
        self.url = f"postgres://wattline@/postgres?host={self.place.name}"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.place.name}/{SOCKET}")
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(f"{self.server.folder}/{SOCKET}")
            except OSError:
                client.close()
                continue
            threading.Thread(target=self.carry_questions, args=(client, server), daemon=True).start()
            threading.Thread(target=self.carry_answers, args=(server, client), daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.place.cleanup()


def end(*sockets):
    for one in sockets:
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Link(Between):
    """A network that lets everything through, or nothing: then nobody is told, and all waits."""

    def __init__(self, server):
        self.is_up = threading.Event()
        self.is_up.set()
        super().__init__(server)

    def carry(self, a, b):
        try:
            while data := a.recv(65536):
                self.is_up.wait()
                b.sendall(data)
        except OSError:
            pass
        self.is_up.wait()
        end(a, b)

    carry_questions = carry_answers = carry

    def cut(self):
        self.is_up.clear()

    def mend(self):
        self.is_up.set()

    def close(self):
        self.mend()
        super().close()


class Cutter(Between):
    """Cuts connections at their COMMIT, each time in the next of three ways: before it reaches the server, behind it, so that nobody hears what became of
    it, or so that it reaches the server when its sender has given up long since."""

    WAYS = ["before", "behind", "late"]
    LATE = 1.5

    def __init__(self, server, every):
        self.every = every
        self.commits, self.cuts = 0, 0
        self.is_cutting = True
        self.lock = threading.Lock()
        super().__init__(server)

    def way(self):
        """How this commit is cut, if it is."""
        with self.lock:
            self.commits += 1
            if not self.is_cutting or self.commits % self.every:
                return None
            self.cuts += 1
            return self.WAYS[self.cuts % len(self.WAYS)]

    def carry_questions(self, client, server):
        name = None
        try:
            while data := client.recv(65536):
                # A statement is named once, and asked for by its name.
                if found := re.search(rb"(s\d+)\0COMMIT\0", data):
                    name = b"\0" + found[1] + b"\0"
                way = self.way() if name and name in data and not found else None
                if way in ("before", "late"):
                    client.shutdown(socket.SHUT_RDWR)
                    if way == "late":
                        threading.Event().wait(self.LATE)
                        server.sendall(data)
                        server.recv(65536)
                    break
                server.sendall(data)
                if way == "behind":
                    client.shutdown(socket.SHUT_RDWR)
                    server.recv(65536)
                    break
        except OSError:
            pass
        for one in (client, server):
            one.close()

    @staticmethod
    def carry_answers(server, client):
        try:
            while data := server.recv(65536):
                client.sendall(data)
        except OSError:
            pass
        end(server, client)
