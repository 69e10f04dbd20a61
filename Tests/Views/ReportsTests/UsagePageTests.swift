import ChargingModel
import Demand
import Foundation
import Testing

@testable import Reports

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("A usage report as a page") struct UsagePageTests {
    /// Reads with a strict parser; keeps the text and counts elements.
    private final class Reader: NSObject, XMLParserDelegate {
        var text = ""
        var elements: [String: Int] = [:]
        var attributes: [String] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String] = [:]
        ) {
            elements[name, default: 0] += 1
            self.attributes += attributes.values
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
    }

    private func read(_ page: String) throws -> Reader {
        let reader = Reader()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = reader
        try #require(parser.parse(), "line \(parser.lineNumber), column \(parser.columnNumber): \(String(describing: parser.parserError))")
        return reader
    }

    @Test("it is well-formed XML without anything from outside, whatever the span", arguments: [0, 1, 3, 96, 672, 5760, 35_040])
    func wellFormed(slots: Int) throws {
        let page = (slots == 0 ? UsageSamples.empty : UsageSamples.report(slots: slots)).page()
        let reader = try read(page)
        #expect(reader.elements["html"] == 1)
        #expect(reader.elements["script"] == nil)
        #expect(!page.contains("http://") || page.replacing("http://www.w3.org/", with: "").contains("http://") == false)
        #expect(!page.contains("https://"))
        #expect(!page.contains("nan") && !page.contains("inf%"))
        #expect(page.utf8.count < 300_000)
    }

    @Test("every plot has a title, a description and a label for those who do not see it")
    func described() throws {
        let page = UsageSamples.report(slots: 96).page()
        let images = page.components(separatedBy: "role=\"img\"").count - 1
        // Five over time, three of how often.
        #expect(images == 8)
        #expect(page.components(separatedBy: "role=\"img\" aria-label=\"").count - 1 == images)
        #expect(try read(page).elements["desc"] == images)
    }

    @Test("every text is escaped: in content, in attributes, and what XML does not allow")
    func escaped() throws {
        let evil = "<script>alert('1')</script> & \"quoted\" ]]> \u{0}\u{1B}\u{FFFE}"
        var report = UsageSamples.report(slots: 4)
        report.title = "title" + evil
        report.command = "command" + evil
        report.kinds[0].kind = "kind" + evil
        report.assumptions = ["assumption" + evil]
        let page = report.page()
        let reader = try read(page)
        #expect(reader.elements["script"] == nil)
        #expect(!page.contains("<script"))
        let shown = "<script>alert('1')</script> & \"quoted\" ]]> \u{FFFD}\u{FFFD}\u{FFFD}"
        for field in ["title", "command", "kind", "assumption"] { #expect(reader.text.contains(field + shown)) }
    }

    @Test("markup escapes text and keeps markup")
    func markup() {
        let inner: Markup = "<b>\("a < b")</b>"
        let outer: Markup = "<p title=\"\("\"'&")\">\(inner)\([inner])\(7)</p>"
        #expect(outer.source == "<p title=\"&quot;&#39;&amp;\"><b>a &lt; b</b><b>a &lt; b</b>7</p>")
    }

    @Test("the page's totals are the sums of the kinds")
    func totals() throws {
        let report = UsageSamples.report(slots: 96)
        let total = report.total
        #expect(total.sessions == report.kinds.reduce(0) { $0 + $1.usage.sessions })
        #expect(total.energy == Energy(wattHours: 12_416_028))
        let text = try read(report.page()).text
        #expect(text.contains("12\u{202F}416.0"))
        #expect(text.contains("4\u{202F}465.55"))
        #expect(text.contains("1\u{202F}241"))
    }

    @Test("the mean day stands only below spans over two days")
    func meanDay() {
        #expect(!UsageSamples.report(slots: 96).page().contains("The mean day"))
        #expect(UsageSamples.report(slots: 288).page().contains("The mean day"))
    }

    @Test("steps of equal height are one, and a plot ends with the span")
    func path() {
        let path = Plot.steps([1, 1, 0, 2], width: 3.5, zero: 10, scale: 2, closed: true)
        #expect(path.source == "M0 10V8H2V10H3V6H3.5V10Z")
        #expect(Plot.steps([1, 2], width: 2, zero: 10, scale: 2, closed: false).source == "M0 8H1V6H2")
    }
}
