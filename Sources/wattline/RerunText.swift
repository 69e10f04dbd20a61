import JSON
import Platform
import Reports
import Services
import Terminal

/// The result of playing a recording, for people and for programs.
enum RerunText {
    /// Of more parties than these only the sum is said.
    private static let told = 12

    static func text(_ report: RerunReport, of file: String, ledger: String?) -> String {
        if let difference = report.difference { return text(difference, of: file) }
        let commits = report.commits.map { "; ledger: \(number($0, "commit"))\(ledger.map { ", kept in \($0)" } ?? "")" } ?? ""
        var counts = report.parties.map { count in
            (count.party, count.inputs, count.actions, count.party == "central" ? commits : "")
        }
        if counts.count > told {
            counts = [
                (
                    "\(counts.count) parties", report.parties.reduce(0) { $0 + $1.inputs }, report.parties.reduce(0) { $0 + $1.actions }, commits
                )
            ]
        }
        return counts.map { name, inputs, actions, more in
            "✔ \(name): \(number(inputs, "input")), \(number(actions, "action")), all the same, byte for byte\(more)\n"
        }.joined() + end(report)
    }

    private static func text(_ difference: RerunReport.Difference, of file: String) -> String {
        """
        ✖ \(file), line \(difference.line): another action than was recorded
          line \(difference.inputLine), the input: \(harmless(difference.input))
          recorded: \(difference.recorded.map(harmless) ?? "nothing more")
          now:      \(difference.now.map(harmless) ?? "nothing more")

        """
    }

    private static func end(_ report: RerunReport) -> String {
        var lines = ""
        switch report.end {
        case .closed: break
        case .open: lines += "▸ The recording ends without a last word: its process was killed, or still runs\n"
        case .torn(let bytes):
            let why = "its process was killed, or its disk was full; the last \(number(bytes, "byte")) are left out"
            lines += "▸ The recording ends in the middle of a line: \(why)\n"
        }
        if report.unanswered > 0 {
            lines += "▸ \(number(report.unanswered, "commit")) had no answer when it ended: whether the ledger has it, the recording does not know\n"
        }
        return lines
    }

    /// `12 034 inputs`, `1 input`.
    private static func number(_ count: Int, _ what: String) -> String {
        "\(FigureText.terminal.number(count)) \(what)\(count == 1 ? "" : "s")"
    }

    static func json(_ report: RerunReport, of file: String) -> String {
        var json = JSONWriter()
        json.object { json in
            json.string("file", file)
            json.bool("same", report.difference == nil)
            json.array("parties") { json in
                for count in report.parties {
                    json.object { json in
                        json.string("party", count.party)
                        json.integer("inputs", count.inputs)
                        json.integer("actions", count.actions)
                    }
                }
            }
            if let commits = report.commits { json.integer("commits", commits) }
            json.integer("unanswered_commits", report.unanswered)
            json.string("end", name(of: report.end))
            if let difference = report.difference {
                json.object("difference") { json in
                    json.integer("line", difference.line)
                    json.integer("input_line", difference.inputLine)
                    json.string("input", difference.input)
                    if let recorded = difference.recorded { json.string("recorded", recorded) }
                    if let now = difference.now { json.string("now", now) }
                }
            }
        }
        return json.text + "\n"
    }

    private static func name(of end: RerunReport.End) -> String {
        switch end {
        case .closed: "closed"
        case .open: "open"
        case .torn: "torn"
        }
    }
}
