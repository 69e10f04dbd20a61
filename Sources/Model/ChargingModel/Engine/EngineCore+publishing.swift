extension EngineCore {
    /// Publishes the birth of a connection, or repeats it: `info`, the unacknowledged records, `state` (P8).
    mutating func giveBirth(at now: Now) {
        guard let link, !stopping, let meter = memory.meter else { return }
        greeting.cancel()
        self.link?.meter = meter
        actions.append(
            .publish(
                .info(
                    ChargePointInfo(
                        epoch: link.epoch, cp: specification.cp, power: specification.power, price: specification.price, kind: specification.kind,
                        meter: meter, software: specification.software))))
        sayRecords(at: now)
        if told == .disconnected { tell(reason) }
        publishState()
    }

    /// Remembers the reason for the state, and tells people when the state changed.
    mutating func tell(_ reason: String) {
        self.reason = reason
        guard told != state else { return }
        actions.append(.notice(.transition(from: told, to: state, reason: reason)))
        told = state
    }

    mutating func publishState() {
        guard var link, !stopping else { return }
        link.stateSeq += 1
        self.link = link
        actions.append(.publish(.state(stateReport(link, state, reason: reason))))
    }

    mutating func farewell() {
        actions.append(.notice(.transition(from: told, to: .disconnected, reason: "Engine stopped")))
        var link = link ?? Link(epoch: 0)
        link.stateSeq += 1
        var report = stateReport(link, .disconnected, reason: StateReport.stopped)
        if station != nil {
            // The session goes on at the station: whoever comes after this engine says so (S5).
            report.reason = "the gateway was stopped"
        } else {
            report.session = nil
            report.driver = nil
        }
        actions.append(.farewell(.state(report)))
    }

    mutating func publish(_ record: SessionRecord) { publish(.sessionEnded(record)) }

    mutating func publish(_ kind: ChargePointEvent.Kind) {
        guard let link else { return }
        actions.append(.publish(.event(ChargePointEvent(epoch: link.epoch, cp: specification.cp, kind: kind))))
    }

    mutating func journal(_ entry: EngineEntry) {
        memory.apply(entry)
        actions.append(.journal(entry))
    }

    /// The phase is told of a charge under way, and of a vehicle that is still plugged in.
    private func phase(in state: LifecycleState) -> Phase? { state == .supplying || state == .activated ? phase : nil }

    private func stateReport(_ link: Link, _ state: LifecycleState, reason: String) -> StateReport {
        var session: ActiveSession?
        switch mode {
        case .supplying(let supply): session = supply.session
        case .waiting(let waiting, _): session = waiting
        // Its station went away meanwhile: nobody may take that for a clean stop (P10).
        case .starting(let starting, _): if state == .disconnected { session = starting }
        case .activated, .stopped, .faulty: break
        }
        return StateReport(
            epoch: link.epoch, seq: link.stateSeq, cp: specification.cp, state: state, session: session?.session, driver: session?.driver,
            meter: memory.meter, register: memory.register, phase: phase(in: state), reason: reason)
    }
}
