/// An answer that is none.
struct Failure: Error, CustomStringConvertible {
    let description: String
}
