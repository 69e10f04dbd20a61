/// Where the broker is, and how to be let in. Its description never shows the password.
public struct MQTTAddress: Hashable, Sendable, CustomStringConvertible {
    /// What a user is known by.
    public struct Credentials: Hashable, Sendable {
        public var user: String
        public var password: String?

        public init(user: String, password: String? = nil) {
            self.user = user
            self.password = password
        }
    }

    /// Files in PEM form.
    public struct TLS: Hashable, Sendable {
        /// Whom to trust; nil for the system's certificates.
        public var caFile: String?
        /// The client's own certificate and its key, if the broker asks for one: both or none.
        public var certificateFile: String?
        public var keyFile: String?

        public init(caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
            self.caFile = caFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// A name or a numeric address, without brackets.
    public var host: String
    public var port: UInt16
    public var credentials: Credentials?
    /// nil for plain TCP.
    public var tls: TLS?

    public init(host: String = "127.0.0.1", port: UInt16 = 1883, credentials: Credentials? = nil, tls: TLS? = nil) {
        self.host = host
        self.port = port
        self.credentials = credentials
        self.tls = tls
    }

    /// With the scheme, without credentials.
    public var description: String { "\(tls == nil ? "mqtt" : "mqtts")://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
