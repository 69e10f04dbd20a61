/// The news of stations on the bus, and the commands to them.
extension GatewayCore {
    mutating func take(_ news: News, at now: Now) {
        switch news {
        case .listens(let address): report.address = address.bounded()
        case .turnedAway(let stranger): report.note(stranger)
        case .station(let found): take(found)
        case .reply(let reply): say(reply)
        case .frame(let frame): say(frame, at: now.monotonic)
        }
    }

    private mutating func take(_ found: StationAbout) {
        var found = found
        found.gateway = gateway
        found.epoch = 0
        let before = stations[found.station]
        guard before?.report != found else { return }
        report.known += before == nil ? 1 : 0
        report.connected += (found.isConnected ? 1 : 0) - (before?.report.isConnected == true ? 1 : 0)
        if found.isConnected, let since = found.since { report.note(cameIn: found.name, at: since) }
        stations[found.station, default: Known(report: found)].report = found
        plan(found.station)
    }

    /// Sees to it that a station is told of.
    mutating func plan(_ station: ChargePointID) {
        guard let known = stations[station], !known.isWaiting else { return }
        stations[station]?.isWaiting = true
        waiting.append(station)
    }

    /// Tells of those whose time has come, as far as the broker keeps up.
    mutating func tellStations(_ epoch: Epoch, at now: Instant) {
        if !later.isEmpty {
            let (due, rest) = later.reduce(into: ([ChargePointID](), [ChargePointID]())) { parts, station in
                if isDue(station, at: now) { parts.0.append(station) } else { parts.1.append(station) }
            }
            later = rest
            for station in due { waiting.append(station) }
        }
        while underWay < GatewayCore.mostUnderWay, let station = waiting.next() {
            guard let known = stations[station] else { continue }
            guard isDue(station, at: now) else {
                later.append(station)
                continue
            }
            stations[station]?.isWaiting = false
            guard known.told != known.report else { continue }
            stations[station]?.told = known.report
            stations[station]?.toldAt = now
            var said = known.report
            said.epoch = epoch
            underWay += 1
            lastReceipt &+= 1
            actions.append(.publish(.station(.report(said)), receipt: lastReceipt))
        }
    }

    private func isDue(_ station: ChargePointID, at now: Instant) -> Bool {
        guard let known = stations[station], let toldAt = known.toldAt else { return true }
        // Known from an answer to the operator, whose next wish may depend on it.
        if known.told?.listPage != known.report.listPage { return true }
        return now - toldAt >= GatewayCore.stationInterval
    }

    // MARK: Commands

    /// The most commands that are remembered, so that none is carried out twice (P12).
    private static let mostDone = 256

    /// Takes a command of the Central that is believed (P6), for a station of this gateway.
    mutating func take(_ command: StationCommand, at now: Instant) {
        guard command.gateway == gateway, link != nil, !isStopping, central.hear(command.epoch, .live, at: now).isCurrent else { return }
        guard stations[command.station] != nil else {
            return say(
                StationReply(
                    epoch: 0, gateway: gateway, station: command.station, id: command.id, outcome: .notConnected, isDone: false,
                    words: "the gateway knows no station \(command.station)"))
        }
        if case .tail = command.wish { return lease(command.station, at: now) }
        guard !done.contains(command.id) else { return }
        done.append(command.id)
        if done.count > GatewayCore.mostDone { done.removeFirst() }
        actions.append(.carryOut(command))
    }

    private mutating func lease(_ station: ChargePointID, at now: Instant) {
        let isNew = leases[station] == nil
        guard !isNew || leases.count < GatewayCore.mostLeases else { return }
        leases[station, default: Lease(until: now)].until = now + GatewayCore.leaseTime
        if isNew { actions.append(.listen(Set(leases.keys))) }
    }

    private mutating func say(_ reply: StationReply) {
        guard let link else { return }
        var reply = reply
        reply.epoch = link
        reply.gateway = gateway
        actions.append(.publish(.station(.reply(reply)), receipt: nil))
    }

    /// Tells of a frame, while somebody reads along. Of a station that is mad it tells only how many more there were.
    private mutating func say(_ frame: StationFrame, at now: Instant) {
        guard let link, leases[frame.station] != nil else { return }
        guard leases[frame.station]?.allowance.take(at: now) == true else {
            leases[frame.station]?.missed &+= 1
            return
        }
        var frame = frame
        frame.epoch = link
        frame.gateway = gateway
        frame.missed = leases[frame.station]?.missed ?? 0
        leases[frame.station]?.missed = 0
        actions.append(.publish(.station(.frame(frame)), receipt: nil))
    }
}
