internal import CDashboardPage
internal import HTTPTypes

/// The page's files, which are part of the program.
struct Assets: Sendable {
    struct File: Sendable {
        var bytes: [UInt8]
        var type: String
        /// The version of the file, which changes with its content.
        var tag: String
    }

    let files: [String: File]

    init() {
        var files: [String: File] = [:]
        for index in 0..<wattline_page_count() {
            let file = wattline_page_file(index)
            let name = String(cString: file.name)
            let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.size))
            files[name] = File(bytes: bytes, type: Assets.type(of: name), tag: "\"\(Assets.digest(bytes))\"")
        }
        self.files = files
    }

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "webmanifest": "application/manifest+json"
        case "yaml": "application/yaml; charset=utf-8"
        default: "application/octet-stream"
        }
    }

    /// FNV-1a, for telling versions apart.
    private static func digest(_ bytes: [UInt8]) -> String {
        String(bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }, radix: 36)
    }
}
