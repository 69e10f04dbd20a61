internal import ChargingModel
internal import NetworkView

/// A column of the table.
private struct Column {
    var title: String
    var key: Sort.Key?
    var width: Int
    var isRight = false
    var cell: (Row) -> (text: String, ink: Ink)
}

extension Screen {
    mutating func drawTable(_ rows: [Row], _ frame: inout Frame, _ y: Int, _ room: Int) {
        roomForRows = max(1, room)
        let chosen = place(in: rows)
        firstRow = min(firstRow, max(0, rows.count - room))
        if chosen < firstRow { firstRow = chosen }
        if chosen >= firstRow + room { firstRow = max(0, chosen - room + 1) }
        let columns = columns(for: rows)
        drawTitles(columns, &frame, y)
        guard !rows.isEmpty else {
            let why = shown.points.isEmpty ? "No point was heard yet." : "No point matches the filter \"\(filter)\": Esc clears it."
            frame.put(why, 2, y + 1, .faint)
            return
        }
        for (line, row) in rows.dropFirst(firstRow).prefix(room).enumerated() {
            draw(row, columns, isChosen: firstRow + line == chosen, &frame, y + 1 + line)
        }
        // Beside the number of points, two lines above the titles.
        if rows.count > room, room > 0, height > 10 {
            let place = " rows \(firstRow + 1)\(glyphs.isASCII ? "-" : "–")\(min(rows.count, firstRow + room)) of \(rows.count) "
            frame.put(right: place, width, y - 2, .faint, width: 28)
        }
    }

    private func drawTitles(_ columns: [Column], _ frame: inout Frame, _ y: Int) {
        var x = 2
        for column in columns {
            let isSorted = column.key == sort.key
            let arrow = isSorted ? (sort.isDescending ? glyphs.down : glyphs.up) : ""
            let ink = Ink(isSorted ? .cyan : .plain, bold: true)
            if column.key == .power, column.width > 7 {
                frame.put(right: arrow + column.title, x + 6, y, ink, width: 6)
            } else if column.isRight {
                // An arrow may stick out to the left, into the gap.
                frame.put(right: arrow + column.title, x + column.width, y, ink, width: column.width + 1)
            } else {
                frame.put(column.title + arrow, x, y, ink, end: x + column.width)
            }
            x += column.width + 2
        }
    }

    private func draw(_ row: Row, _ columns: [Column], isChosen: Bool, _ frame: inout Frame, _ y: Int) {
        if isChosen { frame.put(glyphs.marker, 0, y, Ink(.cyan, bold: true)) }
        var x = 2
        for column in columns {
            let (text, ink) = column.cell(row)
            if column.key == .power, column.width > 7 {
                frame.put(right: text, x + 6, y, ink, width: 6)
                if let rated = row.rated, row.verdict == .supplying {
                    drawBar(row.power, of: rated, &frame, x + 7, y, width: column.width - 7)
                }
            } else if column.isRight {
                frame.put(right: text, x + column.width, y, ink, width: column.width)
            } else {
                frame.put(text, x, y, ink, end: x + column.width)
            }
            x += column.width + 2
        }
        if isChosen { frame.restyle(y, 0..<width) { $0.bold = true } }
    }

    /// The columns that there is room for; the last one takes what is left.
    private func columns(for rows: [Row]) -> [Column] {
        let isWide = width >= 112
        let idWidth = min(isWide ? 20 : 10, max(6, rows.prefix(500).reduce(0) { max($0, $1.cp.count) }))
        let driverWidth = min(18, max(8, rows.prefix(500).reduce(0) { max($0, $1.driver?.count ?? 0) }))
        let barWidth = width >= 132 ? 12 : width >= 100 ? 8 : width >= 76 ? 5 : 0
        var columns = [
            Column(title: "POINT", key: .point, width: idWidth) { ($0.cp.text, .strong) },
            Column(title: "STATE", key: .state, width: 14) { [glyphs] in ("\(glyphs.sign($0.verdict)) \($0.verdict.rawValue)", Ink($0.verdict)) },
            Column(title: "kW", key: .power, width: barWidth > 0 ? 7 + barWidth : 6, isRight: barWidth == 0) { [glyphs] row in
                guard row.verdict == .supplying else { return (row.rated.map { Format.kilowatts($0) } ?? "", .faint) }
                // The first reading comes after a second.
                return row.seconds == nil ? (glyphs.line, .faint) : (Format.kilowatts(row.power), .plain)
            },
        ]
        let driver = Column(title: "DRIVER", key: .driver, width: driverWidth) { ($0.driver?.text ?? "", .plain) }
        if isWide { columns.append(driver) }
        if width >= 54 {
            columns.append(
                Column(title: "kWh", key: .energy, width: 7, isRight: true) { ($0.energy.map { Format.kilowattHours($0) } ?? "", .plain) })
        }
        if width >= 62 {
            columns.append(Column(title: "€", key: .cost, width: 6, isRight: true) { ($0.cost.map { Format.euro($0) } ?? "", .plain) })
        }
        if isWide {
            columns.append(Column(title: "€/kWh", key: .price, width: 6, isRight: true) { ($0.price.map { Format.price($0) } ?? "", .faint) })
        }
        columns.append(Column(title: "TIME", key: .time, width: 5, isRight: true) { ($0.seconds.map { Format.time($0) } ?? "", .plain) })
        let used = 2 + columns.reduce(0) { $0 + $1.width + 2 }
        guard width - used >= 6 else { return columns }
        columns.append(isWide ? whyColumn(width - used) : whoColumn(width - used))
        return columns
    }

    private func whyColumn(_ width: Int) -> Column {
        Column(title: "WHY", key: nil, width: width) { row in (row.why + (row.isBreakerOpen ? " (breaker open)" : ""), Screen.inkOfWhy(row)) }
    }

    /// The one column where there is no room for both: the driver who charges, or the reason why nobody does.
    private func whoColumn(_ width: Int) -> Column {
        Column(title: "DRIVER / WHY", key: .driver, width: width) { row in
            guard let driver = row.driver, row.verdict == .supplying else { return (row.why, Screen.inkOfWhy(row)) }
            return (driver.text, .plain)
        }
    }

    private static func inkOfWhy(_ row: Row) -> Ink {
        switch row.verdict {
        case .faulty: Ink(.red)
        case .stopped: Ink(.yellow)
        case .assigned: .plain
        case .activated: row.isBreakerOpen ? Ink(.yellow) : .faint
        case .supplying, .disconnected: .faint
        }
    }
}
