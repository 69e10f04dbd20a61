/// A key that a person pressed.
public enum Key: Hashable, Sendable {
    case character(Character)
    case up, down, left, right
    case pageUp, pageDown, home, end
    case enter, escape, tab, backspace
    /// Ctrl-C, where the terminal does not make a signal of it.
    case interrupt
    /// Ctrl-L.
    case redraw
}

/// A reader of keys from the bytes that a terminal sends: UTF-8 and escape sequences, in pieces of any size. A sequence that it does not know is no
/// key.
public struct KeyReader: Sendable {
    private var pending: [UInt8] = []

    public init() {}

    /// True while an escape sequence may have begun, or the escape key was pressed: only time tells.
    public var isPending: Bool { !pending.isEmpty }

    public mutating func read(_ bytes: some Sequence<UInt8>) -> [Key] {
        var keys: [Key] = []
        for byte in bytes {
            pending.append(byte)
            take(&keys)
        }
        return keys
    }

    /// Returns the key of what is pending, after a while in which nothing followed: it is all there is.
    public mutating func flush() -> [Key] {
        defer { pending = [] }
        return pending == [0x1B] ? [.escape] : []
    }

    private mutating func take(_ keys: inout [Key]) {
        guard let first = pending.first else { return }
        if first == 0x1B { return takeEscape(&keys) }
        if first < 0x80 {
            pending = []
            if let key = KeyReader.plain(first) { keys.append(key) }
            return
        }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0
        if length == 0 || first > 0xF4 || pending.dropFirst().contains(where: { $0 & 0xC0 != 0x80 }) {
            pending = []
            return
        }
        guard pending.count == length else { return }
        if let text = String(validating: pending, as: UTF8.self), let character = text.first { keys.append(.character(character)) }
        pending = []
    }

    private mutating func takeEscape(_ keys: inout [Key]) {
        guard pending.count > 1 else { return }
        switch pending[1] {
        case 0x1B:
            keys.append(.escape)
            pending = [0x1B]
        case UInt8(ascii: "["):
            guard pending.count > 2, let last = pending.last else { return }
            if (0x40...0x7E).contains(last) {
                if let key = KeyReader.control(pending[2...]) { keys.append(key) }
                pending = []
            } else if !(0x20..<0x40).contains(last) || pending.count > 32 {
                pending = []
            }
        case UInt8(ascii: "O"):
            guard pending.count > 2 else { return }
            if let key = KeyReader.control(pending[2...]) { keys.append(key) }
            pending = []
        default:
            // The escape key, and another one at once.
            let rest = pending[1]
            pending = []
            keys.append(.escape)
            if let key = KeyReader.plain(rest) { keys.append(key) }
        }
    }

    private static func plain(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x03: .interrupt
        case 0x0C: .redraw
        case 0x0D, 0x0A: .enter
        case 0x09: .tab
        case 0x08, 0x7F: .backspace
        case 0x20..<0x7F: .character(Character(Unicode.Scalar(byte)))
        default: nil
        }
    }

    private static func control(_ sequence: ArraySlice<UInt8>) -> Key? {
        switch sequence.last {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "~"):
            switch sequence.first {
            case UInt8(ascii: "1"), UInt8(ascii: "7"): .home
            case UInt8(ascii: "4"), UInt8(ascii: "8"): .end
            case UInt8(ascii: "5"): .pageUp
            case UInt8(ascii: "6"): .pageDown
            default: nil
            }
        default: nil
        }
    }
}
