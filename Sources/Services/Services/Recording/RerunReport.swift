/// The result of playing a recording.
public struct RerunReport: Hashable, Sendable {
    /// The size of what was played of a party.
    public struct Count: Hashable, Sendable {
        /// `engine:CP-001`.
        public let party: String
        public fileprivate(set) var inputs = 0
        public fileprivate(set) var actions = 0
    }

    /// The first action that is another one now.
    public struct Difference: Hashable, Sendable {
        /// Of what was recorded, or of the input when nothing was.
        public let line: Int
        /// The line of the input.
        public let inputLine: Int
        public let input: String
        /// The lines; `nil` for none.
        public let recorded: String?
        public let now: String?
    }

    /// The end of the file.
    public enum End: Hashable, Sendable {
        /// As its process did, well.
        case closed
        /// After a whole line: the process was killed, or still runs.
        case open
        /// In the middle of a line of so many bytes, which is left out.
        case torn(bytes: Int)
    }

    /// In the order in which they began.
    public internal(set) var parties: [Count] = []
    public internal(set) var difference: Difference?
    public internal(set) var end = End.open
    /// The commits of the ledger that were carried out again; `nil` for a recording without Central.
    public internal(set) var commits: Int?
    /// The commits that had no result when the recording ended.
    public internal(set) var unanswered = 0

    mutating func begin(_ party: String) { parties.append(Count(party: party)) }
    mutating func addInput(_ index: Int) { parties[index].inputs += 1 }
    mutating func addAction(_ index: Int) { parties[index].actions += 1 }
}
