internal import CMosquitto
internal import EventLoop

/// One network connection: one instance of libmosquitto, which is never used again, so that nothing queued on an old connection goes out on a new one (P9).
///
/// libmosquitto calls back only from within the calls that this class makes. It must not be destroyed there: what wants to end the
/// connection meanwhile says so, and `leave` does it.
final class Connection {
    /// Nobody, when the client has turned to another connection.
    weak var client: BusClient?
    let loop: EventLoop
    let hub: BusHub
    let settings: MQTTSettings
    let epoch: UInt64
    let address: NumericAddress
    var handle: OpaquePointer?
    var source: (token: SourceToken, descriptor: Int32)?
    /// Read by the C loop between packets.
    let mustStop: UnsafeMutablePointer<Bool>
    /// Calls into libmosquitto on the stack.
    var depth = 0
    /// TCP is up, so a CONNECT may have been sent.
    var isEstablished = false
    /// CONNACK said yes.
    var isAccepted = false
    var isClosed = false
    var ending: MQTTError?
    var disconnecting: Disconnecting = .no
    var isFlushing = false

    /// What the broker owes us first.
    var nextAnswer: String { isAccepted ? "SUBACK" : isEstablished ? "CONNACK" : "TCP connection" }

    enum Disconnecting {
        case no
        case wanted(() -> Void)
        case sent(() -> Void, deadline: TimerToken)
    }

    init(client: BusClient, address: NumericAddress, epoch: UInt64) {
        self.client = client
        loop = client.loop
        hub = client.hub
        settings = client.settings
        self.address = address
        self.epoch = epoch
        mustStop = .allocate(capacity: 1)
        mustStop.initialize(to: false)
    }

    deinit {
        if let handle { mosquitto_destroy(handle) }
        mustStop.deallocate()
    }

    /// Ends at once, without a word to the broker, who will publish the will. Nothing is read any more.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        mustStop.pointee = true
        client = nil
        hub.remove(self)
        if let source { loop.unwatch(source.token) }
        source = nil
        if depth == 0 { destroy() }
    }

    private func destroy() {
        if let handle { mosquitto_destroy(handle) }
        handle = nil
    }

    func enter() { depth += 1 }

    /// After each call of the library: sockets are closed inside of calls, and their numbers are used again.
    func leave() {
        depth -= 1
        guard depth == 0 else { return }
        guard !isClosed, let handle else { return destroy() }
        let descriptor = mosquitto_socket(handle)
        guard descriptor >= 0, ending == nil else { return finish() }
        if case .wanted(let completion) = disconnecting { return sendDisconnect(completion) }
        guard let source, source.descriptor == descriptor else { return finish() }
        let wantsWrite = !isEstablished || mosquitto_want_write(handle)
        var interest: Interest = if case .no = disconnecting { .read } else { [] }
        if wantsWrite { interest.insert(.write) }
        loop.change(source.token, to: interest)
    }

    /// The library closed the socket.
    private func finish() {
        let client = client
        let error = ending ?? MQTTError(.closed(why: "the socket is gone"))
        if case .sent(let completion, let deadline) = disconnecting {
            loop.cancel(deadline)
            close()
            return completion()
        }
        if case .wanted(let completion) = disconnecting {
            close()
            return completion()
        }
        close()
        client?.connectionEnded(self, error)
    }

    /// Sends DISCONNECT after what is queued, then closes: the broker forgets the will. Nothing is read any more. The completion is called when
    /// it is done or after a second, never before this returns.
    func disconnect(_ completion: @escaping () -> Void) {
        client = nil
        mustStop.pointee = true
        guard isAccepted else {
            close()
            return loop.atEndOfRound(completion)
        }
        disconnecting = .wanted(completion)
        guard depth == 0 else { return }
        loop.atEndOfRound { [self] in
            enter()
            leave()
        }
    }

    private func sendDisconnect(_ completion: @escaping () -> Void) {
        guard let handle, mosquitto_disconnect_v5(handle, 0, nil) == MOSQ_ERR_SUCCESS.rawValue else {
            close()
            return completion()
        }
        let deadline = loop.schedule(after: .seconds(1)) { [self] in
            guard !isClosed else { return }
            close()
            completion()
        }
        disconnecting = .sent(completion, deadline: deadline)
        flush()
    }
}
