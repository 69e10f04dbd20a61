internal import ChargingModel
internal import JSON
public import Ledger
internal import Terminal

/// The report of an audit, for people and for machines.
public enum AuditText {
    /// The report for people.
    /// - Parameter findings: the most findings of a rule that are listed.
    public static func text(_ report: AuditReport, of path: String, colors: Bool, findings most: Int = 20) -> String {
        var lines = [summary(report, path)]
        let width = AuditReport.Rule.allCases.reduce(0) { max($0, $1.meaning.displayWidth) }
        for rule in AuditReport.Rule.allCases {
            let found = report.findings.filter { $0.rule == rule }
            let mark = found.isEmpty ? Style.green("✔", enabled: colors) : Style.red("✖", enabled: colors)
            lines.append(
                "\(mark) \(rule.rawValue)  \(rule.meaning.padded(to: width))  \(found.isEmpty ? proof(of: rule, report) : "\(found.count) found")")
            for finding in found.prefix(most) { lines.append("      \(finding.what)") }
            if found.count > most { lines.append("      … and \(found.count - most) more; all of them: --json") }
        }
        for balance in report.balances {
            if case .open(let why) = balance.state { lines.append("  · \(balance.cp?.text ?? balance.meter.text): \(why)") }
        }
        for remark in remarks(report) { lines.append("  · \(remark)") }
        lines.append(report.holds ? Style.green("The audit holds.", enabled: colors) : Style.red("The audit does NOT hold.", enabled: colors))
        return lines.joined(separator: "\n") + "\n"
    }

    private static func summary(_ report: AuditReport, _ path: String) -> String {
        var text = "Audit of \(path): \(report.sessions) sessions"
        if report.prunedRecords > 0 { text += " (and \(report.prunedRecords) pruned)" }
        return text + ", \(report.energy), \(report.cost)"
    }

    private static func proof(of rule: AuditReport.Rule, _ report: AuditReport) -> String {
        switch rule {
        case .oneOpenSession: "\(report.openSessions) open now"
        case .oneDecision: "\(report.decisions) decisions, \(report.sessions) promises"
        case .energyConserved: meters(report)
        case .recordsStay: "\(report.awaitingRecord) still incomplete"
        case .onlyWhereActivated: "\(report.sessions) accepted"
        }
    }

    private static func meters(_ report: AuditReport) -> String {
        let settled = report.balances.filter { $0.state == .holds }
        let billed = settled.reduce(Energy.zero) { $0 + $1.billed }
        let onItsWay = settled.reduce(Energy.zero) { $0 + $1.onItsWay }
        let open = report.balances.count - settled.count
        return "\(settled.count) meters, \(billed)" + (onItsWay > .zero ? " and \(onItsWay) on its way" : "")
            + (open > 0 ? "; \(open) not settled yet" : "")
    }

    private static func remarks(_ report: AuditReport) -> [String] {
        var remarks = report.remarks
        if report.orphans > 0 { remarks.append("\(report.orphans) orphans: records of sessions that are not in the ledger") }
        if report.contradictions > 0 { remarks.append("\(report.contradictions) records that contradict their session, kept beside it") }
        if report.implausible > 0 {
            remarks.append(
                "\(report.implausible) records that claim more than their point can have delivered, kept beside the sessions, billed to nobody")
        }
        if report.undecided > 0 {
            remarks.append("\(report.undecided) records wait for you: wattline ledger records --undecided")
        }
        if report.readings > 0 || report.readingsLost > 0 {
            remarks.append("telemetry: \(report.readings) readings heard, \(report.readingsLost) lost (bills do not depend on them)")
        }
        return remarks
    }

    /// The report as one JSON object.
    public static func json(_ report: AuditReport, of path: String) -> String {
        var writer = JSONWriter()
        writer.object { root in
            root.string("ledger", path)
            root.bool("holds", report.holds)
            root.array("rules") { rules in
                for rule in AuditReport.Rule.allCases {
                    let found = report.findings.filter { $0.rule == rule }
                    rules.object { object in
                        object.string("rule", rule.rawValue)
                        object.string("meaning", rule.meaning)
                        object.bool("holds", found.isEmpty)
                        object.array("findings") { list in for finding in found { list.string(nil, finding.what) } }
                    }
                }
            }
            root.array("meters") { meters in for balance in report.balances { meters.object { write(balance, &$0) } } }
            root.array("remarks") { list in for remark in report.remarks { list.string(nil, remark) } }
            root.integer("sessions", report.sessions)
            root.integer("open", report.openSessions)
            root.integer("incomplete", report.awaitingRecord)
            root.integer("pruned_records", report.prunedRecords)
            root.integer("decisions", report.decisions)
            root.integer("orphans", report.orphans)
            root.integer("contradictions", report.contradictions)
            root.integer("implausible", report.implausible)
            root.integer("undecided", report.undecided)
            root.decimal("energy_kwh", decimalText(report.energy.wattHours, decimals: 3, minimum: 3))
            root.decimal("cost_eur", decimalText(report.cost.microEuro, decimals: 6, minimum: 2))
            root.integer("readings", report.readings)
            root.integer("readings_lost", report.readingsLost)
        }
        writer.lineBreak()
        return writer.text
    }

    private static func write(_ balance: AuditReport.Balance, _ object: inout JSONWriter) {
        object.string("meter", balance.meter.text)
        if let cp = balance.cp { object.string("cp", cp.text) }
        object.integer("records", balance.records)
        object.integer("moved_wh", balance.moved.wattHours)
        object.integer("billed_wh", balance.billed.wattHours)
        object.integer("on_its_way_wh", balance.onItsWay.wattHours)
        switch balance.state {
        case .holds: object.string("state", "holds")
        case .broken: object.string("state", "broken")
        case .open(let why):
            object.string("state", "open")
            object.string("why", why)
        }
    }
}
