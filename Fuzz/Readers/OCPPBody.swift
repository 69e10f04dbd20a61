internal import OCPP

/// Frames of OCPP, and payloads of both versions: what was accepted against what is written of it. The first byte chooses what it is, and for answers
/// the second one to what.
enum OCPPBody {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        guard let kind = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        switch kind % 4 {
        case 0: try frame(rest, isOfStation: true)
        case 1: try frame(rest, isOfStation: false)
        case 2: try answer(rest, isToStation: true)
        default: try answer(rest, isToStation: false)
        }
    }

    private static func frame(_ text: [UInt8], isOfStation: Bool) throws(Finding) {
        let frame: OCPPFrame
        do throws(OCPPFrameFault) {
            frame = try OCPPFrame.read(text).value
        } catch {
            try holdIsLine(error.description)
            for version in OCPPVersion.allCases {
                if let answer = error.answer(in: version) { try again(answer) }
            }
            return
        }
        try again(frame)
        guard case .call(let id, let action, let payload) = frame else { return }
        for version in OCPPVersion.allCases {
            let refusal = isOfStation ? try station(action, payload, version) : try backend(action, payload, version)
            guard let refusal else { continue }
            try holdIsLine(refusal.description)
            try again(refusal.answer(to: id, in: version))
        }
    }

    /// A frame is the same when it is written and read again.
    private static func again(_ frame: OCPPFrame) throws(Finding) {
        let read = Answer { () throws(OCPPFrameFault) in try OCPPFrame.read(frame.bytes).value }
        try hold(read == .value(frame), "a frame is not the same when it is written and read again: \(frame)")
    }

    /// What is written of something that was read lacks what the version has no words for. But that is then written the same again.
    private static func same(_ first: OCPPPayload, _ second: OCPPPayload?) throws(Finding) {
        guard let second else { return }
        try hold(first == second, "written again it is \(second), and was \(first)")
    }

    private static func station(_ action: String, _ payload: OCPPPayload, _ version: OCPPVersion) throws(Finding) -> OCPPFault? {
        let call = Answer { () throws(OCPPFault) in try StationCall.read(action, payload, in: version).value }
        guard let value = call.value else { return call.refusal }
        guard let written = value.payload(in: version) else { throw Finding("can't be written: \(value)") }
        let again = Answer { () throws(OCPPFault) in try StationCall.read(value.action.rawValue, written, in: version).value }
        try same(written, again.value?.payload(in: version))
        return nil
    }

    private static func backend(_ action: String, _ payload: OCPPPayload, _ version: OCPPVersion) throws(Finding) -> OCPPFault? {
        let call = Answer { () throws(OCPPFault) in try BackendCall.read(action, payload, in: version).value }
        guard let value = call.value else { return call.refusal }
        guard let written = value.payload(in: version) else { throw Finding("can't be written: \(value)") }
        let again = Answer { () throws(OCPPFault) in try BackendCall.read(value.action(in: version).rawValue, written, in: version).value }
        try same(written, again.value?.payload(in: version))
        return nil
    }

    private static func answer(_ bytes: [UInt8], isToStation: Bool) throws(Finding) {
        guard let index = bytes.first, let payload = try? OCPPPayload(Array(bytes.dropFirst())) else { return }
        for version in OCPPVersion.allCases {
            if isToStation {
                let action = StationAction.allCases[Int(index) % StationAction.allCases.count]
                guard action.exists(in: version), let answer = try? StationAnswer.read(payload, to: action, in: version).value else { continue }
                let written = answer.payload(in: version)
                try same(written, try? StationAnswer.read(written, to: action, in: version).value.payload(in: version))
            } else {
                let action = BackendAction.allCases[Int(index) % BackendAction.allCases.count]
                guard action.exists(in: version), let answer = try? BackendAnswer.read(payload, to: action, in: version).value else { continue }
                let written = answer.payload(to: action, in: version)
                try same(written, try? BackendAnswer.read(written, to: action, in: version).value.payload(to: action, in: version))
            }
        }
    }
}

extension Answer {
    fileprivate var refusal: Refusal? { if case .refused(let refusal) = self { refusal } else { nil } }
}
