import ChargingModel
import ChargingProtocol
import Testing

@Suite("Topics, clients and subscriptions") struct NamesTests {
    @Test("every topic is read as it is spelled") func topics() {
        for message in Samples.all { #expect(Topic(message.topic.text) == message.topic) }
    }

    @Test("client ids and own topics (P2, P8)") func parties() {
        let cp = Samples.cp
        let wire = Wire(site: nil)
        let site = Wire(site: "madrid")
        #expect(wire.clientID(of: .central) == "central")
        #expect(wire.clientID(of: .engine(cp)) == "engine:CP-001")
        #expect(wire.clientID(of: .monitor(cp)) == "monitor:CP-001")
        #expect(site.clientID(of: .driver(Samples.driver)) == "madrid:driver:driver-alice")
        #expect(Party.engine(cp).ownTopic == .state(cp) && Party.monitor(cp).ownTopic == .health(cp))
        #expect(Party.central.ownTopic == .centralStatus && Party.driver(Samples.driver).ownTopic == nil)
        #expect(site.filters(of: .engine(cp)) == ["madrid/cp/CP-001/command", "madrid/central/status", "madrid/central/cp/CP-001"])
        #expect(wire.filters(of: .central).contains("driver/+/request"))
        let driver = Party.driver(DriverID(known: "d"))
        #expect(site.filters(of: driver, points: [cp]).last == "madrid/central/cp/CP-001", "of its own points alone")
        #expect(wire.filters(of: driver).last == "central/cp/+")
        #expect(wire.filters(of: driver, points: Array(repeating: cp, count: 33)).last == "central/cp/+")
        #expect(Party.driver(Samples.driver).will(epoch: 1) == nil)
    }

    @Test("each party has its place in a fixed order") func order() {
        let parties: [Party] = [
            .driver(Samples.driver), .monitor(Samples.cp), .engine(ChargePointID(known: "CP-002")), .engine(Samples.cp), .central,
        ]
        #expect(
            parties.sorted() == [
                .central, .engine(Samples.cp), .engine(ChargePointID(known: "CP-002")), .monitor(Samples.cp), .driver(Samples.driver),
            ])
    }

    @Test("journal lines come back as they went, and others are refused by name") func journalLines() throws {
        for line in Samples.journal { #expect(try JournalLine(line.bytes) == line) }
        for wrong in ["", "{}", "{\"epoch\":\"x\"}", "{\"started\":{}}", "{\"ended\":1}", "{\"later\":1}"] {
            #expect(throws: Rejection.self) { try JournalLine(Array(wrong.utf8)) }
        }
    }

    @Test("a field of a journal line that is not known is refused by its name: compaction would lose it", arguments: Samples.journal)
    func unknownFields(_ line: JournalLine) throws {
        let text = String(decoding: line.bytes, as: UTF8.self)
        var wrong = [(text.dropLast() + ",\"later\":1}", "later=1")]
        if text.hasSuffix("}}") {
            let kind = text.dropFirst(2).prefix { $0 != "\"" }
            wrong.append((text.dropLast(2) + ",\"later\":{}}}", "\(kind).later={}"))
        }
        for (text, place) in wrong {
            let error = #expect(throws: Rejection.self) { try JournalLine(Array(text.utf8)) }
            #expect(error?.description.hasPrefix("\(place): expected no such field; known: ") == true, "\(error?.description ?? "")")
        }
        // Of two kinds in one line one would be lost, too.
        #expect(throws: Rejection.self) { try JournalLine(Array((text.dropLast() + ",\"seq\":1}").utf8)) }
    }
}
