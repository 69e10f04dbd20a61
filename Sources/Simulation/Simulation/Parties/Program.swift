internal import ChargingModel
internal import Runtime

/// A program of the network: a party's runtime as the real programs have it, with the far ends of its ports that are its kind's alone.
protocol Program: AnyObject {
    /// The computer's process that it runs as.
    var process: SimulatedProcess { get }
    /// Reads its disk and makes its runtime; `false` when it could not start.
    func wakeUp(seed: UInt64, in world: World) -> Bool
    /// Tells the runtime what every party hears, and carries out what comes of it.
    func feed(_ input: PartyInput, in world: World)
    /// The runtime goes with the life.
    func forget(in world: World)
    /// Its end of the connection is gone.
    func disconnected(in world: World)
    var deadline: Instant? { get }
    var isOnline: Bool { get }
}

extension Program {
    var index: Int { process.index }
    var name: String { process.name }
    var clientID: String { process.clientID }
    var isCopy: Bool { process.isCopy }
    var isAlive: Bool { process.isAlive }
    var isHung: Bool { process.isHung }
    var isAbsent: Bool { process.isAbsent }
    var isWanted: Bool { process.isWanted }
    var life: UInt32 { process.life }

    func disconnected(in world: World) {}
}
