/// An action of a core, which may be an entry of its journal.
public protocol JournalledAction: Sendable {
    associatedtype Entry: Sendable
    /// The entry that it is; `nil` for all others.
    var entry: Entry? { get }
    /// True for one that is meant for a connection, and means nothing on a later one.
    var isOfConnection: Bool { get }
}

/// The order of a core's actions: what follows an entry waits until the journal has it, and what was meant for a connection that is gone meanwhile is
/// dropped, since the next birth says it anew (S3, P9).
public struct EntryGate<Action: JournalledAction>: Sendable {
    /// A step that may be taken now.
    public enum Step: Sendable {
        /// Write these entries in one commit, then call `written`.
        case write([Action.Entry])
        case perform(Action)
    }

    @usableFromInline struct Held: Sendable {
        @usableFromInline var action: Action
        @usableFromInline var connection: UInt64

        @inlinable init(action: Action, connection: UInt64) {
            self.action = action
            self.connection = connection
        }
    }

    @usableFromInline var held: [Held] = []
    @usableFromInline var isWriting = false

    @inlinable public init() {}

    /// True while nothing is held and nothing is being written.
    @inlinable public var isIdle: Bool { held.isEmpty && !isWriting }

    /// Takes the actions that the core wants; returns the steps that may be taken at once.
    /// - Parameter connection: the number of the present one, where the core has one.
    @inlinable public mutating func admit(_ actions: [Action], connection: UInt64 = 0) -> [Step] {
        for action in actions { held.append(Held(action: action, connection: connection)) }
        return release(connection: connection)
    }

    /// Notes that the entries handed out last are on disk; returns the steps that may be taken now.
    @inlinable public mutating func written(connection: UInt64 = 0) -> [Step] {
        isWriting = false
        return release(connection: connection)
    }

    @inlinable mutating func release(connection: UInt64) -> [Step] {
        guard !isWriting, !held.isEmpty else { return [] }
        var steps: [Step] = []
        var entries: [Action.Entry] = []
        var taken = 0
        for next in held {
            if let entry = next.action.entry {
                entries.append(entry)
            } else if !entries.isEmpty {
                break
            } else if next.connection == connection || !next.action.isOfConnection {
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
