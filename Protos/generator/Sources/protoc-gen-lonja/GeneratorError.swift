/// What is wrong with a `.proto` file, as protoc shows it.
struct GeneratorError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
