import Testing

@testable import Postgres

@Suite
struct StatementCacheTests {
    private func key(_ sql: String, _ types: [UInt32] = []) -> StatementCache.Key {
        StatementCache.Key(sql: sql, types: types)
    }

    @Test
    func preparesOnceAndOnlyNamesWhatExists() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.use(key("a")) == .prepare("s1", closing: nil))
        #expect(cache.use(key("a")) == .unnamed, "not known yet to have worked")
        cache.prepared(key("a"))
        #expect(cache.use(key("a")) == .ready("s1", isRead: false))
        #expect(cache.use(key("a", [20])) == .prepare("s2", closing: nil), "other types are another statement")
    }

    @Test
    func closesTheOneUsedLongestAgo() {
        var cache = StatementCache(capacity: 2)
        for name in ["a", "b"] {
            _ = cache.use(key(name))
            cache.prepared(key(name))
        }
        _ = cache.use(key("a"))
        #expect(cache.use(key("c")) == .prepare("s3", closing: "s2"))
        #expect(cache.use(key("a")) == .ready("s1", isRead: false))
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

    @Test
    func onlyPlainSelectsAreReads() {
        for sql in ["SELECT 1", "\n  select a FROM t WHERE b = $1"] { #expect(StatementCache.isRead(sql), "\(sql)") }
        for sql in [
            "SELECT a FROM t FOR UPDATE", "SELECT pg_advisory_lock(1)", "SELECT\tPG_SLEEP(1)", "UPDATE t SET a = 1",
            "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", "-- SELECT\nDELETE FROM t", "",
        ] { #expect(!StatementCache.isRead(sql), "\(sql)") }
    }
}
