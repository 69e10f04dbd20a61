internal import ChargingProtocol
internal import Glibc
internal import JSON
internal import Platform
public import Settings

/// The credentials of a name, with which a program connects: the content of their file.
public struct Credentials: Hashable, Sendable {
    public var username: String
    public var password: String
    /// The client id, or its beginning where many may connect under the name at once.
    public var clientID: String
    /// The broker's URL, for those who are told nothing else.
    public var broker: BrokerURL
    /// The file of the certificate authority that the broker's certificate is from; `nil` without TLS.
    public var certificateAuthority: String?

    /// Reads a file of credentials.
    /// - Throws: when it can't be read, or is none.
    public init(file: String) throws(IdentityError) {
        guard let bytes = readWhole(file) else { throw IdentityError("the credentials \(file) can't be read: \(errorText(errno))") }
        guard let object = (try? JSONValue(bytes))?.object, let username = object["username"]?.string, let password = object["password"]?.string,
            let clientID = object["client_id"]?.string, let broker = object["mqtt"]?.string.flatMap({ ValueParser.broker($0) })
        else {
            throw IdentityError(
                "\(file) holds no credentials: expected an object with username, password, client_id and mqtt, as "
                    + "wattline credentials show ROLE ID --json prints it")
        }
        self.init(username: username, password: password, clientID: clientID, broker: broker, certificateAuthority: object["ca"]?.string)
    }

    init(username: String, password: String, clientID: String, broker: BrokerURL, certificateAuthority: String? = nil) {
        self.username = username
        self.password = password
        self.clientID = clientID
        self.broker = broker
        self.certificateAuthority = certificateAuthority
    }

    /// The password's bytes as hexadecimal digits.
    public var passwordInHex: String { Array(password.utf8).hex }

    /// The object for programs, on one line.
    public var json: String {
        var json = JSONWriter()
        json.object { object in
            object.string("username", username)
            object.string("password", password)
            object.string("client_id", clientID)
            object.string("mqtt", "\(broker)")
            if let certificateAuthority { object.string("ca", certificateAuthority) } else { object.null("ca") }
        }
        json.lineBreak()
        return json.text
    }
}

/// A password in a file of its own: its first line.
public struct Password: Sendable {
    public let text: String

    /// Reads the file; `nil` when it can't be read, or is empty.
    public init?(file: String) {
        guard let bytes = readWhole(file) else { return nil }
        text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        if text.isEmpty { return nil }
    }
}
