import ArgumentParser
import EventLoop
import Platform
import Services
import Settings
import Terminal

/// The flags of the commands that only look.
struct ViewerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How long the broker may take to answer, at first. Default: 10s.", valueName: "time"))
    var timeout: String?
    @Flag(help: "The same as --color never.")
    var noColor = false

    func colors(_ common: CommonOptions, in environment: Environment) throws -> Bool {
        let wanted = try common.output.colors(in: environment)
        return wanted && !noColor
    }
}

/// The context of a viewer, known before it starts. Its standard output is for what it shows, so that its log goes to standard error.
struct ViewerStartup {
    let context: NetworkContext
    let timeout: Duration

    init(_ common: CommonOptions, _ viewer: ViewerOptions, role: String, in environment: Environment) throws {
        var context = try Startup(common, role: role, in: environment).context
        let log = context.log
        context.log = Log(role: role, format: log.format, level: log.level, colors: log.colors, sink: DescriptorSink.standardError)
        self.context = context
        timeout =
            try viewer.timeout.map { try ValueParser.duration(from: .milliseconds(10), to: .seconds(3600)).value(of: $0, from: "--timeout") }
            ?? .seconds(10)
    }

    /// Runs the viewer until it is done, a signal comes or it fails.
    func run(_ prepare: @escaping @Sendable (Host) throws -> [any Service]) -> ProcessExit {
        EventLoop.blockSignals()
        return Host.run(log: context.log, prepare)
    }
}
