/// The order of a station's actions: what follows an entry of the journal waits until that is on the disk.
public struct StationGate: Sendable {
    public enum Step: Sendable {
        /// Write these in one commit, then call `written`.
        case write([StationEntry])
        case perform(StationCore.Action)
    }

    private var held: [StationCore.Action] = []
    private var isWriting = false

    public init() {}

    /// True while nothing is held and nothing is being written.
    public var isIdle: Bool { held.isEmpty && !isWriting }

    public mutating func admit(_ actions: [StationCore.Action]) -> [Step] {
        held += actions
        return release()
    }

    /// Notes that the entries handed out last are on the disk.
    public mutating func written() -> [Step] {
        isWriting = false
        return release()
    }

    private mutating func release() -> [Step] {
        guard !isWriting, !held.isEmpty else { return [] }
        var steps: [Step] = []
        var entries: [StationEntry] = []
        var taken = 0
        for action in held {
            if case .journal(let entry) = action {
                entries.append(entry)
            } else if entries.isEmpty {
                steps.append(.perform(action))
            } else {
                break
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
