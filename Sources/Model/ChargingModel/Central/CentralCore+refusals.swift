/// Messages that the broker refuses: the important ones are said again later, since it may be a matter of time.
extension CentralCore {
    /// A message on its way without which somebody would believe, or wait for, the wrong thing: refused by the broker, it is said again.
    enum Important: Hashable, Sendable {
        case status
        /// The fence behind which a session closes.
        case fence(UInt64)
        case verdict(ChargePointID)
        case tickets(DriverID)
    }

    /// The first time after which a message that the broker refused is said again.
    static let firstRefusalPause = Duration.seconds(5)

    /// Notes that the broker refused a message.
    mutating func refuse(_ delivery: UInt64) {
        counters.refused += 1
        if let message = important[delivery] {
            refusals.append(message)
            if !timers.isSet(.refused) { timers.set(.refused, at: now.monotonic + refusalPause) }
        }
        settle(delivery)
        if delivery == arrival?.delivery { goOnline() }
    }

    mutating func sayRefused() {
        var messages = refusals
        refusals = KeyedQueue()
        guard let link else { return }
        refusalPause = min(refusalPause * 2, .seconds(60))
        while let message = messages.next() {
            switch message {
            case .status: publishStatus()
            case .fence(let number): if fences[number] != nil { queue.add(.fence(Fence(epoch: link.epoch, number: number))) }
            case .verdict(let cp): queue.add(verdictOn: cp, again: true)
            case .tickets(let driver): restore(.tickets(driver))
            }
        }
    }
}

extension CentralCore.Important {
    /// `nil` for a message that is not important, or is said again by other means.
    init?(_ message: BusMessage) {
        switch message {
        case .centralStatus: self = .status
        case .fence(let fence): self = .fence(fence.number)
        case .verdict(let report): self = .verdict(report.cp)
        case .tickets(let list): self = .tickets(list.driver)
        case .info, .state, .telemetry, .event, .health, .command, .request, .stationRequest, .status, .gateway, .station: return nil
        }
    }
}
