"""A station on PyPI's `websockets`, whose frames are written by hand: it says exactly what a test wants. What it hears is checked by the schemas of PyPI's
`ocpp`."""

import asyncio
import base64
import itertools
import json
import threading
import time

import websockets
from ocpp.messages import Call, CallResult, validate_payload
from support.closing import Closing

VERSIONS = {"1.6": "1.6", "2.0.1": "2.0.1"}


def now(seconds=0):
    """The time, or one so many seconds from it, as a station says it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + seconds))


class Station(Closing):
    """One connection of a station. Calls of the backend's are answered by `answers`: a payload, or what makes one of the call's payload; `None` is no
    answer, a list the code and the words of a CALLERROR. What is not in there is accepted."""

    loop = None

    def __init__(self, url, version="1.6", user=None, password=None, answers=None, path=None, subprotocols=None, tls=None):
        self.version = version
        self.heard = []
        self.answers = answers or {}
        self.results = {}
        self.numbers = itertools.count(1)
        self.closed = None
        headers = {}
        if user is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        offered = [f"ocpp{version}"] if subprotocols is None else subprotocols
        self.changed = threading.Condition()
        self.socket = self.run(websockets.connect(url, subprotocols=offered or None, additional_headers=headers, ping_interval=None, max_size=None, ssl=tls))
        self.reader = asyncio.run_coroutine_threadsafe(self.read(), Station.loop)

    @staticmethod
    def run(what, seconds=30):
        if Station.loop is None:
            Station.loop = asyncio.new_event_loop()
            threading.Thread(target=Station.loop.run_forever, daemon=True).start()

        async def wait():
            return await what

        return asyncio.run_coroutine_threadsafe(wait(), Station.loop).result(seconds)

    async def read(self):
        try:
            async for text in self.socket:
                await self.hear(json.loads(text))
        except websockets.ConnectionClosed:
            pass
        with self.changed:
            self.closed = (self.socket.close_code, self.socket.close_reason)
            self.changed.notify_all()

    async def hear(self, frame):
        kind, number = frame[0], frame[1]
        if kind == 2:
            action, payload = frame[2], frame[3]
            await validate_payload(Call(number, action, payload), VERSIONS[self.version])
            answer = self.answers.get(action, {"status": "Accepted"})
            answer = answer(payload) if callable(answer) else answer
            if isinstance(answer, list):
                await self.socket.send(json.dumps([4, number, *answer, {}]))
            elif answer is not None:
                await self.socket.send(json.dumps([3, number, answer]))
        with self.changed:
            if kind == 2:
                self.heard.append((action, payload))
            else:
                self.results[number] = frame
            self.changed.notify_all()

    def send(self, text):
        self.run(self.socket.send(text if isinstance(text, (str, bytes)) else json.dumps(text)))

    def call(self, action, payload, number=None, seconds=20):
        """The answer's payload; a CALLERROR is returned whole."""
        number = number or f"c-{next(self.numbers)}"
        self.results.pop(number, None)
        self.send([2, number, action, payload])
        frame = self.wait(f"an answer to {action}", lambda: self.results.get(number), seconds)
        if frame[0] == 4:
            return frame
        self.run(validate_payload(CallResult(number, frame[2], action), VERSIONS[self.version]))
        return frame[2]

    def wait(self, what, found, seconds=20):
        end = time.monotonic() + seconds
        with self.changed:
            while not (result := found()):
                left = end - time.monotonic()
                assert left > 0 and self.closed is None, f"{what}: not within {seconds} s; heard {self.heard[-5:]}; closed {self.closed}"
                self.changed.wait(left)
        return result

    def hears(self, action, seconds=20, after=0):
        """The payload of the backend's next call of this action."""
        return self.wait(action, lambda: [payload for name, payload in self.heard[after:] if name == action], seconds)[0]

    def ends(self, seconds=20):
        end = time.monotonic() + seconds
        with self.changed:
            while self.closed is None:
                left = end - time.monotonic()
                assert left > 0, f"the connection is not closed within {seconds} s"
                self.changed.wait(left)
        return self.closed

    def cut(self):
        """As when the cable is cut."""
        self.socket.transport.abort()

    def close(self):
        """Fails if a call of the backend's was not by the book: the reading ended at it."""
        if self.closed is None and not self.reader.done():
            self.run(self.socket.close())
        self.reader.result(10)

    # What a station of 1.6 says.

    def boot(self):
        answer = self.call("BootNotification", {"chargePointVendor": "Test", "chargePointModel": "Bench", "firmwareVersion": "1.0"})
        assert answer["status"] == "Accepted"

    def status(self, status, connector=1, error="NoError"):
        self.call("StatusNotification", {"connectorId": connector, "status": status, "errorCode": error})

    def start(self, tag, register, connector=1, at=None, number=None):
        return self.call(
            "StartTransaction", {"connectorId": connector, "idTag": tag, "meterStart": register, "timestamp": at or now()}, number=number)

    def meter(self, transaction, register, connector=1, power=None):
        values = [{"value": str(register), "measurand": "Energy.Active.Import.Register", "unit": "Wh"}]
        if power is not None:
            values.append({"value": str(power), "measurand": "Power.Active.Import", "unit": "W"})
        self.call("MeterValues", {"connectorId": connector, "transactionId": transaction, "meterValue": [{"timestamp": now(), "sampledValue": values}]})

    def stop(self, transaction, register, reason="Local", at=None, tag=None):
        payload = {"transactionId": transaction, "meterStop": register, "timestamp": at or now(), "reason": reason}
        return self.call("StopTransaction", {**payload, **({"idTag": tag} if tag else {})})
