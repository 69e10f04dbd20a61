public import EventLoop

/// Lets only so many clients of a loop connect at once: mosquitto's listen backlog is 100, and who doesn't fit in waits a second for his SYN to be
/// repeated. Paced by CONNACKs, not by time. Bound to its loop.
public final class ConnectPacer {
    struct Slot: Hashable { let id: UInt64 }

    /// How many may wait for their CONNACK at once; at least 1.
    public var limit = 20 { didSet { limit = max(1, limit) } }

    private let loop: EventLoop
    private var lastID: UInt64 = 0
    private var holders: Set<UInt64> = []
    private var queue: [UInt64] = []
    private var head = 0
    private var bodies: [UInt64: () -> Void] = [:]
    private var isAdvancing = false

    init(loop: EventLoop) { self.loop = loop }

    /// The one of this loop, which all its clients share. On the loop only.
    public static func of(_ loop: EventLoop) -> ConnectPacer { BusHub.of(loop).pacer }

    /// How many hold a place now, and how many wait for one.
    public var load: (connecting: Int, waiting: Int) { (holders.count, bodies.count) }

    /// Calls the body when there is a place, never before this returns.
    func acquire(_ body: @escaping () -> Void) -> Slot {
        lastID += 1
        queue.append(lastID)
        bodies[lastID] = body
        advanceLater()
        return Slot(id: lastID)
    }

    /// Gives the place, or the wait for one, back.
    func release(_ slot: Slot) {
        bodies[slot.id] = nil
        if holders.remove(slot.id) != nil { advanceLater() }
    }

    /// Not at once: bodies that fail and release would call each other thousands deep.
    private func advanceLater() {
        guard !isAdvancing, !bodies.isEmpty else { return }
        isAdvancing = true
        loop.atEndOfRound { [weak self] in self?.advance() }
    }

    private func advance() {
        isAdvancing = false
        while holders.count < limit, head < queue.count {
            let id = queue[head]
            head += 1
            guard let body = bodies.removeValue(forKey: id) else { continue }
            holders.insert(id)
            body()
        }
        if head == queue.count || head > 4096 {
            queue.removeFirst(head)
            head = 0
        }
    }
}
