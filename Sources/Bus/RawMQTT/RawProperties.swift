/// The properties of a packet of a broker that somebody here asks for; the others are passed over.
public struct RawProperties: Hashable, Sendable {
    public var expirySeconds: UInt32?
    public var subscriptions: [UInt32] = []
    public var serverKeepAlive: UInt16?
    public var receiveMaximum: UInt16?
    public var maximumQoS: UInt8?
    public var maximumPacketSize: UInt32?
    public var retainAvailable: Bool?
    public var wildcardsAvailable: Bool?
    public var identifiersAvailable: Bool?
    public var reasonText: String?

    public init() {}

    /// Takes the properties from the front of a packet's rest, with their length.
    /// - Returns: nil when they break the standard.
    init?(_ rest: inout ArraySlice<UInt8>) {
        guard let length = rest.takeVariable(), rest.count >= Int(length) else { return nil }
        var own = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        while let id = own.takeVariable() {
            guard take(id, &own) else { return nil }
        }
        guard own.isEmpty else { return nil }
    }

    /// Takes the value of a property; false when there is none, or no such property.
    private mutating func take(_ id: UInt32, _ rest: inout ArraySlice<UInt8>) -> Bool {
        switch id {
        case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A:
            guard let value = rest.popFirst() else { return false }
            note(id, value)
        case 0x13, 0x21, 0x22, 0x23:
            guard let value = rest.takeWord() else { return false }
            if id == 0x13 { serverKeepAlive = value }
            if id == 0x21 { receiveMaximum = value }
        case 0x02, 0x11, 0x18, 0x27:
            guard let high = rest.takeWord(), let low = rest.takeWord() else { return false }
            let value = UInt32(high) << 16 | UInt32(low)
            if id == 0x02 { expirySeconds = value }
            if id == 0x27 { maximumPacketSize = value }
        case 0x0B:
            guard let value = rest.takeVariable() else { return false }
            subscriptions.append(value)
        case 0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F:
            guard let text = rest.takeText() else { return false }
            if id == 0x1F { reasonText = text }
        case 0x26: return rest.takeText() != nil && rest.takeText() != nil
        default: return false
        }
        return true
    }

    private mutating func note(_ id: UInt32, _ value: UInt8) {
        switch id {
        case 0x24: maximumQoS = value
        case 0x25: retainAvailable = value != 0
        case 0x28: wildcardsAvailable = value != 0
        case 0x29: identifiersAvailable = value != 0
        default: break
        }
    }
}

extension ArraySlice<UInt8> {
    mutating func takeWord() -> UInt16? {
        guard let high = popFirst(), let low = popFirst() else { return nil }
        return UInt16(high) << 8 | UInt16(low)
    }

    /// Takes a number of one to four bytes.
    mutating func takeVariable() -> UInt32? {
        var value: UInt32 = 0
        for shift in stride(from: UInt32(0), to: 28, by: 7) {
            guard let byte = popFirst() else { return nil }
            value |= UInt32(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    mutating func takeText() -> String? {
        guard let length = takeWord(), count >= Int(length) else { return nil }
        defer { self = dropFirst(Int(length)) }
        return String(decoding: prefix(Int(length)), as: UTF8.self)
    }
}
