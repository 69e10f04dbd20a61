internal import ChargingModel

extension StationCore {
    /// A disagreement between the parts of its state, which is a bug of ours; `nil` when there is none.
    public var disagreement: String? { connectorDisagreement ?? transactionDisagreement ?? callDisagreement }

    private var connectorDisagreement: String? {
        var charged: Set<String> = []
        for (evse, connector) in connectors {
            if let id = connector.transaction {
                guard let transaction = memory.openTransaction(id) else { return "connector \(evse) charges transaction \(id), which is not open" }
                if transaction.end != nil { return "connector \(evse) charges transaction \(id), which has ended" }
                if transaction.evse != evse { return "connector \(evse) charges transaction \(id) of connector \(transaction.evse)" }
                if !charged.insert(id).inserted { return "two connectors charge transaction \(id)" }
            } else if connector.lostAt != nil || connector.ending != nil || connector.endsAgainAt != nil {
                return "connector \(evse) waits for the end of no transaction"
            }
            if let wanted = connector.wanted, memory.open.contains(where: { $0.session == wanted.session }) {
                return "connector \(evse) waits for session \(wanted.session), which has begun"
            }
        }
        return nil
    }

    private var transactionDisagreement: String? {
        if memory.open.count > StationMemory.mostOpen || memory.ended.count > StationMemory.keptEnded { return "it remembers too much" }
        // A crowd of them is looked at in part, since this is asked after each event.
        guard memory.open.count <= 32 else { return nil }
        let all = memory.open + memory.ended
        if Set(all.map(\.id)).count < all.count { return "two transactions have one id" }
        if Set(all.map(\.session)).count < all.count { return "two transactions have one session" }
        let open = Set(memory.open.map(\.id))
        for id in courses.keys where !open.contains(id) { return "transaction \(id) goes on, and is not open" }
        for transaction in memory.open {
            let course = courses[transaction.id]
            if course?.isTold == true, transaction.end == nil { return "transaction \(transaction.id) is recorded, and has no end" }
            if !transaction.hasBegun, course?.waitsUntil == nil, course?.isTold != true {
                return "nobody waits for the beginning of \(transaction.id)"
            }
        }
        return nil
    }

    private var callDisagreement: String? {
        if asks.count > StationCore.mostAsks || replies.count > StationCore.mostReplies { return "too much is asked at a time" }
        for (call, reply) in replies where asks[reply.request] == nil { return "call \(call) waits for nobody" }
        if link == nil, !replies.isEmpty || calls.outstanding != nil || !calls.waiting.isEmpty { return "calls wait without a connection" }
        if link != nil, calls.outstanding == nil, !calls.waiting.isEmpty { return "a call waits for none" }
        return nil
    }
}
