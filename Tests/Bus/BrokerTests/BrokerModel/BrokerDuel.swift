import ChargingModel
import Glibc
import MQTT
import RawMQTT

@testable import Simulation

/// A real broker and its model, to which the same things happen, and what each client saw of either.
final class BrokerDuel {
    typealias Model = MQTTBroker<[UInt8]>

    struct Difference: Error, CustomStringConvertible { let description: String }

    let broker: TestBroker
    var model: Model
    /// In the order in which they came.
    private(set) var seats: [Seat] = []
    /// Messages that clients read, and restarts.
    private(set) var messages: UInt64 = 0
    private(set) var restarts: UInt64 = 0
    private var lastNumber: UInt64 = 0
    private var output: [Model.Output] = []
    private var persisted = Model.Persisted()

    /// Persistence as in `mosquitto.conf`, and a limit for what waits, if any.
    init(queued: Int? = nil) throws {
        broker = try TestBroker("autosave_interval 10\nconnection_messages false" + (queued.map { "\nmax_queued_messages \($0)" } ?? ""))
        var limits = BrokerLimits()
        limits.queued = queued
        limits.backlog = queued
        limits.wallOrigin = Self.clock(CLOCK_REALTIME) - Self.clock(CLOCK_MONOTONIC)
        model = Model(limits: limits, at: Self.now)
    }

    static var now: Instant { Instant(nanoseconds: clock(CLOCK_MONOTONIC).nanoseconds) }

