/// Somebody who wants to come in, before anybody has decided. All that is known is a claim, but for the certificate.
public struct Knock: Hashable, Sendable {
    /// A name and a password, as HTTP's Basic sends them.
    public struct Credentials: Hashable, Sendable, CustomStringConvertible {
        /// OCPP: the station's id.
        public var user: String
        /// Any bytes.
        public var password: [UInt8]

        public init(user: String, password: [UInt8]) {
            self.user = user
            self.password = password
        }

        /// The password, if the user is this one. HTTP ends a user at the first colon, which may be one of its name.
        public func password(of name: String) -> [UInt8]? {
            let (whole, start) = (Array("\(user):".utf8) + password, Array("\(name):".utf8))
            return whole.starts(with: start) ? Array(whole.dropFirst(start.count)) : nil
        }

        /// Never shows the password.
        public var description: String { "\(user):…" }
    }

    /// The certificate that a client has shown: its authority is one that the server trusts, and it holds now.
    public struct Certificate: Hashable, Sendable {
        /// The common name of its owner; OCPP: the station's serial number.
        public var commonName: String
        /// The whole name of its owner, as RFC 2253 spells it: `CN=ST-1,O=Wattline`.
        public var subject: String
        /// SHA-256 of the certificate, 64 hexadecimal digits, lower case.
        public var fingerprint: String

        public init(commonName: String, subject: String, fingerprint: String) {
            self.commonName = commonName
            self.subject = subject
            self.fingerprint = fingerprint
        }
    }

    /// The last segment of the path that is not empty, percent-decoded; as it was sent otherwise: whether case matters is the caller's business.
    public var station: String
    /// The path as it was sent, without the query.
    public var path: String
    /// In the order of the station's preference; empty when it offers none.
    public var subprotocols: [String]
    /// `nil` when none were sent.
    public var credentials: Credentials?
    /// `nil` when none was shown.
    public var certificate: Certificate?
    /// The numeric address, without the port.
    public var address: String
    public var port: UInt16
    public var isTLS: Bool

    public init(
        station: String, path: String, subprotocols: [String] = [], credentials: Credentials? = nil, certificate: Certificate? = nil,
        address: String = "127.0.0.1", port: UInt16 = 0, isTLS: Bool = false
    ) {
        self.station = station
        self.path = path
        self.subprotocols = subprotocols
        self.credentials = credentials
        self.certificate = certificate
        self.address = address
        self.port = port
        self.isTLS = isTLS
    }
}

/// The answer to a knock.
public enum Admission: Hashable, Sendable {
    /// Let in. The subprotocol is named to the station only if it is one that it has offered; `nil`: none is (OCPP-J 3.1.2 wants it so for a station that
    /// offers nothing usable, which is then closed; or one that is taken for 1.6 all the same).
    case accept(subprotocol: String?)
    case refuse(Refusal)
}

/// The reason why somebody is not let in.
public struct Refusal: Error, Hashable, Sendable {
    /// The HTTP status: 400–599.
    public var status: Int
    /// One line for a technician.
    public var words: String

    public init(status: Int, words: String) {
        self.status = status
        self.words = words
    }

    /// 404.
    public static func unknown(station: String) -> Refusal {
        Refusal(status: 404, words: "No station \"\(station.prefix(64))\" is known here: compare its id, or have the operator add it.")
    }

    /// 401; the answer says `WWW-Authenticate: Basic`.
    public static let unauthorized = Refusal(
        status: 401,
        words: "The name and the password (AuthorizationKey) are not those of this station: set both, or have the operator make new ones.")

    /// 400, of a station that offers nothing that is spoken here.
    public static func subprotocol(offered: [String], spoken: [String]) -> Refusal {
        let what = offered.isEmpty ? "no subprotocol" : "the subprotocol \(offered.joined(separator: ", "))"
        return Refusal(
            status: 400,
            words: "The station offers \(what), expected \(spoken.joined(separator: " or ")): set its OCPP version (Sec-WebSocket-Protocol).")
    }

    /// 503.
    public static func crowded(_ words: String) -> Refusal { Refusal(status: 503, words: words) }
}
