import Glibc
public import Platform

/// A file that comes with Wattline, like `network.json`, and the way to find it.
public struct InstalledFile: Sendable, Hashable {
    /// The file's name.
    public let name: String
    /// The way to name the file's place, for error messages: `--network or WATTLINE_NETWORK`.
    public let hint: String

    /// The network of the demonstration.
    public static let network = InstalledFile(name: "network.json", hint: "--network FILE or WATTLINE_NETWORK")
    /// The broker's configuration.
    public static let mosquitto = InstalledFile(name: "mosquitto.conf", hint: "a copy in the current directory")
    /// The list of what it is made of.
    public static let sbom = InstalledFile(name: "sbom.cdx.json", hint: "it a place among these: make build makes it, and each image has its own")

    /// The places in which it is looked for, in this order: the chosen one and no other, or the current directory, the program's directory and all
    /// above it (so that `.build/release/wattline` finds the repository's from anywhere), `/etc/wattline`, `/usr/share/wattline`.
    public func places(chosen: String?, executable: String? = executablePath()) -> [String] {
        if let chosen { return [chosen] }
        let directories = ["."] + (executable.map(ancestors) ?? []).filter { $0 != "/" } + ["/etc/wattline", "/usr/share/wattline"]
        return directories.map { "\($0)/\(name)" }
    }

    /// The path of the file in the first place that has it.
    /// - Throws: when no place has it.
    public func find(chosen: String?, executable: String? = executablePath()) throws(InstalledFileError) -> String {
        let places = places(chosen: chosen, executable: executable)
        guard let found = places.first(where: { access($0, R_OK) == 0 }) else { throw InstalledFileError(file: self, places: places) }
        return found
    }
}

/// The error that a file is in none of its places.
public struct InstalledFileError: ProcessFailure, Hashable, CustomStringConvertible {
    public let file: InstalledFile
    /// The places in which it was looked for.
    public let places: [String]
    public var processExit: ProcessExit { .configuration }

    public var description: String { "no readable \(file.name); looked for \(places.joined(separator: ", ")). Give \(file.hint)" }
}
