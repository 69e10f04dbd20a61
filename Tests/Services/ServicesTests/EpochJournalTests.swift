import ChargingProtocol
import EventLoop
import Foundation
import Journal
import MQTT
import Platform
import Settings
import Testing

@testable import Runtime
@testable import Services

@Suite("The journal of an epoch (P9)", .timeLimit(.minutes(1))) struct EpochJournalTests {
    private func open(_ root: String) throws -> EpochStore {
        let data = DataDirectory(root: root)
        return try EpochStore.open([data.central], in: data)[0]
    }

    private func persist(_ epochs: ClosedRange<UInt64>, _ store: EpochStore, _ loop: EventLoop) async throws {
        let writer = try await loop.on { OnLoop(try JournalWriter(loop: loop)) }
        let settings = MQTTSettings(address: MQTTAddress(), clientID: "central")
        let context = PartyContext(
            settings: settings, wire: Wire(site: nil), lastEpoch: store.lastEpoch, journalRecords: store.journal.records, seed: 1)
        var journal = PartyJournal(context, hasEntries: false, firstTicket: 1)
        for epoch in epochs {
            let order = journal.persist(epoch)
            let result: JournalResult = await loop.wait { done in writer.value.carryOut(order, on: store.journal, done) }
            guard case .epochPersisted(epoch)? = journal.finish(result)?.event else { throw NotPersisted(result: result) }
        }
    }

    private struct NotPersisted: Error { let result: JournalResult }

    @Test("what was persisted is there after a restart, and a long journal is written anew") func restart() async throws {
        try await withDirectory { root in
            try await withLoop { loop in
                var store: EpochStore? = try open(root)
                #expect(store?.lastEpoch == 0)
                try await persist(1...250, try #require(store), loop)
                store = nil
            }
            #expect(try open(root).lastEpoch == 250)
            let text = try String(contentsOfFile: DataDirectory(root: root).central + "/journal", encoding: .utf8)
            #expect(text.split(separator: "\n").count < 110)
        }
    }

    @Test("a second process does not get it; a record that is not understood is named, and left as it is") func refused() async throws {
        try await withDirectory { root in
            try await withLoop { loop in
                let store = try open(root)
                #expect(throws: DataDirectoryError.self) { try open(root) }
                try await persist(7...7, store, loop)
            }
            let path = DataDirectory(root: root).central + "/journal"
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            let opening = try Journal.open(in: DataDirectory(root: root).central)
            try await withLoop { loop in
                let writer = try await loop.on { OnLoop(try JournalWriter(loop: loop)) }
                let record = Array("{\"later\":1}".utf8)
                let result: JournalResult = await loop.wait { done in writer.value.carryOut(.append(1, [record]), on: opening.journal, done) }
                #expect(result == JournalResult(ticket: 1, .done(records: 2)))
            }
            let longer = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(longer.count > before.count)
            do {
                _ = try open(root)
                #expect(Bool(false), "it was opened")
            } catch let error as JournalReading.Failure {
                #expect(error.description.contains("record 2 of the journal \(path)"))
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == longer)
        }
    }
}
