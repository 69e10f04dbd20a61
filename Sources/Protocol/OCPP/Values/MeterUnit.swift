internal import JSON

/// The unit of a sample: `unit` of 1.6, UnitOfMeasureType of 2.0.1. One that can't be read is another unit, and not the usual one.
struct MeterUnit {
    /// The most characters of its name.
    private static let limit = 20

    /// The unit's name, or what was written in its place; `nil` when none was said.
    let text: String?
    /// The power of ten by which the value is multiplied; `nil` when it can't be read.
    let zeros: Int64?

    init(_ fields: OCPPFields) {
        guard fields.version == .v201 else {
            text = MeterUnit.name(.unit, fields)
            zeros = 0
            return
        }
        if let unit = fields.value(.unitOfMeasure)?.kind == .object ? fields.objectIfPresent(.unitOfMeasure) : nil {
            text = MeterUnit.name(.unit, unit)
            zeros = unit.value(.multiplier) == nil ? 0 : unit.integerIfPresent(.multiplier)
        } else {
            // The name alone, or where 1.6 has it.
            let name: OCPPField = fields.value(.unitOfMeasure) == nil ? .unit : .unitOfMeasure
            text = MeterUnit.name(name, fields)
            zeros = 0
            if text != nil { fields.remark(.otherSpelling, name) }
        }
    }

    private static func name(_ name: OCPPField, _ fields: OCPPFields) -> String? {
        guard let value = fields.value(name) else { return nil }
        let text = fields.textIfPresent(name, limit) ?? value.text.cleaned(fields.remarks, fields.path(name)).cut(to: limit)
        // An empty one says nothing.
        return text.isEmpty ? nil : text
    }

    /// The factor as it is told with a value that can't be understood: `×10^99`.
    var factor: String { zeros == 0 ? "" : "×10^" + (zeros.map { String($0) } ?? "?") }
}
