/// What the samples were spelled as when payloads were still put together from strings: every byte counts, since other programs read them.
enum Golden {
    /// Topic and payload of each of `Samples.all`.
    static let messages = [
        #"""
        cp/CP-001/info {"epoch":7,"cp":"CP-001","power_kw":22.0,"price_eur_per_kwh":0.30,"kind":"Standard \"AC\" ⚡",\#
        "meter":"m-4f9a","software":"wattline","protocol":2,"ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        cp/CP-001/state {"epoch":7,"seq":3,"cp":"CP-001","state":"SUPPLYING","session":"01JDSESSION","driver":"driver-alice",\#
        "meter":"m-4f9a","meter_wh":18,"reason":"Charging","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        cp/CP-001/state {"epoch":7,"seq":3,"cp":"CP-001","state":"DISCONNECTED","meter":"m-4f9a","meter_wh":18,\#
        "reason":"stopped","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"cp/CP-001/state {"epoch":7,"cp":"CP-001","state":"DISCONNECTED","reason":"connection lost"}"#,
        #"""
        cp/CP-001/telemetry {"epoch":7,"seq":4,"cp":"CP-001","session":"01JDSESSION","driver":"driver-alice","power_kw":22.0,\#
        "energy_kwh":0.018,"meter_wh":184238,"cost_eur":0.0054,"elapsed_s":3,"ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        cp/CP-001/event {"epoch":7,"event":"SESSION_STARTED","cp":"CP-001","session":"01JDSESSION","driver":"driver-alice",\#
        "meter":"m-4f9a","meter_start_wh":18,"started":"2026-11-24T02:00:00.123Z","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        cp/CP-001/event {"epoch":7,"event":"SESSION_ENDED","cp":"CP-001","session":"01JDSESSION","driver":"driver-alice",\#
        "meter":"m-4f9a","meter_start_wh":184220,"meter_end_wh":184238,"energy_kwh":0.018,"cost_eur":0.0054,\#
        "started":"2026-11-24T02:00:00.123Z","ended":"2026-11-24T02:00:00.123Z","end_reason":"completed",\#
        "ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        cp/CP-001/event {"epoch":7,"event":"SESSION_ENDED","cp":"CP-001","session":"01JDSESSION","driver":null,\#
        "meter":"m-4f9a","meter_start_wh":1,"meter_end_wh":1,"energy_kwh":0.000,"cost_eur":0.00,"started":null,\#
        "ended":"2026-11-24T02:00:00.123Z","end_reason":"never_started","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        cp/CP-001/event {"epoch":7,"event":"COMMAND_REFUSED","cp":"CP-001","command":"START","id":"c-1",\#
        "session":"01JDSESSION","reason":"is FAULTY","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"cp/CP-001/health {"epoch":7,"cp":"CP-001","health":"FAULTY","failures":3,"reason":"no answer in 1 s","ts":"2026-11-24T02:00:00.123Z"}"#,
        #"cp/CP-001/health {"epoch":7,"cp":"CP-001","health":"UNMONITORED","reason":"stopped","ts":"2026-11-24T02:00:00.123Z"}"#,
        #"cp/CP-001/health {"epoch":7,"cp":"CP-001","health":"UNMONITORED","reason":"connection lost"}"#,
        #"""
        cp/CP-001/command {"epoch":7,"command":"START","id":"c-1","session":"01JDSESSION","driver":"driver-alice",\#
        "price_eur_per_kwh":0.30,"energy_kwh":0.018,"duration_s":2.5,"ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"cp/CP-001/command {"epoch":7,"command":"STOP","id":"c-1","session":"01JDSESSION","ts":"2026-11-24T02:00:00.123Z"}"#,
        #"cp/CP-001/command {"epoch":7,"command":"ACK","id":"c-1","session":"01JDSESSION","ts":"2026-11-24T02:00:00.123Z"}"#,
        #"cp/CP-001/command {"epoch":7,"command":"OUT_OF_ORDER","id":"c-1","ts":"2026-11-24T02:00:00.123Z"}"#,
        #"cp/CP-001/command {"epoch":7,"command":"RESUME","id":"c-1","ts":"2026-11-24T02:00:00.123Z"}"#,
        #"cp/CP-001/command {"epoch":7,"command":"REBIRTH","id":"c-1","ts":"2026-11-24T02:00:00.123Z"}"#,
        #"central/status {"epoch":7,"online":true,"protocol":1,"software":"wattline","ts":"2026-11-24T02:00:00.123Z"}"#,
        #"central/status {"epoch":7,"online":false,"reason":"connection lost"}"#,
        #"central/fence {"epoch":7,"number":9}"#,
        #"""
        central/cp/CP-001 {"epoch":7,"cp":"CP-001","state":"ASSIGNED","available":false,"why":"starting",\#
        "session":"01JDSESSION","driver":"driver-alice","breaker":"half-open","power_kw":22.0,"price_eur_per_kwh":0.30,\#
        "engine_epoch":5,"monitor_epoch":6,"ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        central/cp/CP-001 {"epoch":7,"cp":"CP-001","state":"DISCONNECTED","available":false,"why":"engine not heard",\#
        "breaker":"closed","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"driver/driver-alice/request {"request":"01JDREQUEST","cp":"CP-001","energy_kwh":0.018,"duration_s":60,"ts":"2026-11-24T02:00:00.123Z"}"#,
        #"driver/driver-alice/request {"ts":"2026-11-24T02:00:00.123Z"}"#,
        #"driver/driver-alice/request {"stop":"01JDSESSION"}"#,
        #"""
        driver/driver-alice/status {"epoch":7,"request":"01JDREQUEST","cp":"CP-001","status":"ACCEPTED",\#
        "session":"01JDSESSION","power_kw":22.0,"price_eur_per_kwh":0.30,"ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        driver/driver-alice/status {"epoch":7,"request":"01JDREQUEST","cp":"CP-001","status":"DENIED","session":"01JDSESSION",\#
        "code":"CP_BUSY","reason":"is charging","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        driver/driver-alice/status {"epoch":7,"request":"01JDREQUEST","cp":"CP-001","status":"IN_PROGRESS",\#
        "session":"01JDSESSION","power_kw":22.0,"energy_kwh":0.018,"cost_eur":0.0054,"reason":"no contact",\#
        "ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        driver/driver-alice/status {"epoch":7,"request":"01JDREQUEST","cp":"CP-001","status":"COMPLETED",\#
        "session":"01JDSESSION","energy_kwh":0.018,"cost_eur":0.0054,"complete":true,"ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        driver/driver-alice/status {"epoch":7,"request":"01JDREQUEST","cp":"CP-001","status":"FAILED","session":"01JDSESSION",\#
        "energy_kwh":0.018,"cost_eur":0.0054,"complete":false,"reason":"fault","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        driver/driver-alice/ticket {"epoch":7,"driver":"driver-alice","tickets":[{"session":"01JDSESSION",\#
        "request":"01JDREQUEST","cp":"CP-001","energy_kwh":0.018,"cost_eur":0.01,"price_eur_per_kwh":0.30,\#
        "started":"2026-11-24T02:00:00.123Z","ended":"2026-11-24T02:00:00.123Z","status":"COMPLETED","end_reason":"target",\#
        "complete":true},{"session":"01JDSESSION","request":"01JDREQUEST","cp":"CP-001","energy_kwh":0.018,"cost_eur":0.01,\#
        "price_eur_per_kwh":0.30,"started":"2026-11-24T02:00:00.123Z","ended":"2026-11-24T02:00:00.123Z","status":"COMPLETED",\#
        "end_reason":"target","complete":true}],"ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"driver/driver-alice/ticket {"epoch":7,"driver":"driver-alice","tickets":[],"ts":"2026-11-24T02:00:00.123Z"}"#,
        #"""
        cp/CP-001/command {"epoch":7,"command":"ACK","id":"c-1","session":"01JDSESSION","meter":"m-4f9a",\#
        "ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        cp/CP-001/state {"epoch":7,"seq":4,"cp":"CP-001","state":"SUPPLYING","session":"01JDSESSION","driver":"driver-alice",\#
        "meter":"m-4f9a","meter_wh":18,"phase":"plug_in","reason":"Waiting","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        cp/CP-001/telemetry {"epoch":7,"seq":4,"cp":"CP-001","session":"01JDSESSION","driver":"driver-alice","meter":"m-4f9a",\#
        "power_kw":22.0,"energy_kwh":0.018,"meter_wh":184238,"cost_eur":0.0054,"elapsed_s":3,"current_a":32.0,"voltage_v":230.4,\#
        "soc_percent":62.5,"ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        cp/CP-001/event {"epoch":7,"event":"SESSION_STARTED","cp":"CP-001","session":"01JDSESSION","driver":"driver-alice",\#
        "meter":"m-4f9a","meter_start_wh":18,"started":"2026-11-24T02:00:00.123Z","origin":"station","token":"card-1",\#
        "clock":"gateway","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        cp/CP-001/event {"epoch":7,"event":"SESSION_ENDED","cp":"CP-001","session":"01JDSESSION","driver":"driver-alice",\#
        "meter":"m-4f9a","meter_start_wh":184220,"meter_end_wh":184238,"energy_kwh":0.018,"cost_eur":0.0054,\#
        "started":"2026-11-24T02:00:00.123Z","ended":"2026-11-24T02:00:00.123Z","end_reason":"stopped",\#
        "station_reason":"EVDisconnected","origin":"offline",\#
        "clock":"station","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"station/CP-001/request {"epoch":7,"request":"01JDREQUEST","cp":"CP-001","token":"card-7","ts":"2026-11-24T02:00:00.123Z"}"#,
        #"""
        cp/CP-001/command {"epoch":7,"command":"START","id":"c-1","session":"01JDSESSION","meter":"m-4f9a","driver":"driver-alice",\#
        "price_eur_per_kwh":0.30,"duration_s":31622400,"request":"01JDREQUEST","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        cp/CP-001/command {"epoch":7,"command":"DENY","id":"c-1","request":"01JDREQUEST","code":"TOKEN_BLOCKED",\#
        "reason":"this card is blocked","ts":"2026-11-24T02:00:00.123Z"}
        """#,
        #"""
        cp/CP-001/state {"epoch":7,"seq":5,"cp":"CP-001","state":"DISCONNECTED","session":"01JDSESSION","driver":"driver-alice",\#
        "meter":"m-4f9a","meter_wh":18,"reason":"the station is away","ts":"2026-11-24T02:00:00.123Z"}
        """#,
    ]

    /// The lines of `Samples.journal`.
    static let journal = [
        #"{"epoch":7}"#,
        #"{"minted":"m-4f9a"}"#,
        #"""
        {"started":{"session":"01JDSESSION","driver":"driver-alice","price_eur_per_kwh":0.30,"energy_kwh":0.018,\#
        "duration_s":2.5,"meter_start_wh":18,"started":"2026-11-24T02:00:00.123Z"}}
        """#,
        #"{"register_wh":18}"#,
        #"""
        {"ended":{"session":"01JDSESSION","driver":"driver-alice","meter":"m-4f9a","meter_start_wh":184220,\#
        "meter_end_wh":184238,"energy_kwh":0.018,"cost_eur":0.0054,"started":"2026-11-24T02:00:00.123Z",\#
        "ended":"2026-11-24T02:00:00.123Z","end_reason":"completed"}}
        """#,
        #"""
        {"ended":{"session":"01JDSESSION","driver":null,"meter":"m-4f9a","meter_start_wh":1,"meter_end_wh":1,\#
        "energy_kwh":0.000,"cost_eur":0.00,"started":null,"ended":"2026-11-24T02:00:00.123Z","end_reason":"never_started"}}
        """#,
        #"{"acknowledged":"01JDSESSION"}"#,
    ]
}
