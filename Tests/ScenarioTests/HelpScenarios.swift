import Foundation
import Testing

/// The help on a terminal of 80 columns can be pasted.
@Suite("The help") struct HelpScenarios {
    /// A command with its flags, as the program itself describes them.
    struct Command: Decodable, Sendable {
        struct Argument: Decodable, Sendable {
            struct Name: Decodable, Sendable { var name: String }

            var kind: String
            var names: [Name]?
            var isRepeating: Bool
        }

        var commandName: String
        var arguments: [Argument]?
        var subcommands: [Command]?
        var discussion: String?
    }

    private struct Description: Decodable { var command: Command }

    private func root() async throws -> Command {
        let process = try LineProcess(RunningNetwork.binary, ["--experimental-dump-help"])
        #expect(try await process.exitStatus(within: .seconds(10)) == 0)
        return try JSONDecoder().decode(Description.self, from: Data(process.text.utf8)).command
    }

    private func paths(_ command: Command, _ path: [String] = []) -> [[String]] {
        [path] + (command.subcommands ?? []).filter { $0.commandName != "help" }.flatMap { paths($0, path + [$0.commandName]) }
    }

    private func help(_ arguments: [String]) async throws -> [String] {
        let process = try LineProcess(RunningNetwork.binary, arguments, environment: ["COLUMNS": "80"])
        #expect(try await process.exitStatus(within: .seconds(10)) == 0)
        return process.lines.map(\.text)
    }

    /// The examples of a help, with lines that go on made one.
    private func examples(_ lines: [String]) -> [String] {
        guard let start = lines.firstIndex(of: "EXAMPLES") else { return [] }
        return lines[(start + 1)...].prefix { !$0.isEmpty }.joined(separator: "\n").replacing("\\\n", with: "").split(separator: "\n").map(
            String.init)
    }

    /// The commands of a line as bash reads them: what begins with `wattline`, each with its words.
    private func commands(_ line: String) async throws -> [[String]] {
        let script =
            "wattline() { printf '%s\\n' '<' \"$@\" '>' >&2; }; kill() { :; }; jq() { :; }; docker() { while [ $1 != wattline ]; do shift; done; \"$@\"; }; "
        let folder = newFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let bash = try LineProcess("/bin/bash", ["-c", "cd \(folder.path); \(script)\(line.replacing("| python3 -m json.tool", with: "| :"))"])
        #expect(try await bash.exitStatus(within: .seconds(10)) == 0, "\(line): \(bash.text)")
        return bash.text.split(separator: "<\n").map { $0.split(separator: "\n").prefix { $0 != ">" }.map(String.init) }
    }

    /// The fault that the program would find in these words; `nil` when it would.
    private func mistake(_ words: [String], _ root: Command) -> String? {
        var command = root
        var rest = words[...]
        while let name = rest.first, let next = command.subcommands?.first(where: { $0.commandName == name }) {
            command = next
            rest = rest.dropFirst()
        }
        let arguments = command.arguments ?? []
        var positional = arguments.contains { $0.kind == "positional" && $0.isRepeating } ? Int.max : arguments.count { $0.kind == "positional" }
        var taken = 0
        while let word = rest.popFirst() {
            guard word.hasPrefix("-") else {
                taken += 1
                // Behind role and id stands somebody else's program.
                if command.commandName == "as", taken == 3 { return nil }
                positional -= 1
                if positional < 0 { return "\(word) is one word too many for \(command.commandName)" }
                continue
            }
            guard let known = arguments.first(where: { $0.names?.contains { "--" + $0.name == word } == true }) else { return "no \(word)" }
            if known.kind == "option", rest.popFirst() == nil { return "\(word) has no value" }
        }
        return nil
    }

    @Test("every line fits into 80 columns, and every example is whole: pasted, it is what the program understands") func examples() async throws {
        let root = try await root()
        var tried = 0
        for path in paths(root) {
            let lines = try await help(path + ["--help"])
            for line in lines where !line.hasPrefix("USAGE: ") { #expect(line.count <= 80, "\(path): \(line)") }
            #expect(try await help(["help"] + path) == lines)
            for line in examples(lines) {
                #expect(line.hasPrefix("  "), "\(path): an example was broken: \(line)")
                guard !line.hasPrefix("  #") else { continue }
                let found = try await commands(line)
                #expect(!found.isEmpty, "\(path): no command in \(line)")
                for words in found { #expect(mistake(words, root) == nil, "\(path): \(line)") }
                tried += found.count
            }
        }
        #expect(tried > 40, "\(tried) examples")
    }

    @Test("an example that is broken would be found") func mistakes() async throws {
        let root = try await root()
        for words in [["up", "broker", "of", "its", "own"], ["up", "--bogus"], ["up", "--drivers"], ["tail", "everything"], ["nothing"]] {
            #expect(mistake(words, root) != nil, "\(words)")
        }
    }
}
