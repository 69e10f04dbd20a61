extension BrokerDuel {
    func compare(_ seats: [Seat]? = nil) throws {
        for seat in seats ?? self.seats {
            let agree = seat.seen.count == seat.expected.count && zip(seat.seen, seat.expected).allSatisfy { $0.agrees(with: $1) }
            guard agree else { throw Difference(description: report(seat)) }
        }
    }

    /// After clients that did not wait for each other: what one publisher sent to one topic with one QoS came in its order, nothing more,
    /// nothing less.
    func compareLoosely() throws {
        for seat in seats {
            guard Self.grouped(seat.seen) == Self.grouped(seat.expected) else { throw Difference(description: report(seat)) }
            seat.expected = seat.seen
        }
    }

    private static func grouped(_ events: [Seen]) -> [String: [String]] {
        var groups: [String: [String]] = [:]
        for event in events {
            if case .message(let topic, let payload, let id, let retained, _) = event {
                let publisher = payload.prefix { $0 != ":" }
                groups["\(publisher) \(topic) \(id > 0) \(retained)", default: []].append(payload)
            } else {
                groups["", default: []].append(event.description)
            }
        }
        return groups
    }

    func report(_ seat: Seat) -> String {
        let same = zip(seat.seen, seat.expected).prefix { $0.agrees(with: $1) }.count
        func tail(_ events: [Seen]) -> String { events.dropFirst(same).prefix(12).map { "    \($0)" }.joined(separator: "\n") }
        return """
            c\(seat.client) (connection \(seat.number)), after \(same) that agree
              mosquitto:
            \(tail(seat.seen))
              model:
            \(tail(seat.expected))
            """
    }
}
