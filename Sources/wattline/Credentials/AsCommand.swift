import ArgumentParser
import ChargingProtocol
import Glibc
import Identities
import Platform
import Settings

struct AsCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "as", abstract: "Runs a program under a name: mosquitto_pub, _sub, _rr, or one of your own.",
        discussion: """
            Who has no name yet is given one. mosquitto's clients find it by XDG_CONFIG_HOME,
            others by WATTLINE_CREDENTIALS (a file of JSON) and WATTLINE_MQTT: the password
            is in no argument list. Its own flags stand before the role.

            EXAMPLES
              wattline as driver me mosquitto_pub -t driver/me/request -m '{"cp":"CP-001"}'
              wattline as driver me mosquitto_sub -v -t 'driver/me/#'
              wattline as recorder me mosquitto_sub -v -t '#'
            """)
    @OptionGroup var options: CredentialsOptions
    @Argument(help: "driver, point, engine, monitor, viewer, recorder, gateway or admin.")
    var role: String
    @Argument(help: "The id: me, CP-011.")
    var id: String
    @Argument(parsing: .captureForPassthrough, help: "The program and its arguments.")
    var command: [String] = []

    func execute(in environment: Environment) throws -> ProcessExit {
        let identity = try Identity(parsing: role, id)
        guard let program = command.first, !program.isEmpty else {
            throw SettingError("COMMAND", value: nil, expected: "a program behind the id: wattline as \(role) \(id) mosquitto_sub …")
        }
        let store = try options.store(in: environment)
        let broker = try options.broker(nil, in: environment)
        let authority = try options.authority(broker, in: environment)
        if try !store.add([identity], broker: broker, authority: authority).isEmpty {
            complain("✔ \(identity) has a name now, in \(store.file(of: identity))")
        }
        setenv("XDG_CONFIG_HOME", try store.writeForMosquitto(identity, broker: broker, authority: authority), 1)
        if let authority { setenv(AllSettings.authorities.variable, authority, 1) }
        setenv(AllSettings.credentials.variable, store.file(of: identity), 1)
        setenv(AllSettings.mqtt.variable, "\(broker)", 1)
        throw become(program)
    }

    /// Becomes the program; comes back when it can't be started, with the reason.
    private func become(_ program: String) -> SettingError {
        signal(SIGPIPE, SIG_DFL)
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        execvp(program, &arguments)
        let code = errno
        for argument in arguments { free(argument) }
        let missing = program.hasPrefix("mosquitto_") ? "; Debian's package mosquitto-clients has it" : ""
        return SettingError("COMMAND", value: program, expected: "a program that can be started: \(errorText(code))\(code == ENOENT ? missing : "")")
    }
}
