import ChargingModel

/// A clock that tests turn by hand.
struct HandClock {
    var now = Now(monotonic: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 1_795_485_600_000))

    mutating func advance(_ duration: Duration) {
        now.monotonic = now.monotonic + duration
        now.wall = WallTime(milliseconds: now.wall.milliseconds + duration.milliseconds)
    }

    /// Sets the wall clock, as people and time servers do.
    mutating func setWall(by duration: Duration) { now.wall = now.wall.advanced(byMilliseconds: duration.milliseconds) }
}

let cp1 = ChargePointID(known: "CP-001")
let cp2 = ChargePointID(known: "CP-002")
let alice = DriverID(known: "driver-alice")
let bob = DriverID(known: "driver-bob")
let carol = DriverID(known: "driver-carol")
let meter = MeterID(known: "m-1")

func specification(_ watts: Int64 = 36_000) -> EngineCore.Specification {
    // 36 kW are 10 Wh a second: numbers that can be checked in the head.
    EngineCore.Specification(
        cp: cp1, power: Power(watts: watts), price: Price(microEuroPerKilowattHour: 300_000), kind: "Fast DC", software: "test")
}

func start(_ session: String, energy: Int64? = nil, duration: Duration? = nil, epoch: Epoch? = 5) -> Command {
    let order = StartOrder(
        session: SessionID(known: session), driver: alice, price: Price(microEuroPerKilowattHour: 300_000),
        energyTarget: energy.map { Energy(wattHours: $0) }, duration: duration)
    return command(.start(order), epoch: epoch)
}

func command(_ kind: Command.Kind, epoch: Epoch? = 5, cp: ChargePointID = cp1, id: String = "c-1") -> Command {
    Command(epoch: epoch, cp: cp, id: CommandID(known: id), kind: kind)
}

/// An engine with its clock, and what obeys it.
protocol EngineBench {
    var clock: HandClock { get set }
    var engine: EngineCore { get }
    @discardableResult mutating func tell(_ event: EngineCore.Event) -> [EngineCore.Action]
}

extension EngineBench {
    /// Lets the time pass, ticking whenever the engine wants to be ticked.
    @discardableResult
    mutating func pass(_ duration: Duration) -> [EngineCore.Action] {
        let end = clock.now.monotonic + duration
        var actions: [EngineCore.Action] = []
        while let due = engine.deadline, due <= end {
            clock.advance(max(.zero, due - clock.now.monotonic))
            actions += tell(.tick)
        }
        clock.advance(end - clock.now.monotonic)
        return actions
    }
}

extension [EngineCore.Action] {
    var published: [BusMessage] { compactMap { if case .publish(let message) = $0 { message } else { nil } } }
    var journalled: [EngineEntry] { compactMap { if case .journal(let entry) = $0 { entry } else { nil } } }
    var states: [StateReport] { published.compactMap { if case .state(let state) = $0 { state } else { nil } } }
    var readings: [Telemetry] { published.compactMap { if case .telemetry(let telemetry) = $0 { telemetry } else { nil } } }
    var events: [ChargePointEvent.Kind] { published.compactMap { if case .event(let event) = $0 { event.kind } else { nil } } }
    var records: [SessionRecord] { events.compactMap { if case .sessionEnded(let record) = $0 { record } else { nil } } }
    var refusals: [CommandRefusal] { events.compactMap { if case .commandRefused(let refusal) = $0 { refusal } else { nil } } }
}
