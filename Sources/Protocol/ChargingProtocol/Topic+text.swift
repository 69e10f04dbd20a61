internal import ChargingModel

extension Topic {
    /// The topic's text, without a site.
    public var text: String { text(after: "") }

    /// The topic's text with `prefix` in front.
    func text(after prefix: String) -> String {
        switch self {
        case .info(let cp): Topic.join(prefix, "cp/", cp, "/info")
        case .state(let cp): Topic.join(prefix, "cp/", cp, "/state")
        case .telemetry(let cp): Topic.join(prefix, "cp/", cp, "/telemetry")
        case .event(let cp): Topic.join(prefix, "cp/", cp, "/event")
        case .health(let cp): Topic.join(prefix, "cp/", cp, "/health")
        case .command(let cp): Topic.join(prefix, "cp/", cp, "/command")
        case .centralStatus: prefix + "central/status"
        case .fence: prefix + "central/fence"
        case .verdict(let cp): Topic.join(prefix, "central/cp/", cp, "")
        case .request(let driver): Topic.join(prefix, "driver/", driver, "/request")
        case .stationRequest(let cp): Topic.join(prefix, "station/", cp, "/request")
        case .status(let driver): Topic.join(prefix, "driver/", driver, "/status")
        case .tickets(let driver): Topic.join(prefix, "driver/", driver, "/ticket")
        case .gateway(let gateway): Topic.join(prefix, "gateway/", gateway, "/about")
        case .station(let station, let leaf): Topic.join(prefix, "station/", station, "/") + leaf.rawValue
        }
    }

    private static func join<Kind>(_ prefix: String, _ root: StaticString, _ id: Identifier<Kind>, _ leaf: StaticString) -> String {
        let site = prefix.utf8.span
        let words = id.bytes
        let length = site.count + root.utf8CodeUnitCount + id.count + leaf.utf8CodeUnitCount
        return String(unsafeUninitializedCapacity: length) { text in
            var output = OutputSpan(buffer: text, initializedCount: 0)
            for index in site.indices { output.append(site[index]) }
            root.withUTF8Buffer { for byte in $0 { output.append(byte) } }
            let bytes = words.span.bytes
            for index in 0..<id.count { output.append(bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)) }
            leaf.withUTF8Buffer { for byte in $0 { output.append(byte) } }
            return output.finalize(for: text)
        }
    }

    /// The topic of a text, without a site; `nil` for any other.
    public init?(_ text: some StringProtocol) { self.init(utf8: String(text).utf8.span) }

    /// The topic of these bytes, without a site; `nil` for any other.
    public init?(utf8 text: Span<UInt8>) {
        if text.begins(with: "cp/") {
            guard let (cp, leaf) = Topic.levels(text, from: 3) as (ChargePointID, Int)? else { return nil }
            if text.is("telemetry", from: leaf) {
                self = .telemetry(cp)
            } else if text.is("state", from: leaf) {
                self = .state(cp)
            } else if text.is("event", from: leaf) {
                self = .event(cp)
            } else if text.is("health", from: leaf) {
                self = .health(cp)
            } else if text.is("command", from: leaf) {
                self = .command(cp)
            } else if text.is("info", from: leaf) {
                self = .info(cp)
            } else {
                return nil
            }
        } else if text.begins(with: "driver/") {
            guard let (driver, leaf) = Topic.levels(text, from: 7) as (DriverID, Int)? else { return nil }
            if text.is("status", from: leaf) {
                self = .status(driver)
            } else if text.is("request", from: leaf) {
                self = .request(driver)
            } else if text.is("ticket", from: leaf) {
                self = .tickets(driver)
            } else {
                return nil
            }
        } else if text.begins(with: "station/") {
            guard let (cp, leaf) = Topic.levels(text, from: 8) as (ChargePointID, Int)? else { return nil }
            if text.is("request", from: leaf) {
                self = .stationRequest(cp)
            } else if let word = StationLeaf(utf8: text, from: leaf) {
                self = .station(cp, word)
            } else {
                return nil
            }
        } else if text.begins(with: "gateway/") {
            guard let (gateway, leaf) = Topic.levels(text, from: 8) as (GatewayID, Int)?, text.is("about", from: leaf) else { return nil }
            self = .gateway(gateway)
        } else if text.begins(with: "central/cp/") {
            guard let cp = ChargePointID(utf8: text.extracting(11...)) else { return nil }
            self = .verdict(cp)
        } else if text.is("central/status", from: 0) {
            self = .centralStatus
        } else if text.is("central/fence", from: 0) {
            self = .fence
        } else {
            return nil
        }
    }

    /// The id that begins at `start`, and the start of the level after it.
    private static func levels<Kind>(_ text: Span<UInt8>, from start: Int) -> (Identifier<Kind>, Int)? {
        var end = start
        while end < text.count, text[end] != UInt8(ascii: "/") { end += 1 }
        guard end < text.count, let id = Identifier<Kind>(utf8: text.extracting(start..<end)) else { return nil }
        return (id, end + 1)
    }
}

extension Topic.StationLeaf {
    fileprivate init?(utf8 text: Span<UInt8>, from leaf: Int) {
        if text.is("about", from: leaf) {
            self = .about
        } else if text.is("command", from: leaf) {
            self = .command
        } else if text.is("answer", from: leaf) {
            self = .answer
        } else if text.is("frame", from: leaf) {
            self = .frame
        } else {
            return nil
        }
    }
}

extension Span<UInt8> {
    func begins(with other: Span<UInt8>) -> Bool {
        guard count >= other.count else { return false }
        for index in other.indices where self[index] != other[index] { return false }
        return true
    }

    @inline(__always) fileprivate func begins(with word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            guard count >= word.count else { return false }
            for index in word.indices where self[index] != word[index] { return false }
            return true
        }
    }

    /// True when all bytes from `start` on are this word.
    @inline(__always) fileprivate func `is`(_ word: StaticString, from start: Int) -> Bool {
        word.withUTF8Buffer { word in
            guard count - start == word.count else { return false }
            for index in word.indices where self[start + index] != word[index] { return false }
            return true
        }
    }
}
