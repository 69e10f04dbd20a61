import Glibc
import Platform

/// The environment variables that a process was started with.
public struct Environment: Sendable, Hashable {
    /// Every variable, by name.
    public var variables: [String: String]

    public init(_ variables: [String: String] = [:]) { self.variables = variables }

    /// The value of a variable; `nil` when it is not set or empty.
    public subscript(name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    /// The variables of this process as it was started, read from `/proc/self/environ`.
    public static let process = Environment(block: readWhole("/proc/self/environ") ?? [])

    init(block: [UInt8]) {
        variables = [:]
        for entry in block.split(separator: 0) {
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
            variables[String(decoding: entry[..<equals], as: UTF8.self)] = String(decoding: entry[(equals + 1)...], as: UTF8.self)
        }
    }

    /// The `WATTLINE_…` variables that are set but that nothing reads, sorted: most likely misspelt, worth a warning at start.
    public var unknownVariables: [String] {
        variables.keys.filter { $0.hasPrefix("WATTLINE_") && !AllSettings.variables.contains($0) }.sorted()
    }

    /// The environment without any `WATTLINE_…` variable, for starting a process that gets its own.
    public var withoutSettings: Environment { Environment(variables.filter { !$0.key.hasPrefix("WATTLINE_") }) }
}
