import ArgumentParser
import Platform
import Settings

struct SbomCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "sbom", abstract: "Prints what this program, or the image that it is in, is made of: a CycloneDX 1.5 document.",
        discussion: """
            Swift packages and Debian packages with names, versions, and licences where
            these are known. Each image has its own; make build makes that of a local build.

            EXAMPLES
              wattline sbom
              wattline sbom | jq -r '.components[] | "\\(.name) \\(.version)"'
            """)

    func execute(in environment: Environment) throws -> ProcessExit {
        let file = try InstalledFile.sbom.find(chosen: nil)
        guard let text = readText(file) else { throw SettingError(file, value: nil, expected: "a readable file") }
        Output.write(text)
        return .ok
    }
}
