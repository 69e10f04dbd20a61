internal import SQL

/// The rows that are meant: all of a file, which is one Central's, or those of one site among a network's on a server.
struct RowScope {
    /// Behind the conditions of a statement.
    let and: String
    /// For a table that tells no site in a file: the column and its value, before others.
    let column: String
    let value: String
    /// The columns that make a point, or a meter, one of its kind.
    let point: String
    let meter: String

    static let all = RowScope(and: "", column: "", value: "", point: "cp", meter: "meter")

    private init(and: String, column: String, value: String, point: String, meter: String) {
        self.and = and
        self.column = column
        self.value = value
        self.point = point
        self.meter = meter
    }

    /// The rows of a site on a server. In a statement, since most have their values counted already.
    init(site: String) {
        let quoted = "'\(site.replacing("'", with: "''"))'"
        self.init(and: " AND site = \(quoted)", column: "site, ", value: "\(quoted), ", point: "site, cp", meter: "site, meter")
    }
}
