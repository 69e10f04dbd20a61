import Glibc
import Platform
import Settings
import Testing

@testable import Supervisor

@Suite("up.json") struct StateFileTests {
    private let directory = TemporaryDirectory()
    private var data: DataDirectory { DataDirectory(root: directory.path) }

    @Test("that of a killed up of the version before is read, and said to be left over") func former() throws {
        let fixture = #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" } + "/Fixtures/wattline-0.1.0/up.json"
        let state = try #require(try UpState.read(fixture))
        #expect(state.pid == 9827 && state.network == "before" && state.broker.isOwn && state.broker.port == 28830 && state.httpPort == 28080)
        #expect(state.processes.count == 10 && state.processes.count { $0.pid == nil } == 1)
        #expect(state.processes.first { $0.name == "CP-001 engine" }?.restarts == 1)
        #expect(replaceText(of: data.stateFile, with: try #require(readText(fixture))) == nil)
        #expect(try ProcessTable.text(data: data).hasPrefix("Nothing runs here: \(data.stateFile) is left over from process 9827"))
    }

    @Test("what is there and can't be read is said with the reason, and never taken for nothing; leftovers of it stay, and so does it")
    func unreadable() throws {
        for (text, said) in [
            ("", ":1: expected a JSON value"), (#"{"pid":"x","broker":{}}"#, #":1 pid="x": expected a process id"#),
            (#"{"pid":1,"since":2}"#, ":1 broker: expected an object, but it is missing"),
        ] {
            #expect(replaceText(of: data.stateFile, with: text) == nil)
            let error = try #require(#expect(throws: UnreadableState.self) { try ProcessTable.text(data: data) })
            #expect(error.description.hasPrefix("can't tell what wattline up runs: \(data.stateFile)\(said)"), "\(error)")
            #expect(error.processExit == .configuration)
            #expect(throws: error) { try ProcessTable.pid(of: "central", data: data) }
            #expect(throws: error) { try ProcessTable.broker(data: data) }
            #expect(throws: error) { try ProcessTable.running(data: data) }
            #expect(throws: error) { try Leftovers.cleanUp(stateFile: data.stateFile) }
            #expect(readText(data.stateFile) == text)
        }
        unlink(data.stateFile)
        mkdir(data.stateFile, 0o700)
        let error = #expect(throws: UnreadableState.self) { try ProcessTable.text(data: data) }
        #expect(error?.description.contains("\(data.stateFile): Is a directory") == true)
        #expect(try ProcessTable.text(data: DataDirectory(root: directory.path + "/none")).hasPrefix("Nothing runs here: no "))
    }

    @Test("fields that a later version added are passed over") func added() throws {
        let state = #"{"pid":1,"started":"2026-11-28T22:33:06.699Z","network":"n","broker":{"url":"u","port":1,"own":true,"x":1},"y":[]}"#
        #expect(replaceText(of: data.stateFile, with: state) == nil)
        #expect(try UpState.read(data.stateFile)?.network == "n")
    }
}
