public import EventLoop
public import MQTT

/// Makes the connections of one client by libmosquitto, and tells what becomes of them. Bound to its loop.
///
/// A failure while an order is carried out is told at the end of the loop's round, never from within `carryOut`.
public final class MosquittoTransport {
    /// An attempt that waits for its place, or looks for an address.
    private struct Attempt {
        let id: ConnectionID
        let will: LastWill?
        var slot: ConnectPacer.Slot?
        var addresses: [NumericAddress] = []
        var isOpened = false
    }

    public let loop: EventLoop
    public let settings: MQTTSettings
    /// The counts of what connections took, sent and lost; the session counts the rest.
    public internal(set) var counters = BusCounters()

    let hub: BusHub
    private let onEvent: (TransportEvent) -> Void
    private var attempt: Attempt?
    var connection: MosquittoConnection?
    /// The place among the addresses of a name at which the next attempt begins: after one that swallowed the last attempt's time.
    private var firstAddress = 0

    /// - Parameter onEvent: may call the transport back. Capture the owner weakly or unowned.
    public init(loop: EventLoop, settings: MQTTSettings, onEvent: @escaping (TransportEvent) -> Void) {
        self.loop = loop
        self.settings = settings
        self.onEvent = onEvent
        hub = BusHub.of(loop)
    }

    deinit {
        let last = Leftovers(connection: connection, slot: attempt?.slot, pacer: hub.pacer)
        // The last reference may be dropped elsewhere, with an actor for instance.
        loop.isCurrent ? last.clear() : loop.execute { last.clear() }
    }

    private struct Leftovers: @unchecked Sendable {
        let connection: MosquittoConnection?
        let slot: ConnectPacer.Slot?
        let pacer: ConnectPacer

        func clear() {
            connection?.close()
            if let slot { pacer.release(slot) }
        }
    }

    public func carryOut(_ order: TransportOrder) {
        switch order {
        case .connect(let id, let will): connect(id, will)
        case .subscribe(let id, let token, let subscriptions): subscribe(id, token, subscriptions)
        case .publish(let id, let token, let message):
            do throws(MQTTError) { try publish(id, token, message) } catch { tellLater(.rejected(id, token, error)) }
        case .disconnect(let id): disconnect(id)
        case .close(let id): close(id)
        }
    }

    /// Writes what is queued now, and not at the end of the loop's round. Not from within an event: the library does not allow that.
    public func flush() { connection?.flush() }

    func tell(_ event: TransportEvent) { onEvent(event) }

    private func tellLater(_ event: TransportEvent) { loop.atEndOfRound { [weak self] in self?.onEvent(event) } }

    // MARK: Connecting

    private func connect(_ id: ConnectionID, _ will: LastWill?) {
        attempt = Attempt(id: id, will: will)
        attempt?.slot = hub.pacer.acquire { [weak self] in self?.begin(id) }
    }

    private func begin(_ id: ConnectionID) {
        guard attempt?.id == id else { return }
        tell(.attempting(id))
        hub.resolver.resolve(settings.address.host, port: settings.address.port) { [weak self] answer in
            guard let self, attempt?.id == id else { return }
            switch answer {
            case .success(let addresses):
                let first = addresses.isEmpty ? 0 : firstAddress % addresses.count
                attempt?.addresses = Array(addresses[first...] + addresses[..<first])
                connectToNextAddress(MQTTError(.unknownHost(host: settings.address.host, why: "no usable address")))
            case .failure(let error): fail(id, MQTTError(.unknownHost(host: settings.address.host, why: error.unknownHost ?? "\(error)")))
            }
        }
    }

    /// A name may stand for several addresses (localhost: ::1 and 127.0.0.1), of which the broker listens on one.
    private func connectToNextAddress(_ error: MQTTError) {
        guard var now = attempt else { return }
        guard !now.addresses.isEmpty else { return fail(now.id, error) }
        let next = MosquittoConnection(transport: self, address: now.addresses.removeFirst(), id: now.id)
        attempt = now
        connection = next
        do { try next.open(will: now.will) } catch {
            next.close()
            connection = nil
            connectToNextAddress(error)
        }
    }

    private func fail(_ id: ConnectionID, _ error: MQTTError) {
        forgetAttempt()
        tell(.ended(id, error))
    }

    private func forgetAttempt() {
        if let slot = attempt?.slot { hub.pacer.release(slot) }
        attempt = nil
    }

    func connectionOpened(_ opened: MosquittoConnection) {
        guard opened === connection, attempt?.isOpened == false else { return }
        attempt?.isOpened = true
        tell(.opened(opened.id))
    }

    func connectionAccepted(_ accepted: MosquittoConnection) {
        guard accepted === connection else { return }
        forgetAttempt()
        tell(.accepted(accepted.id))
    }

    func connectionEnded(_ ended: MosquittoConnection, _ error: MQTTError) {
        guard ended === connection else { return }
        forgetConnection(isLost: true)
        if !ended.isEstablished, attempt?.addresses.isEmpty == false { return connectToNextAddress(error) }
        forgetAttempt()
        tell(.ended(ended.id, error))
    }

    // MARK: Disconnecting

    private func disconnect(_ id: ConnectionID) {
        if attempt?.id == id { forgetAttempt() }
        guard let old = connection, old.id == id else { return tellLater(.disconnected(id)) }
        forgetConnection(isLost: false)
        // It keeps itself, and this, until it is done.
        old.disconnect { [self] in tell(.disconnected(id)) }
    }

    private func close(_ id: ConnectionID) {
        if attempt?.id == id {
            firstAddress += 1
            forgetAttempt()
        }
        guard let old = connection, old.id == id else { return }
        forgetConnection(isLost: true)
        old.close()
    }

    /// - Parameter isLost: what is unwritten of QoS 0 will not be written; the session counts what is of QoS 1.
    private func forgetConnection(isLost: Bool) {
        if isLost, let connection { counters.lostWithConnection += UInt64(connection.outstanding.count { $0.value.qos == .atMostOnce }) }
        connection = nil
        counters.inFlight = 0
        counters.inFlightBytes = 0
    }

    func stalled(_ duration: Duration) { tell(.stalled(duration)) }
}
