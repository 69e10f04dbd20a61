public import ChargingModel
import Glibc

extension ValueParser where Value: Sendable {
    /// A parser of ids by P1: `.id()` makes one of the kind that is asked for.
    public static func id<Kind>() -> ValueParser where Value == Identifier<Kind> {
        ValueParser(expected: "an id: 1–36 letters, digits, '_' or '-', the first a letter or digit") { Identifier<Kind>($0) }
    }
}

extension ValueParser where Value == String {
    /// A parser of a path, or any other text that is not empty.
    public static func text(_ expected: String, most: Int = 4096) -> ValueParser {
        ValueParser(expected: expected) { text in
            guard !text.isEmpty, text.utf8.count <= most, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
            return text
        }
    }

    /// A parser of an address to listen on: no name is looked up.
    public static let address = ValueParser(expected: "an IP address of this machine like 127.0.0.1, 0.0.0.0 or ::") { text in
        var storage = in6_addr()
        return inet_pton(AF_INET, text, &storage) == 1 || inet_pton(AF_INET6, text, &storage) == 1 ? text : nil
    }

    /// A parser of a prefix for topics that are not of the protocol: levels of ids, and none that could make one of the protocol out of it.
    public static let topicPrefix = ValueParser(
        expected: "what topics begin with, like homeassistant: ids with slashes between them, at most 128 bytes, none of them cp, central or driver"
    ) { text in
        let levels = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let areFree = levels.allSatisfy { Identifier<Void>.isValid($0) && !["cp", "central", "driver"].contains($0) }
        return areFree && text.utf8.count <= 128 ? text : nil
    }

    /// A parser of the site in front of every topic (P2), which is an id by P1.
    public static let site = ValueParser(expected: "a site: 1–36 letters, digits, '_' or '-', the first a letter or digit") { text in
        Identifier<Void>.isValid(text) ? text : nil
    }
}

extension ValueParser where Value == String {
    /// A parser of a name or an address that a certificate is for: without a port, and without brackets.
    public static let certificateHost = ValueParser(expected: "a host name or an IP address, like broker.example, 10.0.0.1 or ::1") { text in
        let host = text.lowercased()
        if let address = ValueParser.address(host) { return address }
        return !host.contains("/") && ValueParser<[String]>.hostNames(host)?.count == 1 && !host.hasPrefix("[") ? host : nil
    }
}

extension ValueParser where Value == [String] {
    /// A parser of the hosts that may stand in a request's Host: names and addresses without a port, separated by commas; an IPv6 address in
    /// brackets.
    public static let hostNames = ValueParser(
        expected: "host names without ports, separated by commas, like localhost,charging.example.org,[::1]"
    ) { text in
        let names = text.lowercased().split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return names.count <= 64 && names.allSatisfy(isHostName) ? names : nil
    }

    private static func isHostName(_ name: String) -> Bool {
        if name.hasPrefix("["), name.hasSuffix("]") {
            var storage = in6_addr()
            return inet_pton(AF_INET6, String(name.dropFirst().dropLast()), &storage) == 1
        }
        return (1...253).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension ValueParser where Value == [ChargePointID] {
    /// A parser of charge points: ids and ranges of ids, separated by commas. `CP-0001..CP-1000` counts and keeps the zeros in front.
    public static let chargePoints = ValueParser(
        expected: "charge points like CP-001,CP-002 or CP-0001..CP-1000, each once, at most 10000 in all"
    ) { text in
        var points: [ChargePointID] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let more = range(part), points.count + more.count <= 10_000 else { return nil }
            points += more
        }
        return Set(points).count == points.count ? points : nil
    }

    private static func range(_ part: Substring) -> [ChargePointID]? {
        guard let dots = part.utf8.firstIndex(of: UInt8(ascii: ".")) else { return ChargePointID(String(part)).map { [$0] } }
        let lower = part[..<dots]
        let rest = part[dots...]
        guard rest.hasPrefix("..") else { return nil }
        let upper = rest.dropFirst(2)
        guard ChargePointID(String(lower)) != nil, ChargePointID(String(upper)) != nil else { return nil }
        let (prefix, from) = counted(lower)
        let (otherPrefix, to) = counted(upper)
        // CP-1..CP-12 counts without zeros, CP-01..CP-12 with; CP-1..CP-012 is neither.
        guard prefix == otherPrefix, from.count == to.count || (from.count < to.count && !to.hasPrefix("0")),
            let first = Int(from), let last = Int(to), first <= last, last - first < 10_000
        else { return nil }
        var points: [ChargePointID] = []
        points.reserveCapacity(last - first + 1)
        for number in first...last {
            guard let point = ChargePointID(prefix + zeroPadded(number, to: from.count)) else { return nil }
            points.append(point)
        }
        return points
    }

    private static func counted(_ id: Substring) -> (prefix: String, digits: String) {
        let digits = id.utf8.reversed().prefix(while: isDigit).count
        return (String(id.dropLast(digits)), String(id.suffix(digits)))
    }
}

extension ValueParser where Value: CaseIterable & RawRepresentable<String> & Sendable {
    /// A parser of one of a few words.
    public static func choice() -> ValueParser {
        let words = Value.allCases.map(\.rawValue)
        let expected = words.count > 1 ? words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "") : words.joined()
        return ValueParser(expected: expected) { Value(rawValue: $0) }
    }
}

extension ValueParser where Value == Bool {
    /// A parser of `true` or `false`.
    public static let bool = ValueParser(expected: "true or false") { text in
        switch text {
        case "true", "yes", "1", "on": true
        case "false", "no", "0", "off": false
        default: nil
        }
    }
}
