internal import ChargingModel
internal import JSON

extension StationAnswer {
    /// Reads a backend's answer to an action.
    /// - Throws: why it is none; nobody is told, and the call has failed.
    public static func read(_ payload: OCPPPayload, to action: StationAction, in version: OCPPVersion) throws(OCPPFault) -> OCPPRead<StationAnswer> {
        let remarks = RemarkList()
        let fields = OCPPFields(payload, version, remarks)
        let answer: StationAnswer
        switch action {
        case .boot: answer = .boot(try BootAnswer(fields))
        case .heartbeat: answer = .heartbeat(fields.time(.currentTime))
        case .status, .meterValues: answer = .done
        case .authorize: answer = .authorize(try fields.tokenInfo())
        case .start: answer = .start(transaction: try fields.integer(.transactionId), try fields.tokenInfo())
        case .stop: answer = .stop(try fields.tokenInfoIfPresent())
        case .transaction:
            let cost = fields.decimalIfPresent(.totalCost, decimals: 6, 0...Money.limit.microEuro).map { Money(microEuro: $0) }
            answer = .transaction(TransactionAnswer(totalCost: cost, token: try fields.tokenInfoIfPresent()))
        default: answer = .other(payload)
        }
        return OCPPRead(answer, remarks)
    }

    /// The payload by which a version says it.
    public func payload(in version: OCPPVersion) -> OCPPPayload {
        if case .other(let payload) = self { return payload }
        return OCPPPayload { json in
            switch self {
            case .boot(let boot):
                json.word(.status, boot.status)
                json.time(.currentTime, ifPresent: boot.time)
                json.integer(.interval, boot.interval)
            case .heartbeat(let time): json.time(.currentTime, ifPresent: time)
            case .done, .other: break
            case .authorize(let info): json.tokenInfo(info, in: version)
            case .start(let transaction, let info):
                json.integer(.transactionId, transaction)
                json.tokenInfo(info, in: version)
            case .stop(let info): json.tokenInfo(ifPresent: info, in: version)
            case .transaction(let answer):
                if let cost = answer.totalCost { json.decimal(OCPPField.totalCost.rawValue, decimalText(cost.microEuro, decimals: 6, minimum: 2)) }
                json.tokenInfo(ifPresent: answer.token, in: version)
            }
        }
    }

    /// The frame that answers a call.
    public func frame(to id: String, in version: OCPPVersion) -> OCPPFrame { .result(id: id, payload: payload(in: version)) }
}

extension BootAnswer {
    fileprivate init(_ fields: OCPPFields) throws(OCPPFault) {
        self.init(
            try fields.word(.status), time: fields.time(.currentTime), interval: fields.integerIfPresent(.interval, 0...Int64(Int32.max)) ?? 0)
    }
}
