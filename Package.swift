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

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "wattline",
    products: [
        .executable(name: "wattline", targets: ["wattline"]),
        .library(name: "MQTT", targets: ["EventLoop", "MQTT"]),
        .library(name: "ChargingProtocol", targets: ["ChargingModel", "ChargingProtocol"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Without its default traits it needs no full Foundation.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    ],
    targets: [
        // The bus, which knows nothing of charging.
        .target(name: "CMosquitto", linkerSettings: [.linkedLibrary("mosquitto")]),
        .target(name: "CLinux"),
        .target(name: "CTerminal"),
        room("EventLoop", ["CLinux"]),
        room("MQTT", ["CMosquitto", "EventLoop"]),
        // The pure part: no clock, no I/O, no Foundation.
        room("ChargingModel"),
        room("JSON"),
        room("ChargingProtocol", ["ChargingModel", "JSON"]),
        room("Ledger", ["ChargingModel"]),
        .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
        room("SQLite", ["CSQLite"]),
        room("LedgerStore", ["ChargingModel", "Ledger", "SQLite"]),
        // What is measured, for Prometheus.
        room("Prometheus", ["EventLoop", .product(name: "Metrics", package: "swift-metrics")]),
        // What a person sees of a network.
        room("NetworkView", ["ChargingModel", "ChargingProtocol", "JSON"]),
        // What Home Assistant is told of a network.
        room("HomeAssistant", ["ChargingModel", "ChargingProtocol", "JSON"]),
        // What on a bus breaks the protocol.
        room("ContractLint", ["ChargingModel", "ChargingProtocol", "JSON"]),
        // What is said on a bus, in words.
        room("BusTail", ["ChargingModel", "ChargingProtocol", "ContractLint", "JSON", "Terminal"]),
        room("Screen", ["ChargingModel", "ChargingProtocol", "JSON", "NetworkView", "Terminal"]),
        room("Usage", ["ChargingModel"]),
        room("Demand", ["ChargingModel"]),
        room("Simulation", ["ChargingModel", "ChargingProtocol", "Demand", "EventLoop", "Journal", "Keeping", "Ledger", "MQTT", "Usage"]),
        // The shells: a core, a connection, a disk.
        room("Settings", ["ChargingModel", "JSON", "Terminal"]),
        room("Terminal", ["ChargingModel", "JSON"]),
        room("Journal", ["EventLoop"]),
        // What a party remembers over its death.
        room("Keeping", ["ChargingModel", "ChargingProtocol", "Journal"]),
        room("Shell", ["ChargingModel", "ChargingProtocol", "EventLoop", "Journal", "Keeping", "MQTT", "Settings", "Terminal"]),
        room(
            "ChargePoint",
            ["ChargingModel", "ChargingProtocol", "EventLoop", "JSON", "Journal", "Keeping", "Ledger", "MQTT", "Settings", "Shell", "Terminal"]),
        room("Monitor", ["ChargingModel", "ChargingProtocol", "EventLoop", "JSON", "Journal", "Keeping", "MQTT", "Settings", "Shell", "Terminal"]),
        room("Driver", ["ChargingModel", "ChargingProtocol", "EventLoop", "JSON", "MQTT", "Settings", "Shell", "Terminal"]),
        room(
            "Central",
            [
                "ChargingModel", "ChargingProtocol", "EventLoop", "HomeAssistant", "JSON", "Journal", "Keeping", "LedgerStore", "MQTT", "NetworkView",
                "Prometheus",
                "SQLite", "Settings", "Shell", "Terminal",
                .product(name: "Metrics", package: "swift-metrics"),
            ]),
        // The page's files, as bytes.
        .target(name: "CDashboardPage", exclude: ["web"]),
        room(
            "Dashboard",
            [
                "CDashboardPage", "Central", "ChargingModel", "EventLoop", "JSON", "Ledger", "LedgerStore", "NetworkView", "Prometheus", "SQLite",
                "Settings", "Shell", "Terminal",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        // Those who only look.
        room(
            "Viewers",
            [
                "BusTail", "CTerminal", "ChargingModel", "ChargingProtocol", "ContractLint", "EventLoop", "MQTT", "NetworkView", "Screen", "Shell",
                "Terminal",
            ]),
        // What people want to know of a ledger.
        room("Reports", ["ChargingModel", "JSON", "Ledger", "LedgerStore", "SQLite", "Terminal", "Usage"]),
        .target(name: "CSupervisor"),
        room("Supervisor", ["ChargingModel", "CSupervisor", "EventLoop", "JSON", "Settings", "Terminal"]),
        // Faults on purpose.
        room("Chaos", ["ChargingModel", "ChargingProtocol", "EventLoop", "JSON", "MQTT", "Settings", "Shell", "Supervisor", "Terminal"]),
        .executableTarget(
            name: "wattline",
            dependencies: [
                "BusTail", "Central", "Chaos", "ChargePoint", "ChargingModel", "ChargingProtocol", "Dashboard", "Demand", "Driver", "EventLoop",
                "HomeAssistant", "JSON",
                "Ledger",
                "LedgerStore",
                "Monitor",
                "MQTT", "Prometheus",
                "Reports",
                "SQLite", "Screen", "Settings", "Shell", "Simulation", "Supervisor", "Terminal", "Usage", "Viewers",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Metrics", package: "swift-metrics"),
            ], swiftSettings: strict),
        // Tests: one folder per module, a real broker in IntegrationTests, real processes in ScenarioTests.
        tests("EventLoopTests", ["EventLoop"]),
        tests("MQTTTests", ["MQTT", "EventLoop"]),
        tests("ChargingModelTests", ["ChargingModel", "Ledger"]),
        tests("JSONTests", ["JSON"]),
        tests("ChargingProtocolTests", ["ChargingModel", "ChargingProtocol", "JSON"]),
        tests("LedgerTests", ["ChargingModel", "Ledger"]),
        tests("LedgerStoreTests", ["ChargingModel", "Ledger", "LedgerStore", "SQLite"]),
        tests("ChaosTests", ["Chaos", "ChargingModel"]),
        tests("ReportsTests", ["ChargingModel", "Ledger", "LedgerStore", "Reports", "Usage"]),
        tests("NetworkViewTests", ["ChargingModel", "ChargingProtocol", "JSON", "NetworkView"]),
        tests(
            "DashboardTests",
            [
                "Central", "ChargingModel", "Dashboard", "EventLoop", "NetworkView", "Settings",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ]),
        tests(
            "HomeAssistantTests", ["ChargingModel", "ChargingProtocol", "HomeAssistant", "JSON"],
            // Read by Tests/Acceptance/home_assistant_test.py.
            exclude: ["device-discovery.schema.json"]),
        tests("ContractLintTests", ["BusTail", "ChargingModel", "ChargingProtocol", "ContractLint", "JSON"]),
        tests("ScreenTests", ["ChargingModel", "ChargingProtocol", "JSON", "NetworkView", "Screen", "Terminal"]),
        tests("DemandTests", ["ChargingModel", "Demand"]),
        tests("SimulationTests", ["ChargingModel", "ChargingProtocol", "Demand", "Journal", "Ledger", "MQTT", "Simulation", "Usage"]),
        tests("SettingsTests", ["ChargingModel", "EventLoop", "JSON", "Settings", "Supervisor", "Terminal"]),
        tests("JournalTests", ["EventLoop", "Journal"]),
        tests("ShellTests", ["ChargingModel", "EventLoop", "Journal", "Keeping", "Settings", "Shell"]),
        // Faults that were found from outside, with the inputs that showed them.
        tests("OutsideTests", ["ChargingModel", "ChargingProtocol", "ContractLint", "JSON", "Ledger", "NetworkView"]),
        tests("IntegrationTests", ["ChargingModel", "EventLoop", "MQTT", "ChargingProtocol", "JSON", "Simulation"]),
        tests("ScenarioTests", ["ChargingModel", "ChargingProtocol", "EventLoop", "JSON", "MQTT", "Settings"]),
    ]
)
