/// The values of a query's parameters, encoded, one after the other in one buffer, and the text before each.
struct PostgresBindings: Sendable {
    private struct Place {
        /// The text between the parameter before and this one.
        let text: String
        let type: UInt32
        let start: Int
        /// -1 is NULL.
        let length: Int32
    }

    private var buffer = PostgresBuffer()
    private var places: [Place] = []

    var count: Int { places.count }

    /// The types of the parameters.
    var types: [UInt32] { places.map(\.type) }

    /// Whether the text and the types of the parameters are the same. Literals of the program's source are compared by
    /// their addresses.
    func isAlike(_ other: PostgresBindings) -> Bool {
        guard other.count == count else { return false }
        for index in places.indices {
            let (place, otherPlace) = (places[index], other.places[index])
            guard place.type == otherPlace.type, place.text == otherPlace.text else { return false }
        }
        return true
    }

    /// The same with every value NULL.
    var withoutValues: PostgresBindings {
        var bindings = PostgresBindings()
        bindings.places = places.map { Place(text: $0.text, type: $0.type, start: 0, length: -1) }
        return bindings
    }

    /// The text with numbered parameters, before what follows the last one.
    var text: String {
        var text = ""
        for (index, place) in places.enumerated() { text += "\(place.text)$\(index + 1)" }
        return text
    }

    /// Makes room for so many small values.
    mutating func reserve(_ count: Int) {
        guard count > 0 else { return }
        places.reserveCapacity(count)
        buffer.reserve(8 * count)
    }

    /// Adds a value, which stands behind `text`.
    mutating func append<Value: PostgresEncodable>(_ value: Value, after text: String) {
        let type = Value.postgresType.rawValue
        guard !value.isPostgresNull else {
            places.append(Place(text: text, type: type, start: 0, length: -1))
            return
        }
        let start = buffer.bytes.count
        value.encode(into: &buffer)
        places.append(Place(text: text, type: type, start: start, length: Int32(buffer.bytes.count - start)))
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
                    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { types in
                        // An empty value needs an address too, as a null pointer means NULL to libpq.
                        let first = bytes.baseAddress ?? UnsafeRawPointer(numbers.baseAddress)
                        for index in 0..<count {
                            let length = places[index].length
                            let start = first.map { ($0 + places[index].start).assumingMemoryBound(to: CChar.self) }
                            values[index] = length < 0 ? nil : start
                            numbers[index] = max(length, 0)
                            numbers[count + index] = 1
                            types[index] = places[index].type
                        }
                        return body(
                            Int32(count),
                            UnsafePointer(types.baseAddress),
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
