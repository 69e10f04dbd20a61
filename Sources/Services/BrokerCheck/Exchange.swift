internal import EventLoop
internal import MQTT
internal import RawMQTT

/// The exchange of one check: its clients, its topics, and what was said. Of one thread.
final class Exchange {
    let settings: CheckSettings
    /// The id of the rule.
    let rule: String
    /// In front of every topic of this exchange.
    let folder: String
    private(set) var transcript = Transcript()
    private var guests: [Guest] = []
    private var kept: Set<String> = []
    private var lastFence = 0

    init(_ settings: CheckSettings, _ rule: String) {
        self.settings = settings
        self.rule = rule
        folder = "\(settings.prefix)/\(rule)"
    }

    /// The topic, or filter, of this name.
    func topic(_ name: String) -> String { "\(folder)/\(name)" }

    /// The name of a topic, for people.
    func name(of topic: String) -> String { topic.hasPrefix(folder + "/") ? String(topic.dropFirst(folder.utf8.count + 1)) : topic }

    /// Begins anew: the words so far show nothing, and are not told.
    func beginAnew() { transcript = Transcript() }

    func note(_ kind: String, _ line: String) { transcript.note(kind, line) }

    /// Connects a client, as P8 wants it: Clean Start, Session Expiry 0.
    /// - Parameter adjust: makes the CONNECT another one.
    func guest(_ name: String, _ adjust: (inout RawConnect) -> Void = { _ in }) throws -> Guest {
        let (guest, answer) = try connect(name, adjust)
        guard answer.reason == 0 else { throw CheckEnd.refused("CONNACK for \(name)", answer.reason) }
        return guest
    }

    /// Connects a client, which the broker may refuse.
    func connect(_ name: String, _ adjust: (inout RawConnect) -> Void = { _ in }) throws -> (guest: Guest, answer: RawAnswer) {
        var connect = RawConnect(settings.clientID(of: "\(rule)-\(name)"))
        connect.user = settings.address.credentials?.user
        connect.password = settings.address.credentials?.password
        adjust(&connect)
        if let will = connect.will, will.retain { kept.insert(will.topic) }
        let raw: RawClient
        do throws(RawFailure) {
            raw = try RawClient(to: settings.address, patience: settings.patience, interruption: settings.interruption)
        } catch {
            throw error.kind == .interrupted ? error : CheckEnd.notTried("\(error)")
        }
        let guest = Guest(name, raw, self)
        let answer = try guest.connect(connect)
        guests.append(guest)
        return (guest, answer)
    }

    /// A retained message was sent to this topic.
    func keeps(_ topic: String) { kept.insert(topic) }

    /// A text that no other message has.
    func fence() -> String {
        lastFence += 1
        return "fence \(lastFence)"
    }

    func require(_ isSo: Bool, _ otherwise: @autoclosure () -> String) throws {
        if !isSo { throw CheckEnd.breaks(otherwise()) }
    }

    /// Time goes by, as it must for what is about time; nobody reads meanwhile.
    func pass(_ time: Duration) throws {
        note("time", "… \(time.components.seconds) s go by")
        guard let interruption = settings.interruption else { return try Interruption().wait(time) }
        try interruption.wait(time)
    }

    /// Says goodbye for everybody, so that no will comes, and deletes what the broker keeps of this exchange.
    /// - Returns: the topics that may still be kept.
    func finish() -> Set<String> {
        for guest in guests { guest.leave() }
        guests = []
        guard !kept.isEmpty else { return [] }
        do {
            try Tidying.delete(kept, settings)
            kept = []
        } catch {}
        return kept
    }
}
