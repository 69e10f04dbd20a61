public import ChargingModel
internal import OCPP

/// People, vehicles and meters.
extension ChargingStation {
    // MARK: Cards

    /// Whoever shows a card stops what he began, or begins.
    mutating func show(_ text: String, at evse: Int32) {
        guard let outlet = outlets[evse] else { return }
        let token = IDToken(text, kind: specification.version == .v201 ? .iso14443 : nil)
        if let key = outlet.charge, let charge = charges[key] {
            if charge.token.isSame(as: token) { end(at: evse, .local, .stopAuthorized) }
            return
        }
        guard outlet.isFree else { return }
        if isAccepted {
            errands.append(.authorize(evse, token))
        } else if let info = list.info(of: token) {
            judged(token, info, at: evse)
        } else if settings.allowsUnknownOffline {
            admit(Outlet.Promise(token: token, isRemote: false, until: now.monotonic + settings.connectTimeOut), at: evse)
        } else {
            actions.append(.notice(.turnedAway(evse, .unknown)))
        }
    }

    mutating func judged(_ token: IDToken, _ info: TokenInfo, at evse: Int32) {
        guard info.status == .accepted else { return actions.append(.notice(.turnedAway(evse, info.status))) }
        guard outlets[evse]?.isFree == true else { return }
        admit(Outlet.Promise(token: token, isRemote: false, until: now.monotonic + settings.connectTimeOut), at: evse)
    }

    mutating func admit(_ promise: Outlet.Promise, at evse: Int32) {
        outlets[evse]?.promise = promise
        if outlets[evse]?.isPlugged == true { return begin(at: evse) }
        sayStatus(evse)
        actions.append(.notice(.vehicleAwaited(evse)))
    }

    /// No vehicle came in time.
    mutating func loseHope(at evse: Int32) {
        guard let promise = outlets[evse]?.promise, promise.until <= now.monotonic else { return }
        outlets[evse]?.promise = nil
        sayStatus(evse)
    }

    // MARK: Vehicles

    mutating func plug(_ load: Load, at evse: Int32) {
        guard let outlet = outlets[evse], !outlet.isPlugged else { return }
        outlets[evse]?.vehicle = load
        outlets[evse]?.isSpent = false
        if outlet.promise != nil, outlet.isOperative, outlet.fault == nil { begin(at: evse) } else { sayStatus(evse) }
    }

    mutating func unplug(at evse: Int32) {
        end(at: evse, .vehicleDisconnected, .vehicleDeparted)
        outlets[evse]?.vehicle = nil
        outlets[evse]?.isSpent = false
        sayStatus(evse)
    }

    mutating func setFault(_ why: String?, at evse: Int32) {
        guard outlets[evse]?.fault != why else { return }
        outlets[evse]?.fault = why
        if why != nil {
            outlets[evse]?.promise = nil
            end(at: evse, .other, .abnormalCondition)
        }
        sayStatus(evse)
    }

    // MARK: A charge

    private mutating func begin(at evse: Int32) {
        guard let outlet = outlets[evse], let promise = outlet.promise, let load = outlet.vehicle else { return }
        outlets[evse]?.promise = nil
        var token = promise.token
        if promise.isRemote, has(.ownTag) { token = IDToken("IN-THE-HOLDER", kind: token.kind) }
        if has(.longTag) { token.text += String(repeating: "-", count: 24) }
        let key = "\(specification.id.prefix(12))-" + ULID.make(at: now.wall, using: &random).suffix(20)
        charges[key] = Charge(
            key: key, evse: evse, token: token, start: outlet.base, remoteStart: promise.remoteStart, load: load, began: now.monotonic,
            beganAt: wall, nextSample: now.monotonic + settings.sampling)
        outlets[evse]?.charge = key
        tell(.began, key)
        actions.append(.notice(.began(evse, token: token.text)))
        sayStatus(evse)
    }

    /// The register of a connector as it stands now.
    public func register(at evse: Int32) -> Energy {
        guard let outlet = outlets[evse] else { return .zero }
        guard let key = outlet.charge, let charge = charges[key] else { return outlet.base }
        return outlet.base + charge.load.energy(over: now.monotonic - charge.began, limit: specification.power)
    }

