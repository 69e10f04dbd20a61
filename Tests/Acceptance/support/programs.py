"""A program that runs: its lines are awaited as they come."""

import os
import re
import signal
import subprocess
import threading

from support.closing import Closing
from support.places import ROOT


class Program(Closing):
    # Those that were started and are not over: what they said last is told with a failure.
    running = []

    def __init__(self, command, environment=None, folder=ROOT):
        self.name = " ".join(map(str, command))
        self.lines = []
        self.is_over = False
        self.news = threading.Condition()
        self.process = subprocess.Popen(
            list(map(str, command)), env=environment, cwd=folder, start_new_session=True, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        Program.running.append(self)

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                self.news.notify_all()
        with self.news:
            self.is_over = True
            self.news.notify_all()

    def until(self, what, condition, within):
        """What `condition` finds in the lines, as soon as it does; a program that ends says no more."""
        with self.news:
            self.news.wait_for(lambda: condition(self.lines) or self.is_over, within)
            found = condition(self.lines)
        assert found, f"{self.name}: no {what} within {within} s; it said\n{self.tail()}"
        return found

    def line(self, pattern, within=30):
        """The match of the first line with this pattern."""
        return self.until(f"line with {pattern}", lambda lines: next(filter(None, (re.search(pattern, line) for line in lines)), None), within)

    def tail(self, count=20):
        return "\n".join(self.lines[-count:])

    def ends(self, within):
        """Its exit status."""
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end within {within} s; it said\n{self.tail()}") from None

    def interrupt(self):
        """What Ctrl-C does: everybody in the foreground gets the signal."""
        os.killpg(self.process.pid, signal.SIGINT)

    def close(self):
        """Whatever is left of it is killed."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.reader.join(5)
        if not self.reader.is_alive():
            self.process.stdout.close()
        Program.running.remove(self)
