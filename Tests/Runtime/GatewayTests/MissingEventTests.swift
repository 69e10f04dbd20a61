import ChargingModel
import Gateway
import OCPP
import Testing

/// A station of 2.0.1 that comes back is asked for the status of transactions of which something is missing.
@Suite struct MissingEventTests {
    /// A station whose transaction has an end and no beginning, and which was away.
    private func isBack() throws -> (bench: StationBench, call: String) {
        var bench = StationBench(.v201)
        bench.event("Updated", 4, at: 1, register: 1200, token: "card-7", offline: true)
        #expect(bench.event("Ended", 5, register: 1500).calls.isEmpty)
        bench.disconnect()
        bench.pass(.seconds(60))
        let call = try #require(bench.connect().calls.first { $0.action == "GetTransactionStatus" })
        #expect(call.transaction == "tx-1")
        return (bench, call.id)
    }

    @Test("Nothing waits there: what is known is the record, at once, and people hear")
    func nothing() throws {
        var (bench, call) = try isBack()
        let over = bench.answer(call, #"{"messagesInQueue":false}"#)
        #expect(over.found.map(\.metered.energy) == [wh(300)] && over.notices.contains(.beginningLost("tx-1")))
        bench.feed(.recorded(over.found[0].session))
        #expect(bench.core.memory.open.isEmpty)
    }

    @Test("Messages wait there: so does the gateway, and what comes counts")
    func waits() throws {
        var (bench, call) = try isBack()
        #expect(bench.answer(call, #"{"ongoingIndicator":false,"messagesInQueue":true}"#).found.isEmpty)
        #expect(bench.pass(.seconds(290)).found.isEmpty)
        #expect(bench.event("Started", 0, at: 1, register: 1000, offline: true).found.map(\.metered.energy) == [wh(500)])
    }

    @Test(
        "An answer that says nothing, or none, changes nothing: it is waited for as ever",
        arguments: [#"{"status":"Accepted"}"#, #"{"ongoingIndicator":true}"#, nil])
    func nonsense(_ answer: String?) throws {
        var (bench, call) = try isBack()
        if let answer { #expect(bench.answer(call, answer).found.isEmpty) }
        #expect(bench.pass(.seconds(290)).found.isEmpty)
        #expect(bench.pass(.seconds(11)).found.map(\.metered.energy) == [wh(300)])
    }

    @Test("Who has nothing missing is not asked, nor a station of 1.6")
    func notAsked() {
        for version in [OCPPVersion.v16, .v201] {
            var bench = StationBench(version)
            bench.charge(s1)
            bench.disconnect()
            #expect(!bench.connect().calls.contains { $0.action == "GetTransactionStatus" })
        }
    }
}
