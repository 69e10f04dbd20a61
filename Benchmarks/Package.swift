// swift-tools-version: 6.2
import PackageDescription

// Programs that measure, apart from the product: `Benchmarks/run.py`. The raw ones are C on libmosquitto, the comparators of ours.
let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "wattline", path: "..")],
    targets: [
        .executableTarget(name: "raw", linkerSettings: [.linkedLibrary("mosquitto")]),
        .executableTarget(
            name: "bus", dependencies: [.product(name: "MQTT", package: "wattline")], swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "codec", dependencies: [.product(name: "ChargingProtocol", package: "wattline")], swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
