internal import ChargingModel
internal import OCPP

/// A connection, and the frames that come on it.
extension StationCore {
    mutating func connect(_ id: UInt64, _ version: OCPPVersion) {
        if let old = link {
            disconnect()
            actions.append(.close(old.id, "another connection of the station took its place"))
        }
        link = Link(id: id, version: version, since: now.monotonic)
        for evse in connectors.keys.sorted() { actions.append(.engine(evse, .reachable(true))) }
        waitAnew()
    }

    mutating func disconnect() {
        link = nil
        replies = [:]
        for given in calls.removeAll() { conclude(given, .notConnected) }
        waitAnew()
        for evse in connectors.keys { connectors[evse]?.lostAt = nil }
        for evse in connectors.keys.sorted() { actions.append(.engine(evse, .reachable(false))) }
    }

    mutating func hear(_ bytes: [UInt8]) {
        do throws(OCPPFrameFault) {
            let read = try OCPPFrame.read(bytes)
            remark(read.remarks)
            speak()
            switch read.value {
            case .call(let id, let action, let payload): hear(call: id, action, payload)
            case .result(let id, let payload): hearResult(id, payload)
            case .error(let id, let code, let description, _): hearError(id, description.isEmpty ? code : "\(code): \(description)")
            }
        } catch {
            actions.append(.notice(.broken(error.description)))
            // An answer that can't be read is none that can come again.
            if error.isAnswer, let id = error.id { hearError(id, error.description) }
            if let link, let answer = error.answer(in: link.version) { actions.append(.send(link.id, answer.bytes)) }
        }
    }

    private mutating func hear(call id: String, _ action: String, _ payload: OCPPPayload) {
        guard let link else { return }
        // The same call again gets the same answer, or the one that it waits for.
        if let given = link.answers.last(where: { $0.id == id }) { return actions.append(.send(link.id, given.bytes)) }
        guard replies[id] == nil else { return }
        do throws(OCPPFault) {
            let read = try StationCall.read(action, payload, in: link.version)
            remark(read.remarks)
            if let answer = try answer(to: read.value, id) { reply(answer, to: id) }
        } catch {
            actions.append(.notice(.broken("\(action): \(error)")))
            send(answer: error.answer(to: id, in: link.version), to: id)
        }
    }

    /// The first word of a connection: from now on the station may be asked for something.
    private mutating func speak() {
        guard link?.hasSpoken == false else { return }
        link?.hasSpoken = true
        if connectors.isEmpty { _ = know(1) }
        for evse in connectors.keys.sorted() {
            if let connector = connectors[evse], !connector.isServing || !connector.isServingTold { tellAvailability(evse) }
            askToEndAgain(evse)
            askToBegin(evse)
        }
        askForMissing()
    }

    /// - Returns: the answer; `nil` for one that comes later.
    private mutating func answer(to call: StationCall, _ id: String) throws(OCPPFault) -> StationAnswer? {
        switch call {
        case .boot(let report):
            heardBoot(report)
            actions.append(.notice(.booted(report)))
            return .boot(BootAnswer(.accepted, time: OCPPTime(now.wall), interval: settings.heartbeat.milliseconds / 1000))
        case .heartbeat: return .heartbeat(OCPPTime(now.wall))
        case .status(let report):
            hear(report)
            return .done
        case .authorize(let token): return authorize(token, id)
        case .start(let start): return hear(start, id)
        case .stop(let stop): return hear(stop)
        case .meterValues(let report):
            hear(report)
            return .done
        case .transaction(let event): return hear(event, id)
        case .other(let action, _): return try StationAnswer.usual(to: action)
        }
    }

    /// It has forgotten what it was told before, and perhaps found the time.
    private mutating func heardBoot(_ report: BootReport) {
        boot = report
        link?.hasBooted = true
        clockAhead = nil
        learnMeters(MeterSerials(meter: report.meterSerial, station: report.serial))
        for evse in connectors.keys.sorted() where connectors[evse]?.wanted?.isPromised == true {
            connectors[evse]?.wanted?.isPromised = false
            connectors[evse]?.wanted?.isUncertain = true
            askToBegin(evse)
        }
    }

    mutating func reply(_ answer: StationAnswer, to id: String) {
        guard let link else { return }
        send(answer: answer.frame(to: id, in: link.version), to: id)
    }

    /// The most answers that are kept for calls that come again.
    private static let keptAnswers = 32

    private mutating func send(answer: OCPPFrame, to id: String) {
        guard let link else { return }
        let bytes = answer.bytes
        actions.append(.send(link.id, bytes))
        self.link?.answers.append((id, bytes))
        if link.answers.count >= StationCore.keptAnswers { self.link?.answers.removeFirst() }
    }

    /// Tells people of oddities, each once in a connection.
    private mutating func remark(_ remarks: [Remark]) {
        for remark in remarks where link?.remarked.insert(remark.quirk).inserted == true { actions.append(.notice(.quirk(remark))) }
    }
}
