public import ChargingModel
public import Platform
internal import Terminal

/// All settings, each in one place: the flag, the environment variable and what it accepts.
///
/// Flags win over the environment, the environment over `network.json`, `network.json` over the default.
public enum AllSettings {
    // What every command knows.
    /// The broker of the network. Default: `mqtt://127.0.0.1:1883`; for `up`: its own.
    public static let mqtt = Setting("--mqtt", variable: "WATTLINE_MQTT", .broker)
    /// The data directory; see `DataDirectory`.
    public static let data = Setting("--data", variable: "WATTLINE_DATA", .text("a directory"))
    /// The network's file; see `NetworkFile`.
    public static let network = Setting("--network", variable: "WATTLINE_NETWORK", .text("a file like network.json"))
    /// The site, which goes in front of every topic (P2). Default: `site` of `network.json`, or none.
    public static let site = Setting("--site", variable: "WATTLINE_SITE", .site)
    /// The format of log lines: for people or for machines.
    public static let logFormat = Setting("--log-format", variable: "WATTLINE_LOG_FORMAT", ValueParser<LogFormat>.choice())
    /// The lowest level that is logged.
    public static let logLevel = Setting("--log-level", variable: "WATTLINE_LOG_LEVEL", ValueParser<LogLevel>.choice())
    /// The choice whether the output is coloured.
    public static let color = Setting("--color", variable: "WATTLINE_COLOR", ValueParser<ColorChoice>.choice())
    /// The place of the names with which the process logs in at the broker: a file of one, or a directory of them.
    public static let credentials = Setting("--credentials", variable: "WATTLINE_CREDENTIALS", .text("a file or directory of credentials"))
    /// The name with which the process logs in, with its password in a file. No flag: every user of the machine sees those.
    public static let mqttUserVariable = "WATTLINE_MQTT_USER"
    public static let mqttPasswordFileVariable = "WATTLINE_MQTT_PASSWORD_FILE"
    /// The authorities whom it believes, of a broker with TLS. Default: `ca` of the credentials, else the data directory's, else the system's.
    public static let authorities = Setting("--ca", variable: "WATTLINE_CA", .text("a file with the certificates of authorities"))
    /// The certificate with which it shows who it is, and its key, in one file.
    public static let certificate = Setting("--certificate", variable: "WATTLINE_CERTIFICATE", .text("a file with a certificate and its key"))
    /// MQTT's keep-alive (P8).
    public static let keepalive = Setting(
        "--keepalive", variable: "WATTLINE_KEEPALIVE", .duration(from: .seconds(5), to: .seconds(3600)))

