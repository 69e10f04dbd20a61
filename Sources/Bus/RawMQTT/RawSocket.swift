internal import EventLoop
internal import Glibc
internal import MQTT
internal import Mosquitto

/// A TCP connection, with TLS or without, whose calls block up to a deadline or an interruption. Of one thread at a time.
final class RawSocket {
    private let descriptor: Int32
    private let interruption: Interruption?
    private var stream: TLSStream?
    private(set) var isClosed = false

    /// Connects, and shakes hands with the first word.
    /// - Parameter receiveBuffer: bytes that the kernel keeps for it at most.
    init(to address: MQTTAddress, receiveBuffer: Int32?, interruption: Interruption?, by deadline: LoopTime) throws(RawFailure) {
        self.interruption = interruption
        var failure = RawFailure(.unreachable, "no broker at \(address): the name has no address")
        var connected: Int32?
        for candidate in try RawSocket.addresses(of: address) {
            do throws(RawFailure) {
                connected = try RawSocket.connect(candidate, address, receiveBuffer, interruption, by: deadline)
                break
            } catch { failure = error }
            if failure.kind == .interrupted { break }
        }
        guard let connected else { throw failure }
        descriptor = connected
        guard address.tls != nil else { return }
        do throws(TLSProblem) { stream = try TLSStream(address, socket: connected) } catch {
            Glibc.close(connected)
            isClosed = true
            throw RawFailure(.tls, "no TLS connection with \(address): \(error)")
        }
    }

    deinit { close() }

    /// Without a word to the other.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        stream = nil
        Glibc.close(descriptor)
    }

    /// Ends its side; what the other still sends can be read.
    func hangUp() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// True when there is something to read, or the end. Without TLS only.
    var isReadable: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) >= 0 || errno == ECONNRESET
    }

    func send(_ bytes: [UInt8], by deadline: LoopTime) throws(RawFailure) {
        guard !isClosed else { throw RawFailure(.system, "can't send: closed") }
        var sent = 0
        while sent < bytes.count {
            let progress = bytes[sent...].withUnsafeBytes {
                stream?.send($0) ?? plain(Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)), POLLOUT)
            }
            if let count = try settle(progress, by: deadline) {
                guard count > 0 else { throw RawFailure(.system, "can't send: the broker closed the connection") }
                sent += count
            }
        }
    }

    /// The bytes that have come, at least one; `nil` at the end.
    func receive(by deadline: LoopTime) throws(RawFailure) -> [UInt8]? {
        while true {
            var progress = TLSStream.Progress.end
            let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initialized in
                let raw = UnsafeMutableRawBufferPointer(buffer)
                progress = stream?.receive(raw) ?? plain(recv(descriptor, raw.baseAddress, raw.count, 0), POLLIN)
                if case .bytes(let count) = progress { initialized = count }
            }
            if let count = try settle(progress, by: deadline) { return count > 0 ? bytes : nil }
        }
    }

    private func plain(_ result: Int, _ event: Int32) -> TLSStream.Progress {
        if result > 0 { return .bytes(result) }
        guard result < 0, errno == EAGAIN || errno == EINTR else { return .end }
        return event == POLLIN ? .waitsToRead : .waitsToWrite
    }

    /// The number of bytes that were there, 0 at the end; `nil` after a wait.
    private func settle(_ progress: TLSStream.Progress, by deadline: LoopTime) throws(RawFailure) -> Int? {
        switch progress {
        case .bytes(let count): return count
        case .end: return 0
        case .failed(let problem): throw RawFailure(.tls, "no TLS connection: \(problem)")
        case .waitsToRead: try RawSocket.wait(for: descriptor, POLLIN, interruption, by: deadline)
        case .waitsToWrite: try RawSocket.wait(for: descriptor, POLLOUT, interruption, by: deadline)
        }
        return nil
    }
}

extension RawSocket {
    fileprivate static func addresses(of address: MQTTAddress) throws(RawFailure) -> [NumericAddress] {
        switch NameResolver.lookUp(address.host, address.port) {
        case .success(let found): return found
        case .failure(let error): throw RawFailure(.unreachable, "no broker at \(address): \(error)")
        }
    }

    fileprivate static func connect(
        _ candidate: NumericAddress, _ address: MQTTAddress, _ receiveBuffer: Int32?, _ interruption: Interruption?, by deadline: LoopTime
    ) throws(RawFailure) -> Int32 {
        func refusal(_ why: String) -> RawFailure {
            RawFailure(.unreachable, "no broker at \(address): \(why); is it running, and is this its port?")
        }
        let descriptor: Int32
        do { descriptor = try candidate.beginToConnect(receiveBuffer: receiveBuffer) } catch {
            throw error.systemError.map { refusal(RawFailure.text($0)) } ?? RawFailure(.system, "\(error)")
        }
        do throws(RawFailure) { try wait(for: descriptor, POLLOUT, interruption, by: deadline) } catch {
            Glibc.close(descriptor)
            throw error.kind == .timedOut ? refusal("it did not answer in time") : error
        }
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
        guard number == 0 else {
            Glibc.close(descriptor)
            throw refusal(RawFailure.text(number))
        }
        return descriptor
    }

    /// Waits until the descriptor is ready.
    static func wait(for descriptor: Int32, _ event: Int32, _ interruption: Interruption?, by deadline: LoopTime) throws(RawFailure) {
        // Nobody hears of a negative descriptor.
        var waiting = [
            pollfd(fd: descriptor, events: Int16(event), revents: 0), pollfd(fd: interruption?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let left = max(.zero, deadline - EventLoop.now())
            let count = poll(&waiting, 2, Int32(clamping: left.wholeNanoseconds / 1_000_000 + 1))
            if waiting[1].revents != 0 { throw RawFailure(.interrupted, "interrupted") }
            if count > 0 { return }
            if count == 0, EventLoop.now() >= deadline { throw RawFailure(.timedOut, "nothing in time") }
        }
    }
}
