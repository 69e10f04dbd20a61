import Testing

/// The committed seeds of the services, through what the fuzzing program does with an input; one after the other, as they share a ledger's reader.
@Suite("Fuzzing: the services' seeds", .serialized) struct ServiceSeedTests {
    @Test("every target has its seeds", arguments: ServiceTarget.allCases) func seeds(_ target: ServiceTarget) throws {
        try Seed.check(target.rawValue)
    }

    @Test("no seed shows a fault", arguments: ServiceTarget.allCases.flatMap { Seed.all(of: $0.rawValue) }) func run(_ seed: Seed) throws {
        try #require(ServiceTarget(rawValue: seed.target)).run(seed.bytes)
    }
}
