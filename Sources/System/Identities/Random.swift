internal import ChargingProtocol

/// Random bytes of the system.
enum Random {
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// A new password.
    static func text(for role: Role) -> String {
        switch role {
        case .station: stationText()
        case .central, .engine, .monitor, .point, .driver, .gateway, .recorder, .viewer, .admin: text()
        }
    }

    /// A password of 119 bits: 20 letters and digits, which OCPP's keys have room for (1.6: 20 bytes, 2.0.1: 16–40 characters).
    private static func stationText() -> String {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<20).map { _ in letters[Int.random(in: letters.indices, using: &generator)] })
    }

    /// A password of 192 bits: 32 letters, digits, '-' and '_'.
    static func text() -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        return String(decoding: bytes(32).map { letters[Int($0 & 63)] }, as: UTF8.self)
    }
}
