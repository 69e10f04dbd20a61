/// Readers of the services, each with the bytes that a fuzzer makes up, or that are kept in `Fuzz/Seeds/{name}`.
enum ServiceTarget: String, CaseIterable, Sendable {
    /// Bytes of a connection to the dashboard, through its handlers.
    case http
    /// What a request asks for: path, query, host, and the page of the ledger that its cursor names.
    case query
    /// Lines of recordings.
    case recording
    /// Whole recordings, played.
    case rerun

    func run(_ bytes: [UInt8]) throws(Finding) {
        switch self {
        case .http: try HTTPBody.run(bytes)
        case .query: try QueryBody.run(bytes)
        case .recording: try RecordingBody.run(bytes)
        case .rerun: try RerunBody.run(bytes)
        }
    }
}
