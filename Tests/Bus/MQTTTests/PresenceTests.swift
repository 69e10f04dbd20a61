import ChargingModel
import MQTT
import Testing

/// A script of events and the actions that each must cause.
struct Script: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var identity: Presence.Identity? = Presence.Identity(topic: "own")
    var lastEpoch: UInt64 = 0
    let steps: [(Presence.Event, [Presence.Action])]

    init(
        _ name: String, lastEpoch: UInt64 = 0, identity: Presence.Identity? = Presence.Identity(topic: "own"),
        _ steps: [(Presence.Event, [Presence.Action])]
    ) {
        testDescription = name
        self.lastEpoch = lastEpoch
        self.identity = identity
        self.steps = steps
    }
}

private let groups: [[Subscription]] = [[Subscription("own")], [Subscription("listen", .atMostOnce)]]

/// From nothing to CONNECT and CONNACK with this epoch.
private func connect(_ epoch: UInt64, wall: UInt64? = nil) -> [(Presence.Event, [Presence.Action])] {
    [
        (.attempt(wallMilliseconds: wall ?? epoch), [.persist(epoch: epoch)]), (.persisted(epoch: epoch), [.connect(epoch: epoch)]),
        (.connected, [.subscribe(groups)]),
    ]
}

private func fenced(_ second: Int64 = 0) -> Presence.Event { .fenced(at: Instant(nanoseconds: second * 1_000_000_000)) }

/// Until it is thrown out, and has found in its next handshake that somebody connected meanwhile.
private let thrownOutOnce = online(100) + [(.connectionLost, [])] + connect(300) + [(.ownTopic(epoch: 200, retained: true), [])]

private func online(_ epoch: UInt64, wall: UInt64? = nil, retained: UInt64? = nil) -> [(Presence.Event, [Presence.Action])] {
    connect(epoch, wall: wall) + (retained.map { [(.ownTopic(epoch: $0, retained: true), [])] } ?? []) + [(fenced(), [.online(epoch: epoch)])]
}

