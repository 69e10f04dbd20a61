public import ChargingModel
import Glibc
internal import Platform

/// A file of charge points: one id a line; empty lines and what follows a `#` don't count.
public enum PointList {
    /// Reads the file.
    /// - Throws: the fault, with its line.
    public static func read(_ path: String) throws(SettingError) -> [ChargePointID] {
        guard let bytes = readWhole(path) else {
            throw SettingError("--file", value: path, expected: "a readable file with one id a line (\(errorText(errno)))")
        }
        var points: [ChargePointID] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let text = String(decoding: line.prefix { $0 != UInt8(ascii: "#") }.filter { $0 > 0x20 }, as: UTF8.self)
            if text.isEmpty { continue }
            guard let point = ChargePointID(text) else {
                throw SettingError("\(path):\(index + 1)", value: text, expected: ValueParser<ChargePointID>.id().expected)
            }
            points.append(point)
        }
        guard !points.isEmpty else { throw SettingError("--file", value: path, expected: "at least one id in it") }
        return points
    }
}
