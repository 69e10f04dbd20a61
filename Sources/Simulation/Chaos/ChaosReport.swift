internal import ChargingModel
internal import Terminal

/// What chaos did, saw and found, as a table and a verdict.
public struct ChaosReport: Sendable {
    /// Failures of the run itself, in words; none: everything held.
    public var problems: [String] = []
    public var observer: ChaosObserver

    /// - Parameters:
    ///   - isWhole: the plan was carried out to its end.
    ///   - hasStranger: somebody lied meanwhile: for ten seconds others may take a lie about who lives for the truth (P6).
    public init(_ observer: ChaosObserver, isWhole: Bool = true, hasStranger: Bool = false) {
        self.observer = observer
        problems = observer.contradictions.map { "I2: \($0)" }
        for sighting in observer.sightings where !sighting.isWithdrawn && !sighting.isDisturbed {
            guard let limit = sighting.fault.limit, sighting.fault.target.role != .gateway || observer.hasStations else { continue }
            let name = "\(sighting.fault.target.name) \(sighting.fault.harm.past) at \(text(sighting.fault.at))"
            switch sighting.seen {
            case let seen?: if seen > limit { problems.append("\(name): seen only after \(text(seen)) instead of \(text(limit))") }
            case nil: if isWhole, !hasStranger { problems.append("\(name): never seen") }
            }
        }
        if isWhole, done == 0, !observer.sightings.isEmpty { problems.append("none of the \(observer.sightings.count) faults could be done") }
    }

    /// How many faults were brought about.
    public var done: Int { observer.sightings.count { !$0.isWithdrawn } }

    public func table(colors: Bool) -> String {
        var table = Table([
            Table.Column("FAULT"), Table.Column("COUNT", right: true), Table.Column("SEEN", right: true), Table.Column("MEDIAN", right: true),
            Table.Column("SLOWEST", right: true), Table.Column("LIMIT", right: true), Table.Column("BACK: MEDIAN", right: true),
            Table.Column("SLOWEST", right: true),
        ])
        let groups = Dictionary(grouping: observer.sightings.filter { !$0.isWithdrawn }) { "\($0.fault.target.role.rawValue) \($0.fault.harm.past)" }
        for (name, sightings) in groups.sorted(by: { $0.key < $1.key }) {
            // What was hidden by another fault says nothing about the time that this one takes.
            let clear = sightings.filter { !$0.isDisturbed }
            let seen = clear.compactMap(\.seen).sorted()
            let back = clear.compactMap { $0.seen == nil && !$0.fault.isSudden ? nil : $0.back }.sorted()
            let shows = sightings.first?.fault.target.role != .driver
            table.add([
                name, "\(sightings.count)", shows ? "\(sightings.count { $0.seen != nil })" : "–", time(seen, at: seen.count / 2),
                time(seen, at: seen.count - 1),
                shows ? sightings.compactMap(\.fault.limit).max().map(text) ?? "–" : "–", shows ? time(back, at: back.count / 2) : "–",
                shows ? time(back, at: back.count - 1) : "–",
            ])
        }
        return table.text(colors: colors)
    }

    private func time(_ times: [Duration], at index: Int) -> String { times.indices.contains(index) ? text(times[index]) : "–" }
}

extension Fault {
    /// A line of the plan.
    public var text: String {
        let seconds = roundedDecimalText(at.nanoseconds / 1_000_000, decimals: 3, keeping: 1)
        return "\(seconds) s".padded(to: 12, right: true) + "  \(target.name) \(harm.past)" + (lasting > .zero ? " for \(Chaos.text(lasting))" : "")
    }

    /// Over at once: what was broken comes back by itself.
    var isSudden: Bool { harm == .kill || harm == .restart }

    /// How soon it must show (section 3 of the protocol); `nil` where it need not, or lasts too short.
    var limit: Duration? {
        let limit: Duration? =
            switch (target.role, harm) {
            case (.driver, _), (.broker, .hang), (.broker, .cut): nil
            case (_, .kill): .seconds(1)
            // It ends its sessions, says that it goes, and waits for the receipt first (P10).
            case (_, .restart): .seconds(3)
            case (.engine, .hang): .seconds(6)
            // One and a half keep-alives, and mosquitto looks every 5 s.
            case (_, .hang), (_, .cut): .seconds(14)
            }
        guard let limit, isSudden || lasting >= limit else { return nil }
        return limit
    }
}

/// `0.12 s`
func text(_ duration: Duration) -> String { roundedDecimalText(duration.nanoseconds / 1_000_000, decimals: 3, keeping: 2) + " s" }
