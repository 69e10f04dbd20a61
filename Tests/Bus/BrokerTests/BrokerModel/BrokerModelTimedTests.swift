import ChargingModel
import Glibc
import RawMQTT
import Testing

@testable import Simulation

extension Broker {
    /// What costs real seconds. All of it happens on brokers side by side, so that a second that passes passes for all.
    @Suite(.serialized, .timeLimit(.minutes(10))) struct TimedModelTests {
        static let rounds: UInt64 = getenv("WATTLINE_LONG") == nil ? 1 : 12

        @Test("by the clock: expiry in a window and retained, a reader that stands still, keepalive") func timed() throws {
            for round in 0..<Self.rounds {
                let silent = try SilentClient()
                let reader = try StandingReader()
                var players = try (0..<6).map { try Player(seed: 30_001 + 6 * round + $0) }
                while players.contains(where: { !$0.isDone }) {
                    for index in players.indices { try players[index].playToPause() }
                    Clock.nextSecond()
                    silent.look()
                }
                let expired = players.reduce(0) { $0 + $1.duel.model.counts.expired }
                #expect(expired > 0)
                print("compared: \(players.count) scripts by the clock, \(expired) messages expired in a window")
                try reader.readOn()
                while silent.closedAt == nil, Clock.second - silent.connectedAt < 10 {
                    Clock.nextSecond()
                    silent.look()
                }
                try silent.check()
            }
        }

        @Test("QoS 0 over the limit of a reader that stands still: the model drops no less than mosquitto") func overLimit() throws {
            let duel = try BrokerDuel(queued: 10)
            let publisher = try duel.connect(0)
            let reader = try duel.connect(1, receiveBuffer: 4096)
            try duel.subscribe(reader, [("#", atLeastOnce: false)])
            duel.setWritable(reader, false)
            for number in 0..<200 { try duel.publish(publisher, StandingReader.large(number, atLeastOnce: false)) }
            duel.setWritable(reader, true)
            #expect(reader.expected.count == 2 + 11 && duel.model.counts.dropped == 189)
            // Not to a PINGRESP: Debian's 2.0.11 drops that, too, at such a limit.
            while reader.seen.count < reader.expected.count { try duel.readOne(reader) }
            try duel.compare([reader])
        }
    }

    private enum Clock {
        static var second: Int64 { MQTTBroker<[UInt8]>.second(BrokerDuel.now) }

        static func wall() -> (second: Int, nanoseconds: Int) {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return (time.tv_sec, time.tv_nsec)
        }

        /// To a little after the beginning of the wall clock's next second: the coarse clock that mosquitto reads is some milliseconds late.
        static func nextSecond() {
            let before = wall()
            while wall().second == before.second { usleep(UInt32(1_000_000_000 - wall().nanoseconds) / 1000 + 1) }
            usleep(20_000)
        }

        /// Waits until what is begun now has a good chance to end within the second.
        static func roomInSecond() { if wall().nanoseconds > 700_000_000 { nextSecond() } }
    }

    /// A script, one pause after the other.
    private struct Player {
        let seed: UInt64
        var duel: BrokerDuel
        private var rest: ArraySlice<BrokerScript.Step>
        private var attempts = 0

        init(seed: UInt64) throws {
            self.seed = seed
            duel = try BrokerDuel()
            rest = BrokerScript(seed: seed, steps: 60, .timed).steps[...]
        }

        var isDone: Bool { rest.isEmpty }

        /// When a second passes within a step, nobody knows which side of it the broker was on: the script begins anew.
        mutating func playToPause() throws {
            while let step = rest.popFirst() {
                if case .pause = step { return }
                Clock.roomInSecond()
                let before = Clock.wall().second
                do { try duel.run(BrokerScript(steps: [step])) } catch {
                    guard Clock.wall().second == before else { return try again() }
                    throw BrokerDuel.Difference(description: "seed \(seed), \(error)\n\(BrokerScript(seed: seed, steps: 60, .timed))")
                }
                guard Clock.wall().second == before else { return try again() }
            }
        }

        private mutating func again() throws {
            attempts += 1
            guard attempts < 10 else { throw BrokerDuel.Difference(description: "this machine is too slow for a script by the clock") }
            duel = try BrokerDuel()
            rest = BrokerScript(seed: seed, steps: 60, .timed).steps[...]
        }
    }

    /// What was written to a full socket arrives however old it is, with the expiry that it had.
    private struct StandingReader {
        let duel: BrokerDuel
        let reader: BrokerDuel.Seat

        static func large(_ number: Int, atLeastOnce: Bool) -> BrokerScript.Publication {
            .init(topic: "large", text: String(repeating: "\(number % 10)", count: 60_000), atLeastOnce: atLeastOnce, retain: false)
        }

        init() throws {
            duel = try BrokerDuel()
            let publisher = try duel.connect(0)
            reader = try duel.connect(1, acknowledges: false, receiveBuffer: 4096)
            try duel.subscribe(reader, [("#", atLeastOnce: true)])
            duel.setWritable(reader, false)
            for number in 0..<200 { try duel.publish(publisher, StandingReader.large(number, atLeastOnce: false)) }
            for number in 0..<25 {
                try duel.publish(
                    publisher, .init(topic: "late", text: "\(number)", atLeastOnce: number % 4 > 0, retain: false, expirySeconds: 1))
            }
        }

        func readOn() throws {
            try duel.fence(reader)
            duel.setWritable(reader, true)
            try duel.compare()
            #expect(reader.seen.count == 2 + 225)
        }
    }

    /// A client that says nothing after its CONNECT: closed at the first look, of one every 6 s, at which it was silent for more than 1.5 keepalives.
    private final class SilentClient {
        let duel: BrokerDuel
        let seat: BrokerDuel.Seat
        let connectedAt: Int64
        private(set) var closedAt: Int64?

        init() throws {
            duel = try BrokerDuel()
            let listener = try duel.connect(0)
            try duel.subscribe(listener, [("#", atLeastOnce: true)])
            connectedAt = Clock.second
            seat = try duel.connect(
                1, will: .init(topic: "will", text: "silent", atLeastOnce: true, retain: true), keepAlive: 1, acknowledges: false)
        }

        func look() { if closedAt == nil, seat.raw.isReadable { closedAt = Clock.second } }

        func check() throws {
            let closed = try #require(closedAt)
            while duel.model.isOpen(seat.number) { try duel.sweep(at: duel.model.nextSweep) }
            // Looked at once a second; and the model was made a little after the broker.
            #expect((-1...1).contains(closed - duel.model.lastSweep), "\(closed) in reality, \(duel.model.lastSweep) in the model")
            try duel.drain()
            try duel.compare()
            #expect(duel.messages == 1)
        }
    }
}
