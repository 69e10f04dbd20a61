// swift-tools-version: 6.2
import PackageDescription

/// The language is Swift 6 with the strictness that later versions make the default.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A group of `Sources/`, and of `Tests/`. docs/architecture.md says of each what may be in it; arrows point one way, from the last to the first,
/// which Scripts/check-rooms.py checks.
enum Group: String {
    case model = "Model"
    case `protocol` = "Protocol"
    case bus = "Bus"
    case storage = "Storage"
    case system = "System"
    case views = "Views"
    case runtime = "Runtime"
    case services = "Services"
    case simulation = "Simulation"
}

func module(_ name: String, in group: Group, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(group.rawValue)/\(name)", swiftSettings: strict)
}

func shim(_ name: String, exclude: [String] = [], linking libraries: String...) -> Target {
    .target(name: name, path: "Sources/C/\(name)", exclude: exclude, linkerSettings: libraries.map { .linkedLibrary($0) })
}

func tests(_ name: String, in group: Group? = nil, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/" + (group.map { $0.rawValue + "/" } ?? "") + name, exclude: exclude,
        swiftSettings: strict)
}

/// A program of the package in Fuzz/, whose `Program.swift` makes it one there; here it is a test of its seeds.
func fuzzing(_ program: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "Fuzz\(program)Tests", dependencies: dependencies, path: "Fuzz/\(program)", exclude: ["Program.swift"], swiftSettings: strict)
}

