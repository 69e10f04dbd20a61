import ArgumentParser
import Identities
import Platform
import Settings

struct CredentialsExportCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes the names and rights for a broker that is somebody else's: stock mosquitto 2.0, or EMQX 5.",
        discussion: """
            Hashes of the passwords, and none of these. What such a broker can't do, the
            files say. They are made anew whenever a name is added, rotated or revoked.

            mosquitto's names have a point where these have a colon: engine.CP-001. A
            program takes such a name from a file that show ROLE ID --json --for mosquitto
            prints.

            EXAMPLES
              wattline credentials export --for mosquitto --out broker  # three files
              wattline credentials export --for emqx --out broker       # two files
              wattline credentials export --for mosquitto               # on the terminal
            """)
    @OptionGroup var foreign: ForeignBrokerOptions
    @Option(help: ArgumentHelp("The directory for the files. Default: they are printed.", valueName: "directory"))
    var out: String?
    @OptionGroup var options: CredentialsOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        guard let broker = try foreign.broker() else { throw SettingError("--for", value: nil, expected: "mosquitto or emqx") }
        if out == "" { throw SettingError("--out", value: "", expected: "a directory") }
        let store = try options.store(in: environment)
        let export = try store.export(for: broker)
        guard let out else {
            for file in export.files { Output.write("### \(file.name)\n\(file.text)") }
            return .ok
        }
        for path in try store.write(export, into: out) { Output.writeLine("✔ \(path)") }
        return .ok
    }
}
