import ChargingModel
import NetworkView
import Viewers

/// A network as a screen hears it.
struct Watcher {
    var screen = Screen(broker: "mqtt://127.0.0.1:1883")
    var seconds: Int64 = 0
    var seq: UInt64 = 1

    static let driver = DriverID(known: "driver-alice")
    static let session = SessionID(known: "01JD0000000000000000000001")

    var now: Now { Now(monotonic: Instant(nanoseconds: seconds * 1_000_000_000), wall: WallTime(milliseconds: 1_795_485_600_000 + seconds * 1000)) }

    static func cp(_ number: Int) -> ChargePointID { ChargePointID(known: "CP-\(number < 10 ? "00" : "0")\(number)") }

    init(points: Int = 3, width: Int = 80, height: Int = 24, isOnline: Bool = true) {
        screen.connected(at: now)
        screen.resize(width: width, height: height)
        if isOnline { hear(.centralStatus(CentralStatus(epoch: 5, online: true, software: "wattline", protocolVersion: 1)), retained: true) }
        for number in 0..<points {
            let cp = Watcher.cp(number + 1)
            hear(info(cp, kind: number == 1 ? "Fast DC" : "Standard AC"), retained: true)
            let state = StateReport(epoch: 2, seq: 1, cp: cp, state: .activated, meter: MeterID(known: "m-1"), register: .zero, reason: "ready")
            hear(.state(state), retained: true)
            hear(verdict(cp, .activated, why: "ready"), retained: true)
        }
    }

    mutating func hear(_ message: BusMessage, retained: Bool = false) { screen.hear(message, retained: retained, at: now) }

    func info(_ cp: ChargePointID, kind: String = "Standard AC") -> BusMessage {
        .info(
            ChargePointInfo(
                epoch: 2, cp: cp, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000), kind: kind,
                meter: MeterID(known: "m-1"), software: "wattline"))
    }

    func verdict(_ cp: ChargePointID, _ verdict: Verdict, why: String, session: SessionID? = nil) -> BusMessage {
        .verdict(
            VerdictReport(
                epoch: 5, cp: cp, verdict: verdict, available: verdict == .activated, why: why, session: session,
                driver: session == nil ? nil : Self.driver, breaker: .closed))
    }

    /// A session at a point, `seconds` of it.
    mutating func charge(_ cp: ChargePointID = cp(1), wattHours: Int64 = 61) {
        hear(verdict(cp, .supplying, why: "charging driver-alice", session: Self.session))
        seq += 1
        hear(
            .telemetry(
                Telemetry(
                    epoch: 2, seq: seq, cp: cp, session: Self.session, driver: Self.driver, power: Power(watts: 11_000),
                    energy: Energy(wattHours: wattHours), register: Energy(wattHours: 1000 + wattHours), cost: Money(microEuro: wattHours * 300),
                    elapsedSeconds: 10)))
    }

    mutating func press(_ keys: Key...) { for key in keys { _ = screen.press(key) } }
    mutating func type(_ text: String) { for character in text { _ = screen.press(.character(character)) } }
    mutating func lines() -> [String] { screen.frame(at: now).lines }
    /// The rows of the table, in their order.
    mutating func points() -> [String] { lines().compactMap { line in line.split(separator: " ").first { $0.hasPrefix("CP-") }.map(String.init) } }
}

/// A terminal of the kind that the screen writes for.
struct TinyTerminal {
    var grid: [[Character]]
    private var x = 0
    private var y = 0

    init(width: Int, height: Int) { grid = Array(repeating: Array(repeating: " ", count: width), count: height) }

    mutating func take(_ bytes: [UInt8]) {
        var text = Substring(String(decoding: bytes, as: UTF8.self))
        while let character = text.popFirst() {
            guard character == "\u{1B}" else {
                put(character)
                continue
            }
            precondition(text.removeFirst() == "[", "an escape sequence of another kind")
            let parameters = text.prefix { !$0.isLetter }
            text = text.dropFirst(parameters.count)
            switch text.removeFirst() {
            case "H":
                let numbers = parameters.split(separator: ";").compactMap { Int($0) }
                (y, x) = (numbers[0] - 1, numbers[1] - 1)
            case "J": grid = grid.map { $0.map { _ in " " } }
            default: break
            }
        }
    }

    private mutating func put(_ character: Character) {
        let width = character.unicodeScalars.first.map { $0.value >= 0x1100 && $0.properties.isIdeographic } == true ? 2 : 1
        grid[y][x] = character
        if width == 2, x + 1 < grid[y].count { grid[y][x + 1] = "\0" }
        x += width
    }

    var lines: [String] {
        grid.map { row in
            var line = String(row.filter { $0 != "\0" })
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
