internal import EventLoop
public import Platform
internal import RawMQTT

/// A run of checks against a broker, each with connections and topics of its own. It leaves nothing behind, also when it is interrupted.
public enum BrokerCheck {
    /// The reason why nothing could be checked.
    public struct Unavailable: ProcessFailure, CustomStringConvertible {
        public let description: String
        public var processExit: ProcessExit { .unavailable }
    }

    /// Runs the exchanges; blocks. Those that wait for seconds have threads of their own, the others come one after the other.
    /// - Parameter onOutcome: is told each, in the order of the rules; on any thread, one at a time.
    /// - Returns: all, in the order of the rules.
    /// - Throws: ``Unavailable`` when the broker can't be reached, does not speak MQTT 5 or does not let the name in.
    public static func run(
        _ rules: [BrokerRule], _ settings: CheckSettings, onOutcome: @escaping @Sendable (RuleOutcome) -> Void
    ) throws -> [RuleOutcome] {
        let obstacle = try Reception.obstacle(settings)
        let found = Guarded<(outcomes: [String: RuleOutcome], told: Int)>(([:], 0))
        let check: @Sendable (BrokerRule) -> Void = { rule in
            let outcome = obstacle.map { RuleOutcome(rule, .notTried, $0) } ?? self.check(rule, settings)
            found.withLock { found in
                found.outcomes[rule.id] = outcome
                while found.told < rules.count, let next = found.outcomes[rules[found.told].id] {
                    found.told += 1
                    onOutcome(next)
                }
            }
        }
        let threads = rules.filter(\.isSlow).compactMap { rule in try? Thread(name: "check") { check(rule) } }
        for rule in rules where !rule.isSlow { check(rule) }
        for thread in threads { thread.join() }
        let outcomes = found.withLock { $0.outcomes }
        return rules.map { outcomes[$0.id] ?? RuleOutcome($0, .notTried, "the system has no thread left") }
    }

    /// Deletes what the broker still keeps of a run, a will that came late for instance.
    /// - Returns: the topics on which something may still be kept.
    public static func tidy(_ outcomes: [RuleOutcome], _ settings: CheckSettings) -> [String] {
        var left = Set(outcomes.flatMap(\.leftovers))
        for _ in 1...3 {
            guard let found = try? Tidying.leftovers(settings) else { break }
            left = found
            if found.isEmpty || (try? Tidying.delete(found, settings)) == nil { break }
        }
        return left.sorted()
    }

    private static func check(_ rule: BrokerRule, _ settings: CheckSettings) -> RuleOutcome {
        guard settings.interruption?.isRaised != true else { return RuleOutcome(rule, .notTried, "interrupted") }
        let exchange = Exchange(settings, rule.id)
        let result: RuleOutcome.Result
        let evidence: String
        do {
            evidence = try rule.run(exchange)
            result = .holds
        } catch CheckEnd.breaks(let why) {
            (result, evidence) = (.breaks, why)
        } catch CheckEnd.notOffered(let why) {
            (result, evidence) = (.notOffered, why)
        } catch CheckEnd.notTried(let why) {
            (result, evidence) = (.notTried, why)
        } catch {
            (result, evidence) = (.notTried, "\(error)")
        }
        return RuleOutcome(rule, result, evidence, exchange: exchange.transcript.lines, leftovers: exchange.finish().sorted())
    }
}
