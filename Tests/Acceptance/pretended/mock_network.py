"""A network of charge points that only pretends: enough life for the page, in the rows of the contract."""

import random
from datetime import datetime, timezone

STATES = ("ACTIVATED", "ASSIGNED", "SUPPLYING", "STOPPED", "FAULTY", "DISCONNECTED")
KINDS = ((7.2, 0.28, "AC"), (11.0, 0.29, "AC"), (22.0, 0.30, "AC"), (22.0, 0.31, "AC"), (43.0, 0.32, "DC"), (50.0, 0.35, "DC"),
         (75.0, 0.36, "DC"), (100.0, 0.38, "DC"), (150.0, 0.40, "DC"), (350.0, 0.45, "DC"))
TEN = (2, 5, 4, 8, 0, 1, 7, 3, 6, 9)  # the demo network's order
DRIVERS = ("alice", "bob", "charlie", "david", "eve", "frank", "grace", "heidi", "ivan", "judy", "mallory", "niaj", "olivia", "peggy")
CURVE_MS = 120_000


def iso(at):
    return None if at is None else datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(at * 1000) % 1000:03d}Z"


def only(**members):
    return {name: value for name, value in members.items() if value}


class Point:
    def __init__(self, number, kind, now, dice):
        self.cp = f"CP-{number:03d}"
        self.rated, self.price, self.kind = kind
        self.meter_wh = dice.randrange(50_000, 900_000)
        self.state, self.since, self.why = "ACTIVATED", now, "ready"
        self.breaker, self.health, self.engine = "closed", "OK", "ACTIVATED"
        self.wish_stopped, self.until, self.session = False, None, None
        self.reading_at, self.power, self.curve, self.faults = now + dice.random(), 0.0, [], []
        self.fault, self.history, self.records = None, [], []

    def row(self):
        s = self.session
        return {"cp": self.cp, "state": self.state, "available": self.state == "ACTIVATED" and self.breaker != "open", "why": self.why, "out_of_order": self.wish_stopped, "breaker": self.breaker,
                "kind": self.kind, "rated_kw": self.rated, "price_eur_per_kwh": self.price, "power_kw": self.power, "driver": s and s["driver"], "session": s and s["session"],
                "energy_kwh": s and s["energy_kwh"], "cost_eur": s and s["cost_eur"], "elapsed_s": s and s["elapsed_s"], "meter_wh": self.meter_wh,
                "engine": self.engine, "health": self.health, "since": iso(self.since)}

    def reading(self, at):
        s = self.session
        return {"cp": self.cp, "session": s["session"], "driver": s["driver"], "power_kw": self.power, "energy_kwh": s["energy_kwh"], "cost_eur": s["cost_eur"],
                "elapsed_s": s["elapsed_s"], "meter_wh": self.meter_wh, "ts": iso(at)}

    def details(self, sessions):
        return {**self.row(), "meter": f"m-{self.cp[3:]}4f", "software": "wattline 0.5", "engine_reason": "charging started" if self.session else "connection lost" if self.state == "FAULTY" else "ready",
                "health_reason": None if self.health == "OK" else "no answer in 1 s", "health_failures": 0 if self.health == "OK" else 3, "engine_epoch": 1795485600000,
                "monitor_epoch": 1795485600001, "readings_lost": 0, "curve": self.curve, "sessions": sessions, "faults": self.faults[:50], "records": self.records}


