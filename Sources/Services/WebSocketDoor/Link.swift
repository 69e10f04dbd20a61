internal import NIOCore
internal import Synchronization
internal import WebSocket

/// One connection, as the loop and its NIO thread both know it.
final class Link: @unchecked Sendable {
    /// Frames that have come and that the loop has not seen yet.
    struct Backlog {
        var frames = 0
        var bytes = 0
        /// True from the moment that it is too much until enough of it is done.
        var isPaused = false
    }

    let id: SocketID
    let thread: any NIOCore.EventLoop
    /// On the NIO thread; `nil` before there is one.
    var channel: (any Channel)?
    /// Under the mailbox's lock.
    var backlog = Backlog()
    /// On the NIO thread: who carries out orders now; `nil` when the connection is over.
    var taker: (any OrderTaker)?
    /// The bytes that were ordered to be sent and are not in the kernel's hands yet. Any thread.
    let outgoing = Atomic<Int>(0)
    /// On the loop: true from `opened` on.
    var isOpen = false
    /// On the loop: true when no more is sent to it.
    var isOver = false

    init(_ id: SocketID, on thread: any NIOCore.EventLoop, _ channel: (any Channel)? = nil) {
        self.id = id
        self.thread = thread
        self.channel = channel
    }
}

/// An order to a connection, on its NIO thread.
enum LinkOrder: Sendable {
    case answer(Admission)
    case send([UInt8], piece: Int?)
    case sendRaw(first: UInt8, payload: [UInt8], isMasked: Bool)
    case ping
    case close(CloseCode, String)
    case abort(SocketEnd, isReset: Bool)
    case hold, resume, freeze
    /// The mailbox has room again.
    case unpause
    /// Our side stops.
    case stop
}

/// Carries out orders on a connection's NIO thread.
protocol OrderTaker: AnyObject {
    func take(_ order: LinkOrder)
}
