public import ChargingModel
public import Gateway
internal import Journal
public import Settings
internal import Terminal

/// The values that stations' meters signed, as a gateway keeps them in its data directory.
public enum SignedReadings {
    /// Calls the body with all of a station, in the order in which it came. Blocks.
    /// - Returns: the number of lines that can't be read; `nil` when nothing is kept.
    /// - Throws: when the file can't be read.
    public static func each(of station: StationName, in data: DataDirectory, _ body: (SignedReading) -> Void) throws -> Int? {
        var strange = 0
        let damaged = try Journal.eachRecord(keptIn: data.stationSigned(station.directory)) { record in
            if let reading = SignedReading(record) { body(reading) } else { strange += 1 }
        }
        return damaged.map { $0 + strange }
    }

    /// A table of them.
    public static func text(_ readings: [SignedReading]) -> String {
        var table = Table([
            Table.Column("HEARD (UTC)"), Table.Column("CONNECTOR", right: true), Table.Column("TRANSACTION"), Table.Column("SESSION"),
            Table.Column("OCCASION"), Table.Column("SIGNED"),
        ])
        for reading in readings {
            table.add([
                reading.heard.text, "\(reading.evse)", reading.transaction.bounded(to: 36), reading.session.text, reading.context ?? "periodic",
                reading.data.bounded(to: 48),
            ])
        }
        return table.text(colors: false)
    }
}
