// swift-tools-version: 6.2
import PackageDescription

// Programs that measure, apart from the product: `Benchmarks/run.py`. The raw ones are C on libmosquitto, the comparators of ours.
let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "wattline", path: ".."), .package(url: "https://github.com/apple/swift-nio", from: "2.101.2")],
    targets: [
        .executableTarget(name: "raw", linkerSettings: [.linkedLibrary("mosquitto")]),
        .executableTarget(
            name: "bus", dependencies: [.product(name: "MQTT", package: "wattline")], swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "loop",
            dependencies: [
                .product(name: "MQTT", package: "wattline"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "codec", dependencies: [.product(name: "ChargingProtocol", package: "wattline")], swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