    // The processes of a network.
    /// The file in which all that a process's parties are told is recorded, for `wattline rerun`.
    public static let record = Setting("--record", variable: "WATTLINE_RECORD", .text("a file that is not there yet"))
    /// The charge points that an engine or a monitor hosts.
    public static let chargePoints = Setting("--cp", variable: "WATTLINE_CP", .chargePoints)
    /// The address at which the monitor's engine answers its health checks.
    public static let engine = Setting("--engine", variable: "WATTLINE_ENGINE", .endpoint)
    /// The port on which the engine answers health checks; 0: any free one.
    public static let healthPort = Setting("--health-port", variable: "WATTLINE_HEALTH_PORT", .portOrZero)
    /// The address on which the engine answers health checks.
    public static let healthHost = Setting("--health-host", variable: "WATTLINE_HEALTH_HOST", .address)
    /// The time that `wattline health` waits for an answer.
    public static let healthTimeout = Setting(
        "--timeout", variable: "WATTLINE_HEALTH_TIMEOUT", .duration(from: .milliseconds(10), to: .seconds(60)))
    /// The rating of a charge point that `network.json` doesn't list.
    public static let power = Setting("--power", variable: "WATTLINE_POWER", .power)
    /// The price of a charge point that `network.json` doesn't list.
    public static let price = Setting("--price", variable: "WATTLINE_PRICE", .price)
    /// The kind of a charge point that `network.json` doesn't list, for people.
    public static let kind = Setting("--kind", variable: "WATTLINE_KIND", .text("a kind like Standard AC, at most 64 bytes", most: 64))
    /// The duration of a session whose request names none (S4).
    public static let session = Setting("--session", variable: "WATTLINE_SESSION", .duration(from: .seconds(1), to: .seconds(86_400)))
    /// The driver's name.
    public static let driver = Setting("--name", variable: "WATTLINE_NAME", ValueParser<DriverID>.id())
    /// The time from one request of a driver to its next.
    public static let every = Setting("--every", variable: "WATTLINE_EVERY", .duration(from: .milliseconds(100), to: .seconds(86_400)))
    /// The vehicles of a driver.
    public static let vehicles = Setting("--vehicles", variable: "WATTLINE_VEHICLES", .integer(in: 1...100, of: "a number of vehicles"))
    /// The time between two health checks of a monitor (P13).
    public static let check = Setting("--check", variable: "WATTLINE_CHECK", .duration(from: .seconds(1), to: .seconds(3600)))
    /// The choice of who is served: those who are known, or any (P15).
    public static let access = Setting("--access", variable: "WATTLINE_ACCESS", ValueParser<Network.Access.Choice>.choice())
    /// True where nobody is asked for a name: then whoever comes is served, too.
    public static let open = Setting("--open", variable: "WATTLINE_OPEN", .bool)
    /// The points that a driver asks for, in turn.
    public static let points = Setting("--points", variable: "WATTLINE_POINTS", .chargePoints)
    /// A file of points, one id a line.
    public static let file = Setting("--file", variable: "WATTLINE_FILE", .text("a file with one id a line"))

    // `wattline gateway`.
    /// The address at which stations connect.
    public static let listen = Setting("--listen", variable: "WATTLINE_LISTEN", .endpoint)
    /// The certificate with which stations are answered, its key, and the authorities of their own certificates.
    public static let ocppCertificate = Setting("--ocpp-certificate", variable: "WATTLINE_OCPP_CERTIFICATE", .text("a file with a certificate"))
    public static let ocppKey = Setting("--ocpp-key", variable: "WATTLINE_OCPP_KEY", .text("a file with the certificate's key"))
    public static let ocppClientsAuthority = Setting(
        "--ocpp-clients-ca", variable: "WATTLINE_OCPP_CLIENTS_CA", .text("a file with the certificates of authorities"))

