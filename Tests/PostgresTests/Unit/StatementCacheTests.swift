import Testing

@testable import Postgres

@Suite
struct StatementCacheTests {
    private func key(_ name: Character) -> StatementCache.Key { UInt64(name.asciiValue ?? 0) }

    @Test
    func preparesOnceAndOnlyNamesWhatExists() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.use(key("a")) == .prepare("s1", closing: nil))
        #expect(cache.use(key("a")) == .unnamed, "not known yet to have worked")
        cache.prepared(key("a"))
        #expect(cache.use(key("a")) == .ready("s1"))
        #expect(cache.use(key("b")) == .prepare("s2", closing: nil))
    }

    @Test
    func closesTheOneUsedLongestAgo() {
        var cache = StatementCache(capacity: 2)
        for name: Character in ["a", "b"] {
            _ = cache.use(key(name))
            cache.prepared(key(name))
        }
        _ = cache.use(key("a"))
        #expect(cache.use(key("c")) == .prepare("s3", closing: "s2"))
        #expect(cache.use(key("a")) == .ready("s1"))
        #expect(cache.count == 2)
        // c is not ready, so only a could go.
        #expect(cache.use(key("d")) == .prepare("s4", closing: "s1"))
        #expect(cache.use(key("e")) == .unnamed)
    }

    @Test
    func forgetsWhatFailed() {
        var cache = StatementCache(capacity: 2)
        _ = cache.use(key("a"))
        #expect(cache.forget(key("a")) == nil)
        #expect(cache.use(key("a")) == .prepare("s2", closing: nil))
        cache.prepared(key("a"))
        #expect(cache.forget(key("a")) == "s2")
        var none = StatementCache(capacity: 0)
        #expect(none.use(key("a")) == .unnamed)
    }
}

extension StatementName: @retroactive ExpressibleByStringLiteral {
    /// A name as it stands in a test.
    public init(stringLiteral text: String) { self.init(text) }
}
