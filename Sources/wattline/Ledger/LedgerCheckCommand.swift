import ArgumentParser
import LedgerStore
import Platform
import Reports
import Settings
import Terminal

struct LedgerCheckCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Checks the file itself, page by page; what is in it is checked by: wattline audit")

    @OptionGroup var places: LedgerOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let reader = try places.read(in: environment)
        let damage = try reader.damage()
        guard damage.isEmpty else {
            complain("✖ \(reader.name) is damaged: stop Central, keep the file, bring back a copy (wattline ledger backup makes them)")
            for line in damage { complain("    \(line)") }
            return .failure
        }
        Output.write(SizeText.text(try reader.size(), of: reader.name))
        return .ok
    }
}
