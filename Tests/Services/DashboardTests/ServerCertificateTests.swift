import Certificates
import ChargingModel
import Foundation
import NIOSSL
import ServerTLS
import Settings
import Testing

@testable import Dashboard

/// A server's certificate and its key in a directory of the disk.
@Suite("The certificate of HTTPS") struct ServerCertificateTests {
    private func withStores(_ body: (CertificateStore, CertificateStore) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-https-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let stores = ["one", "another"].map { CertificateStore(directory: folder.appendingPathComponent($0).path) }
        for store in stores { try store.make(at: .present()) }
        try body(stores[0], stores[1])
    }

    private func copy(_ source: String, to target: String) throws {
        try Data(contentsOf: URL(fileURLWithPath: source)).write(to: URL(fileURLWithPath: target), options: .atomic)
    }

    @Test("a certificate that arrives before its key: the pair before holds, that is said once, and the key makes it good") func certificateFirst()
        throws
    {
        try withStores { store, next in
            let certificate = try ServerCertificate(file: store.serverFile, key: store.serverKeyFile)
            let before = certificate.context
            try copy(next.serverFile, to: store.serverFile)
            #expect(try !certificate.refresh(), "whoever changes both needs a moment")
            let error = #expect(throws: SettingError.self) { _ = try certificate.refresh() }
            #expect(error?.description.contains("the key of the certificate in \(store.serverFile)") == true)
            #expect(try !certificate.refresh(), "it was said")
            #expect(certificate.context === before)
            try copy(next.serverKeyFile, to: store.serverKeyFile)
            #expect(try certificate.refresh())
            #expect(certificate.context !== before)
            #expect(try !certificate.refresh())
        }
    }

    @Test("a key that arrives before its certificate costs nothing, and no word when the certificate follows") func keyFirst() throws {
        try withStores { store, next in
            let certificate = try ServerCertificate(file: store.serverFile, key: store.serverKeyFile)
            let before = certificate.context
            try copy(next.serverKeyFile, to: store.serverKeyFile)
            #expect(try !certificate.refresh())
            #expect(certificate.context === before)
            try copy(next.serverFile, to: store.serverFile)
            #expect(try certificate.refresh())
            #expect(certificate.context !== before)
        }
    }
}
