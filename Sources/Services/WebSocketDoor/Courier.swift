internal import EventLoop
internal import NIOCore

/// Carries orders from the loop to NIO's threads: all of one round at once, in order. On the loop only.
final class Courier {
    private let loop: Loop
    private var bags: [ObjectIdentifier: (thread: any NIOCore.EventLoop, orders: [(Link, LinkOrder)])] = [:]
    private var isWaiting = false

    init(_ loop: Loop) { self.loop = loop }

    func send(_ order: LinkOrder, to link: Link) {
        let thread = link.thread
        bags[ObjectIdentifier(thread), default: (thread, [])].orders.append((link, order))
        guard !isWaiting else { return }
        isWaiting = true
        loop.atEndOfRound { [self] in flush() }
    }

    private func flush() {
        isWaiting = false
        let full = bags
        bags.removeAll(keepingCapacity: true)
        for (thread, orders) in full.values {
            thread.execute { for (link, order) in orders { link.taker?.take(order) } }
        }
    }
}
