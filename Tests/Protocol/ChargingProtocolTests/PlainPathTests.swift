import ChargingModel
import ChargingProtocol
import Foundation
import JSON
import Testing

@Suite("The short way through a payload against the long one") struct PlainPathTests {
    private static let wire = Wire(site: nil)

    private enum Answer: Equatable {
        case received(Wire.Received)
        case line(JournalLine)
        case rejected(Rejection)

        init(_ read: () throws(Rejection) -> Wire.Received) {
            do throws(Rejection) { self = .received(try read()) } catch { self = .rejected(error) }
        }

        init(line read: () throws(Rejection) -> JournalLine) {
            do throws(Rejection) { self = .line(try read()) } catch { self = .rejected(error) }
        }
    }

    @Test("what our programs write goes the short way, but for what is not ASCII", arguments: Samples.all)
    func isTaken(_ message: BusMessage) {
        let publication = PlainPathTests.wire.publication(message, at: Samples.now)
        let isPlain = publication.payload.allSatisfy { $0 < 0x80 }
        let found = PlainPathTests.wire.decode(plain: publication.payload, topic: publication.topic)
        #expect(found == (isPlain ? message : nil))
    }

    @Test("journal lines go the short way") func linesAreTaken() {
        for line in Samples.journal { #expect(JournalLine(plain: line.bytes) == line) }
    }

    @Test("P4: both ways give the same value or the same rejection, whatever is done to a payload", arguments: Samples.all.indices)
    func messages(_ index: Int) throws {
        let publication = PlainPathTests.wire.publication(Samples.all[index], at: Samples.now)
        let members = try JSONObject(publication.payload).all.map { (name: $0.name, text: $0.value.text) }
        var mutator = Mutator(seed: UInt64(index))
        var taken = 0
        for _ in 0..<1500 {
            let payload = mutator.mutate(members)
            let text = String(decoding: payload, as: UTF8.self)
            let topic = publication.topic
            let long = Answer { () throws(Rejection) in try PlainPathTests.wire.decode(anyObject: payload, topic: topic) }
            let both = Answer { () throws(Rejection) in try PlainPathTests.wire.decode(topic: topic, payload: payload) }
            #expect(both == long, "\(text)")
            if let short = PlainPathTests.wire.decode(plain: payload, topic: topic) {
                taken += 1
                #expect(long == .received(.message(short)), "\(text)")
            }
            let epoch = try? JSONObject(payload)["epoch"]?.number?.integer
            let expected = epoch.flatMap { (0...9_007_199_254_740_990).contains($0) ? Epoch($0) : nil }
            #expect(PlainPathTests.wire.epoch(in: payload) == expected, "\(text)")
        }
        // Neither is it always the one nor always the other.
        let least = publication.payload.allSatisfy { $0 < 0x80 } ? 20 : 1
        #expect(taken >= least && taken < 1480, "\(taken) of \(publication.topic)")
    }

    @Test("P4: the same of what is done to a ticket in a list") func tickets() throws {
        let list = try #require(Samples.all.first { if case .tickets(let list) = $0 { list.tickets.count == 2 } else { false } })
        let publication = PlainPathTests.wire.publication(list, at: Samples.now)
        let members = try JSONObject(publication.payload).all.map { (name: $0.name, text: $0.value.text) }
        let place = try #require(members.firstIndex { $0.name == "tickets" })
        let ticket = try #require(try JSONObject(publication.payload)["tickets"]?.elements?.first?.object).all.map {
            (name: $0.name, text: $0.value.text)
        }
        var mutator = Mutator(seed: 3000)
        var taken = 0
        for turn in 0..<3000 {
            var spoilt = members
            let texts = (0..<turn % 13).map { _ in String(decoding: mutator.mutate(turn % 2 == 0 ? [] : ticket), as: UTF8.self) }
            spoilt[place].text = "[" + texts.joined(separator: ",") + "]"
            let payload = Array(("{" + spoilt.map { "\"\($0.name)\":\($0.text)" }.joined(separator: ",") + "}").utf8)
            let long = Answer { () throws(Rejection) in try PlainPathTests.wire.decode(anyObject: payload, topic: publication.topic) }
            let both = Answer { () throws(Rejection) in try PlainPathTests.wire.decode(topic: publication.topic, payload: payload) }
            let text = String(decoding: payload, as: UTF8.self)
            #expect(both == long, "\(text)")
            guard let short = PlainPathTests.wire.decode(plain: payload, topic: publication.topic) else { continue }
            taken += 1
            #expect(long == .received(.message(short)), "\(text)")
        }
        #expect(taken > 50 && taken < 2950, "\(taken)")
    }

