import Glibc

/// Finds the files that come with Wattline: `network.json`, `mosquitto.conf`.
public struct InstalledFile: Sendable, Hashable {
    /// The file's name.
    public let name: String
    /// How to say where it is, for error messages: `--network or WATTLINE_NETWORK`.
    public let hint: String

    /// The network of the demonstration.
    public static let network = InstalledFile(name: "network.json", hint: "--network FILE or WATTLINE_NETWORK")
    /// The broker's configuration.
    public static let mosquitto = InstalledFile(name: "mosquitto.conf", hint: "a copy in the current directory")

    /// Where it is looked for, in this order: what was chosen and nowhere else, or the current directory, the program's directory and all above it
    /// (so that `.build/release/wattline` finds the repository's from anywhere), `/etc/wattline`, `/usr/share/wattline`.
    public func places(chosen: String?, executable: String? = executablePath()) -> [String] {
        if let chosen { return [chosen] }
        let directories = ["."] + (executable.map(ancestors) ?? []).filter { $0 != "/" } + ["/etc/wattline", "/usr/share/wattline"]
        return directories.map { "\($0)/\(name)" }
    }

    /// The first of the places where it is.
    public func find(chosen: String?, executable: String? = executablePath()) throws(InstalledFileError) -> String {
        let places = places(chosen: chosen, executable: executable)
        guard let found = places.first(where: { access($0, R_OK) == 0 }) else { throw InstalledFileError(file: self, places: places) }
        return found
    }
}

/// A file is not where it should be.
public struct InstalledFileError: Error, Hashable, CustomStringConvertible {
    public let file: InstalledFile
    /// Where it was looked for.
    public let places: [String]
    public var processExit: ProcessExit { .configuration }

    public var description: String { "no readable \(file.name); looked for \(places.joined(separator: ", ")). Give \(file.hint)" }
}
