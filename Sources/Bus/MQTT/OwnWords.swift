internal import ChargingModel

/// The last words of a client on its own topic, whose echoes may still come: a message there that is none of them was said by somebody else.
///
/// A broker delivers what one client says on one topic in its sequence, each once or several times.
struct OwnWords: Hashable, Sendable {
    /// The most that wait for their echo: a broker that sends none must not cost memory.
    static let limit = 64

    /// The last one whose echo has come, and all since.
    private var payloads: [[UInt8]] = []
    /// The highest number that was given, or that others believe was.
    private(set) var lastNumber: UInt64 = 0
    /// The highest that the client itself gave: who knows that takes no number that leaves out `Freshness.mostMissed` of them.
    private var lastSaid: UInt64 = 0

    mutating func say(_ payload: [UInt8], number: UInt64?) {
        payloads.append(payload)
        if payloads.count > OwnWords.limit { payloads.removeFirst() }
        guard let number else { return }
        lastSaid = max(lastSaid, number)
        lastNumber = max(lastNumber, number)
    }

    /// Takes a number that somebody else gave under the own epoch.
    /// - Returns: false when it is so far ahead that nobody takes it who knows the own ones, and nobody the own ones who does not.
    mutating func goAbove(_ number: UInt64) -> Bool {
        guard number < lastSaid + Freshness.mostMissed else { return false }
        lastNumber = max(lastNumber, number)
        return true
    }

    /// True when this is what the client said last, or has said since its last echo.
    mutating func isEcho(_ payload: [UInt8]) -> Bool {
        guard let index = payloads.firstIndex(of: payload) else { return false }
        payloads.removeFirst(index)
        return true
    }
}
