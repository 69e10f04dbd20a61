internal import ChargingModel

/// Messages about stations and gateways (S13).
extension ContractLint {
    /// The largest number of gateways that it follows.
    static let gatewayLimit = 64

    mutating func hear(_ report: GatewayReport, _ payload: [UInt8], _ isLive: Bool, _ now: Now) {
        let isWill = !report.online && report.reason == StateReport.connectionLost
        if isWill { checkWill(payload) }
        _ = isCurrent(gateway: report.epoch, of: report.gateway, isLive, isWill: isWill, now)
    }

    mutating func hear(_ message: StationMessage, _ isLive: Bool, _ now: Now) {
        switch message {
        case .command(let command): if isLive { isCurrent(central: command.epoch, true, now) }
        case .report, .reply, .frame: _ = isCurrent(gateway: message.epoch, of: message.gateway, isLive, now)
        }
    }

    /// True when a message of a gateway is of its newest connection (P6). A newer epoch is noted.
    private mutating func isCurrent(gateway epoch: Epoch, of gateway: GatewayID, _ isLive: Bool, isWill: Bool = false, _ now: Now) -> Bool {
        guard gateways[gateway] != nil || gateways.count < ContractLint.gatewayLimit else { return false }
        var client = gateways[gateway] ?? WatchedPoint.Client()
        defer { gateways[gateway] = client }
        return follow(&client, epoch, isLive, isWill, now)
    }
}
