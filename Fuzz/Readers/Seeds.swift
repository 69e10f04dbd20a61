import Foundation
import Testing

/// A committed input of a target: `Fuzz/Seeds/{target}/{name}`.
struct Seed: Sendable, CustomTestStringConvertible {
    var target: String
    var file: URL
    var testDescription: String { "\(target)/\(file.lastPathComponent)" }

    var bytes: [UInt8] { get throws { Array(try Data(contentsOf: file)) } }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Seeds").standardized

    static func all(of target: String) -> [Seed] {
        let folder = folder.appendingPathComponent(target)
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
            .map { Seed(target: target, file: folder.appendingPathComponent($0)) }
    }

    /// A target has tens of seeds, and small ones.
    static func check(_ target: String) throws {
        let seeds = all(of: target)
        #expect((10...99).contains(seeds.count), "\(target)")
        for seed in seeds { #expect(try seed.bytes.count <= 16_384, "\(seed.testDescription)") }
    }
}
