internal import Certificates
internal import ChargingModel
internal import Metrics
internal import Platform
internal import ServerTLS
internal import Settings

/// Looks at the network's certificates: has HTTPS take a new one, measures how long they hold, and says when one ends soon.
final class CertificateWatch: Sendable {
    /// The time from one look to the next.
    private static let pause = Duration.seconds(2)
    /// The seconds that are told of clients when there is none any more: ten years.
    private static let none: Int64 = 3650 * 86_400
    /// So many looks are between two at all files, and between two words on the same end.
    private static let looks = (files: 15, words: 43_200)

    private let store: CertificateStore
    private let https: ServerCertificate?
    private let log: Log

    init(_ store: CertificateStore, https: ServerCertificate?, log: Log) {
        self.store = store
        self.https = https
        self.log = log
    }

    /// Looks until its task is cancelled.
    func run() async {
        var look = 0
        var said: [String: Expiry] = [:]
        var told: Set<String> = []
        while !Task.isCancelled {
            if look % CertificateWatch.looks.words == 0 { said = [:] }
            if refresh() || look % CertificateWatch.looks.files == 0 { measure(&said, &told) }
            look += 1
            do { try await Task.sleep(for: CertificateWatch.pause) } catch { return }
        }
    }

    private func refresh() -> Bool {
        guard let https else { return false }
        do throws(SettingError) {
            guard try https.refresh() else { return false }
            log.info("🔏 HTTPS has a new certificate: \(https.file)", event: "certificate", ["file": .text(https.file)])
            return true
        } catch {
            log.error("❌ HTTPS keeps the certificate that it has: \(error)", event: "certificate")
            return false
        }
    }

    private func measure(_ said: inout [String: Expiry], _ told: inout Set<String>) {
        var found: [(name: String, file: String, certificate: Certificate)] = []
        do throws(CertificateError) {
            found = try store.entries().map { ($0.name, $0.file, $0.certificate) }
            if let https, !found.contains(where: { $0.file == https.file }) { found.append(("https", https.file, try Certificate(file: https.file))) }
        } catch {
            log.warning("⚠️  \(error)", event: "certificate")
        }
        let now = WallTime.present()
        var least: [String: Int64] = [:]
        for (name, file, certificate) in found {
            let kind = ["ca", "server", "https"].contains(name) ? name : "clients"
            least[kind] = min(least[kind] ?? .max, certificate.secondsLeft(at: now))
            let expiry = Expiry(of: certificate, at: now)
            if expiry > said[name] ?? .far { say(name, file, certificate, expiry, at: now) }
            said[name] = expiry
        }
        // The last client's is gone: no end is near.
        if least["clients"] == nil, told.contains("clients") { least["clients"] = CertificateWatch.none }
        told.formUnion(least.keys)
        for (kind, seconds) in least { Gauge(label: "wattline_certificate_expires_seconds", dimensions: [("certificate", kind)]).record(seconds) }
    }

    private func say(_ name: String, _ file: String, _ certificate: Certificate, _ expiry: Expiry, at now: WallTime) {
        let days = certificate.secondsLeft(at: now) / 86_400
        let what = "The certificate of \(name) (\(file)) "
        let help = name == "ca" ? "docs/security.md says how to make another authority" : "wattline certificates renew makes another one"
        let fields: KeyValuePairs<String, LogValue> = ["certificate": .text(name), "file": .text(file), "days_left": .integer(days)]
        switch expiry {
        case .over: log.error("❌ \(what)has ended: whoever connects anew is refused; \(help)", event: "certificate_over", fields)
        case .verySoon: log.error("❌ \(what)ends in \(days) days: \(help)", event: "certificate_ends", fields)
        case .soon: log.warning("⚠️  \(what)ends in \(days) days: \(help)", event: "certificate_ends", fields)
        case .far: break
        }
    }
}
