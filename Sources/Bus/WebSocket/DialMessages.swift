/// An order to a station's side of WebSockets. The numbers are the caller's.
public enum DialOrder: Hashable, Sendable {
    /// Connect; `opened` or `failed` comes of it.
    case connect(SocketID, Dial)
    /// A text frame; or frames of so many bytes each.
    case send(SocketID, [UInt8], piece: Int?)
    /// A frame as it stands, for whoever wants to be odd: its first byte (FIN, reserved bits, opcode), its payload, and whether it is masked, as it must be.
    case sendRaw(SocketID, first: UInt8, payload: [UInt8], isMasked: Bool)
    case ping(SocketID)
    /// Say goodbye, wait a little for the same, close; `closed` comes of it.
    case close(SocketID, CloseCode, String)
    /// Reset TCP at once, without a word, as a power cut does not even do; `closed` comes of it.
    case abort(SocketID)
    /// Neither read nor answer anything any more, but keep TCP open: half-open, for whoever is on the other end. Only `abort` ends it here.
    case freeze(SocketID)
}

/// News of a station's side of WebSockets: for each `connect` one `failed`, or `opened`, `text`s and one `closed`.
public enum DialEvent: Hashable, Sendable {
    /// The server let it in, with the subprotocol that it chose; `nil`: it named none.
    case opened(SocketID, subprotocol: String?)
    case failed(SocketID, DialProblem)
    case text(SocketID, [UInt8])
    case closed(SocketID, SocketEnd)
    /// After `stop`. The last event.
    case stopped
}

/// The server to connect to, and the station as which to do it.
public struct Dial: Hashable, Sendable {
    /// Files in PEM form.
    public struct TLS: Hashable, Sendable {
        /// Whom to trust; `nil` for the system's certificates.
        public var caFile: String?
        /// The station's own certificate and its key: both or none.
        public var certificateFile: String?
        public var keyFile: String?

        public init(caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
            self.caFile = caFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    public var url: WebSocketURL
    /// In the order of preference.
    public var subprotocols: [String]
    public var credentials: Knock.Credentials?
    /// For `wss`.
    public var tls: TLS

    public init(_ url: WebSocketURL, subprotocols: [String], credentials: Knock.Credentials? = nil, tls: TLS = TLS()) {
        self.url = url
        self.subprotocols = subprotocols
        self.credentials = credentials
        self.tls = tls
    }
}
