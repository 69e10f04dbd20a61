internal import ChargingModel
internal import OCPP

/// The station's status, and that of its connectors.
extension StationCore {
    mutating func hear(_ report: StatusReport) {
        actions.append(.notice(.status(report)))
        learnClock(report.time)
        if report.place.isStation {
            station = (report.status, report.faultText)
        } else {
            guard know(report.place.evse) else { return }
            connectors[report.place.evse]?.status = report.status
            connectors[report.place.evse]?.error = report.faultText
            if report.status == .available { connectors[report.place.evse]?.isSpent = false }
            // It obeys a wish that is not there any more, or its own people; if those, it says so again.
            if report.status == .unavailable, let connector = connectors[report.place.evse], connector.isServing, connector.mayBeToldOtherwise {
                tellAvailability(report.place.evse)
            }
        }
        for evse in evses(of: report.place) { sayStatus(evse) }
        guard !report.place.isStation else { return }
        if let phase = phase(of: report.status), let transaction = agreedTransaction(at: report.place.evse) {
            actions.append(.engine(transaction.evse, .phase(transaction.session, phase)))
        }
        if report.status.isCharging { note(drawingAt: report.place.evse) }
        planLoss(report.place.evse, at: report.status)
    }

    private mutating func note(drawingAt evse: Int32) {
        guard let id = connectors[evse]?.transaction, courses[id]?.isDrawing != true else { return }
        withCourse(id) { $0.isDrawing = true }
        sayOccupied(evse)
    }

    /// Tells the engine of a connector whether it can serve. Of the whole station only what keeps it from serving says anything of a connector.
    mutating func sayStatus(_ evse: Int32) {
        guard let connector = connectors[evse] else { return }
        let error = connector.error ?? station?.error
        actions.append(.fault(evse, error.map { "the station says \($0)" }))
        let isUnavailable = connector.status == .unavailable || station?.status == .unavailable
        actions.append(.engine(evse, .unavailable(isUnavailable && connector.isServing)))
        sayOccupied(evse)
    }

    private func phase(of status: ConnectorStatus) -> Phase? {
        switch status {
        case .charging: .charging
        case .suspendedVehicle: .suspendedVehicle
        case .suspendedStation: .suspendedStation
        case .finishing: .finishing
        case .available, .preparing, .reserved, .unavailable, .faulted, .occupied: nil
        }
    }

    /// Says whether a vehicle is plugged in that is nobody's: it has been charged, or charges unasked.
    mutating func sayOccupied(_ evse: Int32) {
        guard let connector = connectors[evse] else { return }
        let current = current(at: evse)
        // Whoever is asked about is not nobody's yet.
        let isAskedAbout = asks.values.contains { $0.evse == evse && $0.transaction != nil }
        let isUnasked = current.map { !$0.isAgreed && (!$0.token.isEmpty || courses[$0.id]?.isDrawing == true) } ?? false
        let isOver =
            switch connector.status {
            case .finishing: true
            case .charging, .suspendedVehicle, .suspendedStation: current == nil && connector.wanted == nil
            // 2.0.1 has no word for a vehicle that was charged and stays.
            case .occupied: connector.isSpent
            case .available, .preparing, .reserved, .unavailable, .faulted, nil: false
            }
        actions.append(.engine(evse, .occupied(!isAskedAbout && (isUnasked || isOver))))
    }

    // MARK: What is not told

    /// The time for which a connector that says it is idle may still owe the end of its transaction: a station sends what it queued.
    static let lossPatience = Duration.seconds(60)

    private mutating func planLoss(_ evse: Int32, at status: ConnectorStatus) {
        if status != .available || current(at: evse) == nil {
            connectors[evse]?.lostAt = nil
        } else if connectors[evse]?.lostAt == nil {
            connectors[evse]?.lostAt = now.monotonic + StationCore.lossPatience
        }
    }

    /// Something was heard of the transaction of a connector that says it is idle: there may be more.
    mutating func putOffLoss(_ evse: Int32) {
        if connectors[evse]?.lostAt != nil { connectors[evse]?.lostAt = now.monotonic + StationCore.lossPatience }
    }

    mutating func loseIfDue(_ evse: Int32) {
        guard let at = connectors[evse]?.lostAt, at <= now.monotonic, link != nil else { return }
        giveUpTransaction(at: evse)
    }

    /// Lets a connector go on without the end of its transaction, which counts whenever it comes.
    mutating func giveUpTransaction(at evse: Int32) {
        if let transaction = agreedTransaction(at: evse) { actions.append(.engine(evse, .lost(transaction.session))) }
        leave(evse)
        sayOccupied(evse)
        settlePast(at: evse)
    }

    /// Nothing is charged at the connector any more.
    mutating func leave(_ evse: Int32) {
        connectors[evse]?.transaction = nil
        connectors[evse]?.lostAt = nil
        connectors[evse]?.ending = nil
        connectors[evse]?.endsAgainAt = nil
    }
}

extension StatusReport {
    /// The fault in a few words; `nil` while there is none.
    fileprivate var faultText: String? { status == .faulted ? error ?? info ?? "faulted" : nil }
}

extension ConnectorStatus {
    fileprivate var isCharging: Bool { self == .charging || self == .suspendedVehicle || self == .suspendedStation }
}
