public import ChargingModel

/// A value of a meter, or of what else a station measures: SampledValue of 1.6, SampledValueType of 2.0.1, with the time of its MeterValue.
public struct MeterSample: Hashable, Sendable {
    /// A value in units of the model, or what came in its place. Nothing is made up: what can't be understood is kept as text.
    public enum Value: Hashable, Sendable {
        /// A register's state, or what an interval took, of active energy. From decimals rounded half-even to whole watt-hours.
        case energy(Energy)
        /// Active power; from decimals rounded half-even to whole watts.
        case power(Power)
        case current(Current)
        case voltage(Voltage)
        case stateOfCharge(StateOfCharge)
        /// Anything else, as it was written, with its unit.
        case other(String, unit: String?)
        /// A value that is none: no number, negative, or larger than can be; as it was written, with its unit.
        case unreadable(String, unit: String?)
        /// Nothing but signed data (1.6, format `SignedData`), see `signed`.
        case signed
    }

    /// Data that a meter signed, as it came; 1.6 has the data alone.
    public struct Signed: Hashable, Sendable {
        public var data: String
        public var method: String?
        public var encoding: String?
        public var publicKey: String?

        public init(_ data: String, method: String? = nil, encoding: String? = nil, publicKey: String? = nil) {
            self.data = data
            self.method = method
            self.encoding = encoding
            self.publicKey = publicKey
        }
    }

    /// The time of the meter value; `nil` when there was none or it could not be read.
    public var time: OCPPTime?
    /// The quantity; the active energy register where nothing was said, `nil` for a word that is not known.
    public var measurand: Measurand?
    public var value: Value
    public var phase: MeterPhase?
    /// The place of the meter; `nil`: at the outlet.
    public var location: MeterLocation?
    /// The occasion of the sample; `nil`: periodic.
    public var context: MeterContext?
    public var signed: Signed?

    public init(
        _ measurand: Measurand?, _ value: Value, at time: OCPPTime?, phase: MeterPhase? = nil, location: MeterLocation? = nil,
        context: MeterContext? = nil, signed: Signed? = nil
    ) {
        self.time = time
        self.measurand = measurand
        self.value = value
        self.phase = phase
        self.location = location
        self.context = context
        self.signed = signed
    }

    /// The state of the register from which bills are made: active energy taken, all phases together, at the outlet.
    public var register: Energy? {
        guard measurand == .energyActiveImportRegister, phase == nil, location == nil || location == .outlet, case .energy(let energy) = value
        else { return nil }
        return energy
    }
}
