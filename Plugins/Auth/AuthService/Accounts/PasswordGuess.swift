/// What a guesser tries first among long passwords: those of lists, one or two common words with digits around them,
/// runs along the alphabet or the keyboard, short things repeated.
enum PasswordGuess {
    /// So many letters may be none of the words'.
    private static let spareLetters = 3
    private static let mostWords = 2
    private static let runs = [
        "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
        "qazwsxedcrfvtgbyhnujmikolp",
    ].map { Array($0.utf8) }
    private static let steps = Set(
        runs.flatMap { run in zip(run, run.dropFirst()).flatMap { [Step(from: $0, to: $1), Step(from: $1, to: $0)] } }
    )

    private struct Step: Hashable {
        let from: UInt8
        let to: UInt8
    }

    /// Whether a password is one of those.
    static func isLikely(_ password: String, context: [String]) -> Bool {
        let lower = password.lowercased()
        if CommonPasswords.whole.contains(lower) || Set(lower).count < 5 { return true }
        let bytes = Array(lower.utf8)
        if isRepeated(bytes) || isRun(bytes) { return true }
        let known = words(of: context)
        return [letters(bytes) { $0 }, letters(bytes, plain)].contains { letters in
            letters.count >= 4 && isMade(letters[...], of: known, used: [], spare: spareLetters, budget: 20_000)
        }
    }

    private static func isRepeated(_ bytes: [UInt8]) -> Bool {
        (1...7).contains { period in
            bytes.count >= 2 * period && zip(bytes, bytes.dropFirst(period)).allSatisfy { $0 == $1 }
        }
    }

    private static func isRun(_ bytes: [UInt8]) -> Bool {
        let near = zip(bytes, bytes.dropFirst()).filter { first, second in
            abs(Int(first) - Int(second)) <= 1 || steps.contains(Step(from: first, to: second))
        }
        return near.count * 10 >= bytes.count * 7
    }

    /// The letters that a password has, after `plain` was asked for each byte.
    private static func letters(_ bytes: [UInt8], _ plain: (UInt8) -> UInt8) -> [UInt8] {
        bytes.map(plain).filter { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    }

    /// The letter that a digit or a sign is often written for.
    private static func plain(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "0"): UInt8(ascii: "o")
        case UInt8(ascii: "1"), UInt8(ascii: "!"): UInt8(ascii: "i")
        case UInt8(ascii: "3"): UInt8(ascii: "e")
        case UInt8(ascii: "4"), UInt8(ascii: "@"): UInt8(ascii: "a")
        case UInt8(ascii: "5"), UInt8(ascii: "$"): UInt8(ascii: "s")
        case UInt8(ascii: "7"): UInt8(ascii: "t")
        default: byte
        }
    }

    private static func words(of context: [String]) -> Set<String> {
        var words: Set<String> = ["lonja"]
        for text in context {
            for word in text.lowercased().utf8.split(whereSeparator: {
                !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
            }) {
                words.insert(String(Substring(word)))
            }
            words.insert(String(decoding: letters(Array(text.lowercased().utf8)) { $0 }, as: UTF8.self))
        }
        return words.filter { $0.utf8.count >= 3 }
    }

    /// Whether the letters are at most two different words, each as often as one likes, and a few letters between.
    private static func isMade(
        _ letters: ArraySlice<UInt8>,
        of known: Set<String>,
        used: Set<String>,
        spare: Int,
        budget: Int
    ) -> Bool {
        var budget = budget
        func rest(_ letters: ArraySlice<UInt8>, _ used: Set<String>, _ spare: Int) -> Bool {
            budget -= 1
            if letters.count <= spare { return !used.isEmpty }
            // What takes so long to take apart is no simple word.
            if budget <= 0 { return false }
            for count in stride(from: min(letters.count, 24), through: 3, by: -1) {
                let word = String(decoding: letters.prefix(count), as: UTF8.self)
                guard known.contains(word) || (count >= 4 && CommonPasswords.words.contains(word)) else { continue }
                guard used.contains(word) || used.count < mostWords else { continue }
                if rest(letters.dropFirst(count), used.union([word]), spare) { return true }
            }
            return spare > 0 && rest(letters.dropFirst(), used, spare - 1)
        }
        return rest(letters, used, spare)
    }
}
