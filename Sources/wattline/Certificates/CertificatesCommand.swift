import ArgumentParser
import Certificates
import ChargingModel
import Glibc
import Identities
import JSON
import Platform
import Settings
import Terminal

struct CertificatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificates", abstract: "Makes and renews the certificates for TLS, by an authority of the network's own.",
        discussion: """
            They are in the data directory, for its owner alone: ca.pem is the one to give to
            everybody, and no key ever is. `wattline up --tls` makes what is missing by itself.

            EXAMPLES
              wattline certificates init                       # for this machine
              wattline certificates init --host broker.example --host 10.0.0.1
              wattline certificates add engine CP-001          # instead of a password
              wattline certificates list                       # who, for whom, until when
              wattline certificates renew --due                # what ends within 30 days
              wattline certificates renew                      # all of them
            """,
        subcommands: [CertificatesInitCommand.self, CertificatesAddCommand.self, CertificatesRenewCommand.self, CertificatesListCommand.self])
}

/// The flags of all commands for certificates.
struct CertificatesOptions: ParsableArguments {
    @Flag(help: "Prints JSON: one object for each certificate.")
    var json = false
    @OptionGroup var places: PlaceOptions

    func store(in environment: Environment) throws -> CertificateStore {
        CertificateStore(directory: try places.dataDirectory(places.readNetwork(in: environment)?.network, in: environment).certificates)
    }

    /// True for somebody whom the broker refuses, with a certificate or without.
    func isNameless(_ identity: Identity, in environment: Environment) throws -> Bool {
        let data = try places.dataDirectory(places.readNetwork(in: environment)?.network, in: environment)
        let names = IdentityStore(directory: data.credentials, site: data.site)
        return names.exists && !names.identities().contains(identity)
    }

    /// Tells what is wrong with files, and what helps.
    /// - Returns: the status of a command that did the rest.
    func report(_ damage: [CertificateError]) -> ProcessExit {
        for error in damage { complain("✖ \(error)") }
        return damage.isEmpty ? .ok : .failure
    }

    /// Tells of certificates: those with these files.
    func tell(_ files: [String], of store: CertificateStore, saying what: String) {
        let entries = store.contents().entries.filter { files.contains($0.file) }
        let now = Log.wallTime()
        guard !json else {
            for entry in entries { entry.write(at: now) }
            return
        }
        for entry in entries {
            let hosts = entry.certificate.hosts.isEmpty ? "" : " for " + entry.certificate.hosts.joined(separator: ", ")
            Output.writeLine("✔ \(entry.name) \(what)\(hosts): \(entry.file), until \(entry.certificate.notAfter.day)")
        }
    }
}

/// The flags of a certificate that is made.
struct CertificateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A name or an address by which the server is called, besides those that it has; may be given several times. At first: this machine's.",
            valueName: "name or address"))
    var host: [String] = []
    @Flag(help: "By those of --host alone: others that its certificate has are left out.")
    var only = false
    @Option(help: ArgumentHelp("How many days they hold: 1 to 825. Default: 365.", valueName: "number"))
    var days: String?

    func hosts() throws -> CertificateStore.Hosts {
        let hosts = try host.map { try ValueParser.certificateHost.value(of: $0, from: "--host") }
        guard only else { return .adding(hosts) }
        guard !hosts.isEmpty else {
            throw SettingError("--only", value: nil, expected: "--host NAME with it, for each name and address", processExit: .usage)
        }
        return .only(hosts)
    }

    func count() throws -> Int { try CertificateOptions.count(days) }

    static func count(_ days: String?) throws -> Int {
        try days.map { try ValueParser.integer(in: 1...825, of: "a number of days").value(of: $0, from: "--days") } ?? CertificateStore.days
    }
}

struct CertificatesInitCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Makes the authority and the server's certificate, where they are missing.",
        discussion: """
            One that is there is kept; a server's that lacks a host is made anew with it, and
            with --only also one that has another.

            EXAMPLES
              wattline certificates init
              wattline certificates init --host mosquitto --host localhost
              wattline certificates init --only --host broker.example --host localhost
            """)
    @OptionGroup var certificate: CertificateOptions
    @OptionGroup var options: CertificatesOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let store = try options.store(in: environment)
        let made = try store.make(hosts: certificate.hosts(), days: certificate.count(), at: Log.wallTime())
        options.tell(made, of: store, saying: "is new")
        if made.isEmpty, !options.json { Output.writeLine("✔ All is there, in \(store.directory); see: wattline certificates list") }
        return .ok
    }
}

