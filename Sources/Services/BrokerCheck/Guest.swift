internal import EventLoop
internal import RawMQTT

/// A client of an exchange. Each wait ends with the settings' patience, and then the rule is broken.
final class Guest {
    let name: String
    /// The broker's CONNACK.
    private(set) var answer = RawAnswer(reason: 0)
    /// False for a client that withholds its PUBACKs.
    var acknowledges = true
    /// The packet ids of messages that it has not acknowledged.
    private(set) var owed: [UInt16] = []
    private let client: RawClient
    unowned let exchange: Exchange
    /// Packets that came while another was awaited.
    private var unread: [RawPacket] = []
    private var lastPacket: UInt16 = 0
    private var reason: UInt8?

    init(_ name: String, _ client: RawClient, _ exchange: Exchange) {
        self.name = name
        self.client = client
        self.exchange = exchange
    }

    func connect(_ connect: RawConnect) throws -> RawAnswer {
        exchange.note("\(name) CONNECT", "\(name) → CONNECT\(connect.will.map { " with a will on \(exchange.name(of: $0.topic))" } ?? "")")
        try client.send(RawCodec.connect(connect))
        let packet = try take("CONNACK") { if case .connack = $0 { true } else { false } }
        if case .connack(let answer) = packet { self.answer = answer }
        return answer
    }

    func packetID() -> UInt16 {
        lastPacket = lastPacket == .max ? 1 : lastPacket + 1
        return lastPacket
    }

    /// Sends a packet.
    /// - Parameter words: for the transcript.
    func send(_ bytes: [UInt8], _ words: String, kind: String? = nil) throws {
        exchange.note("\(name) → \(kind ?? words)", "\(name) → \(words)")
        do throws(RawFailure) { try client.send(bytes) } catch { throw end(of: error, "sending") }
    }

    /// Subscribes, and waits for the SUBACK; what comes before it stays to be read.
    func subscribe(_ filters: String..., identifier: UInt8? = nil, atLeastOnce: Bool = true) throws {
        try subscribe(filters.map { RawSubscription(exchange.topic($0), atLeastOnce: atLeastOnce) }, identifier: identifier)
    }

    func subscribe(_ subscriptions: [RawSubscription], identifier: UInt8? = nil) throws {
        let id = try ask(subscriptions, identifier: identifier)
        try check(take("SUBACK") { if case .suback(id, _) = $0 { true } else { false } })
    }

    /// Sends a SUBSCRIBE. Returns its packet id.
    func ask(_ subscriptions: [RawSubscription], identifier: UInt8? = nil) throws -> UInt16 {
        if identifier != nil, answer.properties.identifiersAvailable == false { throw CheckEnd.notOffered("no subscription identifiers (CONNACK)") }
        let hasWildcards = subscriptions.contains { $0.filter.contains("+") || $0.filter.contains("#") }
        if hasWildcards, answer.properties.wildcardsAvailable == false { throw CheckEnd.notOffered("no wildcards (CONNACK)") }
        let id = packetID()
        try send(
            RawCodec.subscribe(id, subscriptions, identifier: identifier),
            "SUBSCRIBE " + subscriptions.map { exchange.name(of: $0.filter) }.joined(separator: ", "), kind: "SUBSCRIBE")
        return id
    }

    /// - Throws: when a SUBACK refuses a filter.
    func check(_ packet: RawPacket) throws {
        guard case .suback(_, let reasons) = packet, let refused = reasons.first(where: { $0 >= 0x80 }) else { return }
        throw CheckEnd.refused("SUBACK for \(name)", refused)
    }

    // MARK: Reading

    /// The next packet that matches, also one that came earlier; others stay to be read, in their order.
    @discardableResult func take(_ what: String, within time: Duration? = nil, _ matches: (RawPacket) -> Bool) throws -> RawPacket {
        if let index = unread.firstIndex(where: matches) { return unread.remove(at: index) }
        let deadline = EventLoop.now() + (time ?? exchange.settings.patience)
        while true {
            let packet = try read(what, by: deadline)
            if matches(packet) { return packet }
            unread.append(packet)
        }
    }

