/// A splitter of a stream of bytes into lines. A line that gets too long is cut off; what follows of it is left out.
struct LineSplitter: Sendable {
    /// The longest line, in bytes.
    let limit: Int
    private var rest: [UInt8] = []
    private var isSkipping = false

    init(limit: Int = 16_384) { self.limit = limit }

    /// Takes bytes; returns the lines that are whole now, without their ends.
    mutating func add(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if !isSkipping { lines.append(taken()) }
                isSkipping = false
            } else if !isSkipping {
                rest.append(byte)
                if rest.count >= limit {
                    lines.append(taken() + "…")
                    isSkipping = true
                }
            }
        }
        return lines
    }

    /// The rest when the stream ends.
    mutating func finish() -> String? { rest.isEmpty ? nil : taken() }

    private mutating func taken() -> String {
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        defer { rest.removeAll(keepingCapacity: true) }
        return String(decoding: rest, as: UTF8.self)
    }
}

/// The line of a child, with its colours but without anything else that moves a terminal's cursor.
func printable(_ line: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) }
    guard line.unicodeScalars.contains(where: isControl) else { return line }
    var result = ""
    var rest = line.unicodeScalars[...]
    while let scalar = rest.popFirst() {
        if scalar == "\u{1B}", rest.first == "[" {
            let body = rest.dropFirst().prefix { ("0"..."9").contains($0) || $0 == ";" }
            if rest[body.endIndex...].first == "m" {
                result.unicodeScalars.append(scalar)
                result.unicodeScalars.append(contentsOf: rest[...body.endIndex])
                rest = rest[body.endIndex...].dropFirst()
                continue
            }
        }
        result.unicodeScalars.append(!isControl(scalar) ? scalar : scalar == "\t" ? " " : "\u{FFFD}")
    }
    return result
}
