internal import ChargingModel
internal import JSON

extension MeterSample.Value {
    /// The longest text that is kept of a value which is none, in bytes of its JSON.
    static let textLimit = 64

    /// The greatest power of ten that a value may be multiplied by (2.0.1, UnitOfMeasureType), either way.
    private static let mostZeros: ClosedRange<Int64> = -12...12

    /// Makes a value of what is written in a unit.
    init(_ written: JSONValue, _ measurand: Measurand?, _ unit: MeterUnit, _ fields: OCPPFields) {
        let quantity = measurand?.quantity ?? .other
        guard let number = Self.number(written, fields), let zeros = unit.zeros, Self.mostZeros.contains(zeros) else {
            fields.remark(.valueUnreadable, .value)
            self = .unreadable(Self.kept(written, unit.factor), unit: unit.text)
            return
        }
        guard quantity != .other else {
            self = .other(Self.scaled(written, zeros), unit: unit.text)
            return
        }
        guard let decimals = Self.decimals(quantity, unit.text, fields) else {
            fields.remark(.unitUnknown, .unit)
            self = .other(Self.scaled(written, zeros), unit: unit.text)
            return
        }
        guard let value = Self.value(quantity, number.rounded(decimals: decimals + Int(zeros))), !number.isNegative else {
            fields.remark(.valueUnreadable, .value)
            self = .unreadable(Self.kept(written, unit.factor), unit: unit.text)
            return
        }
        self = value
    }

    /// The written text. A part that is cut from it or could steer a terminal leaves a mark, so that the rest is no number that nobody wrote.
    private static func kept(_ written: JSONValue, _ factor: String) -> String {
        ((written.string ?? written.text) + factor).bounded(to: textLimit)
    }

    /// The written number, multiplied: `3e2`, or `3e1×10^2` where there is an exponent already.
    private static func scaled(_ written: JSONValue, _ zeros: Int64) -> String {
        let text = written.string ?? written.text
        return kept(written, zeros == 0 ? "" : text.contains { $0 == "e" || $0 == "E" } ? "×10^\(zeros)" : "e\(zeros)")
    }

    /// 1.6 writes numbers in quotes, 2.0.1 without.
    private static func number(_ written: JSONValue, _ fields: OCPPFields) -> JSONNumber? {
        if let number = written.number {
            if fields.version == .v16 { fields.remark(.textAsNumber, .value) }
            return number
        }
        guard let text = written.string, let read = LenientNumber(text) else { return nil }
        if read.hasComma {
            fields.remark(.decimalComma, .value)
        } else if fields.version == .v201 {
            fields.remark(.numberAsText, .value)
        }
        return read.number
    }

    private static func value(_ quantity: Measurand.Quantity, _ count: Int64?) -> MeterSample.Value? {
        guard let count, count >= 0 else { return nil }
        switch quantity {
        case .energy: return count <= Energy.limit.wattHours ? .energy(Energy(wattHours: count)) : nil
        case .power: return count <= Power.limit.watts ? .power(Power(watts: count)) : nil
        case .current: return count <= Current.limit.milliamperes ? .current(Current(milliamperes: count)) : nil
        case .voltage: return count <= Voltage.limit.millivolts ? .voltage(Voltage(millivolts: count)) : nil
        case .stateOfCharge: return count <= StateOfCharge.limit.permille ? .stateOfCharge(StateOfCharge(permille: count)) : nil
        case .other: return nil
        }
    }

    /// The decimals of a value in its unit, when it is counted in units of the model; `nil` when the unit is another one.
    private static func decimals(_ quantity: Measurand.Quantity, _ unit: String?, _ fields: OCPPFields) -> Int? {
        let known = units(quantity)
        guard let unit else {
            // Wh is what energy is in where nothing is said.
            if quantity != .energy { fields.remark(.unitMissing, .unit) }
            return known.first?.decimals
        }
        if let exact = known.first(where: { $0.name == unit }) { return exact.decimals }
        // Not of SI prefixes: a millivolt is no megavolt.
        guard let close = known.first(where: { $0.name.folded == unit.folded }) ?? (quantity == .stateOfCharge && unit == "%" ? known.first : nil)
        else { return nil }
        fields.remark(.otherSpelling, .unit)
        return close.decimals
    }

    /// The units of a quantity, its usual one first.
    private static func units(_ quantity: Measurand.Quantity) -> [(name: String, decimals: Int)] {
        switch quantity {
        case .energy: [("Wh", 0), ("kWh", 3)]
        case .power: [("W", 0), ("kW", 3)]
        case .current: [("A", 3)]
        case .voltage: [("V", 3)]
        case .stateOfCharge: [("Percent", 1)]
        case .other: []
        }
    }
}
