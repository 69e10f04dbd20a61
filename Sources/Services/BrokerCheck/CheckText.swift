internal import Platform
internal import Terminal

/// The outcome of a check, for people.
public enum CheckText {
    /// A line for a rule, and below one that breaks what was expected and the exchange.
    /// - Parameter rules: those of the run, whose names give the columns their width.
    public static func line(_ outcome: RuleOutcome, among rules: [BrokerRule], colors: Bool) -> String {
        let rule = outcome.rule
        func column(_ name: (BrokerRule) -> String) -> String { name(rule).padded(to: rules.map { name($0).displayWidth }.max() ?? 0) }
        let place = column { $0.rules.joined(separator: " ") }
        var text = "\(word(outcome, colors))  \(place)  \(column(\.id))  \(harmless(outcome.evidence))\n"
        if outcome.result == .breaks {
            text += "    \(rule.isRequired ? "required" : "good, not required"): \(rule.requirement)\n"
            for line in outcome.exchange { text += "      \(harmless(line))\n" }
        }
        return text
    }

    private static func word(_ outcome: RuleOutcome, _ colors: Bool) -> String {
        let word = outcome.result.rawValue.padded(to: 11)
        switch outcome.result {
        case .holds: return Style.green(word, enabled: colors)
        case .breaks, .notOffered, .notTried: return (outcome.isMissing ? Style.red : .yellow)(word, enabled: colors)
        }
    }

    /// The sum of a run.
    public static func sum(_ outcomes: [RuleOutcome], colors: Bool) -> String {
        let required = outcomes.filter(\.rule.isRequired)
        let missing = required.filter(\.isMissing)
        let others = outcomes.filter { !$0.rule.isRequired && $0.result != .holds }
        var text = ""
        if missing.isEmpty {
            text = Style.green("✔ All \(required.count) required rules hold", enabled: colors)
        } else {
            let names = missing.map(\.rule.id).joined(separator: ", ")
            text = Style.red("✖ \(missing.count) of \(required.count) required rules do not hold, or could not be tried: \(names)", enabled: colors)
        }
        if !others.isEmpty { text += "\n▸ Not required, and not there: \(others.map(\.rule.id).joined(separator: ", "))" }
        return text + "\n"
    }

    /// The rules, for whoever looks for one.
    public static func list(_ rules: [BrokerRule], colors: Bool) -> String {
        var table = Table([Table.Column("rule"), Table.Column("protocol"), Table.Column("required"), Table.Column("what is expected")])
        for rule in rules { table.add([rule.id, rule.rules.joined(separator: " "), rule.isRequired ? "yes" : "no", rule.requirement]) }
        return table.text(colors: colors)
    }
}