    /// All packets up to the first that matches, in the order in which they came.
    func collect(_ what: String, within time: Duration? = nil, until matches: (RawPacket) -> Bool) throws -> [RawPacket] {
        if let index = unread.firstIndex(where: matches) {
            defer { unread.removeFirst(index + 1) }
            return Array(unread[...index])
        }
        var all = unread
        unread = []
        var deadline = EventLoop.now() + (time ?? exchange.settings.patience)
        while true {
            all.append(try read(what, by: deadline))
            if let last = all.last, matches(last) { return all }
            // Who has much to say may take longer.
            if time == nil { deadline = EventLoop.now() + exchange.settings.patience }
        }
    }

    /// The next message.
    func message(_ what: String, within time: Duration? = nil) throws -> RawPublish {
        let packet = try take(what, within: time) { if case .publish = $0 { true } else { false } }
        guard case .publish(let message) = packet else { preconditionFailure("a message was taken") }
        return message
    }

    /// The messages up to the one with this text, which is left out.
    func messages(until text: String) throws -> [RawPublish] { try messages(through: text).dropLast() }

    /// The messages up to the one with this text.
    func messages(through text: String) throws -> [RawPublish] {
        try collect("'\(text)'") { if case .publish(let message) = $0 { message.text == text } else { false } }.compactMap {
            if case .publish(let message) = $0 { message } else { nil }
        }
    }

    /// Reads to the end of the connection. Returns the broker's reason, if it gave one.
    func closing(_ what: String, within time: Duration? = nil) throws -> UInt8? {
        let deadline = EventLoop.now() + (time ?? exchange.settings.patience)
        while let packet = try next(what, by: deadline) { unread.append(packet) }
        return reason
    }

    private func read(_ what: String, by deadline: LoopTime) throws -> RawPacket {
        guard let packet = try next(what, by: deadline) else {
            if let reason { throw CheckEnd.refused("the broker closed the connection of \(name) before \(what)", reason) }
            throw CheckEnd.breaks("the broker closed the connection of \(name) before \(what)")
        }
        return packet
    }

    private func next(_ what: String, by deadline: LoopTime) throws -> RawPacket? {
        let packet: RawPacket?
        do throws(RawFailure) { packet = try client.next(by: deadline) } catch { throw end(of: error, what) }
        // That a PUBLISH was acknowledged says the next line by standing there.
        if case .puback(_, ..<0x80) = packet {
        } else {
            let (kind, words) = PacketText.of(packet, exchange)
            exchange.note("\(name) ← \(kind)", "\(name) ← \(words)")
        }
        if case .disconnect(let reason) = packet { self.reason = reason }
        if case .publish(let message) = packet, message.id > 0 {
            owed.append(message.id)
            if acknowledges { try acknowledge() }
        }
        return packet
    }

    private func end(of failure: RawFailure, _ what: String) -> any Error {
        switch failure.kind {
        case .interrupted: failure
        case .timedOut: CheckEnd.breaks("\(name): no \(what) within \(exchange.settings.patience.components.seconds) s")
        case .notUnderstood: CheckEnd.breaks("\(name): \(failure)")
        case .unreachable, .tls, .system: CheckEnd.breaks("the connection of \(name) ended at \(what): \(failure)")
        }
    }

    /// Acknowledges the first messages that it owes a PUBACK for.
    func acknowledge(_ count: Int = .max) throws {
        for id in owed.prefix(count) { try? client.send(RawCodec.puback(id)) }
        owed.removeFirst(min(count, owed.count))
    }

    // MARK: Ends

    /// DISCONNECT, and to the end of the connection.
    func disconnect(reason: UInt8 = 0) throws {
        try send(
            reason == 0 ? RawCodec.disconnect : RawCodec.disconnect(reason: reason), "DISCONNECT\(reason == 0 ? "" : " \(ReasonCode.text(reason))")")
        _ = try closing("end of the connection after DISCONNECT")
        client.close()
    }

    /// Breaks off, as a process that is killed.
    func cut() {
        exchange.note("\(name) cut", "\(name) breaks off")
        client.close()
    }

    /// Goodbye, whatever state it is in.
    func leave() {
        try? client.send(RawCodec.disconnect)
        client.close()
    }
}
