/// The values of a query's parameters, encoded, one after the other in one buffer, and the text before each.
struct PostgresBindings: Sendable {
    private struct Place {
        /// The text between the parameter before and this one.
        let text: String
        let type: UInt32
        let start: Int
        /// -1 is NULL.
        let length: Int32

        func isAlike(_ other: Place) -> Bool { type == other.type && text == other.text }
    }

    /// Takes the arrays that libpq wants.
    typealias Arrays<Result> = (
        _ count: Int32, _ types: UnsafePointer<UInt32>?, _ values: UnsafePointer<UnsafePointer<CChar>?>?,
        _ lengths: UnsafePointer<Int32>?, _ formats: UnsafePointer<Int32>?
    ) -> Result

    private var buffer = PostgresBuffer()
    /// In place, as most statements have one, and an array for it costs more than all the rest of sending.
    private var first: Place?
    private var others: [Place] = []

    var count: Int { first == nil ? 0 : 1 + others.count }

    private var places: [Place] { first.map { [$0] + others } ?? [] }

    /// Whether the text and the types of the parameters are the same. Literals of the program's source are compared by
    /// their addresses.
    func isAlike(_ other: PostgresBindings) -> Bool {
        guard other.others.count == others.count else { return false }
        switch (first, other.first) {
        case (nil, nil): return true
        case (let place?, let otherPlace?): guard place.isAlike(otherPlace) else { return false }
        default: return false
        }
        for index in others.indices where !others[index].isAlike(other.others[index]) { return false }
        return true
    }

    /// The same with every value NULL.
    var withoutValues: PostgresBindings {
        var bindings = PostgresBindings()
        for place in places { bindings.append(Place(text: place.text, type: place.type, start: 0, length: -1)) }
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
        guard count > 1 else { return }
        others.reserveCapacity(count - 1)
        buffer.reserve(8 * count)
    }

    /// Adds a value, which stands behind `text`.
    mutating func append<Value: PostgresEncodable>(_ value: Value, after text: String) {
        let type = Value.postgresType.rawValue
        guard !value.isPostgresNull else { return append(Place(text: text, type: type, start: 0, length: -1)) }
        let start = buffer.count
        value.encode(into: &buffer)
        append(Place(text: text, type: type, start: start, length: Int32(buffer.count - start)))
    }

    private mutating func append(_ place: Place) {
        if first == nil { first = place } else { others.append(place) }
    }

    /// Lends the arrays that libpq wants; all formats are binary.
    func withArrays<Result>(_ body: Arrays<Result>) -> Result {
        guard let first else { return body(0, nil, nil, nil, nil) }
        return buffer.withBytes { bytes in
            guard others.isEmpty else { return withArrays(first, bytes, body) }
            // An empty value needs an address too, as a null pointer means NULL to libpq.
            var (type, length, format) = (first.type, max(first.length, 0), Int32(1))
            return withUnsafePointer(to: &length) { length in
                let start = bytes.baseAddress ?? UnsafeRawPointer(length)
                var value = first.length < 0 ? nil : start.assumingMemoryBound(to: CChar.self) as UnsafePointer?
                return body(1, &type, &value, length, &format)
            }
        }
    }

    private func withArrays<Result>(
        _ first: Place,
        _ bytes: UnsafeRawBufferPointer,
        _ body: Arrays<Result>
    ) -> Result {
        let count = 1 + others.count
        return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { types in
                    let start = bytes.baseAddress ?? UnsafeRawPointer(numbers.baseAddress)
                    func set(_ index: Int, _ place: borrowing Place) {
                        let value = start.map { ($0 + place.start).assumingMemoryBound(to: CChar.self) }
                        values[index] = place.length < 0 ? nil : value
                        numbers[index] = max(place.length, 0)
                        numbers[count + index] = 1
                        types[index] = place.type
                    }
                    set(0, first)
                    for index in others.indices { set(index + 1, others[index]) }
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
