/// The newest publications of one engine or monitor that somebody has seen: its newest connection (P6), and the last number of each stream in it (P7).
public struct Freshness: Hashable, Sendable {
    /// The publications that are numbered, each on its own.
    public enum Stream: Hashable, Sendable { case state, telemetry }

    /// The newest epoch seen, live or retained; 0 before the first.
    public private(set) var epoch: Epoch = 0
    private var lastState: UInt64?
    private var lastTelemetry: UInt64?

    public init() {}

    /// Takes the epoch of a message; with a newer one the numbers start again. False when the message is of an older connection, and to be dropped.
    public mutating func admit(_ epoch: Epoch) -> Bool {
        guard epoch >= self.epoch else { return false }
        if epoch > self.epoch {
            self.epoch = epoch
            forgetNumbers()
        }
        return true
    }

    /// The count of numbers that are missing between the last one and this; `nil` when this one is not above the last: it was said before.
    public func missed(before seq: UInt64, in stream: Stream) -> UInt64? {
        let last = stream == .state ? lastState : lastTelemetry
        guard let last else { return 0 }
        return seq > last ? seq - last - 1 : nil
    }

    /// Notes a number as the last of its stream.
    public mutating func note(_ seq: UInt64, in stream: Stream) {
        switch stream {
        case .state: lastState = seq
        case .telemetry: lastTelemetry = seq
        }
    }

    /// Forgets the numbers, but not the connection: any number comes first.
    public mutating func forgetNumbers() {
        lastState = nil
        lastTelemetry = nil
    }
}
