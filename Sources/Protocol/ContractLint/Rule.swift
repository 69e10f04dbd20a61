/// A rule of `docs/protocol.md` that a message can be seen to break.
public enum Rule: String, Hashable, Sendable, CaseIterable, Comparable {
    /// The table of topics: names, QoS, retained or not.
    case topics = "TOPICS"
    /// The section on payloads: the fields that belong together in one.
    case payloads = "PAYLOADS"
    case p1 = "P1"
    case p4 = "P4"
    case p5 = "P5"
    case p6 = "P6"
    case p7 = "P7"
    case p8 = "P8"
    case p10 = "P10"
    case p12 = "P12"
    case p13 = "P13"
    case s1 = "S1"
    case s2 = "S2"
    case s3 = "S3"
    case s4 = "S4"
    case s6 = "S6"
    case i1 = "I1"
    case i2 = "I2"
    case i3 = "I3"
    case i4 = "I4"
    case i5 = "I5"

    /// The subject of the rule in a few words.
    public var title: String {
        switch self {
        case .topics: "topics, QoS and retained flags"
        case .payloads: "what is in a payload"
        case .p1: "ids"
        case .p4: "what is accepted"
        case .p5: "time, energy, money"
        case .p6: "epochs and wills"
        case .p7: "sequence numbers"
        case .p8: "the handshake"
        case .p10: "a clean stop"
        case .p12: "commands"
        case .p13: "the health check"
        case .s1: "decide, write, publish; the price is fixed"
        case .s2: "decided once, started once"
        case .s3: "supply: state, SESSION_STARTED, a reading a second"
        case .s4: "the end: SESSION_ENDED, then state"
        case .s6: "records and meters"
        case .i1: "one session at a point"
        case .i2: "decisions are not contradicted"
        case .i3: "energy is conserved"
        case .i4: "a record never changes"
        case .i5: "accepted only where ACTIVATED"
        }
    }

    /// The order of the protocol.
    public static func < (a: Rule, b: Rule) -> Bool { (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0) }
}

/// A fault in a message, or the lack of one that should have come.
public struct Finding: Hashable, Sendable {
    public enum Weight: String, Hashable, Sendable {
        /// A breach: the contract is broken.
        case breach
        /// A hint: it may be as it should, such as a message that was lost or a command typed by hand.
        case hint
    }

    public var rule: Rule
    public var weight: Weight
    /// The topic of the message, with its site.
    public var topic: String
    /// The finding and what was expected, on one line. It may quote what came over the bus: make it harmless before a terminal gets it.
    public var text: String

    public init(_ rule: Rule, _ weight: Weight = .breach, topic: String, _ text: String) {
        self.rule = rule
        self.weight = weight
        self.topic = topic
        self.text = text
    }
}
