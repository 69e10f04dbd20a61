public import EventLoop

/// A process's recording as one of its services: when the file can't be written the process ends, with the reason.
public actor RecordingService: Service {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    private let recorder: PartyRecorder
    private var isOver = false

    /// - Parameter recorder: an open one.
    public init(host: Host, recorder: PartyRecorder) {
        loop = host.loop
        self.host = host
        self.recorder = recorder
    }

    public func start() {}

    /// The others go on being recorded until they have ended.
    public func stop() {
        guard !isOver else { return }
        isOver = true
        host.ended()
    }

    public var trouble: String? { nil }

    /// Listens for the failure of the file. Before the parties are made, which already write to it.
    public nonisolated func watch() {
        recorder.attach(loop) { [weak self, loop] why in loop.execute { [weak self] in self?.assumeIsolated { $0.fail(why) } } }
    }

    private func fail(_ why: String) {
        guard !isOver else { return }
        isOver = true
        host.fail(why)
    }
}
