/// The order of an engine's actions: what follows an entry waits until the journal has it, and what was meant for a connection that is gone meanwhile
/// is dropped, since the next birth says it anew (S3, P9).
public struct JournalGate: Sendable {
    /// A step that may be taken now.
    public enum Step: Hashable, Sendable {
        /// Write these entries in one commit, then call `written`.
        case write([EngineEntry])
        case perform(EngineCore.Action)
    }

    private struct Held: Sendable {
        var action: EngineCore.Action
        var connection: UInt64
    }

    private var held: [Held] = []
    private var isWriting = false

    public init() {}

    /// True while nothing is held and nothing is being written.
    public var isIdle: Bool { held.isEmpty && !isWriting }

    /// Takes the actions that the core wants, on the current connection; returns the steps that may be taken at once.
    public mutating func admit(_ actions: [EngineCore.Action], connection: UInt64) -> [Step] {
        for action in actions { held.append(Held(action: action, connection: connection)) }
        return release(connection: connection)
    }

    /// Notes that the entries handed out last are on disk; returns the steps that may be taken now.
    public mutating func written(connection: UInt64) -> [Step] {
        isWriting = false
        return release(connection: connection)
    }

    private mutating func release(connection: UInt64) -> [Step] {
        guard !isWriting, !held.isEmpty else { return [] }
        var steps: [Step] = []
        var entries: [EngineEntry] = []
        var taken = 0
        for next in held {
            if case .journal(let entry) = next.action {
                entries.append(entry)
            } else if !entries.isEmpty {
                break
            } else if case .publish = next.action, next.connection != connection {
                // Said to a connection that is gone.
            } else {
                steps.append(.perform(next.action))
            }
            taken += 1
        }
        held.removeFirst(taken)
        if !entries.isEmpty {
            isWriting = true
            steps.append(.write(entries))
        }
        return steps
    }
}
