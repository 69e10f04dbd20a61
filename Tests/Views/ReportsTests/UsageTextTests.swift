import ChargingModel
import Demand
import Reports
import Testing

@Suite("A usage report in the terminal") struct UsageTextTests {
    private let text = UsageSamples.report(slots: 96).text(colors: false)
    private var lines: [String] { text.split(separator: "\n").map(String.init) }

    @Test("no line is wider than 110 columns, none ends in a space, and without colours there is no escape")
    func widths() {
        for line in lines {
            #expect(line.count <= 110)
            #expect(line.last != " ")
        }
        #expect(!text.contains("\u{1B}"))
        #expect(UsageSamples.report(slots: 96).text(colors: true).contains("\u{1B}[1m"))
    }

    @Test("the columns are aligned, and the total is the sum of the kinds")
    func total() throws {
        let head = try #require(lines.firstIndex { $0.hasPrefix("KIND") })
        #expect(Set(lines[head...(head + 3)].map(\.count)).count == 1)
        #expect(lines[head + 1].hasPrefix("Slow AC       3         7       1        70.4     21.10        50.0         25.0         10.0"))
        #expect(lines[head + 3].hasPrefix("Total         4     1 241       3    12 416.0  4 465.55        50.0         25.0         10.0"))
    }

    @Test("it says who came, who waited how long, who was denied why, and when the peak was")
    func figures() {
        let report = UsageSamples.report(slots: 96)
        #expect(report.whole.arrivals == 240)
        #expect(lines.contains("Arrivals            240 vehicles"))
        #expect(lines.contains("Accepted at once    2 (1 %), within 10 s of arriving"))
        #expect(lines.contains("Waited              3 (1 %): median 2 min, 95th percentile 10 min"))
        #expect(lines.contains("Left unserved       14 (6 %), without a charge"))
        #expect(lines.contains("  NONE_AVAILABLE    64, no point was free"))
        #expect(lines.contains("  CP_BUSY           32, the point was taken"))
        #expect(lines.contains("Peak power          155 kW at 23:45"))
        #expect(lines.contains("Incidents           3"))
    }

    @Test("a report of nothing says so, and divides by nothing")
    func empty() {
        let text = UsageSamples.empty.text(colors: false)
        #expect(text.contains("Total       0         0       0         0.0      0.00           –            –            –"))
        #expect(text.contains("Peak power          none\n"))
        #expect(text.contains("Denials             none\n"))
        #expect(!text.contains("nan"))
    }
}
