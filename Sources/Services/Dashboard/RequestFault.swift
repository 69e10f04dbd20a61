internal import HTTPTypes

/// The reason why the head of a request can't be taken, though it could be read (RFC 9112).
enum RequestFault: Error, Hashable {
    /// A version that is not spoken here.
    case version(String)
    /// HTTP/1.1 without a Host.
    case noHost
    case manyHosts
    /// A Host that is not a name or an address, with or without a port.
    case badHost(String)
    /// A target that is neither a path, nor `*` for OPTIONS, nor an address with http in front.
    case badTarget(String)
    /// A body in pieces, which HTTP/1.0 does not know.
    case piecesInOldVersion

    var problem: Problem {
        switch self {
        case .version(let version): Problem(status: .httpVersionNotSupported, detail: "This is HTTP/1.1, not \(version).")
        case .noHost: .badRequest("A request by HTTP/1.1 says its Host.")
        case .manyHosts: .badRequest("A request says one Host.")
        case .badHost(let text): .badRequest("\"\(text)\" is no Host: a name or an address is, with a port or without.")
        case .badTarget(let text): .badRequest("\"\(text)\" is nothing to ask for: a path like /cp is.")
        case .piecesInOldVersion: .badRequest("HTTP/1.0 knows no Transfer-Encoding.")
        }
    }
}
