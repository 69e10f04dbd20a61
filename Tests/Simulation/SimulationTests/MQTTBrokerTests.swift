import ChargingModel
import Testing

@testable import Simulation

/// The rest of the broker, which the comparison with a real one (BrokerTests) can't time or can't see.
@Suite("The modelled broker by itself") struct MQTTBrokerTests {
    typealias Broker = MQTTBroker<Int>

    private static func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

    /// A broker, and what it sends.
    private struct Bench {
        var broker: Broker
        var output: [Broker.Output] = []

        init(_ limits: BrokerLimits = BrokerLimits()) { broker = Broker(limits: limits, at: at(0)) }

        mutating func join(_ connection: UInt64, _ filters: [String], window: Int? = nil, keepAlive: Duration? = nil, will: String? = nil) {
            let will = will.map { Broker.Message(topic: broker.topic($0), content: -1, atLeastOnce: true, retain: true) }
            broker.connect(
                connection, client: "c\(connection)", will: will, keepAlive: keepAlive, receiveMaximum: window, at: at(0), into: &output)
            if !filters.isEmpty { broker.subscribe(connection, filters.map { .init($0) }, token: 0, at: at(0), into: &output) }
            output = []
        }

        mutating func publish(
            _ topic: String, _ content: Int, from connection: UInt64 = 1, qos: Int = 1, retain: Bool = false, expiry: UInt32 = 0, at time: Double = 0
        ) {
            let message = Broker.Message(
                topic: broker.topic(topic), content: content, atLeastOnce: qos == 1, retain: retain, expirySeconds: expiry)
            broker.publish(connection, message, at: at(time), into: &output)
        }

        /// The contents delivered since the last call, to one connection or all.
        mutating func delivered(to connection: UInt64? = nil) -> [Int] {
            defer { output = [] }
            return output.compactMap {
                guard case .deliver(let delivery) = $0, connection == nil || delivery.connection == connection else { return nil }
                return delivery.content
            }
        }
    }

    @Test("a window of 20 takes 20, and after the first PUBACK has 39 under way, as mosquitto's does; QoS 0 overtakes") func window() {
        var bench = Bench()
        bench.join(1, [])
        bench.join(2, ["a"])
        for number in 0..<100 { bench.publish("a", number) }
        bench.publish("a", 1000, qos: 0)
        #expect(bench.delivered() == Array(0..<20) + [1000])
        bench.broker.acknowledge(2, 1, at: Self.at(0), into: &bench.output)
        #expect(bench.delivered() == Array(20..<40))
        bench.broker.acknowledge(2, 2, at: Self.at(0), into: &bench.output)
        #expect(bench.delivered() == Array(40..<60))
    }

    @Test("expiry is counted in whole seconds of the wall clock: 2 s are 2 to 3 s for a waiting message, 1 to 2 s for a retained one") func expiry() {
        for (wall, lastSent, lastRetained) in [(Duration.zero, 2.99, 1.99), (.milliseconds(500), 2.49, 1.49)] {
            for late in [false, true] {
                var limits = BrokerLimits()
                limits.wallOrigin = wall
                var bench = Bench(limits)
                bench.join(1, [])
                bench.join(2, ["a"], window: 1)
                bench.publish("a", 1)
                bench.publish("a", 2, retain: true, expiry: 2)
                #expect(bench.delivered() == [1])
                bench.broker.acknowledge(2, 1, at: Self.at(lastSent + (late ? 0.02 : 0)), into: &bench.output)
                #expect(bench.delivered() == (late ? [] : [2]))
                #expect(bench.broker.counts.expired == (late ? 1 : 0))
                bench.broker.subscribe(1, [.init("a")], token: 1, at: Self.at(lastRetained + (late ? 0.02 : 0)), into: &bench.output)
                #expect(bench.delivered() == (late ? [] : [2]))
            }
        }
    }

    @Test("what was written to a full socket does not expire and keeps the expiry that it had; over the limit QoS 0 is dropped, QoS 1 is not")
    func fullSocket() {
        var limits = BrokerLimits()
        limits.backlog = 2
        var bench = Bench(limits)
        bench.join(1, [])
        bench.join(2, ["a"])
        bench.broker.setWritable(2, false, into: &bench.output)
        for number in 0..<5 { bench.publish("a", number, qos: 0, expiry: 3) }
        bench.publish("a", 5, expiry: 3)
        let dropped = bench.output.count { if case .dropped(2, _) = $0 { true } else { false } }
        #expect(dropped == 2 && bench.broker.counts.dropped == 2)
        #expect(bench.delivered() == [])
        bench.broker.setWritable(2, true, into: &bench.output)
        let left = bench.output.compactMap { if case .deliver(let delivery) = $0 { delivery.remainingSeconds } else { nil } }
        #expect(left == [3, 3, 3, 3])
        #expect(bench.delivered() == [0, 1, 2, 5])
    }

