import ChargingModel
import ChargingProtocol
import Ledger
import NetworkView

/// Central as somebody outside sees it: payloads go in as they are pasted, payloads come out, and a view hears both.
struct OutsideBench {
    static let start = WallTime(milliseconds: 1_795_845_600_000)

    let wire = Wire(site: nil)
    var now = Now(monotonic: Instant(nanoseconds: 0), wall: OutsideBench.start)
    var central: CentralCore
    var book = LedgerBook()
    var view = NetworkView()
    /// Central's messages, in order.
    var said: [(topic: String, payload: [UInt8], message: BusMessage, at: WallTime)] = []
    var notices: [CentralCore.Notice] = []
    var rejections: [Rejection] = []
    var diskIsFull = false
    /// The number of times it was tried to write.
    private(set) var attempts = 0

    init() {
        central = CentralCore(CentralCore.Settings(software: "test"), seed: 1, now: now)
        perform(central.begin(at: now))
        tell(.online(1000))
        for cp in ["CP-A", "CP-B"] { birth(cp) }
        pass(.milliseconds(2100))
    }

    /// Engine and monitor of a point with 22 kW are born, its register at 1000 Wh.
    mutating func birth(_ cp: String, epoch: Int = 10) {
        hear(
            "cp/\(cp)/info",
            #"{"epoch":\#(epoch),"cp":"\#(cp)","power_kw":22.0,"price_eur_per_kwh":0.30,"kind":"AC","meter":"m-\#(cp)","software":"s","protocol":1,"ts":"2026-11-28T10:00:00.000Z"}"#
        )
        state(cp, "ACTIVATED", seq: 1, epoch: epoch)
        hear("cp/\(cp)/health", #"{"epoch":10,"cp":"\#(cp)","health":"OK","failures":0,"reason":"ok","ts":"2026-11-28T10:00:00.000Z"}"#)
    }

    mutating func state(
        _ cp: String, _ state: String, seq: Int, epoch: Int = 10, session: String? = nil, register: Int = 1000, reason: String = "test"
    ) {
        let place = session.map { #""session":"\#($0)","driver":"alice","# } ?? ""
        hear(
            "cp/\(cp)/state",
            #"{"epoch":\#(epoch),"seq":\#(seq),"cp":"\#(cp)","state":"\#(state)",\#(place)"meter":"m-\#(cp)","meter_wh":\#(register),"reason":"\#(reason)","ts":"2026-11-28T10:00:00.000Z"}"#
        )
    }

    /// Alice charges at a point, from 1000 Wh on.
    /// - Returns: the session.
    mutating func charge(_ cp: String, request: String = "R1", driver: String = "alice") -> String {
        hear("driver/\(driver)/request", #"{"request":"\#(request)","cp":"\#(cp)"}"#)
        for case .status(let status) in said.reversed().map(\.message) where status.request?.text == request {
            guard case .accepted(let session, _, _) = status.kind else { continue }
            state(cp, "SUPPLYING", seq: 2, session: session.text)
            started(cp, session.text)
            return session.text
        }
        return "none"
    }

    mutating func started(_ cp: String, _ session: String, driver: String = "alice", from: Int = 1000) {
        hear(
            "cp/\(cp)/event",
            #"{"epoch":10,"event":"SESSION_STARTED","cp":"\#(cp)","session":"\#(session)","driver":"\#(driver)","meter":"m-\#(cp)","meter_start_wh":\#(from),"started":"2026-11-28T10:00:02.100Z","ts":"2026-11-28T10:00:02.100Z"}"#
        )
    }

    mutating func reading(
        _ cp: String, _ session: String, seq: Int, _ wattHours: Int, epoch: Int = 10, register: Int? = nil, elapsed: Int? = nil,
        meter: String? = nil, power: String = "22.0", cost: String = "0.01"
    ) {
        let named = meter.map { #""meter":"\#($0)","# } ?? ""
        hear(
            "cp/\(cp)/telemetry",
            #"{"epoch":\#(epoch),"seq":\#(seq),"cp":"\#(cp)","session":"\#(session)","driver":"alice",\#(named)"power_kw":\#(power),"#
                + #""energy_kwh":\#(decimalText(Int64(wattHours), decimals: 3, minimum: 3)),"meter_wh":\#(register ?? 1000 + wattHours),"#
                + #""cost_eur":\#(cost),"elapsed_s":\#(elapsed ?? seq),"ts":"2026-11-28T10:00:03.000Z"}"#)
    }

    /// Its monitor says that the engine is FAULTY: what is open there closes. The view does not hear it.
    mutating func fault(_ cp: String) {
        tell(.received(.health(HealthReport(epoch: 11, cp: ChargePointID(known: cp), health: .faulty, failures: 3, reason: "x")), retained: false))
        pass(.milliseconds(500))
    }

    /// Central dies, and another one finds the ledger and its points.
    mutating func restart() {
        central = CentralCore(central.settings, seed: 2, now: now)
        perform(central.begin(at: now))
        tell(.online(2000))
        for cp in ["CP-A", "CP-B"] { birth(cp) }
    }

    /// Its engine supplies no more, and says so; what is open there closes.
    mutating func rest(_ cp: String, seq: Int = 3) {
        state(cp, "ACTIVATED", seq: seq)
        pass(.seconds(2))
    }

    mutating func ended(
        _ cp: String, _ session: String, from: Int = 1000, to: Int, meter: String? = nil, started: String = "2026-11-28T10:00:02.100Z",
        ended: String = "2026-11-28T10:00:12.100Z", reason: String = "completed"
    ) {
        hear(
            "cp/\(cp)/event",
            #"{"epoch":10,"event":"SESSION_ENDED","cp":"\#(cp)","session":"\#(session)","driver":"alice","meter":"\#(meter ?? "m-\(cp)")","meter_start_wh":\#(from),"meter_end_wh":\#(to),"energy_kwh":\#(decimalText(Int64(to - from), decimals: 3, minimum: 3)),"cost_eur":0.01,"started":"\#(started)","ended":"\#(ended)","end_reason":"\#(reason)","ts":"\#(ended)"}"#
        )
    }

    mutating func hear(_ topic: String, _ payload: String) {
        do throws(Rejection) {
            guard case .message(let message) = try wire.decode(topic: topic, payload: Array(payload.utf8)) else { return }
            view.hear(message, retained: false, at: now)
            tell(.received(message, retained: false))
        } catch { rejections.append(error) }
    }

    mutating func tell(_ event: CentralCore.Event) { perform(central.handle(event, at: now)) }

    mutating func pass(_ duration: Duration) {
        let end = now.monotonic + duration
        while let due = central.deadline, due <= end {
            advance(to: max(due, now.monotonic))
            tell(.tick)
        }
        advance(to: end)
    }

    private mutating func advance(to instant: Instant) {
        now.wall = now.wall.advanced(byMilliseconds: (instant - now.monotonic).milliseconds)
        now.monotonic = instant
    }

    private mutating func perform(_ actions: [CentralCore.Action]) {
        for action in actions {
            switch action {
            case .commit(let number, let operations):
                attempts += 1
                tell(diskIsFull ? .commitFailed(number) : .committed(number, book.apply(operations)))
            case .read: tell(.snapshot(diskIsFull ? nil : book.snapshot(at: now.wall)))
            case .publish(.fence(let fence), let delivery):
                if let delivery { tell(.delivered(delivery)) }
                tell(.received(.fence(fence), retained: false))
            case .publish(let message, let delivery):
                let publication = wire.publication(message, at: now.wall)
                said.append((publication.topic, publication.payload, message, now.wall))
                view.hear(message, retained: false, at: now)
                if let delivery { tell(.delivered(delivery)) }
            case .notice(let notice): notices.append(notice)
            case .connect, .readAccess, .farewell, .answer, .erase: break
            }
        }
    }

    func session(_ id: String) -> LedgerSession? { SessionID(id).flatMap { book.sessions[$0] } }

    /// The last word to the driver on its session.
    func outcome(of driver: String = "alice") -> DriverStatus.Kind? {
        for case .status(let status) in said.reversed().map(\.message) where status.driver.text == driver {
            switch status.kind {
            case .completed, .failed: return status.kind
            case .accepted, .denied, .inProgress: continue
            }
        }
        return nil
    }

    var acknowledged: [String] {
        said.compactMap { if case .command(let command) = $0.message, case .ack(let session, _) = command.kind { session.text } else { nil } }
    }
}