    mutating func end(at evse: Int32, _ reason: StopReason, _ trigger: TriggerReason) {
        guard let key = outlets[evse]?.charge, let charge = charges[key] else { return }
        let register = register(at: evse)
        charges[key]?.end = register
        outlets[evse]?.base = register
        outlets[evse]?.charge = nil
        outlets[evse]?.isSpent = true
        metered = metered + (register - charge.start)
        chargesEnded += 1
        tell(.ended(register, reason, trigger), key)
        actions.append(.notice(.ended(evse, register - charge.start, reason)))
        sayStatus(evse)
    }

    mutating func tell(_ kind: Telling.Kind, _ key: String) {
        guard var charge = charges[key] else { return }
        tellings.append(
            Telling(kind: kind, charge: key, time: wall, seqNo: charge.seqNo, isOffline: !isAccepted))
        charge.seqNo += has(.seqNoGaps) && chance(3) ? 2 : 1
        charges[key] = charge
        forgetValues()
    }

    /// The most words that are kept: of what is in between, the oldest go first.
    private static let mostTellings = 2000

    private mutating func forgetValues() {
        guard tellings.count > ChargingStation.mostTellings else { return }
        if let index = tellings.firstIndex(where: { if case .values = $0.kind { true } else { false } }) { tellings.remove(at: index) }
    }

    // MARK: Meter values

    mutating func sample(at evse: Int32) {
        guard let key = outlets[evse]?.charge, let charge = charges[key], charge.nextSample <= now.monotonic else { return }
        // One that stood still goes on from now.
        let next = charge.nextSample + settings.sampling
        charges[key]?.nextSample = next <= now.monotonic ? now.monotonic + settings.sampling : next
        let isFull = charge.load.power(after: now.monotonic - charge.began, limit: specification.power).watts == 0
        let didFill = isFull && !charge.isFull
        if didFill { charges[key]?.isFull = true }
        tell(.values(samples(at: evse), isFull ? .suspendedVehicle : .charging, didFill ? .chargingStateChanged : .meterValuePeriodic), key)
        if didFill { sayStatus(evse) }
    }

    mutating func samples(at evse: Int32) -> [MeterSample] {
        let time = OCPPTime(wall)
        var register = register(at: evse)
        var power = Power(watts: 0)
        if let key = outlets[evse]?.charge, let charge = charges[key] {
            power = charge.load.power(after: now.monotonic - charge.began, limit: specification.power)
            if has(.countsPerSession), specification.version == .v16 { register = register - charge.start }
        }
        if has(.absurdValues), chance(5) { register = register + Energy(wattHours: 910_000) }
        let energy: MeterSample.Value =
            has(.kilowattHours)
            ? .other(zeroDecimal(register.wattHours), unit: "kWh") : .energy(register)
        var samples = [
            MeterSample(.energyActiveImportRegister, energy, at: time, context: .periodic),
            MeterSample(.powerActiveImport, .power(power), at: time, context: .periodic),
        ]
        if has(.manyValues) { samples += phases(power, time) }
        return samples
    }

    /// Watt-hours as kWh with three decimals.
    private func zeroDecimal(_ wattHours: Int64) -> String { "\(wattHours / 1000).\(zeroPadded(wattHours % 1000, to: 3))" }

    private func phases(_ power: Power, _ time: OCPPTime) -> [MeterSample] {
        let current = Current(milliamperes: power.watts * 1000 / 690)
        return [MeterPhase.l1, .l2, .l3].flatMap { phase in
            [
                MeterSample(.currentImport, .current(current), at: time, phase: phase),
                MeterSample(.voltage, .voltage(Voltage(millivolts: 230_000)), at: time, phase: phase),
            ]
        } + [
            MeterSample(
                .energyActiveImportRegister, .signed, at: time,
                signed: MeterSample.Signed("OCMF|{}|{}", method: "ECDSA", encoding: "OCMF", publicKey: ""))
        ]
    }
}
