public import ChargingModel

/// The choice among the network's drivers that `up` starts.
public enum DriverChoice: Sendable, Hashable {
    case all
    case none
    case some([DriverID])
}

extension ValueParser where Value == DriverChoice {
    public static let drivers = ValueParser(expected: "all, none, or drivers' names separated by commas") { text in
        switch text {
        case "all": return .all
        case "none": return DriverChoice.none
        default:
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let names = parts.compactMap { DriverID(String($0)) }
            return names.count == parts.count ? .some(names) : nil
        }
    }
}
