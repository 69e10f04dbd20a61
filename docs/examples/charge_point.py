#!/usr/bin/python3
"""A charge point for a Wattline network in Python, by docs/protocol.md alone: this is its engine, monitor.py its monitor.

    wattline as point CP-PY docs/examples/charge_point.py --cp CP-PY --health-port 18080 --data /tmp/cp-py
    wattline as point CP-PY docs/examples/monitor.py --cp CP-PY --engine 127.0.0.1:18080 --data /tmp/cp-py

It "supplies" its rated power from START on; the rest is as it would be with a contactor and a meter behind it.
"""

import argparse
import fractions
import http.server
import json
import math
import re
import secrets
import signal
import time

from presence import BROKER, Presence, save, timestamp

POWER_W, PRICE_EUR_PER_KWH, KIND, DURATION_S = 22_000, 0.30, "Python AC", 10


def cost(energy_wh, price_micro):
    return round(fractions.Fraction(energy_wh * price_micro, 1000)) / 1e6  # exact micro-euro, half-even (P5)


def is_id(value):
    return isinstance(value, str) and re.fullmatch("[A-Za-z0-9][A-Za-z0-9_-]{0,35}", value)  # P1


def is_quantity(value):
    return type(value) in (int, float) and math.isfinite(value) and value >= 0  # P4


