// swift-tools-version: 6.2
import PackageDescription

/// A program of the targets in a folder, which are tests of the package above: see README.md.
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name.lowercased(), dependencies: [.product(name: name, package: "wattline")] + dependencies, path: name,
        exclude: ["SeedTests.swift", "Seeds.swift"],
        swiftSettings: [
            .swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
        ])
}

// Programs that feed random bytes to what reads them, apart from the product and from `make test`.
let package = Package(
    name: "Fuzz",
    products: [.executable(name: "readers", targets: ["readers"]), .executable(name: "services", targets: ["services"])],
    dependencies: [
        .package(name: "wattline", path: ".."),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    ],
    targets: [
        program("Readers", []),
        program(
            "Services",
            [
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ]),
    ]
)
