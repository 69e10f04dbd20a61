"""How a client of a Wattline network comes to the bus and stays there: epochs, last will, the read of its own retained topic, births.

A charge point is two programs, and both examples use this. The P-numbers are rules of docs/protocol.md. Written with paho-mqtt 1.6
(Debian's python3-paho-mqtt). One thread, one loop: whoever calls run() gets everything in turn and needs no locks.
"""

import datetime
import fcntl
import json
import os
import pathlib
import random
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

ROOM = 2**41  # the farthest that we go above our own epoch for what others claim (P9)
KEEPALIVE = 5
SCHEME, BROKER = os.environ.get("WATTLINE_MQTT", "mqtt://127.0.0.1:1883").split("://")  # `wattline as` says where it is


def timestamp():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def save(path, value):
    """Journals the value: when this returns, it survives SIGKILL and a power cut (S3)."""
    new = path.with_suffix(".new")
    with open(new, "w") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    directory = os.open(path.parent, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


class Presence:
    """One client. Subclasses say what they publish (birth, farewell), what a command does, and what happens in between (tick)."""

    role = own_topic = epoch_in_verdict = will = None
    said_once = None  # a retained topic besides the own one, whose word is the first of a connection and stays (P6)

    def birth(self): ...
    def farewell(self): ...
    def command(self, command): ...
    def tick(self): ...

    def __init__(self, cp, broker, data):
        self.cp, (self.host, port) = cp, broker.rsplit(":", 1)
        self.port, self.data = int(port), pathlib.Path(data) / f"{self.role}-{cp}"
        self.data.mkdir(parents=True, exist_ok=True)
        self.lock = open(self.data / "lock", "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"{self.data} is in use by another {self.role} (P9)")
        self.epoch_file = self.data / "epoch.json"
        self.epoch = json.loads(self.epoch_file.read_text()) if self.epoch_file.exists() else 0
        self.client, self.ready, self.first, self.stopping, self.leaving = None, False, True, False, None
        self.central_epoch, self.central_before, self.central_claimed, self.central_heard = 0, 0, 0.0, 0.0
        self.birth_at, self.above, self.contest_until, self.was_lost, self.was_above = None, 0, 0.0, False, False
        self.displaced_at, self.renewed_at, self.renew, self.own_words, self.born_at = -1e9, -1e9, False, [], -1e9

    def say(self, topic, qos=1, retain=False, **fields):
        """Publishes if we are online. What can't be said now is repeated by the birth, never queued (P9)."""
        if self.ready:
            payload = {"epoch": self.epoch, "cp": self.cp, **fields, "ts": timestamp()}
            if topic in ("state", "telemetry"):
                payload["seq"] = self.seq[topic] = self.seq.get(topic, 0) + 1  # counts what was published (P7)
            text = json.dumps(payload)
            if topic == self.own_topic:
                self.own_words, self.said = self.own_words[-63:] + [text.encode()], payload.get("seq", 0)
            return self.client.publish(f"cp/{self.cp}/{topic}", text, qos, retain)

    def run(self):
        backoff, connect_at, last_turn = 0.2, 0.0, time.monotonic()
        while not self.stopping:
            now = time.monotonic()
            if self.client is not None and now - last_turn > KEEPALIVE:
                self.drop()  # we stood still: what waits in the socket is stale, drop it unread (P12)
            last_turn = now
            if self.client is None and now >= connect_at:
                connect_at, backoff = now + backoff * random.uniform(0.5, 1), min(backoff * 2, 5)
                self.connect()
            if self.renew and self.ready and now - self.renewed_at >= 5:
                self.renewed_at, self.leaving = now, "go above"
            if self.client is not None and (self.client.loop(0.05) != mqtt.MQTT_ERR_SUCCESS or self.leaving):
                self.was_lost = self.was_lost or not self.leaving  # perhaps for a copy of us
                if self.leaving:
                    self.client.disconnect()  # without our will
                self.drop()
                if self.leaving == "copy":
                    raise SystemExit(f"{self.role}:{self.cp}: another copy has taken over; this one ends (P9)")
            if self.client is None:
                time.sleep(0.05)
            if self.ready:
                backoff = 0.2
                if self.birth_at is not None and now >= self.birth_at:
                    self.birth_at = now + 4 if now + 4 < self.contest_until else None
                    self.born_at = now
                    self.birth()
            self.tick()
        sent, until = self.farewell(), time.monotonic() + 2  # a clean stop (P10)
        while sent and not sent.is_published() and time.monotonic() < until and self.client.loop(0.05) == mqtt.MQTT_ERR_SUCCESS:
            pass
        if self.client is not None:
            self.client.disconnect()

    def connect(self):
        """A new client for every connection, so that nothing queued on the old one goes out on this (P9), and a new epoch (P6)."""
        self.greatest_before = self.epoch
        self.epoch = max(time.time_ns() // 1_000_000, self.epoch + 1, self.above + 1)
        save(self.epoch_file, self.epoch)
        self.subacks, self.retained, self.leaving, self.seq, self.renew, self.own_words, self.said = 0, 0, None, {}, False, [], 0
        self.client = mqtt.Client(client_id=f"{self.role}:{self.cp}", protocol=mqtt.MQTTv5)
        if SCHEME == "mqtts":
            self.client.tls_set(ca_certs=os.environ.get("WATTLINE_CA"))
        if file := os.environ.get("WATTLINE_CREDENTIALS"):  # read anew each time: the password may be another one
            name = json.loads(pathlib.Path(file).read_text())
            self.client.username_pw_set(name["username"], name["password"])
        will = {"epoch": self.epoch, "cp": self.cp, **self.will, "reason": "connection lost"}  # nothing that can age (P6)
        self.client.will_set(f"cp/{self.cp}/{self.own_topic}", json.dumps(will), qos=1, retain=True)
        self.client.connect_timeout = 1
        self.client.on_connect, self.client.on_subscribe, self.client.on_message = self.on_connect, self.on_subscribe, self.on_message
        no_session = Properties(PacketTypes.CONNECT)
        no_session.SessionExpiryInterval = 0
        try:
            self.client.connect(self.host, self.port, KEEPALIVE, clean_start=True, properties=no_session)
        except OSError:
            self.drop()

    def drop(self):
        if self.client.socket() is not None:
            self.client.socket().close()
        self.client, self.ready, self.birth_at, self.contest_until = None, False, None, 0.0
        self.central_epoch = self.central_before = 0  # what the broker keeps tells the next connection who is Central

    def on_connect(self, client, _, flags, reason, properties):
        # First what we must have read before we speak, then one more: its SUBACK says that the first is answered (P9).
        client.subscribe([(f"cp/{self.cp}/{self.own_topic}", 1), ("central/status", 1), (f"central/cp/{self.cp}", 1)])
        if self.said_once:
            client.subscribe(f"cp/{self.cp}/{self.said_once}", options=SubscribeOptions(qos=1, noLocal=True, retainHandling=2))
        client.subscribe(f"cp/{self.cp}/command", 1)

    def on_subscribe(self, client, _, mid, reasons, properties):
        self.subacks += 1
        if self.subacks < (3 if self.said_once else 2):
            return
        is_news = self.first or self.retained > self.greatest_before
        has_room = self.retained < min(self.epoch + ROOM, 2**53 - 2)
        if not self.first and is_news and has_room and self.was_lost:
            self.was_lost, before, self.displaced_at = False, self.displaced_at, time.monotonic()
            if self.displaced_at - before < 10:
                self.leaving = "copy"  # thrown out again: it connected after all our earlier connections, and stays (P9)
                return
        if self.above >= self.epoch or is_news and has_room and self.retained >= self.epoch:
            self.above, self.leaving = max(self.retained if has_room else 0, self.above), "go above"  # our clock has gone back (P9)
        else:
            is_doubted, self.birth_at = self.birth_at is not None, None  # Central showed an epoch that leaves no room
            self.first, self.ready, self.was_lost = False, True, False
            self.birth()
            if is_doubted or self.retained >= self.epoch:
                self.contest()

    def contest(self):
        """Others believe an epoch that is not ours and that nobody lives up to: says again who we are, until they forget it (P6, P9)."""
        self.contest_until = time.monotonic() + 16
        self.say_again()

    def say_again(self):
        """At once, unless we just did: whoever overwrites us without end is not answered as often (P9)."""
        due = max(time.monotonic(), self.born_at + 0.2)
        self.birth_at = due if self.birth_at is None else min(self.birth_at, due)

    def is_central(self, epoch, is_status, is_alive):
        """True for what the Central says that is believed: its status alone claims, and a claim that nobody lives up to is forgotten (P6)."""
        now = time.monotonic()
        if epoch == self.central_epoch:
            self.central_heard = now if is_alive else self.central_heard
            return True
        if not is_status:
            return not self.central_epoch
        if epoch > self.central_epoch and (not self.central_epoch or epoch < self.central_epoch + ROOM):
            if not self.central_before or now - self.central_claimed >= 10:
                self.central_before = self.central_epoch
            self.central_epoch, self.central_claimed, self.central_heard = epoch, now, now
            return True
        goes_on = epoch == self.central_before and now - self.central_claimed < 10
        if not is_alive or not goes_on and now - self.central_heard < 10:
            return False
        self.central_epoch, self.central_before, self.central_heard = epoch, 0, now
        return True

    def overwritten(self, payload, epoch):
        """Somebody else spoke on our own topic: we say it again, with a number above his, or under an epoch that he doesn't know (P9)."""
        number = payload.get("seq")
        if epoch == self.epoch and type(number) is int:
            if self.own_topic == "state" and number >= self.said + 1000:
                self.renew = True  # nobody who knows our numbers took it, and nobody else will take ours
                return
            self.seq["state"] = max(self.seq.get("state", 0), number)
        if epoch is not None and epoch > self.epoch:
            self.contest()  # nobody's: the broker lets one client of our id be connected, and that is us
        else:
            self.say_again()

    def on_message(self, client, _, message):
        if message.topic == f"cp/{self.cp}/{self.own_topic}" and not message.retain and message.payload in self.own_words:
            self.own_words = self.own_words[self.own_words.index(message.payload) :]  # our own echo
            return
        if message.topic == f"cp/{self.cp}/{self.said_once}":
            self.renew = True
            return
        try:
            payload = json.loads(message.payload) if 0 < len(message.payload) <= 16384 else {}
            payload = payload if type(payload) is dict else {}
        except (ValueError, RecursionError):
            payload = {}
        try:
            epoch = payload.get("epoch")
            is_readable = len(message.payload) <= 16384 and (epoch is None or type(epoch) is int and 0 <= epoch <= 2**53 - 2)
            if message.topic == f"cp/{self.cp}/{self.own_topic}":
                if not self.ready:
                    self.retained = epoch if is_readable and epoch else 0
                else:
                    self.overwritten(payload if is_readable else {}, epoch if is_readable else None)
                return
            if not is_readable:
                return
            before, is_status = self.central_epoch, message.topic == "central/status"
            is_alive = not message.retain and (not is_status or payload.get("online") is True)
            if epoch is not None and not self.is_central(epoch, is_status, is_alive):
                return  # of an earlier Central, or of one that nobody knows (P6)
            if self.central_epoch != before and self.ready:
                self.birth_at = time.monotonic() + random.uniform(0, 0.5)  # a new Central (P8)
            if message.topic == f"central/cp/{self.cp}":
                believed = payload.get(self.epoch_in_verdict)
                if believed == self.epoch:
                    self.contest_until = 0.0
                elif type(believed) is int and self.epoch < believed <= 2**53 - 2:
                    if self.was_above or believed >= min(self.epoch + ROOM, 2**53 - 2):
                        self.contest()
                    else:  # Central would drop what we say: our clock has gone back (P9)
                        self.above, self.was_above, self.leaving = believed, True, "go above" if self.ready else None
            elif message.topic.endswith("/command"):
                if payload["command"] == "REBIRTH" and self.ready:
                    self.birth()
                else:
                    self.command(payload)
        except (ValueError, TypeError, AttributeError, KeyError):
            pass  # whatever arrives from outside can be refused but cannot crash us (P4)
