/// Numbers for topics and for their levels, so that nothing splits or hashes a string per publication.
struct TopicTable: Sendable {
    struct Topic: Sendable {
        let name: String
        let levels: [Int32]
        /// True for a topic that begins with `$`: not matched by a wildcard at its first level (MQTT 5, 4.7.2).
        let isHidden: Bool
    }

    /// The numbers of `+` and `#`.
    static let anyLevel: Int32 = 0
    static let anyLevels: Int32 = 1

    private(set) var topics: ContiguousArray<Topic> = []
    private var numbers: [String: Int32] = [:]
    private var levelNumbers: [String: Int32] = ["+": anyLevel, "#": anyLevels]

    var levelCount: Int { levelNumbers.count }

    /// The number of a topic, a new one if it is new. A topic has no wildcards.
    mutating func topic(_ name: String) -> BrokerTopic {
        if let number = numbers[name] { return BrokerTopic(number: number) }
        let levels = self.levels(name)
        precondition(!levels.isEmpty && !levels.contains { $0 <= Self.anyLevels }, "not a topic: \(name)")
        let number = Int32(topics.count)
        topics.append(Topic(name: name, levels: levels, isHidden: name.utf8.first == UInt8(ascii: "$")))
        numbers[name] = number
        return BrokerTopic(number: number)
    }

    /// The numbers of the levels of a topic or filter; none for the empty string.
    mutating func levels(_ text: String) -> [Int32] {
        guard !text.isEmpty else { return [] }
        return text.split(separator: "/", omittingEmptySubsequences: false).map { level in
            let level = String(level)
            if let number = levelNumbers[level] { return number }
            let number = Int32(levelNumbers.count)
            levelNumbers[level] = number
            return number
        }
    }
}
