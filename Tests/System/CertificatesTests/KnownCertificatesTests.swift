import CAccessTable
import ChargingModel
import ChargingProtocol
import Foundation
import Identities
import Testing

@testable import Certificates

/// What the broker is told of certificates, in Swift and as its plugin reads it.
@Suite("The certificates that count") struct KnownCertificatesTests {
    private let now = WallTime(milliseconds: 1_795_953_600_000)

    private func withStore(_ body: (CertificateStore, Identity) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-known-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = CertificateStore(directory: folder.path)
        try store.make(at: now)
        try body(store, try Identity(.engine, "CP-001"))
    }

    /// The standing of a certificate as the plugin sees it.
    private func standing(_ certificate: Certificate, in store: CertificateStore, at time: WallTime) throws -> certificate_standing {
        let text = try String(contentsOfFile: store.clientsFile, encoding: .utf8)
        var complaint = [CChar](repeating: 0, count: 256)
        let table = try #require(certificate_table_read(text, text.utf8.count, &complaint, complaint.count))
        defer { certificate_table_free(table) }
        let digits = Array(certificate.fingerprint)
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
        return certificate_table_find(table, "engine:CP-001", bytes, time.milliseconds / 1000)
    }

    @Test("renewed, the former one keeps who is there and lets nobody in; when it was due, until it ends") func renewed() throws {
        try withStore { store, engine in
            try store.add(engine, at: now)
            let first = try Certificate(file: store.file(of: engine))
            #expect(try standing(first, in: store, at: now) == CERTIFICATE_COMES)
            _ = try store.renew(at: now)
            let second = try Certificate(file: store.file(of: engine))
            #expect(try standing(first, in: store, at: now) == CERTIFICATE_STAYS)
            #expect(try standing(second, in: store, at: now) == CERTIFICATE_COMES)
            _ = try store.renew(formerOutlives: true, at: now)
            #expect(try standing(first, in: store, at: now) == CERTIFICATE_UNKNOWN)
            #expect(try standing(second, in: store, at: second.notAfter.advanced(byMilliseconds: -1000)) == CERTIFICATE_COMES)
            #expect(try standing(second, in: store, at: second.notAfter) == CERTIFICATE_STAYS)
            // Nothing of this is forgotten by the next change.
            try store.make(hosts: .adding(["more"]), at: now)
            #expect(try standing(second, in: store, at: now) == CERTIFICATE_COMES)
        }
    }

    @Test("replaced, taken away, or given to another name it counts no more") func replaced() throws {
        try withStore { store, engine in
            #expect(try !store.replace(engine, at: now), "there is none")
            try store.add(engine, at: now)
            _ = try store.renew(at: now)
            let second = try Certificate(file: store.file(of: engine))
            #expect(try store.replace(engine, at: now))
            #expect(try standing(second, in: store, at: now) == CERTIFICATE_UNKNOWN)
            let third = try Certificate(file: store.file(of: engine))
            #expect(try standing(third, in: store, at: now) == CERTIFICATE_COMES)
            try store.remove(engine)
            #expect(try standing(third, in: store, at: now) == CERTIFICATE_UNKNOWN)
            try store.add(engine, at: now)
            #expect(try standing(third, in: store, at: now) == CERTIFICATE_UNKNOWN, "the name is there again, this is not")
            let fourth = try Certificate(file: store.file(of: engine))
            try FileManager.default.removeItem(atPath: store.directory + "/ca.key")
            let error = #expect(throws: CertificateError.self) { try store.replace(engine, at: now) }
            #expect(error?.description.hasPrefix("engine CP-001 has no certificate any more, since there can't be another one") == true)
            #expect(try standing(fourth, in: store, at: now) == CERTIFICATE_UNKNOWN, "whoever has a copy must not go on")
        }
    }

    @Test("whoever gave certificates before there was a list has all of them in it after the next start") func upgraded() throws {
        try withStore { store, engine in
            try store.add(engine, at: now)
            let certificate = try Certificate(file: store.file(of: engine))
            try FileManager.default.removeItem(atPath: store.clientsFile)
            try store.make(at: now)
            #expect(try standing(certificate, in: store, at: now) == CERTIFICATE_COMES)
        }
    }

    @Test("what is no table is refused, with its line") func refused() {
        let fingerprint = String(repeating: "0a", count: 32)
        let expected: [(text: String, complaint: String?)] = [
            ("wattline-certificates 1\npresent a \(fingerprint)\nformer a \(fingerprint) 0\nend", nil),
            ("wattline-certificates 1\n# nobody\n\nend\n", nil),
            ("", "line 1: expected: wattline-certificates 1"), ("wattline-certificates 2\nend\n", "line 1: expected: wattline-certificates 1"),
            ("wattline-certificates 1\npresent a \(fingerprint)\n", "line 3: it has no end: it was cut off"),
            ("wattline-certificates 1\npresent a 00\nend\n", "line 2: expected a fingerprint of 64 hex digits"),
            ("wattline-certificates 1\npresent \(String(repeating: "a", count: 160)) \(fingerprint)\nend\n", "line 2: a name has 1 to 159 bytes"),
            ("wattline-certificates 1\nformer a \(fingerprint) -1\nend\n", "line 2: expected seconds since 1970"),
            ("wattline-certificates 1\nfuture a \(fingerprint)\nend\n", "line 2: expected present or former, with their words"),
            ("wattline-certificates 1\nend\npresent a \(fingerprint)\n", "line 3: something comes behind the end"),
        ]
        for (text, complaint) in expected {
            var buffer = [CChar](repeating: 0, count: 256)
            let table = certificate_table_read(text, text.utf8.count, &buffer, buffer.count)
            defer { certificate_table_free(table) }
            let said = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            #expect((table == nil) == (complaint != nil) && said == complaint ?? "", "\(text)")
        }
    }
}
