import ChargingModel
import Ledger
import Reports
import Testing

@Suite struct ReportsTests {
    private var session: LedgerSession {
        let assignment = Assignment(
            session: SessionID(known: "S1"), cp: ChargePointID(known: "CP-001"), power: Power(watts: 22_000),
            price: Price(microEuroPerKilowattHour: 300_000), meter: MeterID(known: "m-1"), energyTarget: nil, duration: .seconds(10))
        var session = LedgerSession(
            driver: DriverID(known: "driver-alice"), request: RequestID(known: "R1"), assignment: assignment,
            accepted: WallTime(milliseconds: 1_795_485_600_123))
        session.closing = LedgerSession.Closing(reason: .completed, at: WallTime(milliseconds: 1_795_485_610_123))
        session.isComplete = true
        session.startRegister = Energy(wattHours: 100)
        session.register = Energy(wattHours: 161)
        session.energy = Energy(wattHours: 61)
        session.stationReason = StationWord("EVDisconnected")
        return session
    }

    @Test("the export is exact, and its columns stay")
    func export() {
        #expect(
            SessionExport.header(.csv)
                == "session,driver,request,cp,meter,accepted,started,ended,closed,status,end_reason,complete,meter_start_wh,meter_end_wh,"
                + "energy_kwh,price_eur_per_kwh,cost_eur,amount_eur,readings,readings_lost,contradiction,origin,token,clock,station_reason\n")
        #expect(
            SessionExport.line(session, .csv)
                == "S1,driver-alice,R1,CP-001,m-1,2026-11-24T02:00:00.123Z,,,2026-11-24T02:00:10.123Z,COMPLETED,completed,true,100,161,"
                + "0.061,0.30,0.0183,0.02,0,0,,central,,engine,EVDisconnected\n")
        #expect(SessionExport.line(session, .json).contains("\"cost_eur\":0.0183,\"amount_eur\":0.02"))
        var odd = session
        odd.contradiction = "it says \"no\", twice"
        #expect(SessionExport.line(odd, .csv).hasSuffix(",\"it says \"\"no\"\", twice\",central,,engine,EVDisconnected\n"))
        odd.startRegister = nil
        #expect(SessionExport.line(odd, .json).contains("\"meter_start_wh\":null"))
    }

    @Test("a ticket says how sure its bill is")
    func ticket() {
        let complete = TicketText.text(session, log: [], strays: [], colors: false)
        #expect(complete.contains("0.061 kWh: the register went from 0.100 kWh to 0.161 kWh"))
        #expect(complete.contains("complete: by the engine's own record"))
        var missing = session
        missing.isComplete = false
        missing.startRegister = nil
        #expect(TicketText.text(missing, log: [], strays: [], colors: false).contains("incomplete: the engine's record has not come yet"))
    }

    @Test("an audit names the rule, the finding and the verdict")
    func audit() {
        var report = AuditReport()
        #expect(AuditText.text(report, of: "ledger.db", colors: false).hasSuffix("The audit holds.\n"))
        report.findings = [AuditReport.Finding(rule: .energyConserved, what: "CP-001: 5 Wh are missing")]
        let text = AuditText.text(report, of: "ledger.db", colors: false)
        #expect(text.contains("✖ I3") && text.contains("CP-001: 5 Wh are missing") && text.hasSuffix("The audit does NOT hold.\n"))
        #expect(AuditText.json(report, of: "ledger.db").contains("\"holds\":false"))
    }
}
