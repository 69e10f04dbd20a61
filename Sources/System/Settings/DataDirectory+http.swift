internal import Glibc
internal import Platform

extension DataDirectory {
    /// Writes the address where Central's HTTP API can be reached from this machine into a file; it is gone when Central stops.
    /// - Throws: when it can't be written.
    public func write(httpEndpoint endpoint: Endpoint) throws(SettingError) {
        let host = endpoint.host == "0.0.0.0" ? "127.0.0.1" : endpoint.host == "::" ? "::1" : endpoint.host
        try TextFile(path: httpFile, from: "the file of Central's HTTP address").write("\(Endpoint(host: host, port: endpoint.port))\n")
    }

    public func removeHTTPEndpoint() { unlink(httpFile) }

    /// The address of Central's HTTP API; `nil` when Central has not written it.
    public func readHTTPEndpoint() -> Endpoint? {
        readWhole(httpFile).flatMap { AllSettings.engine.parser(String(decoding: $0.prefix { $0 > 0x20 }, as: UTF8.self)) }
    }
}
