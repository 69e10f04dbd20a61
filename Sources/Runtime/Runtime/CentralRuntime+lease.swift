internal import ChargingModel

/// A Central whose ledger others may write, too: one of them at a time (S7).
extension CentralRuntime {
    /// It waits for its turn, or has it.
    public var standing: CentralLease.Standing { lease?.standing ?? .active }

    func admit(_ epoch: Epoch, at now: Now) {
        if lease == nil { bus.persisted(epoch, at: now, &outputs) } else { lease?.ask(for: epoch, at: now) }
    }

    /// Says what of its turn is due. One that does not reach the broker leaves it to another one, which may.
    func askForTurn(at now: Now) {
        guard !isOver else { return }
        if lease?.isOfNoUse(isOnline: bus.isOnline, at: now) == true, !isStopping {
            return end("it can't reach the broker, and another Central waits for its turn", at: now)
        }
        switch lease?.next(at: now) {
        case .take(let ticket): outputs.append(.own(.takeTurn(ticket)))
        case .prolong(let ticket, let epoch): outputs.append(.own(.prolongTurn(ticket, epoch)))
        case nil: break
        }
    }

    func hears(_ answer: CentralLease.Answer, to ticket: UInt64, at now: Now) {
        guard let heard = lease?.hears(answer, to: ticket, at: now) else { return }
        if case .held(let highest, _) = answer { bus.goAbove(highest) }
        if let admitted = heard.admitted { bus.persisted(admitted, at: now, &outputs) }
        guard let news = heard.news else { return }
        outputs.append(.own(.stands(news)))
        if news == .active, !isStopping { beginCore(at: now) }
    }

    /// Also one that it may have been given without having heard of it.
    func giveBackTurn() { if lease != nil { outputs.append(.own(.releaseTurn)) } }
}
