import ChargingModel

@testable import OCPP

extension Generator {
    mutating func stationCall(_ action: StationAction) -> StationCall {
        switch action {
        case .boot: .boot(boot())
        case .heartbeat: .heartbeat
        case .status: .status(status())
        case .authorize: .authorize(token())
        case .start:
            .start(TransactionStart(place(from: 1), token: token(), register: register(), time: time(), reservation: maybe { $0.number32() }))
        case .stop:
            .stop(
                TransactionStop(
                    transaction: number(Int64(Int32.min)...Int64(Int32.max)), token: maybe { $0.token() }, register: register(), time: time(),
                    reason: maybe { $0.one(of: StopReason.allCases).nearest(in: .v16) }, samples: samples(0...3)))
        case .meterValues:
            .meterValues(
                MeterReport(ConnectorPlace(evse: evse()), transaction: isOld ? maybe { $0.number32() } : nil, samples(1...4)))
        case .transaction: .transaction(event())
        default: .other(action, otherPayload(action))
        }
    }

    private mutating func boot() -> BootReport {
        BootReport(
            vendor: text(20), model: text(20), serial: maybe { $0.text(25) }, firmware: maybe { $0.text(50) },
            meterType: isOld ? maybe { $0.text(25) } : nil, meterSerial: isOld ? maybe { $0.text(25) } : nil, iccid: maybe { $0.text(20) },
            imsi: maybe { $0.text(20) }, reason: isOld ? nil : one(of: BootReason.allCases))
    }

    private mutating func status() -> StatusReport {
        guard isOld else { return StatusReport(place(), one(of: ConnectorStatus.allCases).nearest(in: .v201), time: time()) }
        return StatusReport(
            place(), one(of: ConnectorStatus.allCases).nearest(in: .v16), error: maybe { $0.one(of: ["GroundFailure", "WeakSignal"]) },
            info: maybe { $0.text(50) }, vendor: maybe { $0.text(255) }, vendorError: maybe { $0.text(50) }, time: maybe { $0.time() })
    }

    private mutating func event() -> TransactionEvent {
        TransactionEvent(
            one(of: TransactionEvent.Kind.allCases), transaction: text(36), seqNo: number32(), isOffline: bool(),
            trigger: one(of: TriggerReason.allCases), state: maybe { $0.one(of: ChargingState.allCases) },
            stopReason: maybe { $0.one(of: StopReason.allCases).nearest(in: .v201) }, remoteStart: maybe { $0.number32() },
            place: maybe { $0.place() }, token: maybe { $0.token() }, reservation: maybe { $0.number32() }, samples: samples(0...3), time: time())
    }

    private mutating func otherPayload(_ action: StationAction) -> OCPPPayload {
        let text = text(50)
        return OCPPPayload { json in
            switch action {
            case .dataTransfer: json.text(.vendorId, text, 255)
            default: break
            }
        }
    }

    mutating func stationAnswer(to action: StationAction) -> StationAnswer {
        switch action {
        case .boot: .boot(BootAnswer(one(of: BootAnswer.Status.allCases), time: time(), interval: number32()))
        case .heartbeat: .heartbeat(time())
        case .status, .meterValues: .done
        case .authorize: .authorize(tokenInfo())
        case .start: .start(transaction: number32(), tokenInfo())
        case .stop: .stop(maybe { $0.tokenInfo() })
        case .transaction:
            .transaction(
                TransactionAnswer(
                    totalCost: maybe { Money(microEuro: $0.number(0...Money.limit.microEuro)) }, token: maybe { $0.tokenInfo() }))
        default: (try? StationAnswer.usual(to: action)) ?? .other(.empty)
        }
    }
}
