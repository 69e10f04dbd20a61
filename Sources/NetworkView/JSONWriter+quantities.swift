internal import ChargingModel
internal import JSON

/// Quantities as exact decimals, `null` where there are none.
extension JSONWriter {
    mutating func id<Kind>(_ name: String, _ id: Identifier<Kind>?) { string(name, ifPresent: id?.text) }

    mutating func string(_ name: String, ifPresent text: String?) {
        if let text { string(name, text) } else { null(name) }
    }

    mutating func integer(_ name: String, ifPresent value: (some BinaryInteger)?) {
        if let value { integer(name, value) } else { null(name) }
    }

    mutating func power(_ name: String?, _ power: Power?) { decimal(name, power?.watts, decimals: 3, minimum: 1) }
    mutating func energy(_ name: String, _ energy: Energy?) { decimal(name, energy?.wattHours, decimals: 3, minimum: 3) }
    mutating func money(_ name: String, _ money: Money?) { decimal(name, money?.microEuro, decimals: 6, minimum: 2) }
    mutating func price(_ name: String, _ price: Price?) { decimal(name, price?.microEuroPerKilowattHour, decimals: 6, minimum: 2) }
    mutating func time(_ name: String, _ time: WallTime?) { string(name, ifPresent: time?.text) }

    private mutating func decimal(_ name: String?, _ count: Int64?, decimals: Int, minimum: Int) {
        if let count { decimal(name, decimalText(count, decimals: decimals, minimum: minimum)) } else { null(name) }
    }
}
