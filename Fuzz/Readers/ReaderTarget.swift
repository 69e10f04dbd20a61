/// Readers of what comes from outside, each with the bytes that a fuzzer makes up, or that are kept in `Fuzz/Seeds/{name}`.
enum ReaderTarget: String, CaseIterable, Sendable {
    /// Payloads, topics, ids and times on the bus, and the records of an engine's journal.
    case payloads
    /// Journal files: as they come, and whole ones that are damaged.
    case journal
    /// `network.json`.
    case network
    /// Files of credentials.
    case credentials
    /// The broker's file as Swift writes and C reads it.
    case access
    /// Addresses of brokers as the MQTT library takes them.
    case urls
    /// OCPP: frames, and the payloads of both versions and both sides.
    case ocpp
    /// Values of settings: broker URLs, endpoints, host names, lists of points, numbers.
    case settings

    func run(_ bytes: [UInt8]) throws(Finding) {
        switch self {
        case .payloads: try PayloadBody.run(bytes)
        case .journal: try JournalBody.run(bytes)
        case .network: try NetworkBody.run(bytes)
        case .credentials: try CredentialsBody.run(bytes)
        case .access: try AccessBody.run(bytes)
        case .urls: try URLBody.run(bytes)
        case .ocpp: try OCPPBody.run(bytes)
        case .settings: try SettingsBody.run(bytes)
        }
    }
}
