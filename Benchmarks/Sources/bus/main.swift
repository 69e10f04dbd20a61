// The same as `raw`, on this project's event loop:
//
//   bus intake PORT · bus echo PORT TOPIC ANSWER · bus request PORT TOPIC ANSWER N
import EventLoop
import Glibc
import MQTT
import Mosquitto

func processorTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}

func now() -> Double { Double(EventLoop.now().nanoseconds) / 1e9 }

func die(_ reason: String, _ status: Int32 = 1) -> Never {
    let text = Array("bus: \(reason)\n".utf8)
    write(STDERR_FILENO, text, text.count)
    exit(status)
}

func say(_ text: String) {
    print(text)
    fflush(nil)
}

/// One client and what it measures. Bound to its loop.
final class Bench: @unchecked Sendable {
    enum Task {
        case intake
        case echo(String, answer: String)
        case request(String, answer: String, times: Int)
    }

    private let task: Task
    private var client: BusClient?
    private var count = 0
    private var bytes = 0
    private var began = 0.0
    private var processor = 0.0
    private var times: [Double] = []

    init(_ task: Task) { self.task = task }

    func start(_ loop: EventLoop, port: UInt16) throws {
        let (name, filter): (String, Subscription) =
            switch task {
            case .intake: ("bus-intake", Subscription("#", .atMostOnce))
            case .echo(let topic, _): ("bus-echo", Subscription(topic))
            case .request(_, let answer, _): ("bus-request", Subscription(answer))
            }
        let settings = MQTTSettings(address: MQTTAddress(host: "127.0.0.1", port: port), clientID: name)
        client = try BusClient(loop: loop, settings: settings, subscriptions: [filter]) { [unowned self] event in handle(event) }
        client?.start()
    }

    private func handle(_ event: BusEvent) {
        switch (event, task) {
        case (.online, .echo): say("ready")
        case (.online, .request(let topic, _, _)): ask(topic)
        case (.message(let message), .intake): take(message)
        case (.message(let message), .echo(_, let answer)): publish(answer, message.payload)
        case (.message, .request(let topic, _, let wanted)):
            times.append(now() - began)
            if times.count == wanted { return finish() }
            ask(topic)
        case (.attemptFailed(let error, _), _), (.offline(let error), _), (.failed(let error), _):
            die("\(error)")
        default: break
        }
    }

    private func take(_ message: IncomingMessage) {
        if count == 0 {
            began = now()
            processor = processorTime()
        }
        if message.topic == "end" {
            say("\(count) \(now() - began) \(processorTime() - processor)")
            exit(0)
        }
        count += 1
        bytes += message.payload.count
    }

    private func ask(_ topic: String) {
        began = now()
        publish(topic, [UInt8](repeating: UInt8(ascii: "x"), count: 200))
    }

    private func publish(_ topic: String, _ payload: [UInt8]) {
        do {
            _ = try client?.publish(OutgoingMessage(topic: topic, payload: payload))
        } catch {
            die("\(error)")
        }
    }

    /// Every sample, in order: who compares sums up both sides.
    private func finish() {
        say(times.map { "\($0 * 1e6)" }.joined(separator: "\n"))
        exit(0)
    }
}

let arguments = CommandLine.arguments
let task: Bench.Task? =
    switch (arguments.count, arguments.dropFirst().first) {
    case (3, "intake"): .intake
    case (5, "echo"): .echo(arguments[3], answer: arguments[4])
    case (6, "request"): Int(arguments[5]).map { .request(arguments[3], answer: arguments[4], times: $0) }
    default: nil
    }
guard let task, let port = UInt16(arguments[2]) else {
    die("usage: bus intake PORT | echo PORT TOPIC ANSWER | request PORT TOPIC ANSWER N", 64)
}
let loop = try EventLoop()
let bench = Bench(task)
loop.execute {
    do {
        try bench.start(loop, port: port)
    } catch {
        die("\(error)")
    }
}
try loop.start()
loop.join()
