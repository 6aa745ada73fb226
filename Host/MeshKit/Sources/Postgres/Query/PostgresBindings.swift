/// The values of a query's parameters, encoded, one after the other in one buffer.
struct PostgresBindings: Sendable {
    private(set) var types: [UInt32] = []
    private var buffer = PostgresBuffer()
    /// Where each begins and how long it is; a length of -1 is NULL.
    private var places: [(start: Int, length: Int32)] = []

    var count: Int { types.count }

    /// Makes room for so many small values.
    mutating func reserve(_ count: Int) {
        guard count > 0 else { return }
        types.reserveCapacity(count)
        places.reserveCapacity(count)
        buffer.reserve(8 * count)
    }

    mutating func append<Value: PostgresEncodable>(_ value: Value) {
        types.append(Value.postgresType.rawValue)
        guard !value.isPostgresNull else {
            places.append((0, -1))
            return
        }
        let start = buffer.bytes.count
        value.encode(into: &buffer)
        places.append((start, Int32(buffer.bytes.count - start)))
    }

    /// Lends the arrays that libpq wants; all formats are binary.
    func withArrays<Result>(
        _ body: (
            _ count: Int32, UnsafePointer<UInt32>?, UnsafePointer<UnsafePointer<CChar>?>?,
            _ lengths: UnsafePointer<Int32>?,
            _ formats: UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        let count = count
        guard count > 0 else { return body(0, nil, nil, nil, nil) }
        return buffer.bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
                    for (index, place) in places.enumerated() {
                        let start = bytes.baseAddress.map { $0 + place.start }
                        values[index] = place.length < 0 ? nil : start?.assumingMemoryBound(to: CChar.self)
                        numbers[index] = max(place.length, 0)
                        numbers[count + index] = 1
                    }
                    return types.withUnsafeBufferPointer { types in
                        body(
                            Int32(count),
                            types.baseAddress,
                            UnsafePointer(values.baseAddress),
                            UnsafePointer(numbers.baseAddress),
                            numbers.baseAddress.map { UnsafePointer($0 + count) }
                        )
                    }
                }
            }
        }
    }
}
