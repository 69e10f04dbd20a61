import Foundation
import JSON
import Testing

@testable import OCPP

/// Writes messages of all kinds to `.build/ocpp-frames.jsonl`, which Tests/Acceptance/ocpp_schema_test.py holds against the schemas of somebody else.
@Suite("OCPP: frames for the schemas") struct SchemaFrameTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../.build/ocpp-frames.jsonl").standardized

    @Test("all that either side writes is written down")
    func written() throws {
        var lines: [[UInt8]] = []
        for version in OCPPVersion.allCases {
            for seed in UInt64(1000)..<1040 { try write(Generator(seed: seed, version), to: &lines) }
        }
        try FileManager.default.createDirectory(at: SchemaFrameTests.file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(lines.joined(separator: [UInt8(ascii: "\n")])).write(to: SchemaFrameTests.file, options: .atomic)
        #expect(lines.count > 4000)
    }

    private func write(_ made: Generator, to lines: inout [[UInt8]]) throws {
        var generator = made
        let version = made.version
        for action in StationAction.allCases where action.exists(in: version) {
            let call = generator.stationCall(action)
            // What we only pass on is not ours.
            if case .other(let other, _) = call, other != .dataTransfer {
            } else {
                lines.append(line(version, action.rawValue, call.frame(id: "1", in: version)))
            }
            if action != .vehicleCertificate {
                lines.append(line(version, action.rawValue, generator.stationAnswer(to: action).frame(to: "1", in: version)))
            }
        }
        for action in BackendAction.allCases where action.exists(in: version) {
            if let call = generator.backendCall(action) { lines.append(line(version, action.rawValue, call.frame(id: "1", in: version))) }
            if let answer = generator.backendAnswer(to: action) ?? (try? BackendAnswer.usual(to: action, in: version)) {
                lines.append(line(version, action.rawValue, answer.frame(to: "1", action, in: version)))
            }
        }
    }

    /// The version, the action and the frame: of a result the frame does not say whose it is.
    private func line(_ version: OCPPVersion, _ action: String, _ frame: OCPPFrame?) -> [UInt8] {
        var json = JSONWriter()
        json.object { object in
            object.string("version", version.rawValue)
            object.string("action", action)
            if let frame { object.decimal("frame", frame.text) } else { object.null("frame") }
        }
        return json.bytes
    }
}
