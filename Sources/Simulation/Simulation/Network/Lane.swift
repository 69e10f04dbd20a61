internal import ChargingModel

/// One direction of a connection: what is sent arrives in order, each frame at its time or later.
struct Lane<Frame> {
    private var frames: [(at: Instant, frame: Frame)?] = []
    private var head = 0
    private var last = Instant(nanoseconds: 0)
    /// Whether the world will look at it when its first frame is due.
    var isPlanned = false
    /// Nothing gets through; what is sent waits.
    var isBlocked = false

    var count: Int { frames.count - head }
    var next: Instant? { head < frames.count ? frames[head]?.at : nil }

    mutating func send(_ frame: Frame, arriving at: Instant) {
        last = max(last, at)
        frames.append((last, frame))
    }

    mutating func popFirst(due now: Instant) -> Frame? {
        guard head < frames.count, let first = frames[head], first.at <= now else { return nil }
        frames[head] = nil
        head += 1
        if head == frames.count {
            frames.removeAll(keepingCapacity: true)
            head = 0
        }
        return first.frame
    }

    mutating func clear() {
        frames = []
        head = 0
    }
}
