internal import Glibc
internal import Platform

/// The address at which HTTP is answered: `127.0.0.1:8000`, or `https://127.0.0.1:8000` with TLS.
public struct HTTPAddress: Sendable, Hashable, CustomStringConvertible {
    public var endpoint: Endpoint
    public var isSecure: Bool

    public init(_ endpoint: Endpoint, isSecure: Bool = false) {
        self.endpoint = endpoint
        self.isSecure = isSecure
    }

    public var description: String { "\(isSecure ? "https" : "http")://\(endpoint)" }
}

extension ValueParser where Value == HTTPAddress {
    /// A parser of `HOST:PORT`, with `http://` or `https://` in front or without.
    public static let httpAddress = ValueParser(expected: "HOST:PORT like 127.0.0.1:8000, or https://HOST:PORT where that is served with TLS") {
        text in
        let isSecure = text.hasPrefix("https://")
        let rest = isSecure ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : text[...]
        return Endpoint(rest).map { HTTPAddress($0, isSecure: isSecure) }
    }
}

extension DataDirectory {
    /// Writes the address where Central's HTTP API can be reached from this machine into a file; it is gone when Central stops.
    /// - Throws: when it can't be written.
    public func write(_ address: HTTPAddress) throws(SettingError) {
        let (host, port) = (address.endpoint.host, address.endpoint.port)
        let near = Endpoint(host: host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host, port: port)
        // As it was before there was TLS, where there is none.
        try TextFile(path: httpFile, from: "the file of Central's HTTP address").write(address.isSecure ? "https://\(near)\n" : "\(near)\n")
    }

    public func removeHTTPEndpoint() { unlink(httpFile) }

    /// The address of Central's HTTP API; `nil` when Central has not written it.
    public func readHTTPAddress() -> HTTPAddress? {
        readWhole(httpFile).flatMap { ValueParser.httpAddress(String(decoding: $0.prefix { $0 > 0x20 }, as: UTF8.self)) }
    }
}