    // `wattline up`.
    /// The port of up's own broker.
    public static let mqttPort = Setting("--mqtt-port", variable: "WATTLINE_MQTT_PORT", .port)
    /// The port of the dashboard.
    public static let httpPort = Setting("--http-port", variable: "WATTLINE_HTTP_PORT", .portOrZero)
    /// The port on which a gateway of up's own serves stations. Default: there is no gateway.
    public static let ocppPort = Setting("--ocpp-port", variable: "WATTLINE_OCPP_PORT", .port)
    /// The address on which Central answers HTTP.
    public static let httpHost = Setting("--http-host", variable: "WATTLINE_HTTP_HOST", .address)
    /// The names by which HTTP requests may call Central besides localhost. Default: on a loopback address none, elsewhere any.
    public static let httpNames = Setting("--http-names", variable: "WATTLINE_HTTP_NAMES", .hostNames)
    /// The right to read over HTTP what concerns people. Default: whoever reaches the port has it.
    public static let httpReading = Setting("--http-reading", variable: "WATTLINE_HTTP_READING", ValueParser<HTTPReading>.choice())
    /// The certificate with which Central answers HTTPS, and its key. Default: it answers HTTP.
    public static let httpCertificate = Setting("--http-certificate", variable: "WATTLINE_HTTP_CERTIFICATE", .text("a file with a certificate"))
    public static let httpKey = Setting("--http-key", variable: "WATTLINE_HTTP_KEY", .text("a file with the certificate's key"))
    /// The topic prefix on which Home Assistant listens for devices. Default: it is told of nothing.
    public static let homeAssistant = Setting("--home-assistant", variable: "WATTLINE_HOME_ASSISTANT", .topicPrefix)
    /// The database in which Central keeps the ledger, or from which a command reads it. Default: the file in the data directory.
    public static let ledger = Setting("--ledger", variable: "WATTLINE_LEDGER", .text("a ledger"))
    /// The time for which nobody else gets the right to write a ledger on a server after Central was last seen there, and the time after which Central
    /// prolongs it.
    public static let lease = Setting("--lease", variable: "WATTLINE_LEASE", .duration(from: .seconds(1), to: .seconds(60)))
    public static let leaseRenewal = Setting(
        "--lease-renewal", variable: "WATTLINE_LEASE_RENEWAL", .duration(from: .milliseconds(100), to: .seconds(30)))
    /// The number of a Central among those that share a data directory.
    public static let number = Setting("--number", variable: "WATTLINE_NUMBER", .integer(in: 1...9, of: "a number of a Central"))
    /// The number of Centrals that `up` runs, one at work and the others waiting.
    public static let centrals = Setting("--centrals", variable: "WATTLINE_CENTRALS", .integer(in: 1...9, of: "a number of Centrals"))
    /// The variable of the shared token for HTTP, or, for commands that ask a running Central, of an operator's secret.
    ///
    /// No flag: every user of the machine sees the flags of its processes.
    public static let adminTokenVariable = "WATTLINE_ADMIN_TOKEN"
    /// The variable of the operator's secret with which commands ask a running Central. No flag, either.
    public static let operatorSecretVariable = "WATTLINE_OPERATOR_SECRET"
    /// The time between two savings of what up's own broker keeps. Default: after every tenth change; a minute for networks of more
    /// than 200 points.
    public static let saveEvery = Setting("--save-every", variable: "WATTLINE_SAVE_EVERY", .duration(from: .seconds(1), to: .seconds(3600)))
    /// The time after which it stops by itself.
    public static let duration = Setting("--duration", variable: "WATTLINE_DURATION", .duration(from: .milliseconds(1)))
    /// The choice among the network's drivers that are started.
    public static let drivers = Setting("--drivers", variable: "WATTLINE_DRIVERS", ValueParser<DriverChoice>.drivers)
    /// The time after which a process that died is started again.
    public static let restartDelay = Setting("--restart-delay", variable: "WATTLINE_RESTART_DELAY", .duration(to: .seconds(3600)))
    /// The time that a process may take to stop before it is killed.
    public static let grace = Setting("--grace", variable: "WATTLINE_GRACE", .duration(from: .milliseconds(10), to: .seconds(3600)))

    /// The names of all environment variables that any program reads.
    public static let variables: Set<String> = [
        mqtt.variable, data.variable, network.variable, site.variable, logFormat.variable, logLevel.variable, color.variable,
        keepalive.variable, chargePoints.variable, engine.variable, healthPort.variable, power.variable, price.variable, kind.variable,
        session.variable, driver.variable, every.variable, vehicles.variable, points.variable, file.variable, mqttPort.variable,
        httpPort.variable, duration.variable, restartDelay.variable, grace.variable, healthHost.variable, httpHost.variable, httpNames.variable,
        httpReading.variable,
        healthTimeout.variable,
        drivers.variable, adminTokenVariable, operatorSecretVariable, homeAssistant.variable, record.variable, check.variable, saveEvery.variable,
        access.variable, open.variable, credentials.variable, mqttUserVariable, mqttPasswordFileVariable, authorities.variable, certificate.variable,
        httpCertificate.variable,
        httpKey.variable, ocppPort.variable, listen.variable, ocppCertificate.variable, ocppKey.variable, ocppClientsAuthority.variable,
        ledger.variable, lease.variable, leaseRenewal.variable, number.variable, centrals.variable,
    ]
}
