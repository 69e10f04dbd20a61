// swift-tools-version: 6.2
import PackageDescription

// Programs that feed random bytes to what reads them, apart from the product and from `make test`: see README.md.
let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "wattline", path: "..")],
    targets: [
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "payloads", dependencies: ["CFuzzer", .product(name: "ChargingProtocol", package: "wattline")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