class Network:
    """`step` lets time pass and returns a change; the doors of an operator and of a test are methods."""

    def __init__(self, points, rate, trouble, now, seed=7):
        self.dice = random.Random(seed)
        self.rate, self.trouble, self.now = rate, trouble, now
        self.points = {}
        for number in range(1, points + 1):
            kind = KINDS[TEN[number - 1]] if points <= 10 else self.dice.choice(KINDS)
            point = Point(number, kind, now, self.dice)
            self.points[point.cp] = point
        self.sessions, self.closed, self.log, self.drivers = {}, [], [], {}
        self.number, self.made = 0, 0
        self.today = {"since": iso(now - now % 86400), "sessions": 0, "failed": 0, "energy_kwh": 0.0, "income_eur": 0.0}
        self.central = {"online": True, "reason": None, "software": "wattline 0.5", "since": iso(now)}
        self.bus = {"connected": True, "reason": None, "since": iso(now)}
        self.health = {"status": "ready", "reasons": []}
        self.clear()

    def clear(self):
        self.dirty, self.readings, self.removed, self.changed, self.lost, self.lines, self.told = set(), {}, [], {}, [], [], {}

    # What happens

    def say(self, kind, level, text, cp=None, driver=None, session=None):
        self.number += 1
        line = {"number": self.number, "ts": iso(self.now), "kind": kind, "level": level, "cp": cp, "driver": driver, "session": session, "text": text}
        self.log = (self.log + [line])[-200:]
        self.lines.append(line)

    def become(self, point, state, why):
        point.state, point.why, point.since = state, why, self.now
        self.dirty.add(point.cp)

    def assign(self, point, driver=None, seconds=None):
        driver = driver or f"driver-{self.dice.choice(DRIVERS)}"
        self.made += 1
        point.session = {"session": f"01JD{self.made:08d}{self.dice.getrandbits(40):010X}", "cp": point.cp, "driver": driver, "request": f"r{self.made}", "status": "OPEN", "phase": "starting",
                         "reason": None, "power_kw": 0.0, "energy_kwh": 0.0, "cost_eur": 0.0, "price_eur_per_kwh": point.price, "elapsed_s": 0, "complete": False,
                         "since": iso(self.now), "started": None, "ended": None}
        point.share, point.seconds = self.dice.uniform(0.62, 0.98), seconds or self.dice.uniform(18, 80)
        point.until = self.now + 0.4
        self.sessions[point.session["session"]] = self.changed[point.session["session"]] = point.session
        self.become(point, "ASSIGNED", f"starting {driver}")
        self.say("verdict", "info", f"Assigned {driver} to {point.cp}", point.cp, driver, point.session["session"])

    def start(self, point):
        point.session.update(phase="charging", started=iso(self.now))
        point.began, point.until, point.engine, point.reading_at = self.now, self.now + point.seconds, "SUPPLYING", self.now + 0.2
        self.changed[point.session["session"]] = point.session
        self.become(point, "SUPPLYING", f"charging {point.session['driver']}")
        self.say("session", "good", f"{point.session['driver']} is charging at {point.cp}", point.cp, point.session["driver"], point.session["session"])

    def read(self, point):
        s, gone = point.session, self.now - point.began
        ramp = min(1.0, gone / 4) * (1 if point.until - self.now > 3 else max(0.15, (point.until - self.now) / 3))
        taper = 1.0 if point.kind == "AC" else 1.0 - 0.45 * max(0.0, gone / point.seconds - 0.5)
        point.power = round(point.rated * point.share * ramp * taper * self.dice.uniform(0.985, 1.0), 2)
        # A mock's hour has sixty seconds of ours, so that figures are worth looking at.
        s["energy_kwh"] = round(s["energy_kwh"] + point.power / 240, 3)
        point.meter_wh += int(point.power * 1000 / 240)
        s.update(power_kw=point.power, cost_eur=round(s["energy_kwh"] * point.price, 4), elapsed_s=int(gone))
        self.sample(point)
        self.readings[point.cp] = point.reading(self.now)

    def sample(self, point):
        point.curve.append([int(self.now * 1000), point.power])
        while point.curve and point.curve[0][0] < self.now * 1000 - CURVE_MS:
            point.curve.pop(0)

    def close(self, point, status, reason, complete=True):
        s = point.session
        s.update(status=status, phase="closed", reason=reason, power_kw=0.0, complete=complete, started=s["started"] or iso(self.now), ended=iso(self.now))
        self.sessions.pop(s["session"])
        self.changed[s["session"]] = s
        self.closed = [s, *self.closed][:2000]
        point.history = [s, *point.history][:20]
        point.session, point.power, point.until, point.engine = None, 0.0, None, "ACTIVATED"
        self.sample(point)
        self.dirty.add(point.cp)
        self.today["sessions"] += 1
        self.today["failed"] += status == "FAILED"
        self.today["energy_kwh"] = round(self.today["energy_kwh"] + s["energy_kwh"], 3)
        self.today["income_eur"] = round(self.today["income_eur"] + round(s["cost_eur"], 2), 2)
        if status == "COMPLETED":
            self.say("session", "good", f"{s['driver']} at {point.cp}: {s['energy_kwh']:.3f} kWh, €{s['cost_eur']:.2f} ({reason.replace('_', ' ')})", point.cp, s["driver"], s["session"])
        else:
            self.say("session", "bad", f"{s['driver']} at {point.cp} failed: {reason.replace('_', ' ')}", point.cp, s["driver"], s["session"])

    def settle(self, point):
        if point.wish_stopped:
            self.become(point, "STOPPED", "out of order by the operator's wish")
        else:
            self.become(point, "ACTIVATED", "ready")

    def break_down(self, point, kind, seconds):
        if point.session:
            self.close(point, "FAILED", "fault", complete=False)
        point.fault = {"ts": iso(self.now), "until": None, "kind": kind, "reason": "connection lost"}
        point.faults.insert(0, point.fault)
        del point.faults[50:]
        if kind == "monitor lost":
            point.health = "UNMONITORED"
            self.become(point, "DISCONNECTED", "its monitor is not heard")
        elif kind == "gone":
            point.health, point.engine = None, None
            self.become(point, "DISCONNECTED", "engine and monitor are not heard")
        else:
            point.health, point.engine, point.breaker = "FAULTY", "DISCONNECTED", "open"
            self.become(point, "FAULTY", "engine lost: connection lost")
        self.say("point", "bad", f"{point.cp} is {point.state}: {point.why}", point.cp)
        point.until = None if seconds is None else self.now + seconds

    def mend(self, point):
        point.fault["until"], point.until = iso(self.now), None
        point.breaker, point.health, point.engine = "half-open" if point.state == "FAULTY" else "closed", "OK", "ACTIVATED"
        self.settle(point)
        self.say("point", "good", f"{point.cp} is back: {point.state}", point.cp)

    def step(self, now):
        past, self.now = self.now, now
        chance = (now - past) * self.rate
        if self.bus["connected"]:
            for point in self.points.values():
                self.live(point, chance)
        return self.change()

    def live(self, point, chance):
        if point.until is not None and self.now >= point.until:
            if point.state == "ASSIGNED":
                self.start(point)
            elif point.state == "SUPPLYING":
                point.breaker = "closed"
                self.close(point, "COMPLETED", "completed")
                self.settle(point)
            elif point.state in ("FAULTY", "DISCONNECTED"):
                self.mend(point)
        elif point.state == "SUPPLYING" and self.now >= point.reading_at:
            point.reading_at += 1
            self.read(point)
        elif point.state == "ACTIVATED" and self.dice.random() < chance / 18:
            self.assign(point)
        elif point.state == "SUPPLYING" and self.dice.random() < chance / 40 and len(self.points) <= 20:
            other = f"driver-{self.dice.choice(DRIVERS)}"
            self.say("denial", "info", f"{other} denied at {point.cp}: {point.cp} is charging {point.session['driver']}", point.cp, other)
        elif point.state in ("ACTIVATED", "SUPPLYING") and self.dice.random() < chance * self.trouble / 900:
            self.break_down(point, self.dice.choice(("engine lost", "engine lost", "monitor lost")), self.dice.uniform(4, 25))

    # What an operator does

    def out_of_order(self, cp):
        point = self.points[cp]
        if point.wish_stopped:
            return f"{cp} is out of order already"
        point.wish_stopped = True
        self.dirty.add(cp)
        if point.session:
            self.close(point, "FAILED", "out_of_order")
        if point.state not in ("FAULTY", "DISCONNECTED"):
            self.settle(point)
        self.say("point", "warning", f"{cp} is out of order by the operator's wish", cp)

    def resume(self, cp):
        point = self.points[cp]
        if not point.wish_stopped:
            return f"{cp} is not out of order"
        point.wish_stopped = False
        self.dirty.add(cp)
        if point.state == "STOPPED":
            self.settle(point)
        self.say("point", "good", f"{cp} is resumed", cp)

    def stop(self, session):
        point = self.points[self.sessions[session]["cp"]]
        self.close(point, "COMPLETED", "stopped")
        self.settle(point)

    def remove(self, cp):
        point = self.points[cp]
        if point.state != "DISCONNECTED":
            return f"{cp} is {point.state}: only a point that is gone can be removed"
        del self.points[cp]
        self.dirty.discard(cp)
        self.removed.append(cp)
        self.say("point", "warning", f"{cp} was removed", cp)

    # What is sent

    def totals(self):
        points = self.points.values()
        return {"points": len(points), "by_state": {state: sum(p.state == state for p in points) for state in STATES}, "available": sum(p.state == "ACTIVATED" for p in points),
                "breakers_open": sum(p.breaker == "open" for p in points), "power_kw": round(sum(p.power for p in points), 2), "rated_kw": round(sum(p.rated for p in points), 1),
                "open_sessions": len(self.sessions), "open_energy_kwh": round(sum(s["energy_kwh"] for s in self.sessions.values()), 3),
                "open_cost_eur": round(sum(s["cost_eur"] for s in self.sessions.values()), 2)}

    def change(self):
        closed_now = any(s["status"] != "OPEN" for s in self.changed.values())
        members = only(points=[self.points[cp].row() for cp in sorted(self.dirty)], telemetry=[r for cp, r in self.readings.items() if cp not in self.dirty and self.points[cp].session],
                       removed=self.removed, sessions=list(self.changed.values()), lost=self.lost, log=self.lines, **self.told)
        if self.dirty or self.readings or self.changed or self.removed:
            members["totals"] = self.totals()
        if closed_now:
            members["today"] = self.today
        self.clear()
        return {"now": iso(self.now), **members} if members else None

    def snapshot(self, instance):
        return {"instance": instance, "now": iso(self.now), "points": [{**p.row(), "curve": p.curve} for p in self.points.values()], "sessions": list(self.sessions.values()),
                "closed": self.closed[:30], "drivers": [], "log": self.log, "central": self.central, "bus": self.bus, "health": self.health,
                "totals": self.totals(), "today": self.today}
