/// Which codings there are of something, beside the content as it is.
struct ContentCodings: OptionSet {
    let rawValue: UInt8

    static let brotli = ContentCodings(rawValue: 1)
    static let gzip = ContentCodings(rawValue: 2)
}
