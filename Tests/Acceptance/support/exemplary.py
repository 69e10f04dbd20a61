"""A station that does everything by the book, and takes no refusal for an answer."""

from ocpp.messages import Call, validate_payload

from support.station import VERSIONS, Station, now


class ExemplaryStation(Station):
    """It says only what the schemas allow, and every call of its is answered with a result."""

    def call(self, action, payload, **more):
        self.run(validate_payload(Call("c", action, payload), VERSIONS[self.version]))
        answer = super().call(action, payload, **more)
        assert isinstance(answer, dict), f"{action} is refused: {answer}"
        return answer

    def count(self, action):
        """How often the backend has called so."""
        return sum(name == action for name, _ in self.heard)

    def boots(self):
        """It is switched on, and serves."""
        if self.version == "1.6":
            self.boot()
            self.status("Available", connector=0)
            self.status("Available")
        else:
            answer = self.call("BootNotification", {"reason": "PowerUp", "chargingStation": {"vendorName": "Test", "model": "Bench"}})
            assert answer["status"] == "Accepted"
            self.call("StatusNotification", {"timestamp": now(), "connectorStatus": "Available", "evseId": 1, "connectorId": 1})

    # Of 1.6 alone.

    def authorize(self, tag):
        return self.call("Authorize", {"idTag": tag})["idTagInfo"]["status"]

    def begin(self, tag, register):
        """A transaction that is accepted, and 20 Wh of it; its number."""
        started = self.start(tag, register)
        assert started["idTagInfo"]["status"] == "Accepted"
        self.status("Charging")
        self.meter(started["transactionId"], register + 20, power=11_000)
        return started["transactionId"]

    def finish(self, number, register, reason="Local", tag=None):
        """The transaction ends, and the vehicle leaves."""
        answer = self.stop(number, register, reason, tag=tag)
        assert answer.get("idTagInfo", {"status": "Accepted"})["status"] == "Accepted"
        self.status("Finishing")
        self.status("Available")

    # Of 2.0.1 alone.

    def event(self, kind, number, trigger, register, **more):
        """Of its one transaction."""
        sample = {"value": register, "measurand": "Energy.Active.Import.Register", "unitOfMeasure": {"unit": "Wh"}}
        info = {"transactionId": "t-1", **more.pop("info", {})}
        return self.call("TransactionEvent", {
            "eventType": kind, "timestamp": now(), "triggerReason": trigger, "seqNo": number, "transactionInfo": info,
            "evse": {"id": 1, "connectorId": 1}, "meterValue": [{"timestamp": now(), "sampledValue": [sample]}], **more})
