public import ChargingModel
internal import Platform

/// The operators of a Central, as its file has them.
///
/// ```
/// wattline-operators 1
/// operator anna operator 2026-11-29T18:40:00.000Z SALT HASH     name, role, since when; 32 and 64 hex digits
/// end                                                           a file that was cut off is refused
/// ```
public struct OperatorList: Hashable, Sendable {
    /// The most operators: each request with a secret is held against all of them.
    public static let limit = 100
    /// The most bytes of a file that is read.
    static let sizeLimit = 64 * 1024
    private static let kind = "wattline-operators"

    /// All of them, by name.
    public var operators: [Operator]

    public init(_ operators: [Operator] = []) { self.operators = operators }

    public subscript(name: Operator.Name) -> Operator? { operators.first { $0.name == name } }

    /// The one whose secret this is. Takes the same time whoever it is, and for nobody.
    public func owner(of secret: some StringProtocol) -> Operator? {
        guard Operator.isSecret(secret) else { return nil }
        let text = String(secret)
        var found: Operator?
        for one in operators where one.secret.isOf(text) { found = one }
        return found
    }

    /// The file's text.
    public var text: String {
        var lines = ["\(OperatorList.kind) 1", "# Written by wattline operators. It has salted hashes, and nobody's secret."]
        for one in operators.sorted(by: { $0.name < $1.name }) {
            lines.append("operator \(one.name) \(one.role.rawValue) \(one.since.text) \(one.secret.salt.hex) \(one.secret.hash.hex)")
        }
        lines.append("end")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads a file's text.
    /// - Throws: with the line, when it is not whole or not in this form.
    public init(text: String) throws(IdentityError) {
        self.init()
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        let head = lines.popFirst() ?? ""
        guard head == "\(OperatorList.kind) 1" else {
            throw OperatorList.refused(1, head.hasPrefix(OperatorList.kind + " ") ? "a later version made it" : "expected \(OperatorList.kind) 1")
        }
        var number = 1
        while let line = lines.popFirst() {
            number += 1
            if line.hasPrefix("#") || line.isEmpty { continue }
            if line == "end" {
                guard lines.allSatisfy(\.isEmpty) else { throw OperatorList.refused(number + 1, "there is something behind the end") }
                return
            }
            guard let one = OperatorList.read(line) else {
                throw OperatorList.refused(number, "expected operator NAME ROLE TIME SALT HASH, the role one of viewer, operator, admin")
            }
            guard self[one.name] == nil else { throw OperatorList.refused(number, "\(one.name) is there twice") }
            guard operators.count < OperatorList.limit else { throw OperatorList.refused(number, "more than \(OperatorList.limit) operators") }
            operators.append(one)
        }
        throw OperatorList.refused(number, "it was cut off")
    }

    private static func read(_ line: Substring) -> Operator? {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 6, words[0] == "operator", let name = Operator.Name(String(words[1])), !isReserved(name),
            let role = OperatorRole(rawValue: String(words[2])), let since = WallTime(text: String(words[3])),
            let salt = [UInt8](hex: words[4]), salt.count == 16, let hash = [UInt8](hex: words[5]), hash.count == 32
        else { return nil }
        return Operator(name: name, role: role, since: since, secret: AccessFile.Secret(salt: salt, hash: hash))
    }

    /// True for what the shared token is called, in any spelling.
    static func isReserved(_ name: Operator.Name) -> Bool { name.text.lowercased() == Operator.shared }

    private static func refused(_ line: Int, _ why: String) -> IdentityError { IdentityError("line \(line): \(why)", .configuration) }
}

extension AccessFile.Secret {
    /// True when this is the text's hash; takes a time that tells nothing of where they differ.
    func isOf(_ text: String) -> Bool {
        guard let other = try? AccessFile.Secret(of: text, salt: salt), other.hash.count == hash.count else { return false }
        return zip(other.hash, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
