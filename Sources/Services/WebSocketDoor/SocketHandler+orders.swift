internal import Glibc
internal import NIOCore
internal import NIOWebSocket
internal import Synchronization
internal import WebSocket

extension SocketHandler: OrderTaker {
    func take(_ order: LinkOrder) {
        switch order {
        case .send(let bytes, let piece): send(bytes, piece)
        case .sendRaw(let first, let payload, let isMasked): sendRaw(first, payload, isMasked)
        case .ping: if phase == .open { write(.ping, []) }
        case .close(let code, let words):
            if phase == .open { leave(code, words, SocketEnd(.ordered, code: code, words: words)) }
        case .stop:
            if phase == .open {
                leave(.goingAway, "stopping", SocketEnd(.stopped, code: .goingAway, words: "stopping"))
            } else if phase == .frozen {
                cut(SocketEnd(.stopped, words: "stopping"))
            }
        case .abort(let end, let isReset): if phase != .over { abort(end, isReset) }
        case .hold: setReading { isHeld = true }
        case .resume: setReading { isHeld = false }
        case .unpause: setReading { isPaused = false }
        case .freeze: if phase == .open { setReading { phase = .frozen } }
        case .answer: break
        }
    }

    private func setReading(_ change: () -> Void) {
        guard phase == .open else { return }
        change()
        adjustReading()
    }

    // MARK: Out

    private func send(_ bytes: [UInt8], _ piece: Int?) {
        // What was ordered is counted already, by the loop.
        guard phase == .open || phase == .frozen, let context else { return counted(-bytes.count) }
        let size = max(1, piece ?? max(1, bytes.count))
        var rest = bytes[...]
        var opcode = WebSocketOpcode.text
        while true {
            let part = rest.prefix(size)
            rest = rest.dropFirst(size)
            let buffer = context.channel.allocator.frame(part)
            let frame = WebSocketFrame(fin: rest.isEmpty, opcode: opcode, maskKey: maskKey(), data: buffer)
            if rest.isEmpty {
                let written = context.eventLoop.makePromise(of: Void.self)
                let (link, count) = (link, bytes.count)
                written.futureResult.whenComplete { _ in link.outgoing.subtract(count, ordering: .relaxed) }
                context.writeAndFlush(Self.wrapOutboundOut(frame), promise: written)
                return
            }
            context.write(Self.wrapOutboundOut(frame), promise: nil)
            opcode = .continuation
        }
    }

    private func counted(_ bytes: Int) { link.outgoing.add(bytes, ordering: .relaxed) }

    private func sendRaw(_ first: UInt8, _ payload: [UInt8], _ isMasked: Bool) {
        guard phase == .open || phase == .frozen, let context else { return }
        let opcode = WebSocketOpcode(encodedWebSocketOpcode: first & 0xF) ?? .text
        var frame = WebSocketFrame(
            fin: first & 0x80 != 0, opcode: opcode, maskKey: isMasked ? .random() : nil, data: context.channel.allocator.frame(payload[...]))
        frame.reservedBits = .init(rawValue: first & 0x70)
        context.writeAndFlush(Self.wrapOutboundOut(frame), promise: nil)
    }

    private func maskKey() -> WebSocketMaskingKey? { rules.isServer ? nil : .random() }

    /// Writes a control frame, which counts as outgoing as well: whoever asks for pongs and does not take them is slow.
    func write(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        guard let context else { return }
        let cost = payload.count + 16
        guard link.outgoing.add(cost, ordering: .relaxed).newValue <= rules.outgoingBytes + 1024 else {
            return cut(SocketEnd(.slow, words: "\(rules.other) asks for answers and does not take them"))
        }
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: maskKey(), data: context.channel.allocator.frame(payload[...]))
        let written = context.eventLoop.makePromise(of: Void.self)
        let link = link
        written.futureResult.whenComplete { _ in link.outgoing.subtract(cost, ordering: .relaxed) }
        context.writeAndFlush(Self.wrapOutboundOut(frame), promise: written)
    }

    // MARK: The end

    func fault(_ code: CloseCode, _ words: String) { leave(code, words, SocketEnd(.fault, code: code, words: words)) }

    /// Says goodbye and waits a little for the same.
    func leave(_ code: CloseCode?, _ words: String, _ end: SocketEnd) {
        guard let context, phase == .open else { return }
        self.end = end
        phase = .leaving
        timer?.cancel()
        isPaused = false
        isHeld = false
        adjustReading()
        write(.connectionClose, CloseFrame.payload(code, words))
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: rules.farewell) { self.link.channel?.closeNow() }
    }

    /// The other end says goodbye: so do we. The server closes TCP, the client waits for that (RFC 6455, 7.1.1).
    func answerClose(_ code: CloseCode?, _ words: String) {
        let said = words.isEmpty ? "\(rules.other) said goodbye" : "\(rules.other) said goodbye: \(Words.line(words))"
        leave(code, "", SocketEnd(.farewell, code: code, words: said))
        if rules.isServer { context?.close(promise: nil) }
    }

    /// Closes TCP, after as much of a goodbye as the other end takes at once.
    func cut(_ end: SocketEnd) {
        guard let context, phase != .over else { return }
        if self.end == nil { self.end = end }
        if phase == .open {
            phase = .leaving
            let payload = CloseFrame.payload(.goingAway, end.words)
            let frame = WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: maskKey(), data: context.channel.allocator.frame(payload[...]))
            context.writeAndFlush(Self.wrapOutboundOut(frame), promise: nil)
        }
        phase = .leaving
        // Past TLS, whose own goodbye a half-open end would never answer.
        link.channel?.closeNow()
    }

    private func abort(_ end: SocketEnd, _ isReset: Bool) {
        if self.end == nil { self.end = end }
        phase = .leaving
        if isReset, let socket = link.channel as? any SocketOptionProvider { _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)) }
        link.channel?.closeNow()
    }
}
