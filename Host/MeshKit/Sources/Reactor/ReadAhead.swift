/// Where the handler of a descriptor reads first. A loop that serves thousands of connections in turn finds none of
/// their memory in the processor's caches; it asks for this while it still works for the descriptor before. A hint:
/// memory that has moved, or is gone, does no harm.
package struct ReadAhead: Sendable {
    /// Lines of 64 bytes, one after the other.
    package struct Place: Sendable {
        /// The address in the lower 48 bits, and how many lines above them.
        let packed: UInt64
        static let addressBits: UInt64 = 0xffff_ffff_ffff

        /// The lines that so many bytes are in, 64 at the most.
        package init(_ start: UnsafeRawPointer, bytes: Int) {
            let first = UInt64(UInt(bitPattern: start)) & ~63
            let end = UInt64(UInt(bitPattern: start)) + UInt64(max(1, bytes))
            packed = first & Self.addressBits | min((end - first + 63) / 64, 64) << 48
        }

        /// Those of so many bytes of an object.
        package init(_ object: AnyObject, bytes: Int) {
            self.init(Unmanaged.passUnretained(object).toOpaque(), bytes: bytes)
        }

        /// Those of an array's elements, and of what it has before them: the count of its references. Nil for an empty
        /// one.
        package init?<Element>(array: [Element]) {
            let head = 32
            let start = array.withUnsafeBytes { $0.isEmpty ? nil : $0.baseAddress }
            guard let start else { return nil }
            self.init(start - head, bytes: head + array.count * MemoryLayout<Element>.stride)
        }
    }

    /// The most places of one descriptor; others are left out.
    static let capacity = 12

    let places: [Place]

    /// These places, in this order.
    package init(_ places: [Place]) {
        self.places = Array(places.prefix(Self.capacity))
    }
}
