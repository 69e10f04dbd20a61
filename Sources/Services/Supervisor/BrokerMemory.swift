import ChargingModel
import Glibc
internal import Platform
import Settings

/// A file that was moved out of the broker's way.
struct SetAside: Sendable, Hashable {
    /// The path at which it was.
    var file: String
    /// The path at which it is, beside that.
    var keptAs: String

    /// Its new name, without the directory.
    var name: String { keptAs.split(separator: "/").last.map(String.init) ?? keptAs }

    /// The result of setting the file aside.
    enum Result: Sendable, Hashable {
        case moved(SetAside)
        /// There is no such file, or the broker's end has another reason.
        case nothing
        case failed(file: String, reason: String)
    }
}

/// The file in which the broker keeps retained messages over its death. It is replaceable: whoever retained something says it again (F10).
struct BrokerMemory {
    /// The number of files set aside that are kept; older ones are removed.
    static let kept = 5

    let path: String

    init(path: String) { self.path = path }

    /// Finds the file.
    /// - Parameter configuration: the text of the `mosquitto.conf` that the broker runs with.
    init(directory: String, configuration: String) {
        let chosen = configuration.split(separator: "\n").map { $0.split(separator: " ") }.first { $0.first == "persistence_file" && $0.count == 2 }
        path = directory + "/" + (chosen.map { String($0[1]) } ?? "mosquitto.db")
    }

    /// The file that the broker writes first when it saves, and then renames.
    var draft: BrokerMemory { BrokerMemory(path: path + ".new") }

    /// Moves the file aside: to a name beside the old one, with the time in it; never that of an earlier one.
    func setAside(at time: WallTime) -> SetAside.Result {
        guard exists(path) else { return .nothing }
        let stem = "\(path).damaged-\(time.text.prefix(19).replacing(":", with: "-"))Z"
        let earlier = asides()
        var name = stem
        var number = 1
        // Their order by name is that of time, also within a second.
        while exists(name) || earlier.contains(where: { $0.hasPrefix(stem) && $0 > name }) {
            number += 1
            name = "\(stem)-\(number < 10 ? "0" : "")\(number)"
        }
        guard rename(path, name) == 0 else { return .failed(file: path, reason: DescribedError(errno).description) }
        // A directory that was set aside is not the broker's: it stays.
        for name in asides().dropLast(BrokerMemory.kept) { unlink(name) }
        return .moved(SetAside(file: path, keptAs: name))
    }

    /// Gives the file its name again, unless the broker has written another one; true when it did.
    func putBack(_ aside: SetAside) -> Bool { !exists(aside.file) && rename(aside.keptAs, aside.file) == 0 }

    /// The reason not to start with the file, as far as the broker itself would not tell it; `nil` when it may be tried.
    func objection() -> String? {
        var status = stat()
        // A name that leads nowhere is replaced when the broker saves.
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: return "A directory is where the broker's file should be"
        default: return "What is where the broker's file should be is no file"
        }
        guard let bytes = readWhole(path), let damage = BrokerSave(bytes)?.damage else { return nil }
        return "The broker's file can't be used: \(damage)"
    }

    /// The files that were set aside, the oldest first.
    private func asides() -> [String] {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return names(in: folder).map { "\(folder)/\($0)" }.filter { $0.hasPrefix(path + ".damaged-") }.sorted()
    }

    /// True when the name is there, wherever it leads.
    private func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}