let package = Package(
    name: "wattline",
    products: [
        .executable(name: "wattline", targets: ["wattline"]),
        .library(name: "MQTT", targets: ["ChargingModel", "EventLoop", "MQTT", "Mosquitto"]),
        .library(name: "ChargingProtocol", targets: ["ChargingModel", "ChargingProtocol", "JSON"]),
        // For the programs in Fuzz/ alone.
        .library(
            name: "Readers", targets: ["CAccessTable", "ChargingModel", "ChargingProtocol", "Identities", "Journal", "MQTT", "OCPP", "Settings"]),
        .library(name: "Services", targets: ["ChargingModel", "Dashboard", "LedgerStore", "Runtime", "SQL", "Services"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Without its default traits it needs no full Foundation.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    ],
    targets: [
        // C: what Swift can't say.
        shim("CLinux"),
        shim("CMosquitto", linking: "mosquitto", "ssl", "crypto"),
        shim("CCertificates", linking: "crypto"),
        shim("CSQLite", linking: "sqlite3"),
        shim("CPostgreSQL"),
        shim("CAccessTable", linking: "crypto"),
        shim("CSupervisor"),
        shim("CTerminal"),
        shim("CDashboardPage", exclude: ["web"]),

        // Model: cores and their values, the ledger's rules. No clock, no I/O, no Foundation.
        module("ChargingModel", in: .model),
        module("Ledger", in: .model, ["ChargingModel"]),
        module("Demand", in: .model, ["ChargingModel"]),

        // Protocol: JSON, topics and payloads, OCPP's frames and payloads, and the linter of the contract.
        module("JSON", in: .protocol),
        module("Encodings", in: .protocol),
        module("ChargingProtocol", in: .protocol, ["ChargingModel", "JSON"]),
        module("OCPP", in: .protocol, ["ChargingModel", "JSON"]),
        module("ContractLint", in: .protocol, ["ChargingModel", "ChargingProtocol", "JSON"]),

        // Bus: the event loop, MQTT and WebSocket as values, and libmosquitto under MQTT's. Not a word about charging.
        module("EventLoop", in: .bus, ["CLinux", "ChargingModel"]),
        module("MQTT", in: .bus, ["ChargingModel"]),
        module("WebSocket", in: .bus, ["Encodings"]),
        module("Mosquitto", in: .bus, ["CCertificates", "CMosquitto", "ChargingModel", "EventLoop", "MQTT"]),
        module("RawMQTT", in: .bus, ["EventLoop", "MQTT", "Mosquitto"]),

        // Storage: durable lines, SQLite, and the ledger on it.
        module("Journal", in: .storage),
        module("SQL", in: .storage),
        module("SQLite", in: .storage, ["CSQLite", "SQL"]),
        module("PostgreSQL", in: .storage, ["CPostgreSQL", "SQL"]),
        module("LedgerStore", in: .storage, ["ChargingModel", "Ledger", "PostgreSQL", "SQL", "SQLite"]),

        // System: files, locks, limits, /proc, exit codes, logging, settings.
        module("Platform", in: .system, ["ChargingModel", "JSON", "Terminal"]),
        module("Terminal", in: .system),
        module("Settings", in: .system, ["ChargingModel", "JSON", "Platform", "Terminal"]),
        module("Identities", in: .system, ["CAccessTable", "ChargingModel", "ChargingProtocol", "Encodings", "JSON", "Platform", "Settings"]),
        module("Certificates", in: .system, ["CCertificates", "ChargingModel", "ChargingProtocol", "Identities", "Platform", "Settings"]),

        module(
            "ServerTLS", in: .system,
            [
                "EventLoop", "Platform", "Settings", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),

        // Views: what people see.
        module("NetworkView", in: .views, ["ChargingModel", "ChargingProtocol", "JSON"]),
        module("HomeAssistant", in: .views, ["ChargingModel", "ChargingProtocol", "JSON"]),
        module("Prometheus", in: .views, ["EventLoop", .product(name: "Metrics", package: "swift-metrics")]),
        module("Reports", in: .views, ["ChargingModel", "Demand", "JSON", "Ledger", "LedgerStore", "Terminal"]),
        module(
            "Viewers", in: .views,
            [
                "CTerminal", "ChargingModel", "ChargingProtocol", "ContractLint", "EventLoop", "JSON", "MQTT", "Mosquitto", "NetworkView", "Services",
                "Platform", "Terminal",
            ]),

        // Runtime: a party around its core, without clock, disk, socket and thread.
        module("Runtime", in: .runtime, ["ChargingModel", "ChargingProtocol", "HomeAssistant", "Journal", "MQTT"]),

        module("Gateway", in: .runtime, ["ChargingModel", "JSON", "OCPP"]),
        module("Station", in: .runtime, ["ChargingModel", "JSON", "OCPP"]),
        // Services: parties, Central's HTTP side and `up` as programs.
        module(
            "Services", in: .services,
            [
                "ChargingModel", "ChargingProtocol", "Demand", "Encodings", "EventLoop", "Gateway", "HomeAssistant", "Identities", "JSON", "Journal",
                "Ledger", "LedgerStore", "MQTT", "Mosquitto", "NetworkView", "OCPP", "PostgreSQL", "Prometheus", "Runtime", "SQL", "Settings",
                "Station",
                "Platform",
                "Terminal", "WebSocket", "WebSocketDoor",
                .product(name: "Metrics", package: "swift-metrics"),
            ]),
        module(
            "Dashboard", in: .services,
            [
                "CDashboardPage", "Certificates", "ChargingModel", "ChargingProtocol", "Encodings", "EventLoop", "Identities", "JSON", "Ledger",
                "LedgerStore",
                "NetworkView",
                "Prometheus", "SQL", "ServerTLS", "Services",
                "Settings", "Platform", "Terminal",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        module(
            "WebSocketDoor", in: .services,
            [
                "Certificates", "Encodings", "EventLoop", "Platform", "ServerTLS", "Settings", "WebSocket",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ]),
        module(
            "Supervisor", in: .services,
            ["CSupervisor", "Certificates", "ChargingModel", "EventLoop", "Identities", "JSON", "Settings", "Platform", "Terminal"]),
        module("BrokerCheck", in: .services, ["EventLoop", "JSON", "MQTT", "Platform", "RawMQTT", "Terminal"]),
        module("Fleet", in: .services, ["ChargingModel", "EventLoop", "JSON", "Platform", "Services", "Supervisor", "Terminal"]),

        // Simulation: all parties in a modelled world, and faults on purpose in a real one.
        module(
            "Simulation", in: .simulation,
            ["ChargingModel", "ChargingProtocol", "Demand", "EventLoop", "Gateway", "Journal", "Ledger", "MQTT", "OCPP", "Runtime", "Station"]),
        module(
            "Chaos", in: .simulation,
            [
                "ChargingModel", "ChargingProtocol", "EventLoop", "JSON", "MQTT", "Mosquitto", "Services", "Settings", "Simulation", "Supervisor",
                "Terminal",
            ]),

        // Arguments in, exit code out.
        .executableTarget(
            name: "wattline",
            dependencies: [
                "BrokerCheck", "Certificates", "Chaos", "ChargingModel", "ChargingProtocol", "Dashboard", "Demand", "Encodings", "EventLoop", "Fleet",
                "Gateway",
                "HomeAssistant",
                "Identities", "JSON",
                "Ledger", "LedgerStore", "MQTT", "OCPP", "Prometheus", "PostgreSQL", "Reports", "SQL", "ServerTLS", "Services", "Settings",
                "Simulation",
                "Station", "Supervisor",
                "Platform", "RawMQTT",
                "Terminal",
                "Viewers", "WebSocket", "WebSocketDoor",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Metrics", package: "swift-metrics"),
            ], swiftSettings: strict,
            // At a fixed address, so that nothing of its own is relocated: 27 processes share those pages (docs/decisions.md).
            linkerSettings: [.unsafeFlags(["-Xclang-linker", "-no-pie"], .when(platforms: [.linux], configuration: .release))]),

        // Tests mirror the groups: a real broker in BrokerTests, real processes in ScenarioTests, faults that were found from outside in OutsideTests.
        tests("ChargingModelTests", in: .model, ["ChargingModel", "Ledger"]),
        tests("LedgerTests", in: .model, ["ChargingModel", "Ledger"]),
        tests("DemandTests", in: .model, ["ChargingModel", "Demand"]),
        tests("JSONTests", in: .protocol, ["JSON"]),
        tests("EncodingsTests", in: .protocol, ["Encodings"]),
        tests("ChargingProtocolTests", in: .protocol, ["ChargingModel", "ChargingProtocol", "JSON"]),
        tests("OCPPTests", in: .protocol, ["ChargingModel", "JSON", "OCPP"]),
        tests("ContractLintTests", in: .protocol, ["ChargingModel", "ChargingProtocol", "ContractLint", "JSON", "Viewers"]),
        tests("EventLoopTests", in: .bus, ["EventLoop"]),
        tests("MQTTTests", in: .bus, ["ChargingModel", "EventLoop", "MQTT", "Mosquitto"]),
        tests("WebSocketTests", in: .bus, ["WebSocket"]),
        tests(
            "BrokerTests", in: .bus,
            [
                "BrokerCheck", "ChargingModel", "ChargingProtocol", "EventLoop", "Identities", "MQTT", "Mosquitto", "RawMQTT", "Settings",
                "Simulation",
            ]),
        tests("RuntimeTests", in: .runtime, ["ChargingModel", "ChargingProtocol", "Journal", "MQTT", "Runtime"]),
        tests("GatewayTests", in: .runtime, ["ChargingModel", "Gateway", "JSON", "OCPP", "Station"]),
        tests("JournalTests", in: .storage, ["Journal"]),
        tests("LedgerStoreTests", in: .storage, ["ChargingModel", "Ledger", "LedgerStore", "PostgreSQL", "SQL", "SQLite"]),
        tests("CertificatesTests", in: .system, ["CAccessTable", "Certificates", "ChargingModel", "ChargingProtocol", "Identities"]),
        tests("IdentitiesTests", in: .system, ["CAccessTable", "ChargingModel", "ChargingProtocol", "Identities", "Settings"]),
        tests("SettingsTests", in: .system, ["Certificates", "ChargingModel", "Settings", "Supervisor", "Platform", "Terminal"]),
        tests(
            "ServicesTests", in: .services,
            [
                "ChargingModel", "ChargingProtocol", "Encodings", "EventLoop", "Gateway", "Journal", "Ledger", "LedgerStore", "MQTT", "Runtime",
                "Services",
                "Settings", "Platform",
            ]),
        tests(
            "DashboardTests", in: .services,
            [
                "Certificates", "ChargingModel", "ChargingProtocol", "Dashboard", "EventLoop", "Identities", "LedgerStore", "NetworkView",
                "ServerTLS",
                "Services", "Settings",
                "Platform",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        tests(
            "WebSocketDoorTests", in: .services,
            [
                "Certificates", "ChargingModel", "ChargingProtocol", "EventLoop", "Identities", "Platform", "ServerTLS", "WebSocket", "WebSocketDoor",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOWebSocket", package: "swift-nio"),
            ]),
        tests("FleetTests", in: .services, ["ChargingModel", "Fleet", "Services"]),
        tests("NetworkViewTests", in: .views, ["ChargingModel", "ChargingProtocol", "JSON", "NetworkView"]),
        tests("ReportsTests", in: .views, ["ChargingModel", "Demand", "JSON", "Ledger", "Reports"]),
        tests("ViewersTests", in: .views, ["ChargingModel", "ChargingProtocol", "JSON", "NetworkView", "Viewers"]),
        tests(
            "HomeAssistantTests", in: .views, ["ChargingModel", "ChargingProtocol", "HomeAssistant", "JSON"],
            // Read by Tests/Acceptance/home_assistant_test.py.
            exclude: ["device-discovery.schema.json"]),
        tests("SimulationTests", in: .simulation, ["ChargingModel", "Demand", "Journal", "Simulation"]),
        tests("ChaosTests", in: .simulation, ["Chaos", "ChargingModel", "Settings"]),
        tests("OutsideTests", ["ChargingModel", "ChargingProtocol", "ContractLint", "JSON", "Ledger", "NetworkView"]),
        tests("ScenarioTests", ["JSON"]),

        // Programs of Fuzz/, of which the tests put the committed seeds through the same functions: see Fuzz/README.md.
        .target(name: "CFuzzBodies", dependencies: ["CAccessTable", "CCertificates"], path: "Fuzz/C", exclude: ["program.c"]),
        fuzzing(
            "Readers", ["CAccessTable", "CFuzzBodies", "ChargingModel", "ChargingProtocol", "Identities", "Journal", "MQTT", "OCPP", "Settings"]),
        fuzzing(
            "Services",
            [
                "ChargingModel", "Dashboard", "LedgerStore", "Runtime", "SQL", "Services",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ]),
    ]
)
