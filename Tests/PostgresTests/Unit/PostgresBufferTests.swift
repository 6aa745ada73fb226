import Testing

@testable import Postgres

@Suite
struct PostgresBufferTests {
    @Test(arguments: [0, 1, 15, 16, 17, 40])
    func holdsAnyNumberOfBytes(count: Int) {
        let expected = (0..<count).map { UInt8($0) }
        var one = PostgresBuffer()
        for byte in expected { one.append(byte) }
        #expect(one.bytes == expected)
        #expect(one.count == count)
        var whole = PostgresBuffer()
        whole.append(bytes: expected)
        #expect(whole.bytes == expected)
        // A sequence that is not in one piece.
        var lazy = PostgresBuffer()
        lazy.append(UInt8(7))
        lazy.append(bytes: expected.lazy.map { $0 })
        #expect(lazy.bytes == [7] + expected)
    }

    @Test(arguments: [0, 4, 12, 13, 30])
    func writesLengthsBeforeValues(count: Int) {
        let value = [UInt8](repeating: 9, count: count)
        var buffer = PostgresBuffer()
        buffer.appendSized(isNull: false) { $0.append(bytes: value) }
        buffer.appendSized(isNull: true) { $0.append(bytes: value) }
        #expect(buffer.bytes == [0, 0, 0, UInt8(count)] + value + [255, 255, 255, 255])
    }

    @Test
    func bindingsGiveWhatWasBound() {
        let query: PostgresQuery = "SELECT \(Int32(1)), \(nil as Int?), \("seventeen letters"), \("")"
        let values = query.bindings.withArrays { count, types, values, lengths, formats in
            (0..<Int(count)).map { index -> String in
                guard let value = values?[index] else { return "NULL" }
                let bytes = UnsafeRawBufferPointer(start: value, count: Int(lengths?[index] ?? -1))
                return "\(types?[index] ?? 0) \(formats?[index] ?? 0) \(Array(bytes))"
            }
        }
        let letters = Array("seventeen letters".utf8)
        #expect(values == ["23 1 [0, 0, 0, 1]", "NULL", "25 1 \(letters)", "25 1 []"])
        for one: PostgresQuery in ["\(Int32(1))", "\("")", "\(nil as Int?)"] {
            let shown = one.bindings.withArrays { count, _, values, lengths, _ in
                "\(count) \(values?[0] == nil) \(lengths?[0] ?? -1)"
            }
            let expected = one.isAlike("\(Int32(2))") ? "1 false 4" : one.isAlike("\("a")") ? "1 false 0" : "1 true 0"
            #expect(shown == expected)
        }
    }
}
