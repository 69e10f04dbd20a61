/// The places for values in a statement: `?` and `?1` as PostgreSQL writes them, `$1`.
enum Placeholders {
    /// The statement with the places counted, and how many values it takes. What stands between quotes stays.
    static func numbered(_ sql: String) -> (sql: String, count: Int) {
        var text = ""
        text.reserveCapacity(sql.utf8.count + 16)
        var count = 0
        var isQuoted = false
        var rest = sql[...]
        while let character = rest.popFirst() {
            if character == "'" { isQuoted.toggle() }
            guard character == "?", !isQuoted else {
                text.append(character)
                continue
            }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            let place = Int(digits) ?? count + 1
            count = max(count, place)
            text += "$\(place)"
        }
        return (text, count)
    }
}
