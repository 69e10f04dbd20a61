internal import ChargingModel
internal import OCPP

/// Calls to the backend: one is on its way at a time, errands before words about transactions.
extension ChargingStation {
    mutating func sayStatus(_ evse: Int32) {
        guard isAccepted, let status = status(of: evse), link?.told[evse] != status else { return }
        link?.told[evse] = status
        if !errands.contains(.status(evse)) { errands.append(.status(evse)) }
    }

    /// The state of a connector, in a word of the version.
    private func status(of evse: Int32) -> ConnectorStatus? {
        guard let outlet = outlets[evse] else { return nil }
        return outlet.status(isFull: outlet.charge.flatMap { charges[$0]?.isFull } ?? false).nearest(in: specification.version)
    }

    mutating func sendNext() {
        guard let link, outstanding == nil else { return }
        if let at = link.bootsAt, at <= now.monotonic {
            self.link?.bootsAt = nil
            return send(.errand(.boot), .boot(report))
        }
        if link.isAccepted, link.heartbeatAt <= now.monotonic {
            self.link?.heartbeatAt = now.monotonic + settings.heartbeat
            if !errands.contains(.heartbeat) { errands.append(.heartbeat) }
        }
        if !errands.isEmpty, link.isAccepted || has(.statusFirst) { return run(errands.removeFirst()) }
        guard link.isAccepted, let index = nextTelling else { return }
        let telling = tellings[index]
        guard let call = call(for: telling) else { return }
        send(.telling(telling), call)
    }

    /// The word that is told next: the first, unless it is told in another order.
    private var nextTelling: Int? {
        guard let first = tellings.first, first.notBefore.map({ $0 <= now.monotonic }) ?? true else { return nil }
        guard has(.endedFirst), specification.version == .v201, case .values = first.kind else { return tellings.startIndex }
        return tellings.firstIndex { if case .ended = $0.kind { $0.charge == first.charge } else { false } } ?? tellings.startIndex
    }

    private mutating func run(_ errand: Errand) {
        switch errand {
        case .boot: send(.errand(errand), .boot(report))
        case .heartbeat: send(.errand(errand), .heartbeat)
        case .status(let evse):
            guard let status = status(of: evse) else { return }
            link?.told[evse] = status
            let fault = outlets[evse]?.fault
            send(
                .errand(errand),
                .status(StatusReport(place(evse), status, error: fault.map { _ in "OtherError" }, info: fault, time: OCPPTime(wall))))
        case .authorize(_, let token): send(.errand(errand), .authorize(token))
        case .values(let evse): send(.errand(errand), .meterValues(MeterReport(place(evse), transaction: number(at: evse), samples(at: evse))))
        case .other(let action, let payload): send(.errand(errand), .other(action, payload))
        }
    }

    private var report: BootReport {
        let serial = String(specification.id.prefix(20))
        let meter = has(.newMeter) ? "\(serial)-\(meters % 1000)" : nil
        return BootReport(
            vendor: "Wattline", model: "Station \(specification.version.rawValue)",
            serial: specification.version == .v16 ? serial : meter ?? serial, firmware: "1.0", meterSerial: meter, reason: .powerUp)
    }

    func place(_ evse: Int32) -> ConnectorPlace { ConnectorPlace(evse: evse, connector: specification.version == .v201 ? 1 : nil) }

    private func number(at evse: Int32) -> Int64? { outlets[evse]?.charge.flatMap { charges[$0]?.number } }

    // MARK: Transactions

    /// The call that tells something of a transaction; `nil` when nothing is to be told any more.
    private mutating func call(for telling: Telling) -> StationCall? {
        guard let charge = charges[telling.charge] else {
            tellings.removeAll { $0.charge == telling.charge }
            return nil
        }
        return specification.version == .v16 ? call16(telling, charge) : .transaction(event(telling, charge))
    }

    private func call16(_ telling: Telling, _ charge: Charge) -> StationCall {
        let time = OCPPTime(telling.time)
        switch telling.kind {
        case .began:
            return .start(
                TransactionStart(ConnectorPlace(evse: charge.evse), token: charge.token, register: charge.start, time: OCPPTime(charge.beganAt)))
        case .values(let samples, _, _):
            return .meterValues(MeterReport(ConnectorPlace(evse: charge.evse), transaction: charge.number, samples))
        case .ended(let register, let reason, _):
            let number = has(.stopsZero) ? 0 : has(.stopsMinusOne) ? -1 : charge.number ?? -1
            return .stop(TransactionStop(transaction: number, token: charge.token, register: register, time: time, reason: reason))
        }
    }

    private func event(_ telling: Telling, _ charge: Charge) -> TransactionEvent {
        let time = OCPPTime(telling.time)
        func register(_ energy: Energy, _ context: MeterContext) -> [MeterSample] {
            [MeterSample(.energyActiveImportRegister, .energy(energy), at: time, context: context)]
        }
        var event = TransactionEvent(
            .updated, transaction: charge.key, seqNo: telling.seqNo, isOffline: telling.isOffline, trigger: nil, place: place(charge.evse), time: time
        )
        switch telling.kind {
        case .began:
            event.kind = .started
            event.trigger = charge.remoteStart == nil ? .authorized : .remoteStart
            event.state = .charging
            event.remoteStart = charge.remoteStart.map { Int64($0) }
            event.token = charge.token
            event.samples = register(charge.start, .transactionBegin)
        case .values(let samples, let state, let trigger):
            event.trigger = trigger
            event.state = state
            event.samples = samples
        case .ended(let end, let reason, let trigger):
            event.kind = .ended
            event.trigger = trigger
            event.state = .idle
            event.stopReason = reason
            event.samples = register(end, .transactionEnd)
        }
        return event
    }

