internal import ChargingModel
internal import EventLoop
internal import NetworkView
internal import Services

/// Hands what Central tells over to the board, on another thread: Central never waits for it.
final class Inbox: CentralUpdateListener {
    private let pending = Guarded<CentralUpdate?>(nil)
    private let bell: AsyncStream<Void>.Continuation
    private let rings: AsyncStream<Void>

    init() { (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    var isReady: Bool { pending.withLock { $0 == nil } }

    func take(_ update: CentralUpdate) {
        pending.withLock { $0 = update }
        bell.yield()
    }

    /// Hands on to the board until its task is cancelled.
    func run(into feed: NetworkFeed) async {
        for await _ in rings {
            let update = pending.withLock { pending in
                defer { pending = nil }
                return pending
            }
            if let update { await feed.take(update, at: .present()) }
        }
    }
}
