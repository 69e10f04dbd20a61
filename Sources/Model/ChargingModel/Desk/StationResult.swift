/// A question of the operator's to a station, with all that it takes.
public enum StationAsk: Hashable, Sendable {
    case wish(StationWish)
    /// The whole list of tokens, page by page.
    case localList([LocalListPage.Entry])
}

/// The answer to a `StationAsk`.
public struct StationResult: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        /// The station answered, whatever it said.
        case answered
        case refused
        case noAnswer = "no_answer"
        case notConnected = "not_connected"
        case notInThisVersion = "not_in_this_version"
        case notSupported = "not_supported"
        /// No gateway knows such a station.
        case unknown
        /// Too much is asked at once.
        case busy

        init(_ outcome: StationReply.Outcome) {
            self =
                switch outcome {
                case .answered: .answered
                case .refused: .refused
                case .noAnswer: .noAnswer
                case .notConnected: .notConnected
                case .notInThisVersion: .notInThisVersion
                case .notSupported: .notSupported
                }
        }
    }

    /// The pages of a local list: those that the station took, and all.
    public struct Pages: Hashable, Sendable {
        public var taken: Int
        public var all: Int
        public var version: Int32
    }

    public var outcome: Outcome
    /// True when the station did, or will do, what was wanted.
    public var isDone: Bool
    public var words: String
    /// The station's own payload, as JSON.
    public var payload: String?
    /// The payloads of NotifyReport, in the order of their coming.
    public var reports: [String] = []
    public var pages: Pages?

    public init(_ outcome: Outcome, isDone: Bool = false, _ words: String) {
        self.outcome = outcome
        self.isDone = isDone
        self.words = words
    }
}

/// News of a station for whoever looks on.
public enum StationNews: Hashable, Sendable {
    case frame(StationFrame)
    /// The payload of a NotifyReport that an operator asked for.
    case report(ChargePointID, String)

    public var station: ChargePointID {
        switch self {
        case .frame(let frame): frame.station
        case .report(let station, _): station
        }
    }
}
