internal import ChargingModel
internal import MQTT

/// A TCP connection with MQTT on it, from its client's attempt to the last of its two ends.
final class Connection {
    let id: UInt64
    unowned(unsafe) let process: Process
    let epoch: Epoch
    @exclusivity(unchecked) var up = Lane<Upward>()
    @exclusivity(unchecked) var down = Lane<Downward>()
    /// The client still has its end.
    var isOpenAtClient = true
    /// The broker took it and still has its end.
    var isOpenAtBroker = false
    /// Its client's machine is gone: nothing is heard of it any more.
    var isVanished = false
    /// The broker, not being a single one, will be late with it.
    var lateWill: MQTTBroker<Parcel>.Message?
    /// The client was told that it is accepted.
    var isEstablished = false
    /// The broker was told that the socket takes no more.
    var isFull = false
    /// Deliveries whose receipts can't get through.
    @exclusivity(unchecked) var unsentReceipts: [UInt64] = []
    /// What the client published and has no receipt for: its own numbers, by token.
    @exclusivity(unchecked) var outstanding: [UInt64: UInt64?] = [:]
    var lastToken: UInt64 = 0
    /// The token of the last SUBSCRIBE of the handshake.
    var fence: UInt64?
    @exclusivity(unchecked) var random: SplitMix

    init(id: UInt64, process: Process, epoch: Epoch, random: SplitMix) {
        self.id = id
        self.process = process
        self.epoch = epoch
        self.random = random
    }

    /// Mostly a fraction of a millisecond, now and then much more, as on a busy machine.
    /// - Returns: nanoseconds.
    func latency(_ trouble: Scenario.Trouble) -> Int64 {
        let drawn = random.next()
        if trouble != .none, drawn % 64 == 0 { return Int64(drawn >> 32) % 300_000_000 }
        return 50_000 + Int64(drawn >> 32) % 1_000_000
    }
}