class ChargePoint(Presence):
    role, own_topic, epoch_in_verdict, will = "engine", "state", "engine_epoch", {"state": "DISCONNECTED"}
    said_once = "info"

    def __init__(self, cp, broker, data, health_port):
        super().__init__(cp, broker, data)
        self.journal_file = self.data / "journal.json"
        fresh = {"meter": f"m-{secrets.token_hex(4)}", "meter_wh": 0, "session": None, "records": {}}
        self.disk = json.loads(self.journal_file.read_text()) if self.journal_file.exists() else fresh
        self.state, self.reason, self.resend, self.wishes = "ACTIVATED", "engine started", {}, []
        if self.disk["session"]:
            self.end("interrupted")  # we died while charging; the register in the journal is what was delivered (F2)
        self.journal()
        self.web = http.server.HTTPServer(("127.0.0.1", health_port), health_handler(self))
        self.web.timeout, self.web.handle_error = 0, lambda *_: None  # who asks may be gone before the answer

    def journal(self):
        save(self.journal_file, self.disk)

    # What it says

    def birth(self):  # in this order (P8)
        self.say("info", retain=True, power_kw=POWER_W / 1000, price_eur_per_kwh=PRICE_EUR_PER_KWH, kind=KIND, meter=self.disk["meter"],
                 software="charge_point.py", protocol=1)
        for session, record in self.disk["records"].items():
            if not record["acked"]:
                self.say_record(session)
        self.say_state()

    def say_state(self):
        session = self.disk["session"] or {}
        return self.say("state", retain=True, state=self.state, session=session.get("session"),
                        driver=session.get("driver"), meter=self.disk["meter"], meter_wh=self.disk["meter_wh"], reason=self.reason)

    def say_record(self, session):
        self.say("event", event="SESSION_ENDED", session=session, **self.disk["records"][session]["fields"])

    def farewell(self):
        if self.disk["session"]:
            self.end("shutdown")
        self.state, self.reason = "DISCONNECTED", "stopped"
        return self.say_state()

    # What it does

    def command(self, command):
        name, session, current = command["command"], command.get("session"), self.disk["session"]
        if not is_id(command["id"]) or (name in ("START", "STOP", "ACK") and not is_id(session)):
            return
        record = self.disk["records"].get(session)
        is_current = current is not None and current["session"] == session
        if name == "START" and not is_current:  # once begun, a second START changes nothing (P12)
            if record and record["fields"]["end_reason"] != "never_started":
                self.say_record(session)  # nor is a session ever supplied twice (P12)
            elif record or current or self.state != "ACTIVATED" or command.get("meter") not in (None, self.disk["meter"]):
                why = "the session was stopped" if record else "charging" if current else "out of order, or another meter"
                self.say("event", event="COMMAND_REFUSED", command=name, id=command["id"], session=session, reason=why)
            else:
                self.begin(command)
        elif name == "STOP" and is_current:
            self.end("stopped")
        elif name == "STOP":
            if not record:  # it never started here and never will (S4)
                self.keep_record({"session": session, "start_wh": self.disk["meter_wh"]}, "never_started")
            self.say_record(session)
        elif name == "ACK" and record and command.get("meter") in (None, record["fields"]["meter"]):  # else a copy's (S6)
            record["acked"] = True
            acked = [s for s, r in self.disk["records"].items() if r["acked"]]
            for old in acked[:max(0, len(self.disk["records"]) - 64)]:  # P12
                del self.disk["records"][old]
            self.journal()
        elif name in ("OUT_OF_ORDER", "RESUME") and command["id"] in self.wishes:
            return  # it came before, and perhaps a newer one since (P12)
        elif name == "OUT_OF_ORDER":
            self.wishes = [*self.wishes[-15:], command["id"]]
            if current:
                self.end("out_of_order")  # first (S8)
            self.state, self.reason = "STOPPED", "out of order"
            self.say_state()
        elif name == "RESUME" and self.state == "STOPPED":
            self.wishes = [*self.wishes[-15:], command["id"]]
            self.state, self.reason = "ACTIVATED", "resumed"
            self.say_state()

    def begin(self, order):
        price, target, duration = order["price_eur_per_kwh"], order.get("energy_kwh"), order.get("duration_s", DURATION_S)
        if not (is_id(order["driver"]) and is_quantity(price) and is_quantity(duration) and (target is None or is_quantity(target))):
            return
        current = self.disk["session"] = {
            "session": order["session"], "driver": order["driver"], "started": timestamp(), "start_wh": self.disk["meter_wh"], "duration_s": duration,
            "price_micro": round(price * 1e6), "target_wh": None if target is None else round(target * 1000)}
        self.journal()  # before it supplies (S3)
        self.began, self.next_reading = time.monotonic(), 1
        self.state, self.reason = "SUPPLYING", "charging started"
        self.say_state()
        self.say("event", event="SESSION_STARTED", session=current["session"], driver=current["driver"], meter=self.disk["meter"],
                 meter_start_wh=current["start_wh"], started=current["started"])

    def tick(self):
        self.web.handle_request()  # answered by this same loop: if it hangs, so does the answer (P13)
        now = time.monotonic()
        for session, (due, wait) in list(self.resend.items()):  # until the ACK (S4)
            if self.disk["records"].get(session, {"acked": True})["acked"]:
                del self.resend[session]
            elif now >= due:
                self.resend[session] = (now + wait, min(wait * 2, 30))
                self.say_record(session)
        if current := self.disk["session"]:  # online or not: the promise is to the driver
            elapsed, energy = self.read_meter(current)
            if energy == current["target_wh"]:
                self.end("target")
            elif elapsed >= current["duration_s"]:
                self.end("completed")
            elif elapsed >= self.next_reading:
                self.next_reading += 1
                self.journal()  # before it is published (S3)
                self.say("telemetry", qos=0, session=current["session"], driver=current["driver"], meter=self.disk["meter"],
                         power_kw=POWER_W / 1000, energy_kwh=energy / 1000, meter_wh=self.disk["meter_wh"],
                         cost_eur=cost(energy, current["price_micro"]), elapsed_s=int(elapsed))

    def read_meter(self, current):
        elapsed = min(time.monotonic() - self.began, current["duration_s"])
        energy = int(POWER_W * elapsed / 3600)
        if current["target_wh"] is not None:
            energy = min(energy, current["target_wh"])
        self.disk["meter_wh"] = current["start_wh"] + energy
        return elapsed, energy

    def end(self, reason):
        current = self.disk["session"]
        if reason != "interrupted":
            self.read_meter(current)
        self.disk["session"] = None
        self.keep_record(current, reason)
        self.state, self.reason = "ACTIVATED", f"charging ended: {reason}"
        self.say_record(current["session"])
        if reason not in ("out_of_order", "shutdown"):  # those have a state of their own to tell
            self.say_state()

    def keep_record(self, current, reason):
        energy = self.disk["meter_wh"] - current["start_wh"]
        self.disk["records"][current["session"]] = {"acked": False, "fields": {
            "driver": current.get("driver"), "meter": self.disk["meter"], "meter_start_wh": current["start_wh"],
            "meter_end_wh": self.disk["meter_wh"], "energy_kwh": energy / 1000, "cost_eur": cost(energy, current.get("price_micro", 0)),
            "started": current.get("started"), "ended": timestamp(), "end_reason": reason}}
        self.resend[current["session"]] = (time.monotonic() + 1, 2)
        self.journal()  # before it is published (S4)


def health_handler(engine):
    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 0.5

        def do_GET(self):
            body = json.dumps({"cp": engine.cp, "state": engine.state}).encode()
            self.send_response(404 if self.path != "/health" else 503 if engine.state == "FAULTY" else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_): ...
    return Handler


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cp", default="CP-PY")
    parser.add_argument("--broker", default=BROKER, metavar="HOST:PORT")
    parser.add_argument("--health-port", type=int, default=18080)
    parser.add_argument("--data", default="./data", metavar="DIR")
    arguments = parser.parse_args()
    engine = ChargePoint(arguments.cp, arguments.broker, arguments.data, arguments.health_port)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: setattr(engine, "stopping", True))
    engine.run()