struct CertificatesAddCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Gives a certificate to somebody who has a name: who shows it needs no password.",
        discussion: """
            The file has the key, too: it is for its owner alone. The name is one that
            wattline credentials gave; revoked there, the certificate is worth nothing. So is
            one that was given before: whoever is connected by it is thrown out at once.

            EXAMPLES
              wattline certificates add engine CP-001
              wattline certificates add driver driver-alice --days 30
            """)
    @Argument(help: "central, engine, monitor, point, driver, station, gateway, recorder, viewer or admin.")
    var role: String
    @Argument(help: "The id: CP-001, driver-alice; of Central: central.")
    var id: String
    @Option(help: ArgumentHelp("How many days it holds: 1 to 825. Default: 365.", valueName: "number"))
    var days: String?
    @OptionGroup var options: CertificatesOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let store = try options.store(in: environment)
        let identity = try Identity(parsing: role, id)
        try store.add(identity, days: CertificateOptions.count(days), at: Log.wallTime())
        if try options.isNameless(identity, in: environment) {
            complain("⚠️  nobody is called \(identity) yet: wattline credentials add \(identity.arguments) gives the name")
        }
        options.tell([store.file(of: identity)], of: store, saying: "may come with its certificate")
        return .ok
    }
}

struct CertificatesRenewCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew", abstract: "Makes the certificates anew that are there, by the same authority; nobody loses a connection.",
        discussion: """
            The broker of wattline up, or of the compose stack, and the dashboard take the new
            one within some seconds; another mosquitto on SIGHUP. Who is connected by a
            client's former certificate stays; to connect anew takes the new one. With --due
            the former lets in until it ends: time to bring the new one to another machine.
            Whose key got out: wattline credentials rotate, which ends both at once.

            EXAMPLES
              wattline certificates renew
              wattline certificates renew --due          # in a cron job
              wattline certificates renew --host broker.example
              wattline certificates renew --only --host localhost --host 127.0.0.1
              wattline certificates renew --new-key      # when the server's key got out
            """)
    @Flag(help: "Only those that end within 30 days.")
    var due = false
    @Flag(help: "The server gets another key, too; clients always do.")
    var newKey = false
    @OptionGroup var certificate: CertificateOptions
    @OptionGroup var options: CertificatesOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let store = try options.store(in: environment)
        let now = Log.wallTime()
        let change = try store.renew(
            hosts: certificate.hosts(), days: certificate.count(), newKey: newKey, formerOutlives: due, at: now,
            where: { !due || Expiry(of: $0, at: now) != .far })
        options.tell(change.files, of: store, saying: "is renewed")
        if change.files.isEmpty, change.damage.isEmpty, !options.json { Output.writeLine("✔ Nothing to renew in \(store.directory)") }
        return options.report(change.damage)
    }
}

struct CertificatesListCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the certificates, and how many days are left.",
        discussion: """
            EXAMPLES
              wattline certificates list
              wattline certificates list --json | jq -r 'select(.days_left < 30) | .name'
            """)
    @OptionGroup var options: CertificatesOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let store = try options.store(in: environment)
        let (contents, now) = (store.contents(), Log.wallTime())
        if options.json {
            for entry in contents.entries { entry.write(at: now) }
        } else if contents.entries.isEmpty, contents.damage.isEmpty {
            Output.writeLine("There are no certificates in \(store.directory): wattline certificates init makes them")
        } else if !contents.entries.isEmpty {
            Output.write(table(contents.entries, at: now).text(colors: false))
        }
        return options.report(contents.damage)
    }

    private func table(_ entries: [CertificateStore.Entry], at now: WallTime) -> Table {
        var table = Table([Table.Column("NAME"), Table.Column("UNTIL"), Table.Column("DAYS LEFT", right: true), Table.Column("FOR")])
        for entry in entries {
            let certificate = entry.certificate
            table.add([
                entry.name, certificate.notAfter.day, Expiry(of: certificate, at: now) == .over ? "over" : "\(certificate.daysLeft(at: now))",
                (certificate.isAuthority ? [certificate.name] : certificate.hosts + (entry.isOurs == false ? ["by another authority"] : []))
                    .joined(separator: " "),
            ])
        }
        return table
    }
}

extension Certificate {
    /// Whole days until it ends; negative when it has.
    fileprivate func daysLeft(at now: WallTime) -> Int64 { secondsLeft(at: now) / 86_400 }
}

extension WallTime {
    /// The date, in UTC: `2026-11-29`.
    fileprivate var day: String { String(text.prefix { $0 != "T" }) }
}

extension CertificateStore.Entry {
    /// Prints it as one JSON object.
    fileprivate func write(at now: WallTime) {
        writeObject { json in
            json.string("name", name)
            json.string("file", file)
            json.string("subject", certificate.name)
            json.string("authority", certificate.authority)
            if let isOurs { json.bool("by_this_authority", isOurs) } else { json.null("by_this_authority") }
            json.array("hosts") { array in for host in certificate.hosts { array.string(nil, host) } }
            json.string("not_before", certificate.notBefore.text)
            json.string("not_after", certificate.notAfter.text)
            json.integer("days_left", certificate.daysLeft(at: now))
        }
    }
}
