internal import ChargingModel
internal import EventLoop
internal import JSON
internal import NetworkView

/// The tokens of accounts.
extension Responder {
    /// Those that operators gave or blocked, by their ids.
    func tokenTable() async throws(Problem) -> [UInt8] {
        let tokens = try await desk.tokens()
        let now = EventLoop.present().wall
        var json = JSONWriter()
        json.array { array in
            for token in tokens {
                array.object { row in
                    row.string("token", token.id.text)
                    row.string("driver", token.driver.text)
                    row.string("state", token.state(at: now).rawValue)
                    row.time("expires", token.expires)
                    row.time("since", token.since)
                    row.time("blocked", token.blocked)
                    row.time("unblocked", token.unblocked)
                }
            }
        }
        json.lineBreak()
        return json.bytes
    }
}

extension OrderParameters {
    /// The change of a token that an operator wants.
    func change(of token: TokenID, _ order: Resource.TokenOrder) throws(Problem) -> TokenChange {
        switch (order, driver) {
        case (.add, let driver?): .add(token, driver, expires: expires)
        case (.add, nil): throw .badRequest("driver is expected.")
        case (.block, _): .block(token, of: nil)
        case (.unblock, _): .unblock(token)
        }
    }
}
