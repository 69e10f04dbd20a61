internal import CMosquitto
internal import EventLoop
internal import MQTT

/// One network connection: one instance of libmosquitto, which is never used again, so that nothing queued on an old connection goes out on a new one (P9).
///
/// libmosquitto calls back only from within the calls that this class makes. It must not be destroyed there: what wants to end the
/// connection meanwhile says so, and `leave` does it.
final class MosquittoConnection {
    /// A message handed over and not yet written (QoS 0) or acknowledged (QoS 1).
    struct Outstanding {
        let token: DeliveryToken
        let topic: String
        let qos: QoS
        let bytes: Int
    }

    /// Nobody, when the transport has turned to another connection.
    weak var transport: MosquittoTransport?
    let loop: EventLoop
    let hub: BusHub
    let settings: MQTTSettings
    let id: ConnectionID
    let address: NumericAddress
    var handle: OpaquePointer?
    /// Of a connection with TLS, from its opening on; it outlives the handle.
    var trust: TLSTrust?
    /// The library's last words on what went wrong, until CONNACK.
    var complaint: String?
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
    /// Something of QoS 1, or the rest of a write, is to be written: what is of QoS 0 may be held for a while.
    var mustWrite = false
    /// Packets that were handed over since the last write.
    var unwritten = 0
    /// The end of the hold of what is of QoS 0.
    var hold: TimerToken?
    /// By the library's packet ids.
    var outstanding: [UInt16: Outstanding] = [:]
    /// The filters of each SUBSCRIBE that waits for its SUBACK, by packet id.
    var subscriptionsInFlight: [UInt16: (token: DeliveryToken, filters: [String])] = [:]

    enum Disconnecting {
        case no
        case wanted(() -> Void)
        case sent(() -> Void, deadline: TimerToken)
    }

    init(transport: MosquittoTransport, address: NumericAddress, id: ConnectionID) {
        self.transport = transport
        loop = transport.loop
        hub = transport.hub
        settings = transport.settings
        self.address = address
        self.id = id
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
        transport = nil
        if let hold { loop.cancel(hold) }
        hold = nil
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
        if isAccepted, trust?.isListening == true { stopListening(handle) }
        let descriptor = mosquitto_socket(handle)
        guard descriptor >= 0, ending == nil else { return finish() }
        if case .wanted(let completion) = disconnecting { return sendDisconnect(completion) }
        guard let source, source.descriptor == descriptor else { return finish() }
        let wantsWrite = !isEstablished || wantsWrite(handle)
        var interest: Interest = if case .no = disconnecting { .read } else { [] }
        if wantsWrite { interest.insert(.write) }
        loop.change(source.token, to: interest)
    }

    /// The library closed the socket.
    private func finish() {
        let transport = transport
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
        transport?.connectionEnded(self, error)
    }

    /// Sends DISCONNECT after what is queued, then closes: the broker forgets the will. Nothing is read any more. The completion is called when
    /// it is done or after a second, never before this returns.
    func disconnect(_ completion: @escaping () -> Void) {
        transport = nil
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
        mustWrite = true
        flush()
    }
}
