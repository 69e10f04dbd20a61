internal import ChargingModel
internal import EventLoop
internal import Ledger
internal import Shell

/// The ledger in memory: what Central decided is gone with it. Bound to its loop.
///
/// It answers as one on a disk does: a turn later, in the order it was asked.
final class MemoryLedger {
    private let loop: EventLoop
    private var book = LedgerBook()

    init(loop: EventLoop) { self.loop = loop }

    func read(then answer: @escaping (LedgerSnapshot) -> Void) {
        let snapshot = book.snapshot(at: EventLoop.present().wall)
        loop.schedule(after: .zero) { answer(snapshot) }
    }

    func commit(_ operations: [LedgerOperation], then answer: @escaping ([LedgerResult]) -> Void) {
        let results = book.apply(operations)
        loop.schedule(after: .zero) { answer(results) }
    }
}
