internal import ChargingModel
internal import ChargingProtocol

/// The kind of a message, for filters: the topics' words, and `unknown` for what is no message of the protocol, `progress` for what says the same
/// every second.
public enum TailKind: String, Hashable, Sendable, CaseIterable {
    case info, state, telemetry, event, health, command, central, fence, verdict, request, status, progress, ticket, station, gateway, unknown

    /// The kinds that are shown by default: all but those that come every second, and Central's talk to itself.
    public static let usual = Set(allCases).subtracting([.telemetry, .progress, .fence])

    init(_ received: Wire.Received) {
        switch received {
        case .deleted(let topic): self = TailKind(rawValue: topic.kind) ?? .unknown
        case .message(let message):
            self = TailKind(rawValue: message.topic.kind) ?? .unknown
            if case .status(let status) = message, case .inProgress = status.kind { self = .progress }
        }
    }
}
