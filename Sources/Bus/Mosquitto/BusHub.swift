internal import EventLoop

/// What the clients of one loop share: the pace of connecting, the look-up of names, the second's beat and the notice of stalls.
final class BusHub {
    let pacer: ConnectPacer
    let resolver: NameResolver
    private let loop: EventLoop
    private var connections: [ObjectIdentifier: WeakConnection] = [:]
    private var beat: TimerToken?
    private var stalls: StallToken?

    private struct WeakConnection { weak var connection: MosquittoConnection? }

    private init(_ loop: EventLoop) {
        self.loop = loop
        pacer = ConnectPacer(loop: loop)
        resolver = NameResolver.of(loop)
    }

    static func of(_ loop: EventLoop) -> BusHub {
        loop.sharedInstance(of: BusHub.self) {
            Library.start()
            let hub = BusHub(loop)
            hub.stalls = loop.observeStalls { [weak hub] in hub?.stalled($0) }
            return hub
        }
    }

    func add(_ connection: MosquittoConnection) {
        connections[ObjectIdentifier(connection)] = WeakConnection(connection: connection)
        if beat == nil { scheduleBeat() }
    }

    func remove(_ connection: MosquittoConnection) { connections[ObjectIdentifier(connection)] = nil }

    private func scheduleBeat() {
        beat = loop.schedule(after: .seconds(1)) { [weak self] in
            guard let self else { return }
            beat = nil
            for entry in Array(connections.values) { entry.connection?.beat() }
            if !connections.isEmpty { scheduleBeat() }
        }
    }

    private func stalled(_ duration: Duration) { for entry in Array(connections.values) { entry.connection?.transport?.stalled(duration) } }
}
