/// The end of an exchange that did not show that a rule holds.
enum CheckEnd: Error, Hashable {
    /// The broker did what the rule forbids, or did not do what it asks for.
    case breaks(String)
    /// The broker says that it does not do this.
    case notOffered(String)
    /// It can't be said: no connection, no rights.
    case notTried(String)

    /// The end of an exchange for a reason code of the broker's.
    /// - Parameter what: that it answered so.
    static func refused(_ what: String, _ reason: UInt8) -> CheckEnd {
        let words = "\(what): \(ReasonCode.text(reason))"
        switch reason {
        // What is about names and rights, about the server's state and its quotas is not about the rule.
        case 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x97: return .notTried(words)
        case 0x9A, 0x9B, 0x9E, 0xA1, 0xA2: return .notOffered(words)
        default: return .breaks(words)
        }
    }
}

/// The reason codes of MQTT 5 in words.
enum ReasonCode {
    private static let names: [UInt8: String] = [
        0x00: "success", 0x04: "disconnect with will", 0x10: "no matching subscribers", 0x80: "unspecified error", 0x81: "malformed packet",
        0x82: "protocol error", 0x83: "implementation specific error", 0x84: "unsupported protocol version", 0x85: "client identifier not valid",
        0x86: "bad user name or password", 0x87: "not authorized", 0x88: "server unavailable", 0x89: "server busy", 0x8A: "banned",
        0x8B: "server shutting down", 0x8C: "bad authentication method", 0x8D: "keep alive timeout", 0x8E: "session taken over",
        0x8F: "topic filter invalid", 0x90: "topic name invalid", 0x93: "receive maximum exceeded", 0x95: "packet too large",
        0x96: "message rate too high", 0x97: "quota exceeded", 0x98: "administrative action", 0x99: "payload format invalid",
        0x9A: "retain not supported", 0x9B: "QoS not supported", 0x9E: "shared subscriptions not supported",
        0xA1: "subscription identifiers not supported", 0xA2: "wildcard subscriptions not supported",
    ]

    static func text(_ code: UInt8) -> String {
        let digits = String(code, radix: 16, uppercase: true)
        return "0x\(digits.count < 2 ? "0" : "")\(digits)" + (names[code].map { " (\($0))" } ?? "")
    }
}
