import Money

/// What is wrong in the books. `description` names rows, never a person.
struct AuditFinding: Sendable, Equatable, CustomStringConvertible {
    /// "order …", "position … …".
    let subject: String
    let problem: String

    var description: String { "\(subject): \(problem)" }
}

/// Replays the ledger of shares from its first line, and says what it comes to. Pure: lines in, positions and
/// findings out.
struct ShareReplay: Sendable {
    /// Of whom, and of what.
    struct Key: Hashable, Sendable {
        let client: String
        let symbol: String

        var subject: String { "position \(client) \(symbol)" }
    }

    private(set) var positions: [Key: Position]
    private(set) var findings: [AuditFinding] = []

    /// - Parameter beginning: what is there before the first line.
    init(beginning: [Key: Position] = [:]) { positions = beginning }

    /// The next line.
    /// - Parameters:
    ///   - move: what it says.
    ///   - total: of the fill that the line belongs to; nil where there is none.
    ///   - places: decimal places of cash.
    mutating func take(_ key: Key, _ move: Position.Move, total: ExactDecimal?, places: Int) {
        var position = positions[key] ?? Position()
        let (kind, quantity) = (move.kind, move.quantity)
        do {
            guard try apply(move, total, places, to: &position) else {
                note(key, "a line \"\(kind)\" of \(quantity) does not follow from the lines before")
                return
            }
            positions[key] = position
        } catch {
            note(key, "a line \"\(kind)\" of \(quantity) is out of range")
        }
    }

    /// Compares with a balance that is kept beside the ledger.
    mutating func compare(_ key: Key, _ stored: Position) {
        let replayed = positions.removeValue(forKey: key) ?? Position()
        if replayed != stored {
            note(key, "is \(Self.text(stored)), and the ledger comes to \(Self.text(replayed))")
        }
    }

    /// Every position must have been compared by now.
    mutating func finish() {
        for (key, position) in positions where position != Position() { note(key, "is missing beside the ledger") }
        positions = [:]
    }

    private func apply(
        _ move: Position.Move,
        _ total: ExactDecimal?,
        _ places: Int,
        to position: inout Position
    ) throws(DecimalError) -> Bool {
        let quantity = move.quantity
        if move.kind == "reset" { return try position.repeating(move) }
        guard quantity.signum > 0 else { return false }
        switch (move.kind, total) {
        case ("split", _): return try position.repeating(move)
        case ("buy", let total?) where !total.isNegative:
            _ = try position.buy(quantity, for: total)
        case ("hold", _):
            return try position.hold(quantity) != nil
        case ("release", _) where position.held >= quantity:
            _ = try position.release(quantity)
        case ("sell", let total?) where position.held >= quantity:
            _ = try position.sell(quantity, of: quantity, for: total, places: places)
        default: return false
        }
        return true
    }

    private mutating func note(_ key: Key, _ problem: String) {
        findings.append(AuditFinding(subject: key.subject, problem: problem))
    }

    private static func text(_ position: Position) -> String {
        "\(position.available) + \(position.held) held, cost \(position.cost), realised \(position.realised)"
    }
}
