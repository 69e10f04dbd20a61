"""Pretended stations, as `GET /stations` tells of them, and what they answer."""

NAMES = ["ST-1", "ST-2", "ST-10", "DEPOT-NORTH-WALLBOX-0007", "ST-20", "ST-21"]


def station(number, ago):
    """One of each kind: well, with a fault, away, never here."""
    name = NAMES[number] if number < len(NAMES) else f"ST-{number + 100}"
    kind = number % 4
    connectors = [{"number": one, "cp": name if one == 1 else f"{name}_{one}", "status": "Available", "error": None} for one in range(1, 2 + number % 3)]
    if kind == 1:
        connectors[0].update(status="Faulted", error="GroundFailure: residual current of 6 mA")
    boot = {"vendor": "Alfen BV", "model": "NG910-60023", "serial": f"ACE{number:07d}", "firmware": "6.4.0-4255"} if kind != 3 else dict.fromkeys(("vendor", "model", "serial", "firmware"))
    return {"station": name, "name": name, "gateway": "local", "connected": kind < 2, "since": None if kind == 3 else ago(60 * number + 30), "version": None if kind == 3 else "2.0.1" if kind == 1 else "1.6",
            **boot, "clock_ahead_s": [0, 5400, -12, None][kind], "connectors": connectors if kind != 3 else [],
            "quirks": ["number-as-text", "time-without-zone", "unit-missing"] if kind == 1 else []}


def book(number, ago):
    wants = [("STATION-9-of-a-very-long-name-in-all", 404, "No station \"ST-9\" is known here: compare its id, or have the operator add it.", 3), ("ST-1", 401, "The name and the password are not those of this station.", 1),
             ("ab; rm -rf ~", 404, "No station \"ab; rm -rf ~\" is known here: compare its id, or have the operator add it.", 1240),
             ("st-1", 403, "The id st-1 is too much like ST-1's: give it another.", 2), ("ST-30", 400, "The station offers the subprotocol ocpp2.1, expected ocpp2.0.1 or ocpp1.6: set its OCPP version (Sec-WebSocket-Protocol).", 7)]
    strangers = [{"station": name, "address": "192.0.2.17", "status": status, "why": why, "at": ago(90 * index), "times": times} for index, (name, status, why, times) in enumerate(wants)]
    stations = [station(index, ago) for index in range(number)]
    gateway = {"gateway": "local", "online": True, "reason": None, "address": "ws://127.0.0.1:9000/ocpp/", "software": "wattline 0.1.0", "stations": number,
               "connected": sum(one["connected"] for one in stations), "refused": {"400": 7, "401": 1, "403": 2, "404": 1243}, "wants_in": strangers}
    gone = {**gateway, "gateway": "far", "online": False, "reason": "connection lost", "address": None, "stations": 0, "connected": 0, "refused": dict.fromkeys(gateway["refused"], 0), "wants_in": []}
    return {"gateways": [gateway, gone], "stations": stations}


def answer(name, wish):
    payload = {"status": "Accepted"}
    if wish["command"] == "get-configuration":
        payload = {"configurationKey": [{"key": f"Key{number}", "readonly": number % 2 == 0, "value": str(number) * (1 + number)} for number in range(30)], "unknownKey": ["Nonsense"]}
    return {"station": name, "outcome": "answered", "done": True, "words": "the station says Accepted", "payload": payload, "reports": [], "pages": None}
