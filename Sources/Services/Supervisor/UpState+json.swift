import ChargingModel
import Glibc
import JSON
import Platform
import Settings

extension UpState {
    /// The file's text.
    var json: String {
        var writer = JSONWriter(capacity: 8192)
        writer.object { up in
            up.integer("pid", pid)
            up.string("started", started.text)
            up.string("network", network)
            up.object("broker") { json in
                json.optional("pid", processes.first { $0.role == Role.broker.rawValue }?.pid)
                json.integer("port", broker.port)
                json.string("url", broker.url)
                json.bool("own", broker.isOwn)
                json.optional("certificate_port", broker.certificatePort)
            }
            up.optional("http_port", httpPort)
            up.array("processes") { json in
                for process in processes { json.object { process.write(&$0) } }
            }
        }
        writer.lineBreak()
        return writer.text
    }

    /// The state in a file; `nil` when there is none.
    static func read(_ path: String) throws(UnreadableState) -> UpState? {
        guard let bytes = readWhole(path) else {
            let code = errno
            guard code != ENOENT, code != ENOTDIR else { return nil }
            throw UnreadableState(why: "\(path): \(DescribedError(code))")
        }
        do throws(SettingError) { return try read(bytes, file: path) } catch { throw UnreadableState(why: error.description) }
    }

    private static func read(_ bytes: [UInt8], file: String) throws(SettingError) -> UpState {
        let root = try JSONFields(try JSONTree.read(bytes, file: file), file: file)
        let pid = ValueParser.integer(in: 1...Int(Int32.max), of: "a process id")
        let string = ValueParser.text("a text")
        let time = ValueParser(expected: "a time") { WallTime(text: $0) }
        guard let brokerTree = root.tree("broker") else { throw root.missing("broker", "an object") }
        let broker = try JSONFields(brokerTree, file: file, path: "broker")
        var isOwn = false
        if case .bool(true)? = broker.tree("own")?.value { isOwn = true }
        var state = UpState(
            pid: Int32(try root.required("pid", .number, pid)), started: try root.required("started", .string, time),
            network: try root.required("network", .string, string),
            broker: Broker(
                url: try broker.required("url", .string, string), port: try broker.required("port", .number, .port), isOwn: isOwn,
                certificatePort: try broker.optional("certificate_port", .number, .port)),
            httpPort: try root.optional("http_port", .number, .portOrZero))
        for (tree, path) in try root.array("processes") ?? [] {
            let fields = try JSONFields(tree, file: file, path: path)
            let role = try fields.required("role", .string, string)
            state.processes.append(
                Process(
                    name: try fields.required("name", .string, string), role: role,
                    id: try fields.optional("id", .string, string) ?? "", pid: try fields.optional("pid", .number, pid).map { Int32($0) },
                    startTicks: try fields.optional("start_ticks", .number, .integer(in: 0...Int.max, of: "ticks")).map { UInt64($0) },
                    started: try fields.optional("started", .string, time),
                    restarts: try fields.required("restarts", .number, .integer(in: 0...Int.max, of: "a count")),
                    port: role == Role.broker.rawValue && isOwn ? state.broker.port : try fields.optional("health_port", .number, .port)))
        }
        return state
    }
}

extension UpState.Process {
    fileprivate func write(_ json: inout JSONWriter) {
        json.string("name", name)
        json.string("role", role)
        if id.isEmpty { json.null("id") } else { json.string("id", id) }
        json.optional("pid", pid)
        json.optional("start_ticks", startTicks)
        if let started { json.string("started", started.text) } else { json.null("started") }
        json.integer("restarts", restarts)
        json.optional("health_port", port)
    }
}

extension JSONWriter {
    fileprivate mutating func optional(_ name: String, _ value: (some BinaryInteger)?) {
        if let value { integer(name, value) } else { null(name) }
    }
}
