/// The reason why no WebSocket came about. The description says what was found, what was expected, and what helps.
public enum DialProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nobody listens there.
    case refused(address: String)
    /// The name has no address, or the network no way there.
    case unreachable(address: String, why: String)
    /// No connection or no answer within the time limit, in seconds.
    case timedOut(what: String, seconds: Int)
    /// The server answered with another HTTP status than 101; its words, if it had any, on one line.
    case status(Int, words: String)
    /// The server chose a subprotocol that was not offered; `nil`: none.
    case subprotocol(offered: [String], chosen: String?)
    /// The server is none of WebSockets.
    case notWebSocket(String)
    /// A file of ours can't be used.
    case unusable(file: String, expected: String)
    /// The server's certificate is not believed, by the authorities of a file; `nil`: the system's.
    case untrusted(file: String?)
    /// The server's certificate is for others.
    case otherHost(expected: String)
    /// The server speaks no TLS.
    case noTLS
    /// The server does not want to go on without a certificate of ours, or with it.
    case certificateWanted(isOurs: Bool)
    case hungUp
    case other(String)

    public var description: String {
        switch self {
        case .refused(let address): "nobody listens at \(address) (connection refused): compare host and port, and whether the backend runs"
        case .unreachable(let address, let why): "\(address) can't be reached: \(why)"
        case .timedOut(let what, let seconds): "\(what) took more than \(seconds) s"
        case .status(401, let words):
            "the backend does not know this name and password (401)\(DialProblem.tail(words)): give the station's with --password-file"
        case .status(404, let words): "the backend does not know this station (404)\(DialProblem.tail(words)): compare the id and the URL's path"
        case .status(let status, let words): "the backend answered \(status) instead of a WebSocket\(DialProblem.tail(words))"
        case .subprotocol(let offered, let chosen):
            "the backend chose \(chosen.map { "the subprotocol \($0)" } ?? "no subprotocol"), expected \(offered.joined(separator: " or ")): does it speak this OCPP version?"
        case .notWebSocket(let why): "what answers there is no WebSocket server: \(why)"
        case .unusable(let file, let expected): "\(file) can't be used: expected \(expected)"
        case .untrusted(let file):
            "its certificate is not trusted: expected one that holds now, by an authority of \(file ?? "this system"); another is given with --ca FILE"
        case .otherHost(let expected): "its certificate is for others, expected \(expected): call the backend by one of its names"
        case .noTLS: "what answers there speaks no TLS: without it the address is ws://HOST:PORT/…"
        case .certificateWanted(isOurs: false): "it wants a certificate, expected none: give the station's with --certificate FILE and --key FILE"
        case .certificateWanted(isOurs: true): "it does not believe our certificate: expected one by an authority that it trusts, which holds now"
        case .hungUp: "it hung up before it had answered: a server that expects wss:// does so, and one that has too many connections"
        case .other(let why): why
        }
    }

    private static func tail(_ words: String) -> String { words.isEmpty ? "" : ": \"\(words)\"" }
}
