internal import ChargingModel
internal import ChargingProtocol

extension World {
    /// Something dies, hangs or loses its connection, and comes back after a while.
    mutating func makeTrouble() {
        guard !troubleIsOver, let every = settings.troubleEvery else { return }
        schedule(.trouble, after: random.duration(below: every * 2))
        let ids = nodes.keys.sorted()
        let id = ids[Int.random(in: 0..<ids.count, using: &random)]
        switch Int.random(in: 0..<12, using: &random) {
        case 0...5:
            kill(id)
            schedule(.start(id), after: random.duration(below: .seconds(6)))
        case 6:
            if case .engine(let cp) = id {
                // Both sides of a point at once (F5), at times for longer than a session may wait.
                kill(id)
                kill(.monitor(cp))
                let away: Duration = Bool.random(using: &random) ? .seconds(90) : .seconds(5)
                schedule(.start(id), after: random.duration(below: away))
                schedule(.start(.monitor(cp)), after: random.duration(below: away))
            }
        case 7, 8: hang(id, for: random.duration(below: .seconds(16)))
        case 9: cut(id)
        case 10: killBroker()
        case 11:
            kill(.central)
            schedule(.start(.central), after: random.duration(below: .seconds(20)))
        default: break
        }
    }

    /// SIGSTOP, and SIGCONT later (F3).
    private mutating func hang(_ id: Party, for duration: Duration) {
        guard let node = nodes[id], node.isAlive, !node.isHung else { return }
        nodes[id]?.isHung = true
        nodes[id]?.hungSince = clock
        if let connection = node.connection {
            schedule(.keepAliveOver(id, connection: connection), after: .seconds(7) + random.duration(below: .seconds(6)))
        }
        schedule(.resume(id), after: duration)
    }

    /// The broker gives up a client that has been silent for one and a half keepalives; mosquitto looks every 5 s (measured: 7 to 13 s).
    mutating func keepAliveOver(_ id: Party, _ connection: UInt64) {
        guard let node = nodes[id], node.isHung, broker.connections[id]?.number == connection else { return }
        deliver(broker.drop(id))
    }

    /// A process that stood still for longer than its keepalive drops its connection unread (P12).
    mutating func resume(_ id: Party) {
        guard let node = nodes[id], node.isHung else { return }
        nodes[id]?.isHung = false
        let unread = node.unread
        nodes[id]?.unread = []
        if id == .central {
            let events = pendingLedger
            pendingLedger = []
            for event in events { tell(.central, event) }
        }
        let isConnectionLost = node.connection != nil && broker.connections[id]?.number != node.connection
        if node.connection != nil, clock - node.hungSince > .seconds(5) || isConnectionLost {
            for happening in unread {
                switch happening {
                case .checked, .contactorClosed: happen(happening)
                default: break
                }
            }
            if !isConnectionLost { deliver(broker.drop(id)) }
            disconnect(id)
        } else {
            for happening in unread { happen(happening) }
        }
        nodes[id]?.tickAt.map { queue.insert(.tick(id), at: max($0, clock)) }
    }

    /// The network between a client and the broker breaks: each side finds out by itself (F9).
    private mutating func cut(_ id: Party) {
        guard let node = nodes[id], node.isAlive, !node.isHung, node.connection != nil else { return }
        deliver(broker.drop(id))
        disconnect(id)
    }

    private mutating func killBroker() {
        guard brokerIsUp else { return }
        brokerIsUp = false
        broker.die(publishingWills: Bool.random(using: &random), losingRetained: Int.random(in: 0..<3, using: &random) == 0)
        schedule(.brokerUp, after: random.duration(below: .seconds(5)))
        for id in nodes.keys.sorted() where nodes[id]?.connection != nil {
            // A hung client finds out when it goes on.
            if nodes[id]?.isHung != true { disconnect(id) }
        }
    }
}
