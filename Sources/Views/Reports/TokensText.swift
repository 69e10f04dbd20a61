public import ChargingModel
internal import JSON
internal import Terminal

/// Tokens of accounts, as a table and as JSON for machines.
public enum TokensText {
    public static func text(_ tokens: [AccountToken], at now: WallTime, colors: Bool) -> String {
        guard !tokens.isEmpty else { return "No account has a token.\n" }
        var table = Table([Table.Column("TOKEN"), Table.Column("DRIVER"), Table.Column("STATE"), Table.Column("UNTIL (UTC)")])
        for token in tokens {
            table.add([token.id.text, token.driver.text, token.state(at: now).rawValue, token.expires?.brief ?? ""])
        }
        return table.text(colors: colors)
    }

    /// The token as one JSON object and a line break.
    public static func json(_ token: AccountToken, at now: WallTime) -> String {
        var writer = JSONWriter()
        writer.object { object in
            object.string("token", token.id.text)
            object.string("driver", token.driver.text)
            object.string("state", token.state(at: now).rawValue)
            if let expires = token.expires { object.string("expires", expires.text) }
            if token.isBlocked, let blocked = token.blocked { object.string("blocked", blocked.text) }
        }
        writer.lineBreak()
        return writer.text
    }

    /// Its state in words that follow its name.
    public static func words(_ token: AccountToken, at now: WallTime) -> String {
        switch token.state(at: now) {
        case .valid: "counts" + (token.expires.map { " until \($0.text)" } ?? "")
        case .blocked: "is blocked"
        case .expired: "has expired"
        }
    }
}
