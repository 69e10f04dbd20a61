#!/usr/bin/python3
"""The monitor of a charge point: asks its engine for its health and tells the bus (docs/protocol.md, P13). See charge_point.py."""

import argparse
import http.client
import json
import signal
import time

from presence import BROKER, Presence


class Monitor(Presence):
    role, own_topic, epoch_in_verdict = "monitor", "health", "monitor_epoch"
    will = {"health": "UNMONITORED"}

    def __init__(self, cp, broker, data, engine):
        super().__init__(cp, broker, data)
        self.engine, self.health, self.reason, self.failures, self.check_at = engine, "UNMONITORED", "not checked yet", 0, 0

    def birth(self):
        return self.say("health", retain=True, health=self.health, failures=self.failures, reason=self.reason)

    def farewell(self):
        self.health, self.reason = "UNMONITORED", "stopped"
        return self.birth()

    def tick(self):
        now = time.monotonic()
        if now < self.check_at:
            return
        before, failure = self.health, self.check()
        self.failures = self.failures + 1 if failure else 0
        if not failure:
            self.health, self.reason = "OK", "check passed"
        elif self.failures == 3:
            self.health, self.reason = "FAULTY", failure
        self.check_at = now + (1 if failure else 2)  # every 2 s, every second while it fails; counted from this check's start
        if self.health != before:
            self.birth()

    def check(self):
        """What is wrong, or None."""
        connection = http.client.HTTPConnection(self.engine, timeout=1)
        try:
            connection.request("GET", "/health")
            answer = connection.getresponse()
            cp = json.loads(answer.read(4096)).get("cp")
            return f"status {answer.status}" if answer.status != 200 else None if cp == self.cp else f"is {cp}"
        except TimeoutError:
            return "no answer in 1 s"
        except (OSError, ValueError, AttributeError, http.client.HTTPException) as error:
            return str(error) or type(error).__name__
        finally:
            connection.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cp", default="CP-PY")
    parser.add_argument("--broker", default=BROKER, metavar="HOST:PORT")
    parser.add_argument("--engine", default="127.0.0.1:18080", metavar="HOST:PORT")
    parser.add_argument("--data", default="./data", metavar="DIR")
    arguments = parser.parse_args()
    monitor = Monitor(arguments.cp, arguments.broker, arguments.data, arguments.engine)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: setattr(monitor, "stopping", True))
    monitor.run()
