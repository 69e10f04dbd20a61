internal import Encodings
internal import NIOCore
internal import NIOHTTP1
internal import WebSocket

/// The head of a request that asks for a WebSocket (RFC 6455, 4.2.1).
struct UpgradeRequest {
    let head: HTTPRequestHead
    let station: String
    let path: String
    let subprotocols: [String]
    let credentials: Knock.Credentials?

    private static let hint = "charging stations connect to it by OCPP over WebSocket, with an address like ws://HOST:PORT/ocpp/STATION-ID"

    /// Reads a head.
    /// - Throws: what is wrong with it.
    init(_ head: HTTPRequestHead) throws(Refusal) {
        self.head = head
        guard head.version == .http1_1 else { throw Refusal(status: 400, words: "The request is \(head.version), expected HTTP/1.1.") }
        guard UpgradeRequest.hasToken("websocket", in: head.headers["upgrade"]) else {
            throw Refusal(status: 426, words: "The request asks for no WebSocket (Upgrade: websocket): \(UpgradeRequest.hint).")
        }
        guard head.method == .GET else { throw Refusal(status: 405, words: "The request is a \(head.method), expected GET.") }
        guard UpgradeRequest.hasToken("upgrade", in: head.headers["connection"]) else {
            throw Refusal(status: 400, words: "The request has no Connection: Upgrade; a proxy on the way may have taken it out.")
        }
        try UpgradeRequest.check(head.headers)
        path = String(head.uri.prefix { $0 != "?" && $0 != "#" })
        station = try UpgradeRequest.station(in: path)
        subprotocols = head.headers["sec-websocket-protocol"].flatMap(UpgradeRequest.list)
        credentials = try UpgradeRequest.credentials(in: head.headers["authorization"])
    }

    private static func check(_ headers: HTTPHeaders) throws(Refusal) {
        let versions = headers["sec-websocket-version"]
        guard versions == ["13"] else {
            throw Refusal(
                status: 426,
                words:
                    "The request has \(versions.isEmpty ? "no Sec-WebSocket-Version" : "Sec-WebSocket-Version: \(Words.line(versions[0]))"), expected 13."
            )
        }
        let keys = headers["sec-websocket-key"]
        guard keys.count == 1, Base64.bytes(of: keys[0])?.count == 16 else {
            throw Refusal(status: 400, words: "The request has no Sec-WebSocket-Key of 16 bytes in base64.")
        }
    }

    /// The last segment of a path that is not empty: stations are configured with prefixes, doubled ids and slashes at the end (steve#549).
    static func station(in path: String) throws(Refusal) -> String {
        let encoded = path.split(separator: "/").last ?? ""
        guard let station = PercentEncoding.decoded(encoded, isQuery: false) else {
            throw Refusal(status: 400, words: "The station's id in the address is not percent-encoded UTF-8.")
        }
        guard !station.isEmpty else { throw Refusal(status: 404, words: "The address has no station's id at its end: \(hint).") }
        return station
    }

    private static func credentials(in values: [String]) throws(Refusal) -> Knock.Credentials? {
        guard let value = values.first, value.prefix(6).lowercased() == "basic " else { return nil }
        var text = value.dropFirst(6).filter { $0 != " " }
        // Some leave the padding out.
        while text.utf8.count % 4 != 0, !text.hasSuffix("==") { text += "=" }
        guard let bytes = Base64.bytes(of: text), let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let user = String(validating: bytes[..<colon], as: UTF8.self)
        else { throw Refusal(status: 400, words: "Authorization: Basic is not followed by the base64 of NAME:PASSWORD.") }
        return Knock.Credentials(user: user, password: Array(bytes[(colon + 1)...]))
    }

    /// True when a list of a header has the word, in any case.
    static func hasToken(_ word: String, in values: [String]) -> Bool {
        values.contains { list($0).contains { $0.lowercased() == word } }
    }

    /// The words of a list. Tabs are not taken for spaces: the parser does not either, and must have seen the same upgrade.
    private static func list(_ value: String) -> [String] {
        value.split(separator: ",").map { part in
            var part = part.drop { $0 == " " }
            while part.last == " " { part.removeLast() }
            return String(part)
        }.filter { !$0.isEmpty }
    }
}
