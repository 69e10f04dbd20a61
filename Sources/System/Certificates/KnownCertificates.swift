internal import ChargingModel

/// The file that the broker's plugin reads: which certificates of clients count (`certificate_table.h`). A fingerprint is the SHA-256 of a certificate, in
/// hexadecimal digits.
struct KnownCertificates: Hashable, Sendable {
    /// The certificate before: whoever is connected by it stays.
    struct Former: Hashable, Sendable {
        var fingerprint: String
        /// The end of the time in which it lets in who comes by it; `nil`: nobody.
        var until: WallTime?
    }

    struct Entry: Hashable, Sendable {
        var present: String
        var former: Former?
    }

    /// By the names of their owners.
    var entries: [String: Entry] = [:]

    init() {}

    /// Reads a file's text; what is no entry is none.
    init(text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            switch (words.first, words.count) {
            case ("present", 3): entries[words[1]] = Entry(present: words[2])
            case ("former", 4):
                guard let seconds = Int64(words[3]), seconds >= 0, seconds < Int64.max / 1000 else { continue }
                entries[words[1]]?.former = Former(fingerprint: words[2], until: seconds == 0 ? nil : WallTime(milliseconds: seconds * 1000))
            default: continue
            }
        }
    }

    var text: String {
        var lines = ["wattline-certificates 1", "# Written by wattline certificates: by which of them somebody may come."]
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            lines.append("present \(name) \(entry.present)")
            guard let former = entry.former else { continue }
            lines.append("former \(name) \(former.fingerprint) \((former.until?.milliseconds ?? 0) / 1000)")
        }
        // The broker refuses a file that was cut off.
        lines.append("end")
        return lines.joined(separator: "\n") + "\n"
    }
}
