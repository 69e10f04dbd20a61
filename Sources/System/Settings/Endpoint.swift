/// A host and a TCP port.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address; an IPv6 address without its brackets.
    public var host: String
    public var port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// True for an address of this machine alone.
    public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// The address as text: `127.0.0.1:18001`, `[::1]:18001`.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Reads `HOST:PORT` or `[IPV6]:PORT`; the port may be left out when there is a default.
    init?(_ text: Substring, defaultPort: UInt16? = nil) {
        let host: Substring
        var rest: Substring
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<bracket]
            rest = text[text.index(after: bracket)...]
            guard host.contains(":"), host.utf8.allSatisfy({ isHexDigit($0) || [UInt8(ascii: ":"), UInt8(ascii: ".")].contains($0) }) else {
                return nil
            }
        } else {
            host = text.prefix { $0 != ":" }
            rest = text[host.endIndex...]
            guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy(isHostByte) else { return nil }
        }
        if rest.isEmpty {
            guard let defaultPort else { return nil }
            self.init(host: String(host), port: defaultPort)
        } else {
            guard rest.removeFirst() == ":", let port = ValueParser<UInt16>.port(String(rest)) else { return nil }
            self.init(host: String(host), port: port)
        }
    }
}

/// The address of the broker: `mqtt://HOST:PORT`, or `mqtts://HOST:PORT` with TLS.
public struct BrokerURL: Sendable, Hashable, CustomStringConvertible {
    public var endpoint: Endpoint
    /// True with TLS.
    public var isSecure: Bool
    public var host: String { endpoint.host }
    public var port: UInt16 { endpoint.port }

    /// MQTT's registered ports, without TLS and with it.
    public static let defaultPort: UInt16 = 1883
    public static let defaultSecurePort: UInt16 = 8883

    public init(host: String, port: UInt16 = defaultPort, isSecure: Bool = false) {
        self.init(Endpoint(host: host, port: port), isSecure: isSecure)
    }

    init(_ endpoint: Endpoint, isSecure: Bool) {
        self.endpoint = endpoint
        self.isSecure = isSecure
    }

    public var description: String { "\(isSecure ? "mqtts" : "mqtt")://\(endpoint)" }
}

extension ValueParser where Value == Endpoint {
    /// A parser of `HOST:PORT`.
    public static let endpoint = ValueParser(expected: "HOST:PORT like 127.0.0.1:18001 or [::1]:18001") { Endpoint($0[...]) }
}

extension ValueParser where Value == BrokerURL {
    /// A parser of `mqtt://HOST[:PORT]`, `mqtts://HOST[:PORT]`, or `HOST[:PORT]` alone. Without a name and a password: they have files of their own.
    public static let broker = ValueParser(
        expected: "a broker like mqtt://127.0.0.1:1883, or mqtts://broker.example:8883 with TLS (without user, password or path)"
    ) { text in
        var rest = text[...]
        let isSecure = rest.hasPrefix("mqtts://")
        if isSecure { rest = rest.dropFirst(8) } else if rest.hasPrefix("mqtt://") { rest = rest.dropFirst(7) }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        return Endpoint(rest, defaultPort: isSecure ? BrokerURL.defaultSecurePort : BrokerURL.defaultPort).map { BrokerURL($0, isSecure: isSecure) }
    }
}

private func isHexDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
}

private func isHostByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
}
