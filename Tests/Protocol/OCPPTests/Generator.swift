import ChargingModel

@testable import OCPP

/// Makes values that a version can say, at random and again from the same seed.
struct Generator {
    var random: SplitMix
    let version: OCPPVersion

    init(seed: UInt64, _ version: OCPPVersion) {
        random = SplitMix(seed: seed)
        self.version = version
    }

    struct SplitMix: RandomNumberGenerator {
        private var state: UInt64
        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }

    var isOld: Bool { version == .v16 }

    mutating func bool() -> Bool { Bool.random(using: &random) }
    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        bool() ? Int64.random(in: range, using: &random) : one(of: [range.lowerBound, range.upperBound])
    }
    mutating func one<Value>(of values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
    mutating func maybe<Value>(_ make: (inout Generator) -> Value) -> Value? { bool() ? make(&self) : nil }
    mutating func some<Value>(_ count: ClosedRange<Int>, _ make: (inout Generator) -> Value) -> [Value] {
        (0..<Int.random(in: count, using: &random)).map { _ in make(&self) }
    }

    mutating func text(_ limit: Int, from least: Int = 1) -> String {
        let letters = Array("abcXYZ019-_.*\"\\/ äß€😀")
        return String(some(least...limit) { $0.one(of: letters) })
    }

    mutating func time() -> OCPPTime { OCPPTime(WallTime(milliseconds: Int64.random(in: 1_420_070_400_000...4_102_444_800_000, using: &random))) }
    mutating func number32() -> Int64 { number(0...Int64(Int32.max)) }
    mutating func evse(from least: Int64 = 0) -> Int32 { Int32(number(least...9)) }
    mutating func place(from least: Int64 = 0) -> ConnectorPlace {
        ConnectorPlace(evse: evse(from: least), connector: isOld ? nil : evse(from: 1))
    }
    mutating func register() -> Energy { Energy(wattHours: number(0...Int64(Int32.max))) }

    mutating func token() -> IDToken {
        isOld ? IDToken(text(20)) : IDToken(text(36), kind: one(of: IDToken.Kind.allCases))
    }

    mutating func tokenInfo() -> TokenInfo {
        TokenInfo(one(of: TokenStatus.allCases).nearest(in: version), expires: maybe { $0.time() }, group: maybe { $0.token() })
    }

    // MARK: Samples

    mutating func sample(at time: OCPPTime) -> MeterSample {
        var measurand = one(of: Measurand.allCases.filter { $0.exists(in: version) })
        var value: MeterSample.Value
        switch measurand.quantity {
        case .energy: value = .energy(Energy(wattHours: number(0...Energy.limit.wattHours)))
        case .power: value = .power(Power(watts: number(0...Power.limit.watts)))
        case .current: value = .current(Current(milliamperes: number(0...Current.limit.milliamperes)))
        case .voltage: value = .voltage(Voltage(millivolts: number(0...Voltage.limit.millivolts)))
        case .stateOfCharge: value = .stateOfCharge(StateOfCharge(permille: number(0...1000)))
        case .other: value = .other(one(of: ["0.98", "50", "-3.25"]), unit: maybe { $0.one(of: ["var", "kvarh", "K"]) })
        }
        if Int.random(in: 0..<9, using: &random) == 0 {
            measurand = .energyActiveImportRegister
            value = .unreadable("-5", unit: "Wh")
        }
        var signed: MeterSample.Signed?
        if isOld, Int.random(in: 0..<9, using: &random) == 0 {
            value = .signed
            signed = MeterSample.Signed("OCMF|" + text(99))
        } else if !isOld, bool() {
            signed = MeterSample.Signed(text(99), method: text(20), encoding: text(20), publicKey: text(20))
        }
        return MeterSample(
            measurand, value, at: time, phase: maybe { $0.one(of: MeterPhase.allCases) }, location: maybe { $0.one(of: MeterLocation.allCases) },
            context: maybe { $0.one(of: MeterContext.allCases) }, signed: signed)
    }

    mutating func samples(_ values: ClosedRange<Int>) -> [MeterSample] {
        some(values) { generator in
            let time = generator.time()
            return generator.some(1...3) { $0.sample(at: time) }
        }.flatMap { $0 }
    }
}
