public import ChargingModel
internal import JSON

/// Exports of sessions for a spreadsheet or a program: exact decimals, the same columns in every version, new ones at the end.
public enum SessionExport {
    public enum Format: String, Hashable, Sendable, CaseIterable {
        /// CSV by RFC 4180, with a header.
        case csv
        /// JSON, one object on each line.
        case json
    }

    private enum Field {
        case text(String?)
        case number(String?)
        case bool(Bool)
    }

    private static let columns = [
        "session", "driver", "request", "cp", "meter", "accepted", "started", "ended", "closed", "status", "end_reason", "complete",
        "meter_start_wh", "meter_end_wh", "energy_kwh", "price_eur_per_kwh", "cost_eur", "amount_eur", "readings", "readings_lost", "contradiction",
        "origin", "token", "clock", "station_reason",
    ]

    /// The first line, if the format has one.
    public static func header(_ format: Format) -> String { format == .csv ? columns.joined(separator: ",") + "\n" : "" }

    /// A session's line.
    public static func line(_ session: LedgerSession, _ format: Format) -> String {
        let fields = zip(columns, fields(session))
        switch format {
        case .csv: return fields.map { csv($0.1) }.joined(separator: ",") + "\n"
        case .json:
            var writer = JSONWriter()
            writer.object { object in
                for (name, field) in fields {
                    switch field {
                    case .text(let text?): object.string(name, text)
                    case .number(let number?): object.decimal(name, number)
                    case .bool(let value): object.bool(name, value)
                    case .text(nil), .number(nil): object.null(name)
                    }
                }
            }
            writer.lineBreak()
            return writer.text
        }
    }

    private static func fields(_ session: LedgerSession) -> [Field] {
        let assignment = session.assignment
        let cost = session.cost
        return [
            .text(session.id.text), .text(session.driver.text), .text(session.request?.text), .text(assignment.cp.text), .text(assignment.meter.text),
            .text(session.accepted.text), .text(session.started?.text), .text(session.ended?.text), .text(session.closing?.at.text),
            .text(session.status), .text(session.closing?.reason.rawValue), .bool(session.isComplete),
            .number(session.startRegister.map { "\($0.wattHours)" }), .number(session.register.map { "\($0.wattHours)" }),
            .number(decimalText(session.energy.wattHours, decimals: 3, minimum: 3)),
            .number(decimalText(assignment.price.microEuroPerKilowattHour, decimals: 6, minimum: 2)),
            .number(decimalText(cost.microEuro, decimals: 6, minimum: 2)), .number(roundedDecimalText(cost.microEuro, decimals: 6, keeping: 2)),
            .number("\(session.readings)"), .number("\(session.readingsLost)"), .text(session.contradiction),
            .text(session.provenance.origin.rawValue), .text(session.provenance.token?.text), .text(session.provenance.clock.rawValue),
            .text(session.stationReason?.text),
        ]
    }

    private static func csv(_ field: Field) -> String {
        switch field {
        case .text(let text?):
            let isPlain = !text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
            return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
        case .number(let number?): return number
        case .bool(let value): return value ? "true" : "false"
        case .text(nil), .number(nil): return ""
        }
    }
}
