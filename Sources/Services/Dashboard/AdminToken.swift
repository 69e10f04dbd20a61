internal import Glibc
internal import Identities
internal import Platform

/// The shared token, for whoever has no name of an operator: set, or made at the first start and kept in Central's directory.
public struct AdminToken: Sendable {
    private let bytes: [UInt8]
    /// The token's text if it was made just now, to be told once; else `nil`.
    public let fresh: String?

    public static let lengths = Operator.secretLengths

    init(_ text: String, fresh: String? = nil) {
        bytes = Array(text.utf8)
        self.fresh = fresh
    }

    /// The token that was set, or the one in the directory's file `admin-token`, which is made when it is not there (mode 0600).
    /// - Throws: when the file can't be read or made, or holds no token.
    public static func find(_ text: String?, in directory: String) throws(AdminTokenError) -> AdminToken {
        if let text { return AdminToken(text) }
        let path = directory + "/admin-token"
        if let known = try read(path) { return AdminToken(known) }
        let made = make()
        // Another Central of this directory may make one at the same moment.
        guard try write(made, to: path) else { return AdminToken(try AdminToken.text(nil, in: directory)) }
        return AdminToken(made, fresh: made)
    }

    /// The text of the token that was set, or of the one in the directory's file.
    /// - Throws: when there is none.
    public static func text(_ chosen: String?, in directory: String) throws(AdminTokenError) -> String {
        if let chosen { return chosen }
        guard let known = try read(directory + "/admin-token") else {
            throw AdminTokenError(
                "no token in \(directory)/admin-token; set WATTLINE_OPERATOR_SECRET to an operator's secret, or WATTLINE_ADMIN_TOKEN to Central's shared token"
            )
        }
        return known
    }

    /// True when the text is the token; takes a time that tells nothing of the token but its length.
    func matches(_ text: some StringProtocol) -> Bool {
        let other = Array(text.utf8)
        guard other.count == bytes.count else { return false }
        return zip(bytes, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func make() -> String {
        var random = SystemRandomNumberGenerator()
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return String((0..<32).map { _ in letters[Int(random.next() % UInt64(letters.count))] })
    }

    private static func read(_ path: String) throws(AdminTokenError) -> String? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw AdminTokenError("can't read \(path): \(errorText(errno))")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw AdminTokenError("can't read \(path): \(errorText(errno))") }
        let text = String(decoding: bytes.prefix(count).prefix { $0 > 0x20 }, as: UTF8.self)
        guard isToken(text) else {
            throw AdminTokenError(
                "\(path) holds no token: \(lengths.lowerBound) to \(lengths.upperBound) visible ASCII characters are expected; remove it to get a new one"
            )
        }
        return text
    }

    /// Writes it whole, or not at all.
    /// - Returns: false when the file is there already.
    private static func write(_ token: String, to path: String) throws(AdminTokenError) -> Bool {
        let unfinished = "\(path).\(getpid()).new"
        unlink(unfinished)
        let descriptor = Glibc.open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw AdminTokenError("can't make \(path): \(errorText(errno))") }
        defer { unlink(unfinished) }
        let bytes = Array((token + "\n").utf8)
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        let isWritten = count == bytes.count && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard isWritten else { throw AdminTokenError("can't write \(path): \(errorText(code))") }
        guard link(unfinished, path) != 0 else { return true }
        guard errno == EEXIST else { throw AdminTokenError("can't make \(path): \(errorText(errno))") }
        return false
    }

    /// True when the text can stand in a header as it is.
    public static func isToken(_ text: String) -> Bool { Operator.isSecret(text) }
}

public struct AdminTokenError: Error, Hashable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
