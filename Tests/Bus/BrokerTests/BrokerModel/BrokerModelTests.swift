import Glibc
import Testing

@testable import Simulation

extension Broker {
    /// The simulator's broker against mosquitto: the same script is run through both, and every client must have seen the same of either.
    @Suite(.serialized, .timeLimit(.minutes(20))) struct ModelTests {
        /// More of everything with WATTLINE_LONG=1.
        static let seeds: UInt64 = getenv("WATTLINE_LONG") == nil ? 6 : 300

        @Test("one after the other: subscriptions, retained messages, wills, takeovers, windows, restarts by SIGTERM and SIGKILL") func orderly()
            throws
        {
            let tally = try compare(from: 1, .orderly)
            #expect(tally.messages > 200 * Self.seeds && tally.restarts > Self.seeds / 2 && tally.counts.saves > 5 * Self.seeds, "\(tally)")
        }

        @Test("with a limit for what waits, the same is dropped") func limited() throws {
            let tally = try compare(from: 10_001, .orderly, queued: 3)
            #expect(tally.counts.dropped > Self.seeds, "\(tally)")
        }

        @Test("several publishers at once: what each sent to a topic comes in its order, nothing more, nothing less") func concurrent() throws {
            let tally = try compare(from: 20_001, .concurrent)
            #expect(tally.messages > 200 * Self.seeds, "\(tally)")
        }

        /// That something was compared.
        private struct Tally {
            var messages: UInt64 = 0
            var restarts: UInt64 = 0
            var counts = BrokerCounts()
        }

        private func compare(from first: UInt64, _ flavour: BrokerScript.Flavour, queued: Int? = nil) throws -> Tally {
            var tally = Tally()
            for seed in first..<first + Self.seeds {
                let duel = try BrokerDuel(queued: queued)
                do { try duel.run(BrokerScript(seed: seed, steps: 80, flavour)) } catch {
                    Issue.record("seed \(seed), \(error)")
                }
                tally.messages += duel.messages
                tally.restarts += duel.restarts
                tally.counts.dropped += duel.model.counts.dropped
                tally.counts.saves += duel.model.counts.saves
            }
            print("compared: \(Self.seeds) scripts, \(tally)")
            return tally
        }
    }
}
