extension MQTTAddress {
    /// Reads `mqtt://[user[:password]@]host[:port]` or `mqtts://…` (TLS with the system's certificates; set `tls` for others). The ports are 1883 and 8883
    /// unless given; user and password may be percent-encoded; an IPv6 address stands in brackets.
    /// - Throws: what is wrong with it. The password is not repeated.
    public init(url: String) throws(MQTTError) {
        func bad(_ why: String) -> MQTTError { MQTTError(.badURL(url: Self.withoutSecrets(url), why: why)) }

        guard let separator = url.range(of: "://") else { throw bad("it has no scheme") }
        var rest = url[separator.upperBound...]
        switch url[..<separator.lowerBound].lowercased() {
        case "mqtt", "tcp": self.init(port: 1883)
        case "mqtts", "ssl", "tls": self.init(port: 8883, tls: TLS())
        case let scheme:
            // What else stands there may hold a password.
            let isWord = scheme.utf8.allSatisfy { (0x61...0x7A).contains($0) }
            throw bad(isWord ? "its scheme is '\(scheme)'" : "it has no scheme")
        }
        if rest.last == "/" { rest.removeLast() }
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let user = Self.decoded(parts[0]), !user.isEmpty else { throw bad("its user is empty or badly percent-encoded") }
            guard let password = parts.count == 2 ? Self.decoded(parts[1]) : "" else { throw bad("its password is badly percent-encoded") }
            credentials = Credentials(user: user, password: parts.count == 2 ? password : nil)
            rest = rest[rest.index(after: at)...]
        }
        guard !rest.contains(where: { "/?# ".contains($0) }) else { throw bad("nothing may follow the port") }
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { throw bad("a bracket is not closed") }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw bad("only a port may follow the bracket") }
            guard host.utf8.allSatisfy({ $0 != 0x5B && $0 != 0x40 }) else { throw bad("only an address stands in brackets") }
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            host = String(rest[..<end])
            rest = rest[end...]
        }
        guard !host.isEmpty else { throw bad("it has no host") }
        guard !host.utf8.contains(0) else { throw bad("its host has a NUL in it") }
        if !rest.isEmpty {
            let digits = rest.dropFirst()
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits), port > 0 else {
                throw bad("its port is not a number from 1 to 65535")
            }
            self.port = port
        }
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            // UInt8 would take a sign, too.
            guard rest.count >= 2, rest.first != UInt8(ascii: "+"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                value != 0
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func withoutSecrets(_ url: String) -> String {
        guard let at = url.lastIndex(of: "@") else { return url }
        let start = url.range(of: "://")?.upperBound ?? url.startIndex
        // A password may stand in front of the scheme, too.
        let scheme = url[..<start]
        return (start < at && !scheme.contains("@") ? scheme : "") + "…" + url[at...]
    }
}

extension String {
    /// The first place of a short text; the standard library has none without Foundation.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
