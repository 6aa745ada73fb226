// The standard library's own normalisation, for which it has no public name yet (Swift 6.3); Foundation, which has one,
// would cost each process of the service 9 MB. NFKC is not there at all.
@_spi(_Unicode) import Swift

extension String {
    /// The text in Unicode's Normalization Form C (UAX #15).
    public var composed: String {
        var result = String.UnicodeScalarView()
        for scalar in _nfc { result.append(scalar) }
        return String(result)
    }
}
