internal import Encodings

/// The address of a WebSocket: `ws://HOST[:PORT][/PATH]`, or `wss://…` with TLS.
public struct WebSocketURL: Hashable, Sendable, CustomStringConvertible {
    /// The reason why a text is no such address.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// True with TLS.
    public var isSecure: Bool
    /// A name or a numeric address, without brackets.
    public var host: String
    public var port: UInt16
    /// With the `/` at its beginning, and the query; percent-encoded.
    public var path: String

    public init(host: String, port: UInt16, path: String = "/", isSecure: Bool = false) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.path = path
    }

    /// Reads an address. The ports are 80 and 443 unless given. A name and a password don't stand in it: they would end in logs.
    public init(_ text: String) throws(Problem) {
        var rest = text[...]
        if rest.prefix(6).lowercased() == "wss://" {
            isSecure = true
            rest = rest.dropFirst(6)
        } else if rest.prefix(5).lowercased() == "ws://" {
            isSecure = false
            rest = rest.dropFirst(5)
        } else {
            throw Problem(description: "it begins with neither ws:// nor wss://")
        }
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Problem(description: "it has a character that may not be in an address: encode it with %")
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { throw Problem(description: "a name and a password don't stand in the address") }
        let tail = rest[authority.endIndex...].prefix { $0 != "#" }
        path = tail.hasPrefix("/") ? String(tail) : "/" + tail
        var port = authority
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw Problem(description: "a bracket is not closed") }
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            port = authority[authority.index(after: end)...]
        } else {
            host = String(authority.prefix { $0 != ":" })
            port = authority.dropFirst(host.count)
        }
        guard !host.isEmpty else { throw Problem(description: "it has no host") }
        self.port = isSecure ? 443 : 80
        guard !port.isEmpty else { return }
        let digits = port.dropFirst()
        guard port.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(digits), number > 0 else {
            throw Problem(description: "its port is not a number from 1 to 65535")
        }
        self.port = number
    }

    /// The address of a station behind this one: its id is the last segment.
    public func appending(station: String) -> WebSocketURL {
        var url = self
        let query = path.firstIndex(of: "?").map { path[$0...] } ?? ""
        var base = path.dropLast(query.count)
        while base.hasSuffix("/") { base = base.dropLast() }
        url.path = base + "/" + PercentEncoding.encoded(station) + query
        return url
    }

    /// The host and, unless it is the scheme's, the port: as HTTP's Host has it.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    public var description: String { "\(isSecure ? "wss" : "ws")://\(authority)\(path)" }
}