    @Test("the same of journal lines", arguments: Samples.journal.indices) func lines(_ index: Int) throws {
        let members = try JSONObject(Samples.journal[index].bytes).all.map { (name: $0.name, text: $0.value.text) }
        let inner = try JSONObject(Samples.journal[index].bytes).all.first?.value.object?.all.map { (name: $0.name, text: $0.value.text) }
        var mutator = Mutator(seed: 1000 + UInt64(index))
        var taken = 0
        for turn in 0..<3000 {
            var line = members
            if let inner, turn % 2 == 0 { line[0].text = String(decoding: mutator.mutate(inner), as: UTF8.self) }
            let bytes = mutator.mutate(line)
            let text = String(decoding: bytes, as: UTF8.self)
            let long = Answer(line: { () throws(Rejection) in try JournalLine(anyObject: bytes) })
            #expect(Answer(line: { () throws(Rejection) in try JournalLine(bytes) }) == long, "\(text)")
            guard let short = JournalLine(plain: bytes) else { continue }
            taken += 1
            #expect(long == .line(short), "\(text)")
        }
        #expect(taken > 50 && taken < 2950, "\(taken)")
    }

    @Test("a payload is taken for an object exactly when Foundation takes it for one", arguments: Samples.all.indices)
    func foundation(_ index: Int) throws {
        let publication = PlainPathTests.wire.publication(Samples.all[index], at: Samples.now)
        let members = try JSONObject(publication.payload).all.map { (name: $0.name, text: $0.value.text) }
        var mutator = Mutator(seed: 2000 + UInt64(index))
        for _ in 0..<300 {
            let payload = mutator.mutate(members)
            // An empty one says that something is deleted.
            guard !payload.isEmpty, Foundations.isComparable(payload) else { continue }
            let long = Answer { () throws(Rejection) in try PlainPathTests.wire.decode(topic: publication.topic, payload: payload) }
            var isObject = true
            if case .rejected(let rejection) = long, rejection.reason == .notAnObject {
                if rejection.expected.contains("no more than 32 levels") { continue }
                isObject = false
            }
            #expect(isObject == Foundations.isObject(payload), "\(String(decoding: payload, as: UTF8.self)) \(payload)")
        }
    }

    @Test("samples are spelled byte for byte as they were") func golden() {
        #expect(Samples.all.map(\.text) == Golden.messages)
        #expect(Samples.journal.map { String(decoding: $0.bytes, as: UTF8.self) } == Golden.journal)
    }
}

/// Foundation as a second opinion on what JSON is.
private enum Foundations {
    static func isObject(_ bytes: [UInt8]) -> Bool { (try? JSONSerialization.jsonObject(with: Data(bytes))) is [String: Any] }

    /// What Foundation reads otherwise than RFC 8259 has it: it lets a comma stand before a bracket, and refuses numbers beyond a `Double`. More than 32
    /// levels are too many only for us, and that is said by the rejection.
    static func isComparable(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.firstMatch(of: /,[ \t\r\n]*[}\]]/) == nil && text.firstMatch(of: /[0-9][eE][+-]?[0-9]{3}/) == nil
    }
}
