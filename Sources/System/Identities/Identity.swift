internal import ChargingModel
public import ChargingProtocol
internal import Encodings
public import Platform
internal import Settings

/// Somebody with a name on the bus: a role and an id.
public struct Identity: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let role: Role
    /// An id by P1; `central` for Central; a station's as it calls itself.
    public let id: String

    /// - Throws: when the id is none by P1, or none of a station, or Central is to have another.
    public init(_ role: Role, _ id: String) throws(IdentityError) {
        guard role != .station || Identity.isStation(id) else {
            throw IdentityError("\(quoted(id)) is no station's id: expected 1–48 bytes that can be printed, as the station calls itself")
        }
        guard role == .station || Identifier<Identity>.isValid(id) else {
            throw IdentityError("\(quoted(id)) is no id: expected 1–36 letters, digits, '_' or '-', the first a letter or digit")
        }
        guard role != .central || id == Identity.centralID else {
            throw IdentityError("there is one Central, with the id \(Identity.centralID): not \"\(id)\"")
        }
        self.role = role
        self.id = id
    }

    private init(known role: Role, _ id: String) {
        self.role = role
        self.id = id
    }

    /// The name under which the owner of the data directory looks on.
    public static let localRecorder = Identity(known: .recorder, "local")

    /// The name under which the owner of the data directory does what nobody else may: chaos and fleets.
    public static let localAdmin = Identity(known: .admin, "local")

    /// The names that a network needs: Central's, a gateway's, its points' and drivers', and two for its owner.
    /// - Throws: never for ids that are ones by P1.
    public static func all(points: [String], drivers: [String]) throws(IdentityError) -> [Identity] {
        var all = [Identity(known: .central, centralID), Identity(known: .gateway, gatewayID), localRecorder, localAdmin]
        for point in points { all += [try Identity(.engine, point), try Identity(.monitor, point)] }
        for driver in drivers { all.append(try Identity(.driver, driver)) }
        return all
    }

    /// Central's only id.
    public static let centralID = "central"
    /// The id of a gateway that the network starts by itself.
    public static let gatewayID = "local"

    /// An identity by the name of its file.
    /// - Returns: `nil` for what is none.
    public init?(_ role: Role, key: String) {
        guard let id = PercentEncoding.decoded(key, isQuery: false), let found = try? Identity(role, id), found.key == key else { return nil }
        self = found
    }

    /// OCPP's own limit of an id (2.0.1, `identifierString[48]`).
    private static func isStation(_ id: String) -> Bool {
        (1...48).contains(id.utf8.count) && id.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }

    /// The id as a word, and the name of a file: the same for all but stations, of whose ids all but letters, digits and `-._~` is percent-encoded.
    public var key: String {
        let encoded = PercentEncoding.encoded(id)
        return encoded.hasPrefix(".") ? "%2E" + encoded.dropFirst() : encoded
    }

    /// The words by which a command names it: the role, and the id, in quotes where a shell needs them.
    public var arguments: String {
        let isPlain = Identifier<Identity>.isValid(id)
        let isFlag = id.hasPrefix("-")
        return "\(isFlag ? "-- " : "")\(role.rawValue) " + (isPlain ? id : "'\(id.replacing("'", with: "'\\''"))'")
    }

    /// The name with which it logs in.
    public var username: String { role == .central ? "central" : "\(role.rawValue):\(key)" }

    public var description: String { role == .central ? "central" : "\(role.rawValue) \(id)" }

    // Byte by byte: of two ids that look the same each is a station's own.
    public static func == (a: Identity, b: Identity) -> Bool { a.role == b.role && a.id.utf8.elementsEqual(b.id.utf8) }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(role)
        for byte in id.utf8 { hasher.combine(byte) }
    }

    public static func < (a: Identity, b: Identity) -> Bool { (a.role, a.id) < (b.role, b.id) }
}

/// Why an identity can't be made, kept or found: one line for people.
public struct IdentityError: ProcessFailure, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    public let processExit: ProcessExit

    init(_ description: String, _ processExit: ProcessExit = .failure) {
        self.description = description
        self.processExit = processExit
    }

    init(_ error: DataDirectoryError) { self.init("\(error)", error.processExit) }
}
