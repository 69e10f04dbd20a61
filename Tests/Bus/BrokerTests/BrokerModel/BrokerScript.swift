import ChargingModel

/// What clients do, and what happens to their broker.
struct BrokerScript: CustomStringConvertible {
    struct Publication: CustomStringConvertible {
        var topic: String
        /// Empty for an empty payload.
        var text: String
        var atLeastOnce: Bool
        var retain: Bool
        var expirySeconds: UInt32 = 0

        var description: String {
            "\(topic) '\(text)' QoS \(atLeastOnce ? 1 : 0)\(retain ? " retained" : "")\(expirySeconds > 0 ? " for \(expirySeconds) s" : "")"
        }
    }

    enum Step {
        /// Takes over when the client has a connection.
        case connect(Int, will: Publication?, window: UInt16?, acknowledges: Bool)
        case subscribe(Int, [(String, atLeastOnce: Bool)])
        case unsubscribe(Int, [String])
        case publish(Int, Publication)
        /// Many in a row.
        case burst(Int, [Publication])
        /// One of the withheld PUBACKs, counted from the oldest, modulo their number.
        case acknowledge(Int, Int)
        case disconnect(Int)
        case drop(Int)
        /// Several clients at once, without waiting for each other; before it, all withheld PUBACKs are sent.
        case batch([(Int, Publication)])
        /// To the beginning of the next second.
        case pause
        /// SIGTERM or SIGKILL, and whether the persistence file is lost.
        case restart(gracefully: Bool, forgetting: Bool)
    }

    var steps: [Step]

    var description: String { steps.enumerated().map { "\($0.offset)  \(Self.words($0.element))" }.joined(separator: "\n") }

    static func words(_ step: Step) -> String {
        switch step {
        case .connect(let client, let will, let window, let acknowledges):
            "c\(client) connects" + (will.map { ", will \($0)" } ?? "") + (window.map { ", window \($0)" } ?? "")
                + (acknowledges ? "" : ", withholds PUBACKs")
        case .subscribe(let client, let filters):
            "c\(client) subscribes to " + filters.map { "\($0.0) QoS \($0.atLeastOnce ? 1 : 0)" }.joined(separator: ", ")
        case .unsubscribe(let client, let filters): "c\(client) unsubscribes from " + filters.joined(separator: ", ")
        case .publish(let client, let publication): "c\(client) publishes \(publication)"
        case .burst(let client, let publications):
            "c\(client) publishes in a row: " + publications.map { "\($0)" }.joined(separator: "; ")
        case .acknowledge(let client, let index): "c\(client) acknowledges number \(index) of the withheld"
        case .disconnect(let client): "c\(client) disconnects"
        case .drop(let client): "c\(client) breaks off"
        case .batch(let publications): "at once: " + publications.map { "c\($0.0) \($0.1)" }.joined(separator: "; ")
        case .pause: "a second passes"
        case .restart(let gracefully, let forgetting):
            "the broker gets \(gracefully ? "SIGTERM" : "SIGKILL")\(forgetting ? " and loses its file" : "") and starts again"
        }
    }
}

extension BrokerScript {
    enum Flavour {
        /// One thing after the other.
        case orderly
        /// With batches. What is saved when depends on their order, so no SIGKILL.
        case concurrent
        /// With short expiries, small windows and pauses, without restarts.
        case timed
    }

    static let topics = [
        "cp/1/state", "cp/2/state", "cp/1/telemetry", "cp/1", "cp", "central/cp/1", "central/status", "a", "a/b", "a//b", "/a", "a/", "$wl/x", "$wl",
    ]
    static let filters = topics + wildcards
    static let wildcards =
        [
            "#", "+", "+/+", "+/#", "cp/#", "cp/+/state", "cp/+", "cp/1/#", "cp/1/+", "+/1/state", "central/cp/+", "a/#", "a/+", "/+", "/#", "+/b",
            "$wl/#", "$wl/+", "a/+/b", "+/+/+", "cp/+/#",
        ]

