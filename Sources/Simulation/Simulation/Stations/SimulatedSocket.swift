internal import ChargingModel

/// A WebSocket of a station, from the attempt to the last of its two ends. What is sent comes in order, or not at all.
final class SimulatedSocket {
    /// Its number at the gateway.
    let id: UInt64
    /// Its number at the station.
    let link: UInt64
    var isOpenAtStation = true
    var isOpenAtGateway = false
    /// Nothing that is sent arrives any more.
    var isBroken = false
    /// The times at which the last that was sent arrives.
    private var lastUp = Instant(nanoseconds: 0)
    private var lastDown = Instant(nanoseconds: 0)

    init(id: UInt64, link: UInt64) {
        self.id = id
        self.link = link
    }

    func arrivesAtGateway(_ at: Instant) -> Instant {
        lastUp = max(lastUp, at)
        return lastUp
    }

    func arrivesAtStation(_ at: Instant) -> Instant {
        lastDown = max(lastDown, at)
        return lastDown
    }
}

/// Something that happens around a station.
enum StationHappening {
    /// The time has come for which the station, or somebody there, waits.
    case wake
    /// The same for the gateway's process, in this life of it.
    case gatewayWake(UInt32)
    case dialled(SimulatedSocket)
    case opened(SimulatedSocket)
    case up(SimulatedSocket, [UInt8])
    case down(SimulatedSocket, [UInt8])
    case closedAtGateway(SimulatedSocket)
    case closedAtStation(SimulatedSocket)
}