    @Test("keepalive: at a look every 6 s, who was silent for more than 1.5 keepalives is closed and its will speaks") func keepAlive() {
        var bench = Bench()
        bench.join(1, ["will/#"])
        bench.join(2, [], keepAlive: .seconds(5), will: "will/2")
        bench.join(3, [], keepAlive: .seconds(5), will: "will/3")
        bench.broker.sweep(at: Self.at(5.99), into: &bench.output)
        #expect(bench.broker.nextSweep == Self.at(6))
        bench.broker.heard(3, at: Self.at(5))
        bench.broker.sweep(at: Self.at(6), into: &bench.output)
        #expect(bench.output.isEmpty && bench.broker.nextSweep == Self.at(12))
        bench.broker.sweep(at: Self.at(12), into: &bench.output)
        #expect(!bench.broker.isOpen(2) && bench.broker.isOpen(3))
        guard case .closed(2, .keepAlive) = bench.output.last else {
            Issue.record("\(bench.output)")
            return
        }
        #expect(bench.delivered(to: 1) == [-1])
    }

    @Test("F10: after SIGKILL there is what the last save had, after SIGTERM everything and the wills; or what was saved long ago, or nothing")
    func persistence() {
        func retained(_ bench: Bench, _ persisted: Broker.Persisted) -> [Int] {
            var again = bench
            again.broker.restart(with: persisted, at: Self.at(1))
            again.join(9, [])
            again.broker.subscribe(9, [.init("#")], token: 1, at: Self.at(1), into: &again.output)
            return again.delivered()
        }
        var bench = Bench()
        bench.join(1, [], will: "will")
        for number in 0..<10 { bench.publish("r/\(number)", number, retain: true) }
        let old = bench.broker.persisted
        for number in 0..<9 { bench.publish("r/\(number)", 100 + number, retain: true) }
        var killed = bench
        let saved = killed.broker.kill(into: &killed.output)
        #expect(retained(killed, saved) == Array(0..<10))
        var stopped = bench
        let all = stopped.broker.stop(at: Self.at(1), into: &stopped.output)
        #expect(retained(stopped, all) == Array(100..<109) + [9, -1])
        #expect(retained(stopped, old) == Array(0..<10))
        #expect(retained(stopped, Broker.Persisted()) == [])
    }

    @Test("a retained message that is read from the disk in its last second never expires, as mosquitto's does not; a second later it is gone")
    func immortal() {
        for (start, expected) in [(2.5, [7]), (3.0, [])] {
            var bench = Bench()
            bench.join(1, [])
            bench.publish("a", 7, retain: true, expiry: 2)
            let persisted = bench.broker.stop(at: Self.at(1), into: &bench.output)
            bench.broker.restart(with: persisted, at: Self.at(start))
            bench.join(2, [])
            bench.broker.subscribe(2, [.init("a")], token: 1, at: Self.at(1000), into: &bench.output)
            #expect(bench.delivered() == expected)
        }
    }

    @Test("lists of subscribers that are kept are those that a look at every filter would find", arguments: [UInt64(1), 2, 3, 4]) func routes(
        seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        let levels = ["a", "b", "c", "+"]
        func name(wild: Bool) -> String {
            (0..<Int.random(in: 1...3, using: &random)).map { _ in levels[Int.random(in: 0..<(wild ? 4 : 3), using: &random)] }.joined(separator: "/")
                + (wild && Bool.random(using: &random) ? "/#" : "")
        }
        var bench = Bench()
        var filters: [UInt64: Set<String>] = [:]
        bench.join(1, [])
        var delivered = 0
        for step in 0..<4000 {
            let connection = UInt64.random(in: 2...12, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0 where filters[connection] != nil:
                bench.broker.disconnect(connection, at: Self.at(0), into: &bench.output)
                filters[connection] = nil
            case 1 where filters[connection]?.isEmpty == false:
                let filter = filters[connection]!.sorted()[0]
                bench.broker.unsubscribe(connection, [filter], token: 0, at: Self.at(0), into: &bench.output)
                filters[connection]!.remove(filter)
            case 2, 3:
                if filters[connection] == nil { bench.join(connection, []) }
                let filter = name(wild: true)
                bench.broker.subscribe(connection, [.init(filter, atLeastOnce: false)], token: 0, at: Self.at(0), into: &bench.output)
                filters[connection, default: []].insert(filter)
            default:
                bench.output = []
                let topic = name(wild: false)
                bench.publish(topic, step, qos: 0)
                let expected = filters.flatMap { entry in entry.value.filter { Self.matches($0, topic) }.map { _ in entry.key } }.sorted()
                let found = bench.output.compactMap { if case .deliver(let delivery) = $0 { delivery.connection } else { nil } }.sorted()
                #expect(found == expected)
                delivered += found.count
            }
        }
        #expect(delivered > 1000)
    }

    private static func matches(_ filter: String, _ topic: String) -> Bool {
        let filter = filter.split(separator: "/")
        let topic = topic.split(separator: "/")
        for (index, level) in filter.enumerated() {
            if level == "#" { return true }
            guard index < topic.count, level == "+" || level == topic[index] else { return false }
        }
        return filter.count == topic.count
    }

    @Test("the table of connections finds what is in it and nothing else, whatever went before") func numbers() {
        var random = SplitMix64(seed: 5)
        var table = NumberTable()
        var truth: [UInt64: Int] = [:]
        for step in 0..<20_000 {
            let number = UInt64.random(in: 0..<500, using: &random)
            #expect(table[number] == truth[number])
            if truth[number] != nil, Bool.random(using: &random) {
                table.remove(number)
                truth[number] = nil
            } else if truth[number] == nil {
                table.insert(number, step)
                truth[number] = step
            }
            #expect(table.count == truth.count)
        }
    }
}
