internal import EventLoop
internal import NIOCore
internal import WebSocket

/// An event of a connection, or of none in particular.
struct Letter: Sendable {
    enum Content: Sendable {
        case listening(UInt16)
        case failed(String)
        case knocked(Knock)
        case opened(subprotocol: String?)
        case dialFailed(DialProblem)
        case text([UInt8])
        case closed(SocketEnd)
        case turnedAway(address: String, words: String)
        case certificate(file: String, problem: String?)
        case stopped
    }

    let link: Link?
    let content: Content
}

/// Carries what happens on NIO's threads to the loop, in order. It is bounded by having connections stop reading: one that is ahead of the loop by too much,
/// and all that add to it while the whole is too much.
final class Mailbox: @unchecked Sendable {
    /// Bounds after which a connection is not read from: its own, and of all together. At half of it, reading goes on.
    struct Limits: Sendable {
        var frames: Int
        var bytes: Int
        var totalBytes: Int
    }

    private struct State {
        var letters: [Letter] = []
        /// True while the loop is going to look.
        var isRung = false
        var bytes = 0
        /// The connections that are not read from.
        var paused: [Link] = []
    }

    /// The cost of a message beside its bytes.
    private static let overhead = 64
    /// So many letters are delivered before others have their turn on the loop.
    private static let turn = 256

    private let loop: Loop
    private let limits: Limits
    private let state = Guarded(State())
    // On the loop.
    private let receive: (Letter) -> Void
    private var batch: [Letter] = []
    private var position = 0

    /// - Parameter receive: called on the loop.
    init(_ loop: Loop, _ limits: Limits, _ receive: @escaping (Letter) -> Void) {
        self.loop = loop
        self.limits = limits
        self.receive = receive
    }

    /// The bytes of all messages that wait. Any thread.
    var waitingBytes: Int { state.withLock { $0.bytes } }

    /// Any thread.
    /// - Returns: true when the connection is not to be read from until `unpause`.
    func post(_ link: Link?, _ content: Letter.Content) -> Bool {
        let (mustRing, mustPause) = state.withLock { state in
            state.letters.append(Letter(link: link, content: content))
            defer { state.isRung = true }
            guard let link, case .text(let bytes) = content else { return (!state.isRung, false) }
            return (!state.isRung, count(bytes.count + Mailbox.overhead, of: link, &state))
        }
        if mustRing { loop.execute { self.deliver() } }
        return mustPause
    }

    private func count(_ cost: Int, of link: Link, _ state: inout State) -> Bool {
        link.backlog.frames += 1
        link.backlog.bytes += cost
        state.bytes += cost
        let isTooMuch = link.backlog.frames >= limits.frames || link.backlog.bytes >= limits.bytes || state.bytes >= limits.totalBytes
        if isTooMuch, !link.backlog.isPaused {
            link.backlog.isPaused = true
            state.paused.append(link)
        }
        return link.backlog.isPaused
    }

    private func deliver() {
        if position == batch.count {
            batch.removeAll(keepingCapacity: batch.count <= Mailbox.turn)
            position = 0
            state.withLock { swap(&$0.letters, &batch) }
        }
        let end = min(position + Mailbox.turn, batch.count)
        let part = batch[position..<end]
        for letter in part { receive(letter) }
        position = end
        settle(part)
    }

    /// Strikes out what was delivered, and has connections read again.
    private func settle(_ part: ArraySlice<Letter>) {
        let isAllRead = position == batch.count
        let (isMore, ready) = state.withLock { state in
            for letter in part {
                guard let link = letter.link, case .text(let bytes) = letter.content else { continue }
                let cost = bytes.count + Mailbox.overhead
                link.backlog.frames -= 1
                link.backlog.bytes -= cost
                state.bytes -= cost
            }
            let ready = state.bytes <= limits.totalBytes / 2 ? state.paused.filter(hasRoom) : []
            if !ready.isEmpty {
                for link in ready { link.backlog.isPaused = false }
                state.paused.removeAll { !$0.backlog.isPaused }
            }
            let isMore = !isAllRead || !state.letters.isEmpty
            state.isRung = isMore
            return (isMore, ready)
        }
        for link in ready { link.thread.execute { link.taker?.take(.unpause) } }
        if isMore { loop.execute { self.deliver() } }
    }

    private func hasRoom(_ link: Link) -> Bool { link.backlog.frames <= limits.frames / 2 && link.backlog.bytes <= limits.bytes / 2 }
}
