internal import ChargingModel
internal import OCPP

/// Frames of the backend, and the answers to its calls.
extension ChargingStation {
    mutating func hear(_ bytes: [UInt8]) {
        do throws(OCPPFrameFault) {
            switch try OCPPFrame.read(bytes).value {
            case .call(let id, let action, let payload): hear(call: id, action, payload)
            case .result(let id, let payload): hearResult(id, payload)
            case .error(let id, let code, let description, _): hearError(id, "\(code): \(description)")
            }
        } catch {
            if let answer = error.answer(in: specification.version) { utter(answer, isCall: false) }
        }
    }

    private mutating func hear(call id: String, _ action: String, _ payload: OCPPPayload) {
        guard !has(.silent) else { return }
        let version = specification.version
        let frame: OCPPFrame
        do throws(OCPPFault) {
            let call = try BackendCall.read(action, payload, in: version).value
            let answer = try answer(to: call)
            frame = answer.frame(to: id, call.action(in: version), in: version)
        } catch {
            frame = error.answer(to: id, in: version)
        }
        guard has(.slow), let link else { return utter(frame, isCall: false) }
        slowAnswers.append((now.monotonic + .seconds(20), link.id, frame.bytes))
    }

    mutating func answerLate() {
        for answer in slowAnswers where answer.at <= now.monotonic && answer.link == link?.id {
            actions.append(.send(answer.link, answer.bytes, piece: nil))
        }
        slowAnswers.removeAll { $0.at <= now.monotonic }
    }

    // MARK: Quirks of frames

    /// Sends a frame, as odd as the station is.
    mutating func utter(_ frame: OCPPFrame, isCall: Bool) {
        guard let link else { return }
        var bytes = frame.bytes
        if has(.unknownFields) { bytes = StationFrames.withUnknownField(bytes) }
        if has(.swappedTypes) { bytes = StationFrames.withSwappedTypes(bytes, specification.version) }
        if has(.noZone) { bytes = StationFrames.withZone("", bytes) }
        if has(.shortZone) { bytes = StationFrames.withZone("+00", bytes) }
        if has(.nulBytes) { bytes = StationFrames.withNULs(bytes) }
        if has(.longFrames), isCall, chance(4) { bytes = StationFrames.withSpaces(bytes, upTo: OCPPFrame.limit - 1000) }
        let piece = has(.fragments) ? 64 : nil
        if has(.answersNothing), chance(3) { actions.append(.send(link.id, Array(#"[3,"nobody-asked",{"status":"Accepted"}]"#.utf8), piece: piece)) }
        if has(.brokenJSON), isCall, chance(5) { actions.append(.send(link.id, Array(bytes.prefix(bytes.count / 2)), piece: piece)) }
        actions.append(.send(link.id, bytes, piece: piece))
        if has(.doubledCalls), isCall { actions.append(.send(link.id, bytes, piece: piece)) }
    }
}
