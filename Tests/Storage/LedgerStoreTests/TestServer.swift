import Foundation
import SQL

@testable import LedgerStore
@testable import PostgreSQL

/// A PostgreSQL server for the tests of this process, which ends with it. Its commits are not synced: what the server does on a disk is its own.
struct TestServer: Sendable {
    private let address: String
    /// Held open: when it is closed, the server goes.
    private let input: FileHandle

    /// - Throws: when there is no server on this machine.
    static let shared = Result { try TestServer() }

    /// - Parameter settings: of the server, beside its usual ones.
    init(_ settings: [String] = []) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = root.appendingPathComponent("Scripts/postgres.sh")
        process.arguments = ["fsync=off"] + settings
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        self.input = input.fileHandleForWriting
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let part = output.fileHandleForReading.availableData
            guard !part.isEmpty else { throw NoServer() }
            line += part
        }
        address = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    struct NoServer: Error {}

    func place(_ database: String) -> PostgreSQLAddress {
        guard let place = PostgreSQLAddress(address.replacingOccurrences(of: "/postgres?", with: "/\(database)?")) else {
            preconditionFailure(address)
        }
        return place
    }

    /// An empty database for the time of the body.
    func withDatabase<Value>(_ body: (PostgreSQLAddress) throws -> Value) throws -> Value {
        let name = try make()
        defer { remove(name) }
        return try body(place(name))
    }

    /// The same for several threads.
    func withSharedDatabase<Value>(_ body: (PostgreSQLAddress) async throws -> Value) async throws -> Value {
        let name = try make()
        defer { remove(name) }
        return try await body(place(name))
    }

    private func make() throws -> String {
        let name = "t\(UUID().uuidString.prefix(13).lowercased().replacingOccurrences(of: "-", with: ""))"
        try PostgreSQLDatabase(place("postgres"), for: .writing).run("CREATE DATABASE \(name)")
        return name
    }

    private func remove(_ name: String) {
        do {
            try PostgreSQLDatabase(place("postgres"), for: .writing).run("DROP DATABASE \(name) WITH (FORCE)")
        } catch {
            print("a test's database is left: \(error)")
        }
    }
}
