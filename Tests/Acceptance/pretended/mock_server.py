#!/usr/bin/env python3
"""The server that the page's contract describes, with a pretended network behind it and doors for tests under /_mock/. Standard library only."""

import argparse
import json
import mimetypes
import re
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import mock_stations
from mock_network import Network, iso

PAGE = Path(__file__).resolve().parents[3] / "Sources/C/CDashboardPage/web"
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
KEPT = 2000
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, options):
        super().__init__(("127.0.0.1", options.port), Handler)
        self.token = options.token
        self.wake = threading.Condition()
        self.instance, self.number = f"mock{int(time.time())}", 0
        self.events = deque(maxlen=KEPT)
        self.positions, self.generation = {}, 0
        self.mute_until = self.refuse_until = 0.0
        now = time.time()
        self.stations = options.stations
        self.network = Network(options.points, options.rate, options.trouble, now - 200)
        for tenth in range(-1000, 0):
            self.network.step(now + tenth / 5)
        if options.scene:
            for cp in ("CP-003", "CP-009", "CP-008"):
                self.free(cp)
            self.network.break_down(self.network.points["CP-003"], "engine lost", None)
            self.network.break_down(self.network.points["CP-009"], "gone", None)
            self.network.out_of_order("CP-008")

    def free(self, cp):
        point = self.network.points[cp]
        if point.session:
            self.network.close(point, "COMPLETED", "completed")
        if point.fault and not point.fault["until"]:
            self.network.mend(point)
        point.wish_stopped = False
        self.network.settle(point)

    def publish(self, change):
        """With `wake` held."""
        self.number += 1
        self.events.append((self.number, f"id: {self.instance}-{self.number}\nevent: change\ndata: {json.dumps(change, separators=(',', ':'))}\n\n"))
        self.wake.notify_all()

    def live(self):
        while True:
            time.sleep(0.05)
            with self.wake:
                change = self.network.step(time.time())
                if change:
                    self.publish(change)

    def flood(self, events):
        """As many changes as asked for, as fast as the slowest reader takes them."""
        cps = list(self.network.points)
        for index in range(events):
            with self.wake:
                while self.positions and self.number - min(self.positions.values()) > KEPT // 2:
                    self.wake.wait(1)
                net, point = self.network, self.network.points[cps[index % len(cps)]]
                net.now = time.time()
                if point.state == "ACTIVATED":
                    net.assign(point)
                elif point.state == "SUPPLYING":
                    net.read(point)
                    if index % 3 == 0:
                        net.close(point, "COMPLETED", "completed")
                        net.settle(point)
                elif point.state == "ASSIGNED":
                    net.start(point)
                net.say("bus", "info", f"Flood {index + 1} of {events}" if index + 1 < events else f"The flood of {events} is over")
                self.publish(net.change())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_):
        pass

    def answer(self, status, body=None, kind="application/json"):
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        if body is not None:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(data)

    def problem(self, status, detail):
        self.answer(status, {"type": "about:blank", "title": self.responses[status][0], "status": status, "detail": detail}, "application/problem+json")

    def parts(self):
        url = urlsplit(self.path)
        return url.path, {name: values[0] for name, values in parse_qs(url.query).items()}

    def do_HEAD(self):
        path, _ = self.parts()
        self.send_response(200 if path == "/cp" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        path, query = self.parts()
        net = self.server.network
        if path == "/events":
            return self.stream(query)
        if path == "/operators/me":
            role = self.role()
            return self.answer(200, role) if role else self.problem(401, "This is not a secret.")
        if path == "/stations":
            return self.answer(200, self.stations()) if self.role() else self.problem(401, "This needs an operator's secret.")
        with self.server.wake:
            if path == "/health":
                ready = net.health["status"] == "ready"
                body = {"role": "central", **net.health, "live": True, "ready": ready, "broker": "connected" if net.bus["connected"] else "lost", "ledger": "working"}
                return self.answer(200 if ready else 503, body)
            if path == "/cp":
                return self.answer(200, [p.row() for p in net.points.values() if query.get("state", p.state) == p.state])
            if match := re.fullmatch(r"/cp/([A-Za-z0-9_-]{1,36})", path):
                point = net.points.get(match[1])
                if not point:
                    return self.problem(404, f"There is no charge point {match[1]}.")
                sessions = ([point.session] if point.session else []) + point.history
                return self.answer(200, point.details(sessions[:20]))
            if path == "/sessions":
                status = query.get("status")
                rows = [*net.sessions.values(), *net.closed] if not status else [*net.sessions.values()] if status == "open" else net.closed
                rows = [s for s in rows if query.get("cp", s["cp"]) == s["cp"]]
                return self.answer(200, {"sessions": rows[:int(query.get("limit", 50))], "next": None})
            if path == "/_mock/state":
                return self.answer(200, {"number": self.server.number, "log": net.number, "streams": len(self.server.positions)})
        return self.file("index.html" if path == "/" else path.lstrip("/"))

    def stations(self):
        return mock_stations.book(self.server.stations, lambda seconds: iso(self.server.network.now - seconds))

    def role(self):
        """Whose secret it is: the token of this server, or of somebody who may look on."""
        return {f"Bearer {self.server.token}": {"name": "shared", "role": "admin"},
                f"Bearer {self.server.token}-of-vera": {"name": "vera", "role": "viewer"}}.get(self.headers.get("Authorization"))

    def file(self, name):
        file = (PAGE / name).resolve()
        if not file.is_relative_to(PAGE) or not file.is_file():
            return self.problem(404, f"There is nothing at /{name}.")
        return self.answer(200, file.read_bytes(), (mimetypes.guess_type(file.name)[0] or "application/octet-stream") + "; charset=utf-8")

    def stream(self, query):
        server = self.server
        if time.time() < server.refuse_until:
            return self.problem(503, "Central is starting.")
        self.close_connection = True
        self.send_response(200)
        for name, value in (("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"), ("Connection", "close"), ("Content-Security-Policy", POLICY)):
            self.send_header(name, value)
        self.end_headers()
        me = threading.get_ident()
        with server.wake:
            generation = server.generation
            instance, _, last = (self.headers.get("Last-Event-ID") or query.get("last", "")).rpartition("-")
            oldest = server.events[0][0] if server.events else server.number + 1
            text = "retry: 1000\n\n"
            if instance == server.instance and last.isdigit() and oldest - 1 <= int(last) <= server.number:
                position = int(last)
            else:
                position = server.number
                snapshot = json.dumps({**server.network.snapshot(server.instance), "stations": int(server.stations > 0)}, separators=(",", ":"))
                text += f"id: {server.instance}-{position}\nevent: snapshot\ndata: {snapshot}\n\n"
            server.positions[me] = position
        beat = time.time() + 5
        try:
            self.wfile.write(text.encode())
            while True:
                with server.wake:
                    server.wake.wait_for(lambda: server.number > position or server.generation != generation, timeout=max(0.01, beat - time.time()))
                    if server.generation != generation:
                        return
                    if time.time() < server.mute_until:
                        server.wake.wait(0.1)
                        continue
                    behind = server.number - position
                    first = len(server.events) - behind
                    if first < 0:
                        return  # a slow reader comes back with its id
                    batch = [server.events[index][1] for index in range(first, len(server.events))] if behind else []
                    position = server.positions[me] = server.number
                    server.wake.notify_all()
                if time.time() >= beat:
                    beat = time.time() + 5
                    batch.append(f"event: beat\ndata: {json.dumps({'now': iso(time.time())})}\n\n")
                if batch:
                    self.wfile.write("".join(batch).encode())
        except OSError:
            pass
        finally:
            with server.wake:
                server.positions.pop(me, None)
                server.wake.notify_all()

    def do_POST(self):
        path, query = self.parts()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path.startswith("/_mock/"):
            with self.server.wake:
                return self.mock(path.removeprefix("/_mock/"), query)
        who = self.role()
        if not who:
            return self.problem(401, "The token is missing." if not self.headers.get("Authorization") else "This is not the token.")
        if who["role"] == "viewer":
            return self.problem(403, f"{who['name']} is a viewer: this needs an operator.")
        if match := re.fullmatch(r"/stations/([A-Za-z0-9_-]{1,36})/commands", path):
            return self.answer(200, mock_stations.answer(match[1], json.loads(body)))
        with self.server.wake:
            return self.steer(path)

    do_DELETE = do_POST

    def steer(self, path):
        net = self.server.network
        if path == "/token/check":
            return self.answer(204)
        if self.command == "POST" and (match := re.fullmatch(r"/cp/(out-of-order|resume)", path)):
            door = net.out_of_order if match[1] == "out-of-order" else net.resume
            results = [(cp, door(cp)) for cp in list(net.points)]
            return self.answer(200, {"done": [cp for cp, refused in results if not refused], "refused": [{"id": cp, "reason": why} for cp, why in results if why]})
        if self.command == "POST" and (match := re.fullmatch(r"/sessions/([A-Za-z0-9_-]{1,36})/stop", path)):
            if match[1] not in net.sessions:
                known = any(s["session"] == match[1] for s in net.closed)
                return self.problem(409, "This session is closed.") if known else self.problem(404, f"There is no session {match[1]}.")
            net.stop(match[1])
            return self.answer(200, {"done": [match[1]], "refused": []})
        if self.command == "POST" and (match := re.fullmatch(r"/sessions/([A-Za-z0-9_-]{1,36})/records/([A-Za-z0-9_-]{1,36})/(accept|refuse)", path)):
            found = [r for p in net.points.values() for r in p.records if (r["session"], r["meter"]) == (match[1], match[2]) and not r["decision"]]
            if not found:
                return self.problem(404, "No such record was put aside.")
            for record in found:
                record.update(decision=match[3], decided_by="shared", decided=record["ts"], acceptable=False)
            return self.answer(200, {"done": [match[1]], "refused": []})
        match = re.fullmatch(r"/cp/([A-Za-z0-9_-]{1,36})(?:/(out-of-order|resume))?", path)
        if not match or (self.command == "DELETE") == bool(match[2]):
            return self.problem(404, f"There is nothing at {path}.")
        if match[1] not in net.points:
            return self.problem(404, f"There is no charge point {match[1]}.")
        refused = {"out-of-order": net.out_of_order, "resume": net.resume, None: net.remove}[match[2]](match[1])
        return self.problem(409, f"{refused}.") if refused else self.answer(200, {"done": [match[1]], "refused": []})

    def mock(self, what, query):
        server, net, now = self.server, self.server.network, time.time()
        point = net.points.get(query.get("cp", ""))
        seconds = float(query.get("seconds", 5))
        net.now = now
        if what == "kill":
            net.break_down(point, query.get("kind", "engine lost"), seconds if "seconds" in query else None)
        elif what == "revive":
            net.mend(point)
        elif what == "start":
            server.free(point.cp)
            net.assign(point, query.get("driver"), seconds if "seconds" in query else 600)
        elif what == "free":
            server.free(point.cp)
        elif what == "record":  # one that was put aside
            point.records.append({"session": query.get("session", "01SESSION"), "meter": query.get("meter", "m-1"), "cp": point.cp, "kind": "contradiction",
                                  "meter_start_wh": 0, "meter_end_wh": 61, "energy_kwh": 0.061, "end_reason": "completed", "started": None,
                                  "ended": "2026-11-28T10:00:00.000Z", "ts": "2026-11-28T10:00:00.000Z", "decision": None, "decided_by": None, "decided": None,
                                  "acceptable": query.get("acceptable") == "1"})
        elif what == "quiet":  # from now on nothing happens by itself
            net.rate = 0
        elif what == "say":
            net.say("point", query.get("level", "info"), query["text"])
        elif what == "drop-streams":
            server.generation += 1
            server.refuse_until = now + float(query.get("seconds", 0))
            server.wake.notify_all()
        elif what == "mute":
            server.mute_until = now + seconds
        elif what == "restart":
            server.instance, server.number = f"mock{int(now * 1000)}", 0
            server.events.clear()
            server.generation += 1
            server.wake.notify_all()
        elif what == "bus":
            up = query.get("connected") == "1"
            net.bus = net.told["bus"] = {"connected": up, "reason": None if up else "connection refused", "since": iso(now)}
        elif what == "ledger":
            works = query.get("working") == "1"
            net.health = net.told["health"] = {"status": "ready" if works else "degraded", "reasons": [] if works else ["the ledger can't be written: no space left on device"]}
        elif what == "certificates":  # the days after which each ends
            ends = {kind: iso(now + 86_400 * float(days)) for kind, days in query.items()}
            net.health = net.told["health"] = {**net.health, "certificates": ends}
        elif what == "flood":
            threading.Thread(target=server.flood, args=(int(query.get("events", 100_000)),), daemon=True).start()
        else:
            return self.problem(404, f"There is no door {what}.")
        return self.answer(204)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=10)
    parser.add_argument("--port", type=int, default=0, help="0: a free one; it is printed")
    parser.add_argument("--rate", type=float, default=1.0, help="how busy; 0: nothing happens by itself")
    parser.add_argument("--trouble", type=float, default=1.0, help="how often points break; 0: never")
    parser.add_argument("--stations", type=int, default=0, help="stations that speak OCPP, of all kinds")
    parser.add_argument("--token", default="mock-token")
    parser.add_argument("--scene", action="store_true", help="begin with a faulty, a stopped and a disconnected point")
    server = Server(parser.parse_args())
    threading.Thread(target=server.live, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
