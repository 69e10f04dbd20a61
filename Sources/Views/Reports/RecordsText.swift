internal import ChargingModel
internal import JSON
public import Ledger
internal import Terminal

/// Records that were put aside, as a table and as JSON for machines.
public enum RecordsText {
    public static func text(_ records: [StrayRecord], colors: Bool) -> String {
        guard !records.isEmpty else { return "No record was put aside.\n" }
        var table = Table([
            Table.Column("CAME (UTC)"), Table.Column("SESSION"), Table.Column("POINT"), Table.Column("METER"), Table.Column("KIND"),
            Table.Column("FROM", right: true), Table.Column("TO", right: true), Table.Column("ENERGY", right: true), Table.Column("DECIDED"),
        ])
        for stray in records {
            let record = stray.record
            table.add([
                stray.at.brief, record.session.text, stray.cp.text, record.meter.text, stray.kind.rawValue, "\(record.startRegister.wattHours) Wh",
                "\(record.endRegister.wattHours) Wh", "\(record.energy)",
                stray.judgement.map { "\($0.choice.past) by \($0.operatorName)" } ?? "",
            ])
        }
        return table.text(colors: colors)
    }

    /// The record as one JSON object and a line break.
    public static func json(_ stray: StrayRecord) -> String {
        let record = stray.record
        var writer = JSONWriter()
        writer.object { object in
            object.string("session", record.session.text)
            object.string("meter", record.meter.text)
            object.string("cp", stray.cp.text)
            object.string("kind", stray.kind.rawValue)
            object.integer("meter_start_wh", record.startRegister.wattHours)
            object.integer("meter_end_wh", record.endRegister.wattHours)
            object.decimal("energy_kwh", decimalText(record.energy.wattHours, decimals: 3, minimum: 3))
            object.string("end_reason", record.endReason.rawValue)
            if let word = record.stationReason { object.string("station_reason", word.text) }
            object.string("ts", stray.at.text)
            if let judgement = stray.judgement {
                object.string("decision", judgement.choice.rawValue)
                object.string("decided_by", judgement.operatorName)
                object.string("decided", judgement.at.text)
            } else {
                object.null("decision")
            }
        }
        writer.lineBreak()
        return writer.text
    }
}