    /// A script from a seed. c0 watches all from the beginning to the end; at the end a new client looks at all that is retained.
    init(seed: UInt64, steps count: Int, _ flavour: Flavour) {
        var random = SplitMix64(seed: seed)
        var connected: Set<Int> = [0]
        var number = 0
        func pick<Element>(_ elements: [Element]) -> Element { elements[Int.random(in: 0..<elements.count, using: &random)] }
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func publication(_ text: String, _ topic: String? = nil) -> Publication {
            number += 1
            return Publication(
                topic: topic ?? pick(Self.topics), text: chance(12) ? "" : "\(text)\(number)", atLeastOnce: chance(60), retain: chance(45),
                expirySeconds: flavour == .timed && chance(50) ? UInt32.random(in: 1...2, using: &random) : chance(10) ? 1000 : 0)
        }
        steps = [.connect(0, will: nil, window: nil, acknowledges: true), .subscribe(0, [("#", atLeastOnce: true), ("$wl/#", atLeastOnce: false)])]
        while steps.count < count {
            if flavour == .timed, steps.count % 12 == 0 { steps.append(.pause) }
            let client = Int.random(in: 1...(flavour == .timed ? 3 : 5), using: &random)
            guard connected.contains(client) else {
                steps.append(
                    .connect(
                        client, will: chance(60) ? publication("will") : nil,
                        window: chance(flavour == .timed ? 90 : 30) ? UInt16.random(in: 1...4, using: &random) : nil,
                        acknowledges: chance(flavour == .timed ? 10 : 50)))
                connected.insert(client)
                continue
            }
            // By the clock, nobody leaves and windows are filled.
            let draw = Int.random(in: 0..<100, using: &random)
            switch flavour == .timed && (80..<94).contains(draw) ? 24 : draw {
            case ..<22:
                steps.append(
                    .subscribe(
                        client,
                        (0..<Int.random(in: 1...3, using: &random)).map { _ in
                            (pick(chance(50) ? Self.wildcards : Self.filters), atLeastOnce: chance(65))
                        }))
            case ..<25:
                let topic = chance(50) ? pick(Self.topics) : nil
                steps.append(.burst(client, (0..<30).map { _ in publication("m", topic) }))
            case ..<27: steps.append(.unsubscribe(client, [pick(Self.filters)]))
            case ..<68: steps.append(.publish(client, publication("m")))
            case ..<80: steps.append(.acknowledge(client, chance(60) ? 0 : Int.random(in: 0..<8, using: &random)))
            case ..<84:
                steps.append(.disconnect(client))
                connected.remove(client)
            case ..<89:
                steps.append(.drop(client))
                connected.remove(client)
            case ..<94:
                steps.append(.connect(client, will: chance(60) ? publication("will") : nil, window: nil, acknowledges: chance(50)))
            case ..<96 where flavour == .concurrent:
                let publishers = connected.sorted().filter { $0 > 0 }
                steps.append(
                    .batch(
                        (0..<40).map { _ in
                            number += 1
                            let publisher = pick(publishers)
                            return (
                                publisher,
                                Publication(
                                    topic: pick(Self.topics), text: "c\(publisher):\(number)", atLeastOnce: chance(60), retain: false)
                            )
                        }))
            case 96...97 where flavour != .timed:
                steps.append(.restart(gracefully: flavour == .concurrent || chance(50), forgetting: chance(15)))
                connected = [0]
                steps.append(.connect(0, will: nil, window: nil, acknowledges: true))
                steps.append(.subscribe(0, [("#", atLeastOnce: true), ("$wl/#", atLeastOnce: false)]))
            default: steps.append(.publish(client, publication("m")))
            }
        }
        steps.append(.connect(9, will: nil, window: nil, acknowledges: true))
        steps.append(.subscribe(9, [("#", atLeastOnce: true), ("$wl/#", atLeastOnce: true)]))
    }
}
