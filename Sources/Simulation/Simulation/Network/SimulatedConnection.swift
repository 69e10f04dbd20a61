internal import ChargingModel
internal import MQTT

/// A TCP connection with MQTT on it, from its client's attempt to the last of its two ends.
final class SimulatedConnection {
    let id: UInt64
    let process: SimulatedProcess
    /// The life of the process that made it.
    let life: UInt32
    /// The epoch in its will.
    var epoch: Epoch?
    /// Its number for that life.
    let number: ConnectionID
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
    @exclusivity(unchecked) var random: SplitMix

    init(id: UInt64, process: SimulatedProcess, number: ConnectionID, random: SplitMix) {
        self.id = id
        self.process = process
        life = process.life
        self.number = number
        self.random = random
    }

    /// True when the life of the process that made it goes on without it.
    func isLeft(by process: SimulatedProcess) -> Bool { !isOpenAtClient && process.isAlive && process.life == life }

    /// Mostly a fraction of a millisecond, now and then much more, as on a busy machine.
    /// - Returns: nanoseconds.
    func latency(_ trouble: Scenario.Trouble) -> Int64 {
        let drawn = random.next()
        if trouble != .none, drawn % 64 == 0 { return Int64(drawn >> 32) % 300_000_000 }
        return 50_000 + Int64(drawn >> 32) % 1_000_000
    }
}
