/// Which paths are pages: patterns such as `/stocks/:symbol`. A value.
struct PageTable<Page> {
    private var pages: [(steps: [Substring], page: Page)] = []

    /// Adds a page; false for a pattern that is none, or that is there already under whatever names.
    mutating func insert(_ pattern: String, _ page: Page) -> Bool {
        guard pattern.hasPrefix("/") else { return false }
        let steps = pattern == "/" ? [] : pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard !steps.contains(where: { $0.isEmpty || $0 == ":" }) else { return false }
        guard !pages.contains(where: { Self.isSame($0.steps, steps) }) else { return false }
        pages.append((steps, page))
        return true
    }

    /// The page of a path; of several the one that names the first step in which they differ.
    func find(_ path: [String]) -> Page? {
        var best: (steps: [Substring], page: Page)?
        for candidate in pages where Self.matches(candidate.steps, path) {
            guard let known = best else {
                best = candidate
                continue
            }
            let difference = zip(candidate.steps, known.steps).first { Self.isName($0) != Self.isName($1) }
            if let difference, Self.isName(difference.0) { best = candidate }
        }
        return best?.page
    }

    private static func isName(_ step: Substring) -> Bool { !step.hasPrefix(":") }

    private static func matches(_ steps: [Substring], _ path: [String]) -> Bool {
        steps.count == path.count && zip(steps, path).allSatisfy { !isName($0) || $0 == $1[...] }
    }

    private static func isSame(_ one: [Substring], _ other: [Substring]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { isName($0) || isName($1) ? $0 == $1 : true }
    }
}

extension PageTable: Sendable where Page: Sendable {}
