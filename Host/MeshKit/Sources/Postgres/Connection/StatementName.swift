/// The name of a prepared statement, as the C string that libpq wants at every use of it.
struct StatementName: Equatable {
    private let characters: ContiguousArray<CChar>

    init(_ text: String) { characters = text.utf8CString }

    /// As text.
    var text: String { characters.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" } }

    /// Lends the C string.
    func withPointer<Result>(_ body: (UnsafePointer<CChar>?) -> Result) -> Result {
        characters.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