@Suite struct PresenceTests {
    static let scripts: [Script] = [
        Script("P8: persisted, connected, subscribed, fenced, online", online(100)),
        Script("P6: the next epoch is above the last, whatever the clock says", lastEpoch: 500, online(501, wall: 100)),
        Script("P6: each connection has a higher epoch", online(100) + [(.connectionLost, [])] + online(101, wall: 100)),
        Script("P6: a failed attempt uses its epoch up", connect(100).dropLast() + [(.unreachable, [])] + online(101, wall: 100)),
        Script(
            "P6: an epoch that is not the one asked for is not persisted",
            [
                (.attempt(wallMilliseconds: 5), [.persist(epoch: 5)]), (.persisted(epoch: 4), []), (.persisted(epoch: 5), [.connect(epoch: 5)]),
                (.persisted(epoch: 5), []),
            ]), Script("P6: a clock beyond reason is not believed", lastEpoch: 7, [(.attempt(wallMilliseconds: .max), [.persist(epoch: 8)])]),
        Script("P9: when no epoch is left above, they begin anew, by the clock", lastEpoch: Presence.maximumEpoch, online(5)),
        Script(
            "P9: or at the first, when the clock says nothing", lastEpoch: Presence.maximumEpoch,
            [(.attempt(wallMilliseconds: .max), [.persist(epoch: 1)])]),
        Script("P9: an older retained epoch is our own past", online(100, retained: 99)),
        Script(
            "P9: no retained message, or one without an epoch, is no obstacle",
            connect(100) + [(.ownTopic(epoch: nil, retained: true), []), (fenced(), [.online(epoch: 100)])]),
        Script(
            "P9: clock gone back: a retained epoch not below the own one",
            connect(100) + [(.ownTopic(epoch: 100, retained: true), []), (fenced(), [.reconnect(seen: 100)])] + online(101, wall: 50)),
        Script(
            "P9: clock gone back far, and the later connections of that run are no takeover",
            connect(100) + [(.ownTopic(epoch: 9000, retained: true), []), (fenced(), [.reconnect(seen: 9000)])]
                + online(9001, wall: 101, retained: 9000) + [(.connectionLost, [])] + online(9002, wall: 102, retained: 9001)),
        Script(
            "P9: clock gone back, and the connection breaks before the second look",
            connect(100) + [(.ownTopic(epoch: 9000, retained: true), []), (fenced(), [.reconnect(seen: 9000)])] + connect(9001, wall: 1) + [
                (.connectionLost, [])
            ] + online(9002, wall: 1, retained: 9001)),
        Script(
            "P9: a retained epoch that leaves no room, or too far above to be ours: stay, and contest it",
            connect(100) + [
                (.ownTopic(epoch: Presence.maximumEpoch, retained: true), []), (fenced(), [.online(epoch: 100), .contest]),
                (.believed(epoch: Presence.maximumEpoch), [.contest]), (.believed(epoch: 100), [.believed]),
            ]),
        Script(
            "P9: 70 years above is a clock that went back",
            connect(100) + [(.ownTopic(epoch: 99 + Presence.room, retained: true), []), (fenced(), [.reconnect(seen: 99 + Presence.room)])]),
        Script(
            "P9: and more is not",
            connect(100) + [(.ownTopic(epoch: 100 + Presence.room, retained: true), []), (fenced(), [.online(epoch: 100), .contest])]),
        Script(
            "P9: a later connection finds a copy's epoch, below its current one: once may be anything, twice within 10 s is a copy",
            thrownOutOnce + [
                (fenced(1), [.online(epoch: 300)]), (.connectionLost, []),
            ] + connect(500) + [
                (.ownTopic(epoch: 400, retained: true), []), (fenced(10), [.takenOver(epoch: 400)]), (.attempt(wallMilliseconds: 600), []),
            ]),
        Script(
            "P9: what others claim beyond all reason hides no copy that is at work",
            thrownOutOnce + [
                (fenced(1), [.online(epoch: 300)]), (.connectionLost, []),
            ] + connect(500) + [
                (.believed(epoch: Presence.maximumEpoch), []), (.ownTopic(epoch: 400, retained: true), []),
                (.believed(epoch: 500 + Presence.room), []), (fenced(10), [.takenOver(epoch: 400)]),
            ]),
        Script(
            "P9: twice within a longer time is none",
            thrownOutOnce + [
                (fenced(1), [.online(epoch: 300)]), (.connectionLost, []),
            ] + connect(500) + [(.ownTopic(epoch: 400, retained: true), []), (fenced(11), [.online(epoch: 500)])]),
        Script(
            "P9: who was not thrown out meanwhile, but left by himself, is none",
            thrownOutOnce + [(fenced(1), [.online(epoch: 300)]), (.ownTopic(epoch: 300, isAhead: true, retained: false), [.overtaken])]
                + [(.renew, [.reconnect(seen: 300)])] + connect(301, wall: 1) + [
                    (.ownTopic(epoch: 400, retained: true), []), (fenced(2), [.online(epoch: 301), .contest]),
                ]),
        Script(
            "P9: a later connection finds an epoch above its own: above that, and when that is not enough, contest it",
            online(100) + [(.connectionLost, [])] + connect(300) + [(.ownTopic(epoch: 400, retained: true), []), (fenced(), [.reconnect(seen: 400)])]
                + connect(401, wall: 1) + [(.ownTopic(epoch: 500, retained: true), []), (fenced(), [.online(epoch: 401), .contest])]),
        Script(
            "P9: or, when it leaves no room, contest it",
            online(100) + [(.connectionLost, [])] + connect(300) + [
                (.ownTopic(epoch: Presence.maximumEpoch, retained: true), []), (fenced(), [.online(epoch: 300), .contest]),
            ]),
        Script("P9: a later connection finds its own will", online(100) + [(.connectionLost, [])] + online(300, retained: 100)),
        Script(
            "P9: a later connection finds the will of an attempt that broke in the handshake",
            online(100) + [(.connectionLost, [])] + connect(300) + [(.connectionLost, [])] + online(400, retained: 300)),
        Script(
            "P9: an attempt that never reached the broker does not hide a copy",
            thrownOutOnce + [(fenced(), [.online(epoch: 300)]), (.connectionLost, [])] + connect(500).dropLast() + [(.unreachable, [])] + connect(600)
                + [
                    (.ownTopic(epoch: 400, retained: true), []), (fenced(), [.takenOver(epoch: 400)]),
                ]),
        Script(
            "P9: online, what is not our echo is overwritten again, also under our epoch; with a number that we have not given yet, by a new epoch",
            online(100) + [
                (.ownTopic(epoch: 100, retained: false), [.restore]), (.ownTopic(epoch: 99, retained: false), [.restore]),
                (.ownTopic(epoch: 100, isAhead: true, retained: false), [.overtaken]),
                (.ownTopic(epoch: nil, retained: false), [.restore]),
            ]),
        Script(
            "P9: online, a late retained delivery is no overwriting",
            online(100) + [(.ownTopic(epoch: 99, retained: true), []), (.ownTopic(epoch: 101, retained: true), [])]),
        Script(
            "P9: online, a higher epoch is nobody's: the broker lets one client of an id be connected",
            online(100) + [
                (.ownTopic(epoch: 150, retained: false), [.contest]), (.ownTopic(epoch: Presence.maximumEpoch, retained: false), [.contest]),
            ]),
        Script(
            "P9: believed, first connection, handshake: above it",
            connect(100) + [(.believed(epoch: 400), []), (fenced(), [.reconnect(seen: 400)])] + online(401, wall: 101)),
        Script(
            "P9: believed, first connection, online: above it, and that is no takeover",
            online(100) + [(.believed(epoch: 400), [.reconnect(seen: 400)])] + connect(401, wall: 101) + [
                (.ownTopic(epoch: 100, retained: true), []), (.believed(epoch: 400), []), (fenced(), [.online(epoch: 401)]),
            ]), Script("P9: believed, at or below the own epoch", online(100) + [(.believed(epoch: 100), [.believed]), (.believed(epoch: 3), [])]),
        Script(
            "P9: believed, later connection, handshake: taken over, the second time",
            thrownOutOnce + [(fenced(), [.online(epoch: 300)]), (.connectionLost, [])] + connect(500) + [
                (.believed(epoch: 400), []), (fenced(), [.takenOver(epoch: 400)]),
            ]),
        Script(
            "P9: believed, later connection, online: what is above us is contested, what is below is our past or of a copy that gave way",
            online(100) + [(.connectionLost, [])] + online(300) + [(.believed(epoch: 200), []), (.believed(epoch: 400), [.contest])]),
        Script(
            "P10: stop waits for PUBACKs",
            online(100) + [(.stop, [.drain]), (.ownTopic(epoch: 1, retained: false), []), (.drained, [.end]), (.drained, [])]),
        Script("P10: stop waits no longer than the owner's patience", online(100) + [(.stop, [.drain]), (.stop, []), (.timeUp, [.end])]),
        Script(
            "P10: a connection that breaks in the stop ends it",
            online(100) + [(.stop, [.drain]), (.connectionLost, [.end]), (.attempt(wallMilliseconds: 200), [])]),
        Script("P10: stop before the start, while connecting and in the handshake", [(.stop, [.end]), (.attempt(wallMilliseconds: 1), [])]),
        Script("P10: stop in the handshake", connect(100) + [(.stop, [.end]), (fenced(), [])]),
        Script(
            "Drivers have no epochs to keep", identity: nil,
            [
                (.attempt(wallMilliseconds: 9), [.connect(epoch: 9)]), (.connected, [.subscribe([[Subscription("listen", .atMostOnce)]])]),
                (fenced(), [.online(epoch: 9)]), (.connectionLost, []), (.attempt(wallMilliseconds: 9), [.connect(epoch: 10)]),
            ]),
        Script(
            "What does not fit changes nothing",
            [
                (.connected, []), (fenced(), []), (.drained, []), (.timeUp, []), (.unreachable, []), (.connectionLost, []),
                (.believed(epoch: 5), []),
                (.ownTopic(epoch: 5, retained: true), []), (.persisted(epoch: 1), []), (.attempt(wallMilliseconds: 1), [.persist(epoch: 1)]),
                (.attempt(wallMilliseconds: 2), []),
            ]),
    ]

