internal import ChargingModel
import Glibc
import Platform
import Settings

/// The project's `mosquitto.conf`, and the copy of it that up's broker runs with.
enum BrokerConfiguration {
    /// Finds mosquitto's program, on the PATH and where Debian puts it, which an ordinary user's PATH leaves out.
    static func findMosquitto(path: String?) -> String? {
        let directories = (path ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/usr/bin"]
        return directories.map { $0 + "/mosquitto" }.first { access($0, X_OK) == 0 }
    }

    /// The file's text with another listener, with its directory and its user; everything else stays as it is.
    ///
    /// Lines `listener …`, `persistence_location …` and `user …` are replaced where they stand, or added at the end.
    /// - Parameters:
    ///   - listeners: the lines of other listeners than one without TLS.
    ///   - saveEvery: the time between two savings of what it keeps; `nil` for what the text says.
    static func render(
        _ text: String, port: UInt16, listeners: String? = nil, directory: String, user: String, saveEvery: Duration? = nil
    ) -> String {
        var missing = [
            "listener": listeners ?? "listener \(port) 127.0.0.1", "persistence_location": "persistence_location \(directory)/",
            "user": "user \(user)",
        ]
        if let saveEvery {
            missing["autosave_on_changes"] = "autosave_on_changes false"
            missing["autosave_interval"] = "autosave_interval \(max(1, saveEvery.milliseconds / 1000))"
        }
        let replaced = Set(missing.keys)
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let key = String(line.prefix { $0 != " " && $0 != "\t" })
            if replaced.contains(key) {
                if let replacement = missing.removeValue(forKey: key) { lines.append(replacement) }
            } else {
                lines.append(String(line))
            }
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        lines += ["", "# By wattline up:"] + missing.values.sorted()
        if missing.isEmpty { lines.removeLast(2) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The copy that up's broker runs with.
    static func path(_ options: UpOptions) -> String { options.data.broker + "/mosquitto.conf" }

    /// Writes the copy; returns the file in which a broker that runs with it keeps its memory.
    static func install(_ options: UpOptions, _ plan: ProcessPlan) throws -> BrokerMemory {
        let original = try InstalledFile.mosquitto.find(chosen: options.mosquittoConfiguration)
        guard let text = readText(original) else { throw UpError("can't read \(original): \(DescribedError(errno))", .configuration) }
        try DataDirectory.create(options.data.broker)
        let listeners =
            plan.broker.isSecure
            ? SecureBroker.listeners(SecureBroker.store(options), port: plan.broker.port, certificatePort: plan.certificatePort) : nil
        var copy = render(
            text, port: plan.broker.port, listeners: listeners, directory: options.data.broker, user: currentUser(), saveEvery: saveEvery(options))
        if options.asksForNames { copy += try NamedBroker.configuration(options) }
        if let code = replaceText(of: path(options), with: copy) {
            throw UpError("can't write \(path(options)): \(DescribedError(code)); choose another directory with --data", .cannotCreate)
        }
        return BrokerMemory(directory: options.data.broker, configuration: copy)
    }

    /// One saving writes all that is kept, and nobody is served meanwhile: with every tenth change of thousands of points that would be all the time (F10
    /// allows for a file that is a minute old).
    private static func saveEvery(_ options: UpOptions) -> Duration? {
        options.saveEvery ?? (options.network.points.count > mostPointsSavedByChange ? .seconds(60) : nil)
    }

    static let mostPointsSavedByChange = 200

    /// The name of the user that this process runs as.
    static func currentUser() -> String { getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "root" }
}
