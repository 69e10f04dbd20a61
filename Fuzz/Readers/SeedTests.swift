import CFuzzBodies
import Testing

/// The targets in C, which have programs of their own.
enum PluginTarget: String, CaseIterable, Sendable {
    case accessTable = "access_table"
    case certificateTable = "certificate_table"
    case certificates
    case plugin
    case topics

    func run(_ bytes: [UInt8]) throws(Finding) {
        let fault =
            switch self {
            case .accessTable: fuzz_access_table(bytes, bytes.count)
            case .certificateTable: fuzz_certificate_table(bytes, bytes.count)
            case .certificates: fuzz_certificates(bytes, bytes.count)
            case .plugin: fuzz_plugin(bytes, bytes.count)
            case .topics: fuzz_topics(bytes, bytes.count)
            }
        if let fault { throw Finding(String(cString: fault)) }
    }
}

/// The committed seeds of the readers, and of the broker's plugin, through what the fuzzing programs do with an input.
@Suite("Fuzzing: the readers' seeds") struct ReaderSeedTests {
    @Test("every target has its seeds", arguments: ReaderTarget.allCases.map(\.rawValue) + PluginTarget.allCases.map(\.rawValue))
    func seeds(_ target: String) throws { try Seed.check(target) }

    @Test("no seed of a reader shows a fault", arguments: ReaderTarget.allCases.flatMap { Seed.all(of: $0.rawValue) })
    func reader(_ seed: Seed) throws { try #require(ReaderTarget(rawValue: seed.target)).run(seed.bytes) }
}

/// The plugin is one for a process, as at a broker.
@Suite("Fuzzing: the plugin's seeds", .serialized) struct PluginSeedTests {
    @Test("no seed of the plugin shows a fault", arguments: PluginTarget.allCases.flatMap { Seed.all(of: $0.rawValue) })
    func plugin(_ seed: Seed) throws { try #require(PluginTarget(rawValue: seed.target)).run(seed.bytes) }
}
