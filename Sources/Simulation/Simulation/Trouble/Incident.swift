internal import ChargingModel

/// An incident: something that goes wrong, and is over after a while.
struct Incident: Hashable, Sendable {
    enum BrokerMemory: Hashable, Sendable {
        /// The broker's file has what the broker knew when it died.
        case current
        /// The broker's file is some seconds old.
        case old
        /// The broker's file is gone.
        case none
    }

    enum Kind: Hashable, Sendable {
        /// A process is killed (kill -9), at once or in the middle of what it does next.
        case kill(Int, inTheMiddle: Int?)
        /// A process is stopped by SIGTERM.
        case stop(Int)
        /// A machine loses its power: what was not synced is gone, and nobody closes its connection.
        case powerCut(Int)
        /// Engine and monitor of one point are killed at once (F5).
        case killPoint(Int)
        /// A process gets SIGSTOP, and SIGCONT at the end.
        case hang(Int)
        /// The network between a client and the broker lets nothing through, or only one way.
        case cut(Int, up: Bool, down: Bool)
        /// Every connection breaks at once.
        case storm
        /// Everything from and to a client is late by as much.
        case lag(Int, Duration)
        /// The broker loses a part of a client's QoS 0 messages, in parts per thousand.
        case loss(Int, Int)
        /// The broker delivers a part of all QoS 1 messages twice, in parts per thousand.
        case doubling(Int)
        /// Somebody repeats a part of all messages cut short, in parts per thousand: nobody can read them.
        case garbage(Int)
        /// Somebody says on the topics of others what none of them could have said, with so much time between two words.
        case stranger(pause: Duration)
        case brokerKilled(BrokerMemory)
        /// The broker gets SIGTERM: it publishes every will first, and keeps them.
        case brokerStopped(BrokerMemory)
        /// A copy of a client runs, on another machine.
        case copy(Int)
        case diskFull(Int)
        /// Every write takes as long.
        case diskSlow(Int, Duration)
        /// A data directory is lost.
        case diskLost(Int)
        /// A part of the ledger's commits and reads fails, in parts per thousand.
        case ledgerFails(Int)
        case ledgerSlow(Duration)
        /// A Central can't reach the ledger's server.
        case ledgerCut(Int)
        /// A machine's wall clock jumps by milliseconds.
        case clockJump(Int, Int64)
        /// The hardware of a point reports a fault.
        case hardware(Int)
        /// The operator takes a point out of order.
        case outOfOrder(Int)
        /// The operator stops what charges at a point.
        case stopSession(Int)
        /// Engine and monitor of one point are gone, and the operator removes it; at the end they come back.
        case removal(Int)
        /// A monitor can't reach its engine.
        case blind(Int)
        /// The network of a station, by the engine of its first connector, is gone.
        case stationAway(Int)
        /// A station loses its power, and is back at once.
        case stationRestarts(Int)
        /// A station's connection to its gateway breaks; where it does so silently, both ends notice late.
        case socketBreaks(Int, silently: Bool)
        /// The name of a driver or a point is taken away, and given again at the end; where the broker asks for names its clients are thrown out.
        case revoked(Int, thrownOut: Bool)
        /// The operator blocks the card of a driver, and unblocks it at the end.
        case cardBlocked(Int)
    }

    /// The number in the plan.
    var number: Int
    var at: Instant
    var lasts: Duration
    var kind: Kind

    /// The incident in words; names are by the index of the process.
    func text(_ name: (Int) -> String) -> String {
        let time = "for \(Incident.seconds(lasts))"
        return switch kind {
        case .kill(let who, nil): "\(name(who)) is killed, away \(time)"
        case .kill(let who, let steps?): "\(name(who)) is killed in the middle of something, \(steps) actions from now, away \(time)"
        case .stop(let who): "\(name(who)) is stopped, away \(time)"
        case .powerCut(let who): "\(name(who)) loses its power \(time)"
        case .killPoint(let who): "\(name(who)) and its monitor are killed, away \(time)"
        case .hang(let who): "\(name(who)) hangs \(time)"
        case .cut(let who, true, true): "the network of \(name(who)) is cut \(time)"
        case .cut(let who, true, false): "nothing from \(name(who)) reaches the broker \(time)"
        case .cut(let who, false, _): "nothing from the broker reaches \(name(who)) \(time)"
        case .storm: "every connection breaks"
        case .lag(let who, let lag): "everything from and to \(name(who)) is late by \(Incident.seconds(lag)) \(time)"
        case .loss(let who, let share): "\(share) ‰ of the QoS 0 messages of \(name(who)) are lost \(time)"
        case .doubling(let share): "\(share) ‰ of all QoS 1 messages come twice \(time)"
        case .garbage(let share): "\(share) ‰ of all messages are repeated by somebody, cut short, \(time)"
        case .stranger(let pause): "a stranger says what nobody could have said, every \(Incident.seconds(pause)), \(time)"
        case .brokerKilled(let memory): "the broker is killed, away \(time)\(memory.text)"
        case .brokerStopped(let memory): "the broker is stopped, away \(time)\(memory.text)"
        case .copy(let who): "a second \(name(who)) is started \(time)"
        case .diskFull(let who): "the disk of \(name(who)) is full \(time)"
        case .diskSlow(let who, let delay): "the disk of \(name(who)) needs \(Incident.seconds(delay)) for everything \(time)"
        case .diskLost(let who): "\(name(who)) loses its data directory"
        case .ledgerFails(let share): "\(share) ‰ of what is asked of the ledger fails \(time)"
        case .ledgerSlow(let delay): "the ledger needs \(Incident.seconds(delay)) for everything \(time)"
        case .ledgerCut(let who): "\(name(who)) can't reach the ledger's server \(time)"
        case .clockJump(let who, let by): "the clock of \(name(who)) jumps by \(by) ms"
        case .hardware(let who): "the hardware of \(name(who)) reports a fault \(time)"
        case .outOfOrder(let who): "the operator takes \(name(who)) out of order \(time)"
        case .stopSession(let who): "the operator stops the session at \(name(who))"
        case .removal(let who): "\(name(who)) and its monitor are killed, and the operator removes the point; away \(time)"
        case .blind(let who): "\(name(who)) can't reach its engine \(time)"
        case .stationAway(let who): "the station of \(name(who)) has no network \(time)"
        case .stationRestarts(let who): "the station of \(name(who)) restarts"
        case .socketBreaks(let who, let silently): "the WebSocket of the station of \(name(who)) breaks\(silently ? " silently" : "")"
        case .revoked(let who, let thrownOut): "the name of \(name(who)) is taken away\(thrownOut ? ", also at the broker," : "") \(time)"
        case .cardBlocked(let who): "the card of \(name(who)) is blocked \(time)"
        }
    }

    static func seconds(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        return "\(milliseconds / 1000).\(zeroPadded(milliseconds % 1000, to: 3)) s"
    }
}

extension Incident.BrokerMemory {
    fileprivate var text: String {
        switch self {
        case .current: ""
        case .old: ", and comes back with an old file"
        case .none: ", and comes back with nothing"
        }
    }
}
