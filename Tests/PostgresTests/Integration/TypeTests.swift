import Money
import Observe
import Postgres
import TestServers
import Testing

extension IntegrationTests {
    /// Each value goes to the server and comes back equal, and the server's own text of it is what is expected.
    @Suite
    struct TypeTests {
        private func roundTrip<Value: PostgresEncodable & PostgresDecodable & Equatable>(
            _ values: [Value],
            text: (Value) -> String? = { _ in nil }
        ) async throws {
            try await withClient { client, _ in
                for value in values {
                    let rows = try await client.query("SELECT \(value) AS value, \(value)::text AS text")
                    let (back, written) = try rows[0].decode(Value.self, String?.self)
                    #expect(back == value)
                    if let expected = text(value) { #expect(written == expected) }
                }
            }
        }

        @Test
        func integers() async throws {
            var generator = SeededGenerator(seed: 1)
            func sample<Number: FixedWidthInteger>(_: Number.Type) -> [Number] {
                [.min, .min + 1, -1, 0, 1, .max - 1, .max]
                    + (0..<60).map { _ in Number.random(in: .min ... .max, using: &generator) }
            }
            try await roundTrip(sample(Int16.self)) { "\($0)" }
            try await roundTrip(sample(Int32.self)) { "\($0)" }
            try await roundTrip(sample(Int64.self)) { "\($0)" }
            try await roundTrip(sample(Int.self)) { "\($0)" }
            try await roundTrip([true, false]) { "\($0)" }
        }

        @Test
        func doubles() async throws {
            var generator = SeededGenerator(seed: 2)
            let random = (0..<200).map { _ in Double(bitPattern: generator.next()) }.filter { !$0.isNaN }
            let edges: [Double] = [
                0, -0.0, 1.5, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .ulpOfOne,
            ]
            try await roundTrip(edges + random)
            try await withClient { client, _ in
                let rows = try await client.query("SELECT \(Double.nan), 1.25::float4")
                let (nan, small) = try rows[0].decode(Double.self, Double.self)
                #expect(nan.isNaN && small == 1.25)
            }
        }

        @Test
        func textAndBytes() async throws {
            var generator = SeededGenerator(seed: 3)
            let scalars: [ClosedRange<UInt32>] = [1...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0x1_0000...0x10_FFFF]
            let texts = (0..<80).map { _ in
                String(
                    String.UnicodeScalarView(
                        (0..<Int.random(in: 0...200, using: &generator)).compactMap { _ in
                            scalars.randomElement(using: &generator).flatMap {
                                Unicode.Scalar(UInt32.random(in: $0, using: &generator))
                            }
                        }
                    )
                )
            }
            try await roundTrip(["", " ", "'", String(repeating: "ñ", count: 200_000)] + texts) { $0 }
            let bytes = (0..<60).map { size in (0..<size * 7).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            try await roundTrip(bytes + [Array(0...255), [UInt8](repeating: 0, count: 300_000)])
        }

        @Test
        func decimals() async throws {
            var generator = SeededGenerator(seed: 4)
            let edges = [
                "0", "0.00", "0.000000000000000001", "-0.000000000000000001", "1", "-1", "10000", "9999", "99990000",
                "0.0001", "0.00001", "1000000000000", "1.000000000000000000", "12345.6789", "100000000.00010000",
                String(repeating: "9", count: 38), "-" + String(repeating: "9", count: 38),
                String(repeating: "9", count: 20) + "." + String(repeating: "9", count: 18),
                "1" + String(repeating: "0", count: 37),
            ]
            var values = try edges.map { try ExactDecimal(parsing: $0) }
            for _ in 0..<400 {
                let digits = Int.random(in: 1...38, using: &generator)
                var coefficient: Int128 = 0
                for _ in 0..<digits {
                    coefficient = coefficient * 10 + Int128(Int.random(in: 0...9, using: &generator))
                }
                if Bool.random(using: &generator) { coefficient = -coefficient }
                let scale = Int.random(in: 0...18, using: &generator)
                values.append(try ExactDecimal(coefficient: coefficient, scale: scale))
            }
            try await roundTrip(values) { $0.description }
        }

        @Test
        func decimalsThatDoNotFitAreErrors() async throws {
            try await withClient { client, _ in
                let cases = [
                    ("'NaN'", "NaN"), ("'Infinity'", "infinite"), ("'-Infinity'", "infinite"), ("1e38", "38 digits"),
                    ("1e1000", "38 digits"), ("0.0000000000000000001", "18 decimal places"), ("1e-100", "18 decimal"),
                    ("99999999999999999999999999999999999999.9", "38 digits"),
                ]
                for (literal, reason) in cases {
                    let rows = try await client.query("SELECT \(unsafeSQL: literal)::numeric AS amount")
                    let error = await failure { _ = try rows[0].value(at: 0, as: ExactDecimal.self) }
                    #expect(error?.code == .decoding && error?.description.contains(reason) == true, "\(literal)")
                }
                // Decimal places that are all zero are no loss.
                let rows = try await client.query("SELECT 1.5000000000000000000000::numeric, 7::int4")
                let (padded, whole) = try rows[0].decode(ExactDecimal.self, ExactDecimal.self)
                #expect(padded == "1.5" && whole == 7)
            }
        }

        @Test
        func times() async throws {
            var generator = SeededGenerator(seed: 5)
            // Whole microseconds, which is what the server keeps.
            let random = (0..<200).map { _ in
                WallTime(
                    nanosecondsSinceEpoch: Int64.random(in: .min / 1000 + 1 ... .max / 1000, using: &generator) * 1000
                )
            }
            let edges = [-1_000, 0, 1_000, 946_684_800_000_000_000].map { WallTime(nanosecondsSinceEpoch: $0) }
            try await roundTrip(edges + random)
            try await withClient { client, _ in
                let late = WallTime(nanosecondsSinceEpoch: -1)
                let rows = try await client.query(
                    "SELECT \(late), '2024-02-29 12:34:56.789+02'::timestamptz, 'infinity'::timestamptz, '0001-01-01'::timestamptz"
                )
                #expect(try rows[0].value(at: 0, as: WallTime.self).nanosecondsSinceEpoch == -1_000)
                #expect(try rows[0].value(at: 1, as: WallTime.self).nanosecondsSinceEpoch == 1_709_202_896_789_000_000)
                for column in 2...3 {
                    let error = await failure { _ = try rows[0].value(at: column, as: WallTime.self) }
                    #expect(error?.code == .decoding)
                }
            }
        }

        @Test
        func dates() async throws {
            var generator = SeededGenerator(seed: 6)
            let range = CalendarDate.earliest.daysSinceEpoch...CalendarDate.latest.daysSinceEpoch
            let random = (0..<200).compactMap { _ in
                CalendarDate(daysSinceEpoch: Int.random(in: range, using: &generator))
            }
            try await roundTrip([.earliest, .latest] + random) { $0.description }
            try await withClient { client, _ in
                let rows = try await client.query("SELECT 'infinity'::date, '10000-01-01'::date, '0044-03-15 BC'::date")
                for column in 0..<3 {
                    let error = await failure { _ = try rows[0].value(at: column, as: CalendarDate.self) }
                    #expect(error?.code == .decoding)
                }
            }
        }

        @Test
        func identifiersAndDocuments() async throws {
            var generator = SeededGenerator(seed: 7)
            let random = (0..<100).map { _ in PostgresUUID(high: generator.next(), low: generator.next()) }
            let edges = [PostgresUUID(high: 0, low: 0), PostgresUUID(high: .max, low: .max), .random()]
            try await roundTrip(edges + random) { $0.description }
            #expect(random.allSatisfy { PostgresUUID(parsing: $0.description) == $0 })
            #expect(PostgresUUID(parsing: "0") == nil)
            try await roundTrip([#"{"a": [1, 2, null]}"#, "null", #""ñ""#].map(PostgresJSON.init)) { $0.text }
            try await withClient { client, _ in
                let rows = try await client.query("SELECT '{ \"a\":1}'::json")
                #expect(try rows[0].value(at: 0, as: PostgresJSON.self).text == #"{ "a":1}"#)
                let error = await failure { try await client.execute("SELECT \(PostgresJSON("{"))") }
                #expect(error?.sqlState == "22P02")
            }
        }

        @Test
        func optionalsAndArrays() async throws {
            try await roundTrip([Int?.none, 5])
            try await roundTrip([String?.none, ""])
            try await roundTrip([[UInt8]?.none, []])
            try await roundTrip([[Int](), [1], [.min, 0, .max], Array(0..<5_000)])
            try await roundTrip([["", "a,b", "\"", "NULL", "{}"], []])
            try await roundTrip([[Int?.none, 1, nil]])
            try await roundTrip([[PostgresUUID.random(), .random()]])
            try await roundTrip([["1.50", "-2"] as [ExactDecimal]])
            try await roundTrip([[true, false]])
            try await withClient { client, _ in
                let ids = [1, 3]
                let rows = try await client.query(
                    "SELECT x FROM generate_series(1, 5) x WHERE x = ANY(\(ids)) ORDER BY x"
                )
                #expect(try rows.decode(Int.self) == ids)
                let wrong = try await client.query("SELECT '{}'::int4[], '{{1},{2}}'::int8[], '{1,NULL}'::int8[]")
                let types = await failure { _ = try wrong[0].value(at: 0, as: [String].self) }
                #expect(types?.code == .decoding)
                let dimensions = await failure { _ = try wrong[0].value(at: 1, as: [Int].self) }
                #expect(dimensions?.description.contains("dimension") == true)
                let null = await failure { _ = try wrong[0].value(at: 2, as: [Int].self) }
                #expect(null?.description.contains("NULL") == true)
            }
        }

        enum Mood: String, PostgresEncodable, PostgresDecodable, Equatable {
            case calm, busy
            static let postgresType = PostgresType.inferred
        }

        @Test
        func enumerations() async throws {
            try await withClient { client, _ in
                try await client.execute("DROP TABLE IF EXISTS moods")
                try await client.execute("DROP TYPE IF EXISTS mood")
                try await client.execute("CREATE TYPE mood AS ENUM ('calm', 'busy', 'odd')")
                try await client.execute("CREATE TABLE moods (mood mood)")
                try await client.execute("INSERT INTO moods VALUES (\(Mood.busy))")
                #expect(try await client.query("SELECT mood FROM moods")[0].value(at: 0, as: Mood.self) == .busy)
                let odd = try await client.query("SELECT 'odd'::mood")
                let error = await failure { _ = try odd[0].value(at: 0, as: Mood.self) }
                #expect(error?.code == .decoding)
                try await client.execute("DROP TABLE moods")
                try await client.execute("DROP TYPE mood")
            }
        }
    }
}