    private func index(of telling: Telling) -> Int? {
        tellings.firstIndex { $0.charge == telling.charge && $0.seqNo == telling.seqNo && $0.isRepeat == telling.isRepeat }
    }

    /// A word about a transaction was answered.
    private mutating func confirmed(_ telling: Telling, _ answer: StationAnswer) {
        if let index = index(of: telling) { tellings.remove(at: index) }
        var info: TokenInfo?
        switch answer {
        case .start(let number, let worth):
            charges[telling.charge]?.number = number
            info = worth
        case .transaction(let answer): info = answer.token
        case .stop, .done, .boot, .heartbeat, .authorize, .other: break
        }
        if let charge = charges[telling.charge] {
            if let info {
                list.remember(charge.token, info)
                if info.status != .accepted, settings.stopsOnInvalid, outlets[charge.evse]?.charge == charge.key {
                    actions.append(.notice(.turnedAway(charge.evse, info.status)))
                    end(at: charge.evse, .deauthorized, .deauthorized)
                }
            }
            if charge.end != nil, !tellings.contains(where: { $0.charge == charge.key }) { forget(charge) }
        }
        if isAllTold { actions.append(.notice(.allTold)) }
    }

    /// The last charge may be said again where that is the quirk.
    private mutating func forget(_ charge: Charge) {
        guard has(.repeatsStart) else {
            charges[charge.key] = nil
            return
        }
        for other in charges.values where other.end != nil && other.key != charge.key && !tellings.contains(where: { $0.charge == other.key }) {
            charges[other.key] = nil
        }
    }

    /// Says the start of a charge that goes on, again.
    mutating func repeatLastStart() {
        guard specification.version == .v16 else { return }
        for outlet in outlets.values {
            guard let key = outlet.charge, let charge = charges[key], charge.number != nil else { continue }
            tellings.insert(
                Telling(kind: .began, charge: key, time: charge.beganAt, seqNo: 0, isOffline: false, isRepeat: true), at: 0)
        }
    }

    // MARK: One call at a time

    private mutating func send(_ what: Outstanding.What, _ call: StationCall) {
        guard let link else { return }
        lastCall += 1
        let id = "\(specification.id.prefix(8))-\(link.id)-\(lastCall)"
        guard let frame = call.frame(id: id, in: specification.version) else { return }
        outstanding = Outstanding(id: id, what: what, action: call.action, at: now.monotonic)
        utter(frame, isCall: true)
    }

    /// A call that nobody answered: what was told is told again, under a new id.
    mutating func timeOut() {
        guard let out = outstanding, now.monotonic - out.at >= ChargingStation.callPatience else { return }
        outstanding = nil
        actions.append(.notice(.failed(out.action.rawValue, "no answer in 30 s")))
        if case .errand(.boot) = out.what { link?.bootsAt = now.monotonic }
    }

    mutating func hearResult(_ id: String, _ payload: OCPPPayload) {
        guard let out = outstanding, out.id == id else { return }
        outstanding = nil
        let answer: StationAnswer
        do throws(OCPPFault) {
            answer = try StationAnswer.read(payload, to: out.action, in: specification.version).value
        } catch {
            return fail(out, error.description)
        }
        actions.append(.notice(.answered(out.action, now.monotonic - out.at)))
        switch out.what {
        case .telling(let telling): confirmed(telling, answer)
        case .errand(let errand): done(errand, answer)
        }
    }

    private mutating func done(_ errand: Errand, _ answer: StationAnswer) {
        switch (errand, answer) {
        case (.boot, .boot(let answer)): heardBoot(answer)
        case (.heartbeat, .heartbeat(let time)): setClock(time)
        case (.authorize(let evse, let token), .authorize(let info)):
            list.remember(token, info)
            judged(token, info, at: evse)
        default: break
        }
    }

    mutating func hearError(_ id: String, _ words: String) {
        guard let out = outstanding, out.id == id else { return }
        outstanding = nil
        fail(out, words)
    }

    /// A refusal: nothing that was metered is dropped for it, it is told again a while later.
    private mutating func fail(_ out: Outstanding, _ words: String) {
        actions.append(.notice(.failed(out.action.rawValue, words)))
        switch out.what {
        case .errand(.boot): link?.bootsAt = now.monotonic + .seconds(10)
        case .errand: break
        case .telling(let telling):
            guard let index = index(of: telling) else { return }
            tellings[index].attempts += 1
            // What is in between is not worth a third attempt.
            if case .values = telling.kind, tellings[index].attempts >= 3 {
                tellings.remove(at: index)
            } else {
                tellings[index].notBefore = now.monotonic + .seconds(10 * min(6, Int64(tellings[index].attempts)))
            }
        }
    }
}
