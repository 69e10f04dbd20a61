import ChargingModel
import ChargingProtocol
import Foundation
import MQTT
import Platform
import Runtime
import Settings
import Testing

@testable import Services

@Suite("Files that can't be recorded into, or played") struct RecordingFileTests {
    private func directory(_ root: String) throws -> String {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        return root
    }

    /// The header of a Central that began with a ledger.
    private var header: String {
        let context = PartyContext(settings: MQTTSettings(address: MQTTAddress(), clientID: "central"), wire: Wire(site: nil), seed: 1)
        let made = Now(monotonic: Instant(nanoseconds: 1), wall: WallTime(milliseconds: 1))
        let party = RecordedParty(CentralCore.Settings(software: "w"), nil, context, hasLedger: true, at: made)
        return String(decoding: RecordedLine.header(party), as: UTF8.self)
    }

    private func refusal(of text: String, _ root: String, ledger: String? = nil) throws -> String {
        let path = root + "/file"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        do {
            return "played: \(try Rerun.run(path, keepingLedgerAt: ledger))"
        } catch {
            return error.description
        }
    }

    @Test("what is no recording, or not a whole one, is refused by its name, line and reason") func odd() async throws {
        try await withDirectory { name in
            let root = try directory(name)
            #expect(try refusal(of: "", root) == "\(root)/file is no recording of wattline: it is empty")
            #expect(try refusal(of: "half a line", root).hasSuffix("it has no whole line"))
            #expect(try refusal(of: "{\"version\":1}\n", root).contains("is no recording of wattline: its party is not a text"))
            #expect(try refusal(of: "PK\u{3}\u{4}\n", root).contains("is no recording of wattline: it is no JSON object"))
            #expect(try refusal(of: "{\"topic\":\"a\"}\n", root).contains("is no recording of wattline"))
            #expect(try refusal(of: header.replacing("\"version\":2,\"s", with: "\"version\":3,\"s"), root).contains("take the one that made it"))
            #expect(try refusal(of: header, root).contains("\(root)/file.ledger, the ledger as it was when the recording began, is not there"))
            let plain = header.replacing("\"ledger\":true", with: "\"ledger\":false")
            let central = plain + "{\"party\":\"central\",\"t\":1,\"w\":1,\"in\":"
            #expect(try refusal(of: central + "\n{}\n", root).hasPrefix("line 2 of \(root)/file can't be played"))
            #expect(try refusal(of: central + "\"sneeze\"}\n", root).hasSuffix("sneeze is no input of central"))
            let driver = plain + "{\"party\":\"driver:x\",\"t\":1,\"w\":1,\"in\":\"start\"}\n"
            #expect(try refusal(of: driver, root).contains("nothing says yet who driver:x is"))
            #expect(try refusal(of: plain + "{\"party\":\"central\",\"out\":\"end\"}\n", root).contains("it comes of no input of its party"))
            #expect(try refusal(of: plain + plain, root).contains("central begins a second time"))
            #expect(try refusal(of: plain + "{\"closed\":true}\n{}\n", root).contains("line 3 of \(root)/file stands behind the recording's end"))
            #expect(try refusal(of: plain, root, ledger: "\(root)/file").contains("\(root)/file is there already"))
            let none = #expect(throws: RecordingError.self) { () throws in _ = try Rerun.run(root + "/none") }
            #expect(none?.description == "\(root)/none can't be read: No such file or directory")
        }
    }

    @Test("a recording is never written over: the file is named, with what to do, and left as it is") func existing() async throws {
        try await withDirectory { root in
            let path = try directory(root) + "/file"
            try "mine".write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: SettingError.self) { try PartyRecorder(path: path, from: "--record").open() }
            #expect(error?.description.contains("--record=\"\(path)\"") == true && error?.description.contains("move it away") == true)
            #expect(error?.processExit == .usage)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
            try FileManager.default.moveItem(atPath: path, toPath: path + "-2.ledger")
            let beside = #expect(throws: SettingError.self) { try PartyRecorder(path: path + "-2", from: "--record").open(ledger: root + "/none") }
            #expect(beside?.description.contains("-2.ledger") == true)
            let nowhere = #expect(throws: SettingError.self) { try PartyRecorder(path: root + "/none/file", from: "WATTLINE_RECORD").open() }
            #expect(nowhere?.description.contains("No such file or directory") == true && nowhere?.processExit == .configuration)
        }
    }

    @Test("only its owner reads a recording") func mode() async throws {
        try await withDirectory { root in
            let path = try directory(root) + "/file"
            let recorder = PartyRecorder(path: path, from: "--record")
            try recorder.open()
            recorder.close()
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "{\"closed\":true}\n")
        }
    }
}
