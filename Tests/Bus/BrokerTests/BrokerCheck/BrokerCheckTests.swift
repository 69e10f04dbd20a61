import BrokerCheck
import EventLoop
import MQTT
import Testing

extension Broker {
    @Suite(.serialized, .timeLimit(.minutes(3))) struct BrokerCheckTests {
        /// A run against a port, on a thread that may block.
        static func run(_ port: UInt16, _ ids: [String]? = nil, patience: Duration = .seconds(10), user: String? = nil, other: String? = nil)
            async throws
            -> [RuleOutcome]
        {
            var address = MQTTAddress(port: port)
            address.credentials = user.map { .init(user: $0, password: "secret") }
            var settings = CheckSettings(address: address, prefix: "check/run", run: "run", patience: patience)
            settings.clientID = user
            settings.other = other.map { .init(user: $0, password: "secret") }
            let rules = BrokerRule.all.filter { ids?.contains($0.id) ?? true }
            let chosen = settings
            return try await withCheckedThrowingContinuation { continuation in
                do {
                    _ = try Thread(name: "check") { continuation.resume(with: Result { try BrokerCheck.run(rules, chosen) { _ in } }) }
                } catch { continuation.resume(throwing: error) }
            }
        }

        private static func names(_ outcomes: [RuleOutcome], _ result: RuleOutcome.Result) -> [String] {
            outcomes.filter { $0.result == result }.map(\.rule.id)
        }

        @Test("mosquitto keeps all that is required, and nothing is left behind") func mosquitto() async throws {
            let broker = try TestBroker("max_packet_size 65536\nautosave_interval 10")
            let outcomes = try await Self.run(broker.port)
            let report = outcomes.map { "\($0.rule.id): \($0.result.rawValue), \($0.evidence) \($0.exchange)" }.joined(separator: "\n")
            #expect(outcomes.count == BrokerRule.all.count && !outcomes.contains(where: \.isMissing), "\(report)")
            // As docs/simulation-broker.md says of it.
            #expect(Self.names(outcomes, .breaks) == ["order-mixed", "receive-maximum", "expiry-keeps-order"], "\(report)")
            #expect(Self.names(outcomes, .notOffered) == ["client-ids-bound"])
            #expect(BrokerCheck.tidy(outcomes, CheckSettings(address: MQTTAddress(port: broker.port), prefix: "check", run: "end")).isEmpty)
        }

        @Test("ids are unique, and name rules of the protocol where they are required") func ids() {
            #expect(Set(BrokerRule.all.map(\.id)).count == BrokerRule.all.count)
            for rule in BrokerRule.all where rule.isRequired { #expect(!rule.rules.isEmpty, "\(rule.id)") }
        }

        @Test("mosquitto with its own limit loses what is kept, and what is queued") func limited() async throws {
            let broker = try TestBroker("max_queued_messages 100\npersistence false")
            let outcomes = try await Self.run(broker.port, ["retained-many", "qos1-kept"], patience: .seconds(2))
            #expect(Self.names(outcomes, .breaks) == ["retained-many", "qos1-kept"], "\(outcomes.map(\.evidence))")
        }

        @Test("a client id that belongs to nobody is taken from its owner, by whoever comes") func bound() async throws {
            let broker = try TestBroker()
            for other in [nil, "other"] {
                let outcomes = try await Self.run(broker.port, ["client-ids-bound"], user: "owner", other: other)
                #expect(
                    Self.names(outcomes, .breaks) == ["client-ids-bound"] && !outcomes.contains(where: \.isMissing), "\(outcomes.map(\.evidence))")
                #expect(outcomes.first?.evidence.hasPrefix("nobody threw the owner out") == true)
            }
        }

        @Test("without rights nothing is judged; what is not offered is said") func reasons() async throws {
            let broker = try TestBroker()
            let refusing = try await LyingBroker(before: broker.port, .refusesAll)
            let refused = try await Self.run(refusing.port, ["order-qos1", "retained-flag"])
            #expect(Self.names(refused, .notTried).count == 2 && refused.allSatisfy { $0.evidence.contains("not authorized") }, "\(refused)")
            let poor = try await LyingBroker(before: broker.port, .offersLittle)
            let offered = try await Self.run(poor.port, ["retained-flag", "order-topics", "subscription-identifiers", "order-qos1"])
            #expect(Self.names(offered, .notOffered) == ["retained-flag", "subscription-identifiers", "order-topics"], "\(offered.map(\.evidence))")
            #expect(Self.names(offered, .holds) == ["order-qos1"])
        }

        @Test(
            "a broker that can't be checked is said to be none, and why",
            arguments: [(Lie.wantsNoIDs, "does not take the client id"), (Lie.isOld, "does not speak MQTT 5")]) func none(_ lie: Lie, _ words: String)
            async throws
        {
            let broker = try TestBroker()
            let liar = try await LyingBroker(before: broker.port, lie)
            await #expect { try await Self.run(liar.port, ["order-qos1"]) } throws: { "\($0)".contains(words) }
            await #expect { try await Self.run(TestBroker.freePort()) } throws: { "\($0)".contains("no broker at mqtt://127.0.0.1:") }
        }

        /// A lie, and the rules that it breaks.
        struct Case: CustomTestStringConvertible, Sendable {
            var testDescription: String
            var lie: Lie
            var breaks: [String]

            init(_ name: String, _ lie: Lie, _ breaks: String...) {
                testDescription = name
                self.lie = lie
                self.breaks = breaks
            }
        }

        @Test(
            "a broker that lies is found out",
            arguments: [
                Case(
                    "keeps nothing", .keepsNothing, "retained-wildcards", "retained-flag", "retained-deleted", "retained-many", "suback-answers",
                    "fence-behind-retained", "subscribed-again", "payload-16k"),
                Case("marks all", .marksAll, "retained-flag", "retain-as-published", "will-at-cut"),
                Case("deletes nothing", .deletesNothing, "retained-deleted"),
                Case("kept comes late", .keptComesLate, "retained-before-live", "fence-behind-retained"),
                Case("answers early", .answersEarly, "suback-answers"),
                Case("answers late", .answersLate, "suback-first", "subscribe-many"),
                Case(
                    "ignores options", .ignoresOptions, "no-local", "retain-handling-2", "retain-handling-1", "retain-as-published",
                    "subscription-identifiers"),
                Case("kept once", .keptOnce, "subscribed-again"),
                Case(
                    "hides wills", .hidesWills, "will-at-cut", "will-at-disconnect-04", "will-at-kick", "will-at-takeover", "will-at-silence"),
                Case("will comes late", .willComesLate, "will-before-next"),
                Case("overhears goodbyes", .overhearsGoodbyes, "no-will-at-disconnect"),
                Case("throws nobody out", .throwsNobodyOut, "one-client-per-id", "will-at-kick"),
                Case("has sessions", .hasSessions, "clean-start", "session-ends"),
                Case("shuffles", .shuffles, "order-qos1", "order-qos0", "order-topics", "order-mixed", "qos1-kept"),
                Case("fence overtakes", .fenceOvertakes, "fence-behind-queue", "fence-behind-retained"),
                Case("loses", .loses, "qos1-kept", "order-qos1", "retained-many", "retained-before-live"),
                Case("keeps for ever", .keepsForEver, "expiry-in-queue", "expiry-told", "expiry-of-retained"),
                Case("cuts", .cuts, "payload-16k", "packet-limit-told"),
                Case("wants short ids", .wantsShortIDs, "client-ids"),
            ]) func lies(_ wrong: Case) async throws
        {
            let broker = try TestBroker("persistence false")
            let liar = try await LyingBroker(before: broker.port, wrong.lie)
            let outcomes = try await Self.run(liar.port, wrong.breaks, patience: .seconds(1))
            for outcome in outcomes { #expect(outcome.result == .breaks, "\(outcome.rule.id): \(outcome.evidence) \(outcome.exchange)") }
        }
    }
}
