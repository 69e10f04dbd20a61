/// The behaviour of drivers by the kind of current: their times, states of charge and stays. Whole numbers, so that every machine draws the same.
struct Profile: Hashable, Sendable {
    /// The number of arrivals in each hour of the day, in no particular unit.
    let weekday: [UInt64]
    let weekend: [UInt64]
    /// The quantiles of the state of charge on arrival, in thousandths, by the thousandth of all visits.
    let arrival: Line
    /// The quantiles of the state of charge at which a driver has enough.
    let enough: Line
    /// The quantiles of the longest stay, in seconds.
    let stay: Line

    static func of(_ current: CurrentKind) -> Profile {
        switch current {
        case .ac: ac
        case .dc: dc
        }
    }

    private static let ac = Profile(
        weekday: [8, 5, 4, 3, 4, 9, 28, 78, 108, 84, 60, 50, 50, 48, 44, 46, 60, 82, 80, 58, 38, 26, 17, 10],
        weekend: [12, 8, 6, 4, 3, 4, 8, 16, 30, 50, 66, 76, 82, 90, 86, 76, 68, 64, 58, 48, 40, 30, 22, 15],
        arrival: Line([(0, 150), (250, 380), (500, 530), (750, 680), (1000, 900)]), enough: Line([(0, 1000)]),
        stay: Line([(0, 600), (50, 1500), (250, 5400), (500, 11_400), (750, 25_200), (950, 46_800), (1000, 72_000)]))

    private static let dc = Profile(
        weekday: [5, 4, 3, 3, 4, 8, 18, 35, 48, 58, 68, 76, 82, 78, 72, 70, 72, 76, 70, 56, 40, 27, 17, 10],
        weekend: [6, 5, 4, 3, 3, 5, 10, 20, 36, 54, 70, 80, 84, 82, 80, 76, 72, 66, 56, 44, 32, 24, 16, 9],
        arrival: Line([(0, 50), (250, 180), (500, 280), (750, 400), (1000, 650)]),
        enough: Line([(0, 660), (200, 750), (400, 800), (700, 820), (900, 900), (1000, 980)]), stay: Line([(0, 2400), (500, 4200), (1000, 7200)]))
}
