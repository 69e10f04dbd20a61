internal import ChargingModel

extension Screen {
    /// Takes a key that was pressed; returns the wish that the screen can't fulfil itself.
    public mutating func press(_ key: Key) -> Wish? {
        switch key {
        case .interrupt: return .quit
        case .redraw: return .redraw
        default: break
        }
        if isTyping {
            type(key)
            return nil
        }
        switch place {
        case .points: return pressInTable(key)
        case .point(let cp): return pressOnPage(key, of: cp)
        case .help:
            if key == .character("q") { return .quit }
            place = .points
            return nil
        }
    }

    private mutating func type(_ key: Key) {
        switch key {
        case .character(let character): if filter.count < 60 { filter.append(character) }
        case .backspace: if filter.isEmpty { isTyping = false } else { filter.removeLast() }
        case .enter, .tab: isTyping = false
        case .escape:
            isTyping = false
            filter = ""
        case .up, .down, .pageUp, .pageDown: move(by: step(key))
        case .left, .right, .home, .end, .interrupt, .redraw: break
        }
        firstRow = 0
    }

    private mutating func pressInTable(_ key: Key) -> Wish? {
        switch key {
        case .character("q"): return .quit
        case .character("?"), .character("h"): place = .help
        case .character("s"): sort.next()
        case .character("S"): sort.isReversed.toggle()
        case .character("f"), .character("/"): isTyping = true
        case .character(" "): pause()
        case .tab: panel = panel == .log ? .sessions : .log
        case .escape: filter = ""
        case .enter, .right: if let cp = choose(by: 0) { open(cp) }
        case .up, .down, .pageUp, .pageDown, .character("j"), .character("k"): move(by: step(key))
        case .home, .character("g"): move(by: -Frame.limit * 1000)
        case .end, .character("G"): move(by: Frame.limit * 1000)
        case .character, .left, .backspace, .interrupt, .redraw: break
        }
        return nil
    }

    private mutating func pressOnPage(_ key: Key, of cp: ChargePointID) -> Wish? {
        switch key {
        case .character("q"): return .quit
        case .character("?"), .character("h"): place = .help
        case .character(" "): pause()
        case .escape, .backspace, .left, .enter: place = .points
        case .up, .character("k"): turn(by: -1)
        case .down, .character("j"): turn(by: 1)
        case .pageUp: firstLine = max(0, firstLine - height / 2)
        case .pageDown: firstLine += height / 2
        case .home, .character("g"): firstLine = 0
        case .end, .character("G"): firstLine = Frame.limit
        case .character, .right, .tab, .interrupt, .redraw: break
        }
        return nil
    }

    private mutating func open(_ cp: ChargePointID) {
        place = .point(cp)
        firstLine = 0
    }

    /// Opens the page of the point `step` rows on.
    private mutating func turn(by step: Int) {
        move(by: step)
        if let selected { open(selected) }
    }

    private func step(_ key: Key) -> Int {
        switch key {
        case .up, .character("k"): -1
        case .down, .character("j"): 1
        case .pageUp: -max(1, roomForRows - 1)
        case .pageDown: max(1, roomForRows - 1)
        case .character, .left, .right, .home, .end, .enter, .escape, .tab, .backspace, .interrupt, .redraw: 0
        }
    }

    private mutating func move(by step: Int) { _ = choose(by: step) }

    /// Chooses the point `step` rows from the one that is chosen.
    private mutating func choose(by step: Int) -> ChargePointID? {
        let rows = rows()
        guard !rows.isEmpty else { return nil }
        let row = place(in: rows)
        selectedRow = min(max(0, row + step), rows.count - 1)
        selected = rows[selectedRow].cp
        return selected
    }

    /// The row of the chosen point; if it is gone, the row where it was.
    func place(in rows: [Row]) -> Int {
        rows.firstIndex { $0.cp == selected } ?? min(max(0, selectedRow), max(0, rows.count - 1))
    }
}