    private static func clock(_ id: Int32) -> Duration {
        var time = timespec()
        clock_gettime(id, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    func seat(_ client: Int) -> Seat? { seats.first { $0.client == client } }

    // MARK: The clients

    /// - Parameter receiveBuffer: as in ``RawClient``.
    @discardableResult func connect(
        _ client: Int, will: BrokerScript.Publication? = nil, window: UInt16? = nil, keepAlive: UInt16 = 0, acknowledges: Bool = true,
        receiveBuffer: Int32? = nil
    ) throws -> Seat {
        lastNumber += 1
        let seat = Seat(
            client: client, number: lastNumber, raw: try RawClient(to: MQTTAddress(port: broker.port), receiveBuffer: receiveBuffer),
            acknowledges: acknowledges)
        let old = self.seat(client)
        seats.append(seat)
        var connect = RawConnect("c\(client)")
        connect.will = will.map { raw($0) }
        connect.isWillAtLeastOnce = will?.atLeastOnce ?? false
        connect.keepAlive = keepAlive
        connect.receiveMaximum = window
        try seat.raw.send(RawCodec.connect(connect))
        guard case .connack(let answer) = try seat.raw.next(), answer.reason == 0 else { throw Difference(description: "c\(client) is refused") }
        seat.seen.append(.connack)
        model.connect(
            seat.number, client: "c\(client)", will: will.map { message($0, of: seat.number) },
            keepAlive: keepAlive == 0 ? nil : .seconds(Int(keepAlive)),
            receiveMaximum: window.map(Int.init), at: Self.now, into: &output)
        deal()
        if let old { try leave(old) }
        return seat
    }

    func subscribe(_ seat: Seat, _ filters: [(String, atLeastOnce: Bool)]) throws {
        let packet = seat.packet()
        try seat.raw.send(RawCodec.subscribe(packet, filters.map { RawSubscription($0.0, atLeastOnce: $0.atLeastOnce) }))
        try fence(seat)
        model.subscribe(
            seat.number, filters.map { .init($0.0, atLeastOnce: $0.atLeastOnce) }, token: UInt64(packet), at: Self.now, into: &output)
        deal()
    }

    func unsubscribe(_ seat: Seat, _ filters: [String]) throws {
        let packet = seat.packet()
        try seat.raw.send(RawCodec.unsubscribe(packet, filters))
        try fence(seat)
        model.unsubscribe(seat.number, filters, token: UInt64(packet), at: Self.now, into: &output)
        deal()
    }

    func publish(_ seat: Seat, _ publication: BrokerScript.Publication, fenced: Bool = true) throws {
        var raw = raw(publication)
        if publication.atLeastOnce { raw.id = seat.packet() }
        try seat.raw.send(RawCodec.publish(raw))
        if fenced { try fence(seat) }
        model.publish(
            seat.number, message(publication, of: seat.number), token: publication.atLeastOnce ? UInt64(raw.id) : nil, at: Self.now, into: &output)
        deal()
    }

    /// Sends a PUBACK that is owed.
    func acknowledge(_ seat: Seat, at index: Int = 0) throws {
        let id = seat.owed.remove(at: index)
        try seat.raw.send(RawCodec.puback(id))
        model.acknowledge(seat.number, UInt64(id), at: Self.now, into: &output)
        deal()
    }

    func acknowledgeAll(_ seat: Seat) throws {
        while !seat.owed.isEmpty {
            while !seat.owed.isEmpty { try acknowledge(seat) }
            try fence(seat)
        }
    }

    func disconnect(_ seat: Seat) throws {
        try seat.raw.send(RawCodec.disconnect)
        model.disconnect(seat.number, at: Self.now, into: &output)
        deal()
        seat.expected.append(.closed)
        try leave(seat)
    }

    func drop(_ seat: Seat) throws {
        seat.raw.hangUp()
        model.drop(seat.number, at: Self.now, into: &output)
        deal()
        seat.expected.append(.closed)
        try leave(seat)
    }

    /// All that the broker did before is read when its PINGRESP is.
    func fence(_ seat: Seat) throws {
        try seat.raw.send(RawCodec.pingreq)
        while try read(seat) {}
    }

    /// Reads one packet.
    func readOne(_ seat: Seat) throws { _ = try read(seat) }

    /// Everybody reads what there is, and whoever acknowledges does.
    func drain() throws {
        for seat in seats {
            try fence(seat)
            if seat.acknowledges { try acknowledgeAll(seat) }
        }
    }

    // MARK: The broker

    func restart(gracefully: Bool, forgetting: Bool) throws {
        restarts += 1
        broker.kill(gracefully ? SIGTERM : SIGKILL)
        persisted = gracefully ? model.stop(at: Self.now, into: &output) : model.kill(into: &output)
        deal()
        for seat in seats { try leave(seat) }
        if forgetting {
            broker.forget()
            persisted = Model.Persisted()
        }
        try broker.start()
        model.restart(with: persisted, at: Self.now)
    }

    /// The model looks at the keepalives; whoever it closes must be closed in reality, too.
    func sweep(at now: Instant) throws {
        model.sweep(at: now, into: &output)
        let closed = output.compactMap { if case .closed(let number, _) = $0 { number } else { nil } }
        deal()
        for seat in seats where closed.contains(seat.number) { try leave(seat) }
    }

    /// What the model is told of a client that does not read; that its socket is full is assumed.
    func setWritable(_ seat: Seat, _ isWritable: Bool) {
        model.setWritable(seat.number, isWritable, into: &output)
        deal()
    }

    // MARK: Inside

    /// Reads one packet.
    /// - Returns: false for PINGRESP.
    private func read(_ seat: Seat) throws -> Bool {
        guard let packet = try seat.raw.next() else { throw Difference(description: "c\(seat.client) was closed: " + report(seat)) }
        switch packet {
        case .pingresp: return false
        case .publish(let message):
            // Nothing is sent again: sessions end with their connection.
            guard !message.isRepeated else { throw Difference(description: "c\(seat.client) got \(message) again") }
            note(message, seat)
        case .puback(let id, _): seat.seen.append(.puback(UInt64(id)))
        case .suback(let id, _): seat.seen.append(.suback(UInt64(id)))
        case .unsuback(let id): seat.seen.append(.unsuback(UInt64(id)))
        case .connack, .disconnect: throw Difference(description: "c\(seat.client) got \(packet)")
        }
        return true
    }

    /// Reads to the end of a connection that the broker closes.
    private func leave(_ seat: Seat) throws {
        while let packet = try seat.raw.next() {
            guard case .publish(let message) = packet else { throw Difference(description: "c\(seat.client) got \(packet) at its end") }
            note(message, seat)
        }
        seat.seen.append(.closed)
        seats.removeAll { $0 === seat }
        try compare([seat])
    }

    private func note(_ message: RawPublish, _ seat: Seat) {
        messages += 1
        if message.id > 0 { seat.owed.append(message.id) }
        seat.seen.append(
            .message(
                topic: message.topic, payload: String(decoding: message.payload, as: UTF8.self), id: UInt64(message.id), retained: message.retain,
                remaining: message.expirySeconds))
    }

    /// Gives each client what the model sends it.
    private func deal() {
        for event in output {
            let (number, seen): (UInt64, Seen?) =
                switch event {
                case .connack(let number): (number, .connack)
                case .deliver(let delivery):
                    (
                        delivery.connection,
                        .message(
                            topic: model.name(delivery.topic), payload: String(decoding: delivery.content, as: UTF8.self), id: delivery.id ?? 0,
                            retained: delivery.isRetained, remaining: delivery.remainingSeconds)
                    )
                case .suback(let number, let token): (number, .suback(token))
                case .unsuback(let number, let token): (number, .unsuback(token))
                case .puback(let number, let token): (number, .puback(token))
                case .closed(let number, _): (number, .closed)
                case .dropped(let number, _): (number, nil)
                }
            if let seen { seats.first { $0.number == number }?.expected.append(seen) }
        }
        output.removeAll(keepingCapacity: true)
    }

    private func raw(_ publication: BrokerScript.Publication) -> RawPublish {
        RawPublish(
            topic: publication.topic, payload: Array(publication.text.utf8), retain: publication.retain,
            expirySeconds: publication.expirySeconds == 0 ? nil : publication.expirySeconds)
    }

    private func message(_ publication: BrokerScript.Publication, of sender: UInt64) -> Model.Message {
        Model.Message(
            topic: model.topic(publication.topic), content: Array(publication.text.utf8), isEmpty: publication.text.isEmpty,
            atLeastOnce: publication.atLeastOnce, retain: publication.retain, expirySeconds: publication.expirySeconds, sender: sender)
    }
}
