import ChargingModel
import Settings

extension UpState {
    /// The file's text.
    var json: String {
        func quoted(_ text: String?) -> String {
            guard let text else { return "null" }
            var result = "\""
            for scalar in text.unicodeScalars {
                if scalar == "\"" || scalar == "\\" {
                    result += "\\\(scalar)"
                } else if scalar.value < 0x20 {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
            return result + "\""
        }
        func number(_ value: (some BinaryInteger)?) -> String { value.map { "\($0)" } ?? "null" }
        let brokerPid = processes.first { $0.role == Role.broker.rawValue }?.pid
        let lines = processes.map { process in
            #"{"name":\#(quoted(process.name)),"role":\#(quoted(process.role)),"id":\#(quoted(process.id.isEmpty ? nil : process.id)),"pid":\#(number(process.pid)),"#
                + #""start_ticks":\#(number(process.startTicks)),"started":\#(quoted(process.started?.text)),"restarts":\#(process.restarts),"#
                + #""health_port":\#(number(process.port))}"#
        }
        return """
            {"pid":\(pid),"started":\(quoted(started.text)),"network":\(quoted(network)),
             "broker":{"pid":\(number(brokerPid)),"port":\(broker.port),"url":\(quoted(broker.url)),"own":\(broker.isOwn)},"http_port":\(number(httpPort)),
             "processes":[
              \(lines.joined(separator: ",\n  "))
             ]}

            """
    }

    /// The state in a file; `nil` when there is none, or none that makes sense.
    static func read(_ path: String) -> UpState? {
        guard let text = readText(path) else { return nil }
        return try? read(text: text, file: path)
    }

    private static func read(text: String, file: String) throws(SettingError) -> UpState {
        let root = try JSONFields(try JSONTree.read(Array(text.utf8), file: file), file: file)
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
            broker: Broker(url: try broker.required("url", .string, string), port: try broker.required("port", .number, .port), isOwn: isOwn),
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
