import Testing

@testable import OCPP

@Suite("OCPP: what either side writes, the other reads") struct RoundTripTests {
    static let seeds: Range<UInt64> = 0..<60

    /// A frame as it comes out of its own text.
    private func sent(_ frame: OCPPFrame) throws -> OCPPFrame {
        let read = try OCPPFrame.read(frame.bytes)
        #expect(read.value == frame)
        #expect(read.remarks.isEmpty)
        return read.value
    }

    /// The samples of "-5 Wh" are no oddity of the writer.
    private func odd(_ remarks: [Remark]) -> [Remark] { remarks.filter { $0.quirk != .valueUnreadable } }

    @Test("a station's calls", arguments: OCPPVersion.allCases, StationAction.allCases)
    func stationCalls(_ version: OCPPVersion, _ action: StationAction) throws {
        for seed in RoundTripTests.seeds {
            var generator = Generator(seed: seed, version)
            let call = generator.stationCall(action)
            guard action.exists(in: version) else {
                #expect(call.frame(id: "1", in: version) == nil)
                continue
            }
            guard case .call("1", let name, let payload) = try sent(try #require(call.frame(id: "1", in: version))) else { continue }
            let read = try StationCall.read(name, payload, in: version)
            #expect(read.value == call, "seed \(seed): \(payload)")
            #expect(odd(read.remarks) == [], "seed \(seed): \(payload)")
        }
    }

    @Test("a backend's answers", arguments: OCPPVersion.allCases, StationAction.allCases)
    func stationAnswers(_ version: OCPPVersion, _ action: StationAction) throws {
        guard action.exists(in: version) else { return }
        for seed in RoundTripTests.seeds {
            var generator = Generator(seed: seed, version)
            let answer = generator.stationAnswer(to: action)
            guard case .result("1", let payload) = try sent(answer.frame(to: "1", in: version)) else { continue }
            let read = try StationAnswer.read(payload, to: action, in: version)
            #expect(read.value == answer, "seed \(seed): \(payload)")
            #expect(read.remarks == [], "seed \(seed): \(payload)")
        }
    }

    @Test("a backend's calls", arguments: OCPPVersion.allCases, BackendAction.allCases)
    func backendCalls(_ version: OCPPVersion, _ action: BackendAction) throws {
        for seed in RoundTripTests.seeds {
            var generator = Generator(seed: seed, version)
            let call = generator.backendCall(action) ?? .other(action, try payload(#"{"a":1}"#))
            guard action.exists(in: version) else {
                #expect(call.action(in: version) != action || call.payload(in: version) == nil)
                continue
            }
            guard case .call("1", action.rawValue, let payload) = try sent(try #require(call.frame(id: "1", in: version))) else {
                Issue.record("another action: \(call)")
                continue
            }
            let read = try BackendCall.read(action.rawValue, payload, in: version)
            #expect(read.value == call, "seed \(seed): \(payload)")
            #expect(read.remarks == [], "seed \(seed): \(payload)")
        }
    }

    @Test("a station's answers", arguments: OCPPVersion.allCases, BackendAction.allCases)
    func backendAnswers(_ version: OCPPVersion, _ action: BackendAction) throws {
        guard action.exists(in: version) else { return }
        for seed in RoundTripTests.seeds {
            var generator = Generator(seed: seed, version)
            let answer = try generator.backendAnswer(to: action) ?? .other(payload(#"{"a":1}"#))
            guard case .result("1", let payload) = try sent(answer.frame(to: "1", action, in: version)) else { continue }
            let read = try BackendAnswer.read(payload, to: action, in: version)
            #expect(read.value == answer, "seed \(seed): \(payload)")
            #expect(read.remarks == [], "seed \(seed): \(payload)")
        }
    }
}
