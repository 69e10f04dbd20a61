internal import CAccessTable
internal import ChargingProtocol

/// The file that the broker's plugin reads: who may connect, publish and read (`access_table.h`).
public struct AccessFile: Hashable, Sendable {
    /// The places from which one may come without a name, as a viewer.
    public enum Anonymous: String, Hashable, Sendable, CaseIterable {
        case none
        /// Whoever comes from this machine.
        case loopback
        case any
    }

    /// A password as the broker knows it: 16 bytes of salt, and the SHA-256 of them and the password.
    public struct Secret: Hashable, Sendable {
        public var salt: [UInt8]
        public var hash: [UInt8]

        public init(salt: [UInt8], hash: [UInt8]) {
            self.salt = salt
            self.hash = hash
        }

        /// Hashes a password.
        public init(of password: String, salt: [UInt8]) throws(IdentityError) {
            var hash = [UInt8](repeating: 0, count: 32)
            guard salt.count == 16, access_hash(salt, password, &hash) else { throw IdentityError("a password can't be hashed") }
            self.init(salt: salt, hash: hash)
        }
    }

    public var site: String?
    public var anonymous: Anonymous
    public var secrets: [Identity: Secret]

    public init(site: String?, anonymous: Anonymous = .loopback, secrets: [Identity: Secret] = [:]) {
        self.site = site
        self.anonymous = anonymous
        self.secrets = secrets
    }

    /// The file's text: the rights of every role, then the names.
    public var text: String {
        var lines = ["wattline-access 1", "# Written by wattline credentials. Rights: docs/security.md.", "anonymous \(anonymous.rawValue) viewer"]
        for role in Role.allCases {
            let rights = Rights(of: role, site: site)
            lines.append("role \(role.rawValue)")
            lines += rights.clients.map { "client \($0)" } + rights.writes.map { "write \($0)" } + rights.reads.map { "read \($0)" }
        }
        for (identity, secret) in secrets.sorted(by: { $0.key < $1.key }) {
            lines.append("user \(identity.username) \(identity.role.rawValue) \(identity.key) \(secret.salt.hex) \(secret.hash.hex)")
        }
        // The broker refuses a file that was cut off.
        lines.append("end")
        return lines.joined(separator: "\n") + "\n"
    }
}

extension AccessFile {
    /// Those who have a name, in a file's text.
    static func identities(in text: String) -> [Identity] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 6, words[0] == "user", let role = Role(rawValue: String(words[2])) else { return nil }
            return Identity(role, key: String(words[3]))
        }
    }

    /// The passwords in a file's text, by the names.
    static func secrets(in text: String) -> [String: Secret] {
        var secrets: [String: Secret] = [:]
        for words in lines(of: text) where words.count == 6 && words[0] == "user" {
            guard let salt = [UInt8](hex: words[4]), let hash = [UInt8](hex: words[5]) else { continue }
            secrets[String(words[1])] = Secret(salt: salt, hash: hash)
        }
        return secrets
    }

    /// The places in a file's text from which one may come without a name; `nil` where it names none.
    static func anonymous(in text: String) -> Anonymous? {
        var found: Anonymous?
        for words in lines(of: text) where words.count == 3 && words[0] == "anonymous" { found = Anonymous(rawValue: String(words[1])) }
        return found
    }

    /// The words of each line, parted as the broker's plugin parts them: by bytes, whatever stands before a line break.
    private static func lines(of text: String) -> [[Substring]] {
        text.utf8.split(separator: UInt8(ascii: "\n")).map { line in line.split(separator: UInt8(ascii: " ")).map { Substring($0) } }
    }
}

extension [UInt8] {
    /// The bytes that hexadecimal digits stand for; `nil` for anything else.
    init?(hex text: Substring) {
        let digits = text.utf8.map { UInt8(String(UnicodeScalar($0)), radix: 16) }
        guard digits.count % 2 == 0, !digits.contains(nil) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { (digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0) }
    }

    /// The bytes as hexadecimal digits.
    var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
