public import ChargingModel
public import JSON

/// Writes quantities as exact decimals, `null` where there are none.
extension JSONWriter {
    public mutating func id<Kind>(_ name: String, _ id: Identifier<Kind>?) { string(name, ifPresent: id?.text) }

    public mutating func string(_ name: String, ifPresent text: String?) {
        if let text { string(name, text) } else { null(name) }
    }

    public mutating func integer(_ name: String, ifPresent value: (some BinaryInteger)?) {
        if let value { integer(name, value) } else { null(name) }
    }

    public mutating func power(_ name: String?, _ power: Power?) { decimal(name, power?.watts, decimals: 3, minimum: 1) }
    public mutating func energy(_ name: String, _ energy: Energy?) { decimal(name, energy?.wattHours, decimals: 3, minimum: 3) }
    public mutating func money(_ name: String, _ money: Money?) { decimal(name, money?.microEuro, decimals: 6, minimum: 2) }
    public mutating func price(_ name: String, _ price: Price?) { decimal(name, price?.microEuroPerKilowattHour, decimals: 6, minimum: 2) }
    public mutating func time(_ name: String, _ time: WallTime?) { string(name, ifPresent: time?.text) }

    /// Writes what a reading has besides power and energy, as far as it is there.
    public mutating func measured(_ measured: Measurements) {
        if let current = measured.current { decimal("current_a", current.milliamperes, decimals: 3, minimum: 1) }
        if let voltage = measured.voltage { decimal("voltage_v", voltage.millivolts, decimals: 3, minimum: 1) }
        if let charge = measured.stateOfCharge { decimal("soc_percent", charge.permille, decimals: 1, minimum: 1) }
    }

    private mutating func decimal(_ name: String?, _ count: Int64?, decimals: Int, minimum: Int) {
        if let count { decimal(name, decimalText(count, decimals: decimals, minimum: minimum)) } else { null(name) }
    }
}
