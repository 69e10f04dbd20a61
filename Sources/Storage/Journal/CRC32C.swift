/// A CRC-32C (Castagnoli; RFC 3720, appendix B.4), with which each line of a journal begins.
struct CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0x82F6_3B78 }
    }

    private var state: UInt32 = ~0

    /// The checksum of the bytes so far.
    var value: UInt32 { ~state }

    mutating func add(_ byte: UInt8) { state = CRC32C.table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8 }

    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var checksum = CRC32C()
        for byte in bytes { checksum.add(byte) }
        return checksum.value
    }

    static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        let table = table.span
        var state: UInt32 = ~0
        for index in bytes.indices { state = table[Int(UInt8(truncatingIfNeeded: state) ^ bytes[index])] ^ state >> 8 }
        return ~state
    }
}
