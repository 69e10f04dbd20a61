public import ChargingModel

/// Why no TLS connection came about. The description says what was found, what was expected, and what helps.
public enum TLSProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file of ours can't be read, or holds something else.
    case unusable(file: String, expected: String)
    /// The broker's certificate is by an authority that `file` does not hold; `nil`: by none that the system trusts.
    case unknownAuthority(name: String, file: String?)
    /// The broker's certificate, or that of its authority, has ended.
    case over(name: String, since: WallTime)
    case notYet(name: String, from: WallTime)
    /// The broker's certificate is for others.
    case otherHost(expected: String, hosts: [String])
    /// Whoever listens there speaks no TLS.
    case noTLS
    /// Whoever listens there hung up, as a broker without TLS does, or one that wants a certificate.
    case hungUp
    /// The broker speaks only what is too old.
    case tooOld
    /// The broker wants a certificate of ours, or does not believe it.
    case certificateWanted(isOurs: Bool)
    case other(String)

    public var description: String {
        switch self {
        case .unusable(let file, let expected): "\(file) can't be used: expected \(expected)"
        case .unknownAuthority(let name, let file):
            "its certificate is by \"\(name)\", expected an authority of \(file ?? "this system"); the broker's own is given with --ca FILE or "
                + "WATTLINE_CA (certificates/ca.pem in its data directory)"
        case .over(let name, let since):
            "the certificate \"\(name)\" ended at \(since.text), expected one that holds now; on the broker's machine: wattline certificates renew"
        case .notYet(let name, let from):
            "the certificate \"\(name)\" holds from \(from.text) on, expected one that holds now; compare the clocks of both machines"
        case .otherHost(let expected, let hosts):
            "its certificate is for \(hosts.isEmpty ? "nobody" : hosts.joined(separator: ", ")), expected \(expected); call the broker by one of its "
                + "names, or on its machine: wattline certificates renew --host \(expected)"
        case .noTLS: "what answers there speaks no TLS, expected a TLS port (8883 as a rule); without TLS the address is mqtt://HOST:PORT"
        case .hungUp:
            "it hung up during the handshake, expected a port with TLS (8883 as a rule); without TLS the address is mqtt://HOST:PORT, and a broker that "
                + "wants a certificate is shown one with --certificate FILE"
        case .tooOld: "it speaks no TLS 1.2, expected that or later; ask whoever runs it"
        case .certificateWanted(isOurs: false): "it wants a certificate, expected none; give yours with --certificate FILE or WATTLINE_CERTIFICATE"
        case .certificateWanted(isOurs: true):
            "it does not believe our certificate, expected that it is by the broker's authority and holds now; see: wattline certificates list"
        case .other(let why): "\(why); expected a server that speaks TLS 1.2 or later; see what its log says"
        }
    }
}
