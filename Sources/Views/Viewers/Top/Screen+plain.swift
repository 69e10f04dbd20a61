public import ChargingModel
internal import JSON
internal import NetworkView
internal import Platform
internal import Terminal

extension Screen {
    /// The picture as plain lines, for pipes and files: a summary, then a table.
    public func plainText(colors: Bool) -> String {
        let view = shown
        var text = Style.bold(summary(view), enabled: colors) + "\n" + sums(view) + "\n"
        guard !view.points.isEmpty else { return text }
        var table = Table([
            Table.Column("POINT"), Table.Column("STATE"), Table.Column("POWER", right: true), Table.Column("DRIVER"),
            Table.Column("ENERGY", right: true), Table.Column("COST", right: true), Table.Column("PRICE", right: true),
            Table.Column("TIME", right: true), Table.Column("WHY"),
        ])
        for row in rows() {
            table.add([
                row.cp.text, row.verdict.rawValue, row.verdict == .supplying ? "\(row.power)" : "", row.driver?.text ?? "",
                row.energy.map { "\($0)" } ?? "", row.cost.map { "\($0)" } ?? "", row.price.map { "\($0)" } ?? "",
                row.seconds.map { Format.time($0) } ?? "", harmless(row.why) + (row.isBreakerOpen ? " (breaker open)" : ""),
            ])
        }
        text += "\n" + table.text(colors: colors)
        return text
    }

    private func summary(_ view: NetworkView) -> String {
        let central =
            switch view.central.presence {
            case .online: "Central is online"
            case .offline(let reason): "Central is OFFLINE (\(harmless(reason))): these are the words of engines and monitors"
            case .unknown: "Central was never heard here: these are the words of engines and monitors"
            }
        return "\(broker): \(central)"
    }

    private func sums(_ view: NetworkView) -> String {
        let totals = view.totals
        let states = Verdict.allCases.filter { totals[$0] > 0 }.map { "\(totals[$0]) \($0.rawValue)" }.joined(separator: ", ")
        return "\(totals.points) \(totals.points == 1 ? "point" : "points")\(states.isEmpty ? "" : ": " + states); "
            + "\(Format.kilowatts(totals.power)) of \(Format.kilowatts(totals.rated)) kW; "
            + "\(totals.openSessions) open \(totals.openSessions == 1 ? "session" : "sessions"), \(totals.energy), \(totals.cost)"
    }

    /// The picture as one JSON object, with the members of the HTTP API.
    public func json(at now: Now) -> String {
        let view = shown
        var json = JSONWriter(capacity: 8192)
        json.object { root in
            root.string("ts", now.wall.text)
            root.string("broker", broker)
            root.object("central") { view.central.write(&$0) }
            root.object("totals") { view.totals.write(&$0) }
            root.array("points") { array in
                for row in rows() { if let point = view.points[row.cp] { array.object { point.write(&$0, view.central) } } }
            }
            root.array("sessions") { array in
                for session in view.sessions.values.sorted(by: { $0.session < $1.session }) { array.object { session.write(&$0) } }
            }
        }
        return json.text + "\n"
    }

    /// The changes since the last call, each as one JSON object on a line, named by its `type`.
    public mutating func jsonChanges(at now: Now) -> String {
        let changes = takeChanges()
        let central = network.central
        var json = JSONWriter(capacity: 1024)
        func line(_ type: String, _ body: (inout JSONWriter) -> Void) {
            json.object { root in
                root.string("type", type)
                root.string("ts", now.wall.text)
                body(&root)
            }
            json.lineBreak()
        }
        if let (central, bus) = changes.central {
            line("bus") { bus.write(&$0) }
            line("central") { central.write(&$0) }
        }
        for change in changes.points { line("point") { change.point.write(&$0, central) } }
        for cp in changes.removed { line("point_removed") { $0.string("cp", cp.text) } }
        for session in changes.sessions { line("session") { session.write(&$0) } }
        for session in changes.lost { line("session_lost") { $0.string("session", session.text) } }
        for driver in changes.drivers {
            let open = network.sessions.values.filter { $0.driver == driver.driver }.map(\.session).sorted()
            line("driver") { driver.write(&$0, open: open) }
        }
        for entry in changes.log {
            // `ts` is its own.
            json.object { root in
                root.string("type", "log")
                entry.write(&root)
            }
            json.lineBreak()
        }
        return json.text
    }
}