    @Test("Events and actions", arguments: scripts) func script(_ script: Script) {
        var presence = Presence(identity: script.identity, subscriptions: [Subscription("listen", .atMostOnce)], lastEpoch: script.lastEpoch)
        for (number, (event, expected)) in script.steps.enumerated() { #expect(presence.handle(event) == expected, "step \(number): \(event)") }
    }

    @Test("P9: beliefs are read with the own topic, before the fence; without other subscriptions the fence is a topic that nobody uses")
    func subscriptions() {
        var presence = Presence(identity: .init(topic: "own", beliefTopics: ["believed"]), subscriptions: [Subscription("own")])
        _ = presence.handle(.attempt(wallMilliseconds: 1))
        _ = presence.handle(.persisted(epoch: 1))
        #expect(presence.handle(.connected) == [.subscribe([[Subscription("own"), Subscription("believed")], [Subscription("own/fence")]])])
        var silent = Presence(identity: nil, subscriptions: [])
        _ = silent.handle(.attempt(wallMilliseconds: 1))
        #expect(silent.handle(.connected) == [.online(epoch: 1)])
        #expect(silent.isOnline)
    }

    @Test("P6, P9: under any events epochs rise, nothing follows the end, and online comes only after CONNACK and fence", arguments: 0..<50)
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func die(_ sides: UInt64) -> UInt64 { random.next() % sides }
        var presence = Presence(identity: .init(topic: "own"), subscriptions: [])
        var (highest, hasEnded, isFenced, persisted): (UInt64, Bool, Bool, UInt64?) = (0, false, false, nil)
        for second in 0..<Int64(2000) {
            let events: [Presence.Event] = [
                .attempt(wallMilliseconds: die(5000)), .persisted(epoch: persisted ?? 0), .connected, fenced(second),
                .ownTopic(epoch: die(5000), retained: die(2) == 0), .ownTopic(epoch: nil, retained: false), .believed(epoch: die(5000)), .unreachable,
                .connectionLost, .attempt(wallMilliseconds: 0), .persisted(epoch: persisted ?? 0),
                die(60) == 0 ? .stop : fenced(second),
            ]
            let event = events[Int(die(UInt64(events.count)))]
            for action in presence.handle(event) {
                #expect(!hasEnded)
                switch action {
                case .persist(let epoch):
                    #expect(epoch > highest)
                    highest = epoch
                    persisted = epoch
                    isFenced = false
                case .connect(let epoch): #expect(epoch == highest && persisted == epoch)
                case .subscribe: isFenced = true
                case .online(let epoch): #expect(epoch == highest && isFenced)
                case .restore, .contest, .believed, .overtaken, .reconnect, .drain: break
                case .takenOver, .end: hasEnded = true
                }
            }
            if case .connected = event {} else if case .connectionLost = event { isFenced = false }
        }
    }
}
