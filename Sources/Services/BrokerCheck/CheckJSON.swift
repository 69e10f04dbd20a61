internal import JSON

/// The outcome of a check, for programs.
public enum CheckJSON {
    public static func text(_ outcomes: [RuleOutcome], _ settings: CheckSettings) -> String {
        var json = JSONWriter()
        json.object { json in
            json.string("broker", "\(settings.address)")
            json.string("prefix", settings.prefix)
            json.bool("holds", !outcomes.contains(where: \.isMissing))
            json.array("rules") { json in for outcome in outcomes { write(outcome, &json) } }
        }
        return json.text + "\n"
    }

    public static func list(_ rules: [BrokerRule]) -> String {
        var json = JSONWriter()
        json.object { json in
            json.array("rules") { json in for rule in rules { json.object { json in describe(rule, &json) } } }
        }
        return json.text + "\n"
    }

    private static func write(_ outcome: RuleOutcome, _ json: inout JSONWriter) {
        json.object { json in
            describe(outcome.rule, &json)
            json.string("result", outcome.result.rawValue)
            json.string("evidence", outcome.evidence)
            json.array("exchange") { json in for line in outcome.exchange { json.string(nil, line) } }
        }
    }

    private static func describe(_ rule: BrokerRule, _ json: inout JSONWriter) {
        json.string("id", rule.id)
        json.array("protocol") { json in for name in rule.rules { json.string(nil, name) } }
        json.bool("required", rule.isRequired)
        json.string("requirement", rule.requirement)
    }
}
