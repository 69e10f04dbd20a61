internal import CTerminal
internal import EventLoop
internal import Glibc

/// The terminal of this process: raw, on its alternate screen, and as it was found when it is left, by whatever way. Bound to its loop.
final class ScreenTerminal {
    /// The time after which an escape byte is the escape key.
    private static let escapeTime = Duration.milliseconds(40)

    private let loop: EventLoop
    private let descriptor: Int32
    private let onKeys: ([Key]) -> Void
    private let onGone: () -> Void
    private let onReady: () -> Void
    private var source: SourceToken?
    private var reader = KeyReader()
    private var escape: TimerToken?
    private var unwritten: ArraySlice<UInt8> = []

    /// Finds the terminal.
    /// - Parameters:
    ///   - onReady: called when it takes bytes again.
    ///   - onGone: called when somebody closed it.
    init?(loop: EventLoop, onKeys: @escaping ([Key]) -> Void, onReady: @escaping () -> Void, onGone: @escaping () -> Void) {
        descriptor = wattline_terminal_open()
        guard descriptor >= 0 else { return nil }
        self.loop = loop
        self.onKeys = onKeys
        self.onReady = onReady
        self.onGone = onGone
    }

    /// The size in columns and lines; 80 × 24 for a terminal that does not know it.
    var size: (width: Int, height: Int) {
        var columns: Int32 = 0
        var lines: Int32 = 0
        guard wattline_terminal_size(descriptor, &columns, &lines) == 0 else { return (80, 24) }
        return (Int(columns), Int(lines))
    }

    /// Takes the terminal over; true when it could.
    func open() -> Bool {
        guard wattline_terminal_enter(descriptor, FrameWriter.enter, FrameWriter.leave) == 0 else { return false }
        source = try? loop.watch(descriptor, .read) { [weak self] in self?.ready($0) }
        return source != nil
    }

    /// Gives the terminal back as it was.
    func close() {
        if let source { loop.unwatch(source) }
        source = nil
        unwritten = []
        wattline_terminal_leave()
    }

    /// Gives the terminal back and stops the process, as Ctrl-Z does; takes it again when it goes on. True when it could.
    func suspend() -> Bool {
        close()
        wattline_terminal_suspend()
        return open()
    }

    /// True when everything that was written is on its way: only then a new picture makes sense.
    var isReady: Bool { unwritten.isEmpty }

    func write(_ bytes: [UInt8]) {
        unwritten += bytes
        flush()
    }

    private func flush() {
        while !unwritten.isEmpty {
            let count = unwritten.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                unwritten = unwritten.dropFirst(count)
            } else if errno == EINTR {
                continue
            } else if errno == EAGAIN {
                break
            } else {
                unwritten = []
                return onGone()
            }
        }
        if let source { loop.change(source, to: unwritten.isEmpty ? .read : [.read, .write]) }
    }

    private func ready(_ readiness: Readiness) {
        if readiness.contains(.writable) {
            flush()
            if unwritten.isEmpty { onReady() }
        }
        if readiness.contains(.closed) { return onGone() }
        if readiness.contains(.readable) { read() }
    }

    private func read() {
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count > 0 else {
            if count == 0 || (errno != EAGAIN && errno != EINTR) { onGone() }
            return
        }
        if let escape { loop.cancel(escape) }
        escape = nil
        let keys = reader.read(bytes.prefix(count))
        if reader.isPending {
            escape = loop.schedule(after: ScreenTerminal.escapeTime) { [weak self] in
                guard let self else { return }
                escape = nil
                onKeys(reader.flush())
            }
        }
        if !keys.isEmpty { onKeys(keys) }
    }
}
