internal import EventLoop

/// The connections to the health ports of a process that have not asked yet. There is room for some, and the oldest makes room for the next: whoever holds
/// connections and asks nothing costs nobody an answer, and the process none of the descriptors that its work takes. Bound to its loop.
final class HealthRoom {
    /// The largest number that wait, beside one for each port: as many monitors as there are points may ask at the same moment.
    static let places = 64
    /// For a whole request to come.
    static let patience = Duration.seconds(5)

    private struct Guest {
        let connection: TCPConnection
        let host: ObjectIdentifier
        let until: LoopTime
    }

    private let loop: EventLoop
    private var guests = WaitingLine<Guest>()
    private let reserve = DescriptorReserve()
    private var ports = 0
    private var timer: TimerToken?

    private init(loop: EventLoop) { self.loop = loop }

    /// The one that all ports of a loop share.
    static func of(_ loop: EventLoop) -> HealthRoom { loop.sharedInstance(of: HealthRoom.self) { HealthRoom(loop: loop) } }

    var count: Int { guests.count }

    func addPort() { ports += 1 }

    /// Closes all who wait at this port.
    func removePort(of host: HealthResponder) {
        ports -= 1
        for (ticket, guest) in guests.all where guest.host == ObjectIdentifier(host) { close(ticket, guest) }
    }

    func enter(_ connection: TCPConnection, of host: HealthResponder) -> WaitingTicket {
        let until = EventLoop.now() + HealthRoom.patience
        let ticket = guests.add(Guest(connection: connection, host: ObjectIdentifier(host), until: until))
        while guests.count > HealthRoom.places + ports { dismissOldest() }
        if timer == nil { wake(at: until) }
        return ticket
    }

    func leave(_ ticket: WaitingTicket) {
        guests.remove(ticket)
        reserve.restore()
    }

    /// For a connection that waits to be accepted when there is no descriptor left. False when nothing can be given up for it.
    func makeRoom() -> Bool {
        guard guests.count > 0 else { return reserve.spend() }
        dismissOldest()
        return true
    }

    private func dismissOldest() {
        guard let (ticket, guest) = guests.oldest() else { return }
        // It may have asked and not been heard yet.
        guest.connection.readNow()
        if guests.contains(ticket) { close(ticket, guest) }
    }

    private func close(_ ticket: WaitingTicket, _ guest: Guest) {
        guest.connection.close()
        leave(ticket)
    }

    /// All have the same time: the oldest is over first.
    private func wake(at time: LoopTime) {
        timer = loop.schedule(at: time) { [weak self] in self?.dismissLate() }
    }

    private func dismissLate() {
        timer = nil
        let now = EventLoop.now()
        while let (ticket, guest) = guests.oldest() {
            guard guest.until <= now else { return wake(at: guest.until) }
            close(ticket, guest)
        }
    }
}
