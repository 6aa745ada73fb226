/// Why something could not be inflated, or no state for it be made.
package enum DeflateError: Error {
    /// zlib can't be opened: why.
    case missing(String)
    case outOfMemory
    /// The bytes are not what they are said to be.
    case damaged
}
