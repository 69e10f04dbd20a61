internal import ChargingModel
internal import Ledger
internal import Runtime

/// Central's ledger on a server: whatever it asks is done there, or not, whether it lives to hear of it or not.
extension CentralProgram {
    func finishOnServer(_ what: Asked, _ serial: UInt64, in world: World) {
        asked[serial] = nil
        let isCut = world.faults.isLedgerCut(process.index)
        guard !isCut, !world.faults.doesLedgerFail(&world.random) else { return breakOff(what, isCut: isCut, in: world) }
        if case .take(let ticket) = what {
            token = world.ledger.take(process, at: world.clock)
            if token != nil { isItsTurn(in: world) }
            return answer(
                .turn(ticket, token == nil ? .waiting("another") : .held(highest: world.ledger.highestEpoch, isAwaited: isAwaited(in: world))),
                in: world)
        }
        token = token ?? world.ledger.takeAgain(process, at: world.clock)
        guard let token, world.ledger.mayWrite(token) else { return answer(.superseded("another Central writes the ledger"), in: world) }
        switch what {
        case .commit(let ticket, let operations):
            world.counts.commits += 1
            answer(.committed(ticket, write(operations, in: world)), in: world)
        case .read(let ticket): answer(.snapshot(ticket, world.ledger.book.snapshot(at: process.now(in: world).wall)), in: world)
        case .prolong(let ticket, let epoch):
            _ = world.ledger.prolong(token, under: epoch, at: world.clock)
            answer(.turn(ticket, .held(highest: world.ledger.highestEpoch, isAwaited: isAwaited(in: world))), in: world)
        case .take: break
        }
    }

    /// Its connection breaks: what it asked for was done, or not, or is done when it has given up long since.
    private func breakOff(_ what: Asked, isCut: Bool, in world: World) {
        let before = token
        token = nil
        switch what {
        case .commit(let ticket, let operations):
            world.counts.commitsFailed += 1
            if isAtWork(in: world) { world.checker.doesNotCommit(operations) }
            answer(.committed(ticket, nil), in: world)
            guard !isCut, let before, world.ledger.mayWrite(before) else { return }
            switch world.random.next() % 3 {
            case 0: write(operations, in: world)
            case 1: sendLate(operations, before, in: world)
            default: break
            }
        case .read(let ticket): answer(.snapshot(ticket, nil), in: world)
        case .take(let ticket):
            // Taken, and nobody has told it.
            if !isCut, world.random.chance(300), world.ledger.take(process, at: world.clock) != nil { isItsTurn(in: world) }
            answer(.turn(ticket, .unknown), in: world)
        case .prolong(let ticket, _): answer(.turn(ticket, .unknown), in: world)
        }
    }

    /// True while another Central waits for this one's turn.
    private func isAwaited(in world: World) -> Bool { world.centrals.contains { $0 !== self && $0.isAlive && !$0.isHung && $0.isWaiting } }

    /// Another one was at work before: this one has heard nothing yet.
    private func isItsTurn(in world: World) { world.checker.centralForgets() }

    private func answer(_ event: CentralRuntime.Event, in world: World) {
        guard isAlive else { return }
        if isHung { process.deferred.append(.ledgerAnswers(self, life: life, event)) } else { hears(event, in: world) }
    }

    func hears(_ event: CentralRuntime.Event, in world: World) {
        defer { if let bug = runtime?.core.disagreement { world.violate("core", "\(name) disagrees with itself: \(bug)") } }
        tell(event, in: world)
    }

    func sendLate(_ operations: [LedgerOperation], _ token: UInt64, in world: World) {
        world.plan(.lateWrite(self, token: token, operations), after: world.random.duration(below: .seconds(5)))
    }

    func arrives(_ operations: [LedgerOperation], _ token: UInt64, in world: World) {
        guard world.ledger.mayWrite(token) else { return world.tell("the server refuses a commit of \(name), which has no right to write any more") }
        world.tell("a commit of \(name) reaches the server late")
        world.checker.arriveLate(operations)
        write(operations, in: world)
    }
}
