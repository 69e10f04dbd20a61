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
    /// - Parameter feed: is told when they end.
    func run(into feed: NetworkFeed) async {
        var look = 0
        var said = Said()
        var told: Set<String> = []
        while !Task.isCancelled {
            if look % CertificateWatch.looks.words == 0 { said = Said() }
            if refresh() || look % CertificateWatch.looks.files == 0 { await feed.take(certificates: measure(&said, &told), at: .present()) }
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

    /// The warnings that were said, and need not be said again for a day.
    private struct Said {
        var ends: [String: Expiry] = [:]
        var damage: Set<String> = []
    }

    /// All certificates that can be read, and what is wrong with the others.
    private func look() -> (found: [(name: String, file: String, certificate: Certificate)], damage: [String]) {
        let contents = store.contents()
        var found = contents.entries.map { (name: $0.name, file: $0.file, certificate: $0.certificate) }
        var damage = contents.damage.map(\.description)
        // The store's own is among them, if only as damage.
        guard let https, https.file != store.serverFile else { return (found, damage) }
        do throws(CertificateError) {
            let certificate = try Certificate(file: https.file, help: "HTTPS keeps the one that it has until there is another one")
            found.append(("https", https.file, certificate))
        } catch { damage.append(error.description) }
        return (found, damage)
    }

    /// - Returns: when each kind ends; of several the first.
    private func measure(_ said: inout Said, _ told: inout Set<String>) -> [String: WallTime] {
        let (found, damage) = look()
        for words in damage where !said.damage.contains(words) { log.warning("⚠️  \(words)", event: "certificate") }
        said.damage = Set(damage)
        let now = WallTime.present()
        var least: [String: Int64] = [:]
        var ends: [String: WallTime] = [:]
        for (name, file, certificate) in found {
            let kind = ["ca", "server", "https"].contains(name) ? name : "clients"
            least[kind] = min(least[kind] ?? .max, certificate.secondsLeft(at: now))
            ends[kind] = min(ends[kind] ?? certificate.notAfter, certificate.notAfter)
            let expiry = Expiry(of: certificate, at: now)
            if expiry > said.ends[name] ?? .far { say(name, file, certificate, expiry, at: now) }
            said.ends[name] = expiry
        }
        // The last client's is gone: no end is near.
        if least["clients"] == nil, told.contains("clients") { least["clients"] = CertificateWatch.none }
        told.formUnion(least.keys)
        for (kind, seconds) in least { Gauge(label: "wattline_certificate_expires_seconds", dimensions: [("certificate", kind)]).record(seconds) }
        return ends
    }

    private func say(_ name: String, _ file: String, _ certificate: Certificate, _ expiry: Expiry, at now: WallTime) {
        let days = certificate.secondsLeft(at: now) / 86_400
        let what = "The certificate of \(name) (\(file)) "
        let help = name == "ca" ? "docs/security.md says how to make another authority" : "wattline certificates renew --due makes another one"
        let fields: KeyValuePairs<String, LogValue> = ["certificate": .text(name), "file": .text(file), "days_left": .integer(days)]
        switch expiry {
        case .over: log.error("❌ \(what)has ended: whoever connects anew is refused; \(help)", event: "certificate_over", fields)
        case .verySoon: log.error("❌ \(what)ends in \(days) days: \(help)", event: "certificate_ends", fields)
        case .soon: log.warning("⚠️  \(what)ends in \(days) days: \(help)", event: "certificate_ends", fields)
        case .far: break
        }
    }
}
