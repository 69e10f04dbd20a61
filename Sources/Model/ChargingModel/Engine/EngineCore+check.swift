extension EngineCore {
    /// A disagreement between the parts of its state, which is a bug of ours; `nil` when there is none.
    public var disagreement: String? {
        switch mode {
        case .starting(let session, _): if memory.active?.session != session.session { return "it starts \(session.session), its memory does not" }
        case .waiting(let session, _): if memory.active?.session != session.session { return "it waits in \(session.session), its memory does not" }
        case .supplying(let supply):
            if memory.active?.session != supply.session.session { return "it supplies \(supply.session.session), its memory does not" }
            if supply.ends < supply.began { return "its charge ends before it began" }
        case .activated, .stopped, .faulty:
            if let active = memory.active { return "its memory has session \(active.session) under way, and it is \(state.rawValue)" }
        }
        for session in resends.keys where !memory.unacknowledged.contains(session) { return "the acknowledged record of \(session) is sent again" }
        for session in memory.unacknowledged where memory.record(of: session) == nil { return "session \(session) waits for an ACK without a record" }
        if link == nil, greeting.dueAt != nil { return "a birth is planned without a connection" }
        if let active = memory.active, active.startRegister > memory.register { return "the register is below the start of its session" }
        return nil
    }
}
