internal import ChargingModel
internal import Journal
internal import Runtime

/// A program around one kind of party's runtime.
protocol PartyProgram: Program {
    associatedtype Runtime: PartyRuntime

    var runtime: Runtime? { get set }
    var spare: SpareArray<PartyOutput<Runtime.Action>> { get set }
    /// The rule that is broken when its runtime can't be made.
    static var ruleToBegin: String { get }

    /// Reads its disk, and makes this life's runtime of it.
    func makeRuntime(seed: UInt64, in world: World) throws -> Runtime
    /// Its runtime has started.
    func isStarted(in world: World)
    func carryOut(_ outputs: [PartyOutput<Runtime.Action>], in world: World)
}

extension PartyProgram {
    static var ruleToBegin: String { "P9" }
    var deadline: Instant? { runtime?.deadline }
    var isOnline: Bool { runtime?.isOnline ?? false }

    func isStarted(in world: World) {}

    func wakeUp(seed: UInt64, in world: World) -> Bool {
        do {
            runtime = try makeRuntime(seed: seed, in: world)
        } catch let error as JournalError where error.isOfTheDisk {
            return false
        } catch {
            world.violate(Self.ruleToBegin, "\(name) can't begin: \(error)")
            return false
        }
        feed(.start, in: world)
        isStarted(in: world)
        return isAlive
    }

    func feed(_ input: PartyInput, in world: World) {
        feed(in: world) { runtime, outputs in runtime.handle(input, world.decoder, at: process.now(in: world), into: &outputs) }
    }

    func feed(_ event: Runtime.Event, in world: World) {
        feed(in: world) { runtime, outputs in runtime.handle(event, at: process.now(in: world), into: &outputs) }
    }

    /// Tells what only its kind is told, and then what came of that, one after the other.
    func tell(_ event: Runtime.Event, in world: World) {
        feed(event, in: world)
        process.settle(in: world)
    }

    private func feed(in world: World, _ handle: (Runtime, inout [PartyOutput<Runtime.Action>]) -> Void) {
        guard isAlive, let runtime else { return }
        var outputs = spare.take()
        handle(runtime, &outputs)
        carryOut(outputs, in: world)
        spare.give(&outputs)
    }
}
