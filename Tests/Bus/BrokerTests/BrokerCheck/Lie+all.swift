import RawMQTT

extension Lie {
    private static func isKept(_ packet: LyingWire.Packet) -> Bool { packet.message?.retain == true }
    private static func text(_ packet: LyingWire.Packet) -> String { packet.message?.text ?? "" }

    /// Keeps nothing.
    static let keepsNothing = Lie(up: { wire, packet in
        guard var message = packet.message, !message.payload.isEmpty else { return wire.send(packet) }
        message.retain = false
        wire.send(.init(message))
    })

    /// Says of all that it was kept.
    static let marksAll = Lie(down: { wire, packet in
        guard var message = packet.message else { return wire.answer(packet) }
        message.retain = true
        wire.answer(.init(message))
    })

    /// Deletes nothing.
    static let deletesNothing = Lie(up: { wire, packet in
        guard var message = packet.message, message.payload.isEmpty else { return wire.send(packet) }
        message.retain = false
        wire.send(.init(message))
    })

    /// Kept messages come after live ones.
    static let keptComesLate = Lie(down: { wire, packet in
        if isKept(packet) { return wire.hold(packet) }
        wire.answer(packet)
        if packet.message != nil { wire.answerHeld() }
    })

    /// Kept messages come after the SUBACK of the next subscription.
    static let answersEarly = Lie(down: { wire, packet in
        if isKept(packet) { return wire.hold(packet) }
        wire.answer(packet)
        if packet.kind == 9 { wire.answerHeld() }
    })

    /// SUBACK comes after what is kept, and answers for one filter.
    static let answersLate = Lie(
        up: { wire, packet in
            // Only where something is kept: else nothing would bring the SUBACK.
            if packet.kind == 8, String(decoding: packet.body, as: UTF8.self).contains("suback-first") { wire.count = 1 }
            wire.send(packet)
        },
        down: { wire, packet in
            if packet.kind == 9, packet.body.count > 10 { return wire.answer(.init(head: packet.head, body: Array(packet.body.prefix(4)))) }
            if packet.kind == 9, wire.count == 1 { return wire.hold(packet) }
            wire.answer(packet)
            wire.answerHeld()
        })

    /// Knows no options of subscriptions, and no identifiers.
    static let ignoresOptions = Lie(up: { wire, packet in
        guard packet.kind == 8 else { return wire.send(packet) }
        let start = 3 + Int(packet.body[2])
        let length = Int(packet.body[start]) << 8 | Int(packet.body[start + 1])
        let filter = Array(packet.body[start..<start + 2 + length])
        wire.send(.init(head: packet.head, body: Array(packet.body.prefix(2)) + [0] + filter + [packet.body[start + 2 + length] & 1]))
    })

    /// Sends what is kept only once, whatever is asked for.
    static let keptOnce = Lie(down: { wire, packet in
        if isKept(packet) {
            wire.count += 1
            if wire.count > 1 { return }
        }
        wire.answer(packet)
    })

    /// Tells nobody of a will.
    static let hidesWills = Lie(down: { wire, packet in if !text(packet).hasPrefix("dead") { wire.answer(packet) } })

    /// The will comes after the next one's word.
    static let willComesLate = Lie(down: { wire, packet in
        if text(packet).hasPrefix("dead") { return wire.hold(packet) }
        wire.answer(packet)
        if text(packet) == "alive 2" { wire.answerHeld() }
    })

    /// Takes a goodbye for none.
    static let overhearsGoodbyes = Lie(up: { wire, packet in wire.send(packet.kind == 14 ? .init(head: packet.head, body: [4]) : packet) })

    /// Throws nobody out.
    static let throwsNobodyOut = Lie(closes: false)

    /// Says that there is a session.
    static let hasSessions = Lie(down: { wire, packet in
        var packet = packet
        if packet.kind == 2 { packet.body[0] = 1 }
        wire.answer(packet)
    })

    /// Each tenth message comes after the next one.
    static let shuffles = Lie(down: { wire, packet in
        guard packet.message != nil else { return wire.answer(packet) }
        wire.count += 1
        if wire.count % 10 == 0 { return wire.hold(packet) }
        wire.answer(packet)
        wire.answerHeld()
    })

    /// A fence comes before what was queued.
    static let fenceOvertakes = Lie(down: { wire, packet in
        guard packet.message != nil else { return wire.answer(packet) }
        wire.count += 1
        if wire.count == 7 { return wire.hold(packet) }
        wire.answer(packet)
        if text(packet).hasPrefix("fence") { wire.answerHeld() }
    })

    /// Loses each third message: whoever comes late hears few.
    static let loses = Lie(down: { wire, packet in
        guard packet.message != nil else { return wire.answer(packet) }
        wire.count += 1
        if wire.count % 3 != 0 { wire.answer(packet) }
    })

    /// Lets nothing expire.
    static let keepsForEver = Lie(up: { wire, packet in
        guard var message = packet.message else { return wire.send(packet) }
        message.expirySeconds = nil
        wire.send(.init(message))
    })

    /// Cuts what is long.
    static let cuts = Lie(down: { wire, packet in
        guard var message = packet.message else { return wire.answer(packet) }
        message.payload = Array(message.payload.prefix(1000))
        wire.answer(.init(message))
    })

    /// Takes no client id that is long.
    static let wantsShortIDs = Lie(up: { wire, packet in
        guard packet.kind == 1, packet.body.count > 90 else { return wire.send(packet) }
        wire.answer(.init(head: 0x20, body: [0, 0x85, 0]))
    })

    /// Takes no client id.
    static let wantsNoIDs = Lie(up: { wire, packet in
        if packet.kind == 1 { wire.answer(.init(head: 0x20, body: [0, 0x85, 0])) } else { wire.send(packet) }
    })

    /// Speaks MQTT 3 only.
    static let isOld = Lie(up: { wire, packet in
        if packet.kind == 1 { wire.answer(.init(head: 0x20, body: [0, 1])) } else { wire.send(packet) }
    })

    /// Refuses all that is said, and tells.
    static let refusesAll = Lie(down: { wire, packet in
        wire.answer(packet.kind == 4 ? .init(head: packet.head, body: Array(packet.body.prefix(2)) + [0x87, 0]) : packet)
    })

    /// Says that it has no wildcards, nothing that is kept, and no identifiers.
    static let offersLittle = Lie(down: { wire, packet in
        guard packet.kind == 2, packet.body[1] == 0 else { return wire.answer(packet) }
        wire.answer(.init(head: packet.head, body: [0, 0, 6, 0x25, 0, 0x28, 0, 0x29, 0]))
    })
}
