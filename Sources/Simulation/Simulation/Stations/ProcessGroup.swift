/// Parties that run in one process: they live, hang and die together. Belongs to its world.
final class ProcessGroup {
    let members: [SimulatedProcess]
    /// The one on whose disk the process keeps what is nobody's alone.
    var leader: SimulatedProcess { members[0] }
    /// Called when all of them have started, and when the last has died.
    var started: (World) -> Void = { _ in }
    var died: (World) -> Void = { _ in }
    /// Called when they are about to stop.
    var stops: (World) -> Void = { _ in }

    init(_ members: [SimulatedProcess]) { self.members = members }

    var isWanted: Bool { members.allSatisfy { $0.absences == 0 } }
    var isAlive: Bool { members.contains { $0.isAlive } }
}
