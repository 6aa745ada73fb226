/// Finds one section in the bytes of a 64-bit little-endian ELF file. Pure and bounds-checked: any bytes are safe.
struct ELFSection {
    /// Why there is none.
    enum Failure: Error, Equatable {
        /// Not an ELF shared object of this machine; the text says what it is instead.
        case notALibrary(String)
        /// An offset or a count leads out of the file.
        case broken(String)
        /// No section of that name.
        case absent
    }

    /// Bytes of the section named `name`.
    static func find(_ name: String, in file: [UInt8]) throws(Failure) -> [UInt8] {
        let reader = Reader(bytes: file)
        guard file.count >= 64, Array(file[0..<4]) == [0x7F, 0x45, 0x4C, 0x46] else {
            throw .notALibrary(file.isEmpty ? "is empty" : "is not an ELF file")
        }
        guard file[4] == 2, file[5] == 1 else { throw .notALibrary("is not a 64-bit little-endian ELF file") }
        guard try reader.number(16, bytes: 2) == 3 else { throw .notALibrary("is not a shared library") }
        let machine = try reader.number(18, bytes: 2)
        guard machine == Self.machine else {
            throw .notALibrary("is for another processor (ELF machine \(machine), this one is \(Self.machine))")
        }
        let table = try reader.offset(40)
        let entrySize = try reader.number(58, bytes: 2)
        let count = try reader.number(60, bytes: 2)
        let names = try reader.number(62, bytes: 2)
        guard table != 0, count > 0 else { throw .absent }
        guard entrySize >= 64, names < count else { throw .broken("has a broken section table") }

        func section(_ index: Int) throws(Failure) -> (name: Int, type: Int, offset: Int, size: Int) {
            let header = try reader.sum(table, index * entrySize)
            return (
                try reader.number(header, bytes: 4), try reader.number(try reader.sum(header, 4), bytes: 4),
                try reader.offset(try reader.sum(header, 24)), try reader.offset(try reader.sum(header, 32))
            )
        }
        let strings = try section(names)
        for index in 0..<count {
            let found = try section(index)
            guard try reader.matches(name, at: try reader.sum(strings.offset, found.name)) else { continue }
            // Type 8 (no bits) takes no room in the file.
            guard found.type != 8 else { throw .absent }
            return Array(file[try reader.range(found.offset, found.size)])
        }
        throw .absent
    }

    #if arch(x86_64)
    private static let machine = 62
    #elseif arch(arm64)
    private static let machine = 183
    #endif

    private struct Reader {
        let bytes: [UInt8]

        func range(_ offset: Int, _ size: Int) throws(Failure) -> Range<Int> {
            guard offset >= 0, size >= 0, offset <= self.bytes.count, size <= self.bytes.count - offset else {
                throw .broken("is cut off: it speaks of bytes beyond its end")
            }
            return offset..<offset + size
        }

        func sum(_ left: Int, _ right: Int) throws(Failure) -> Int {
            let (sum, overflow) = left.addingReportingOverflow(right)
            guard !overflow else { throw .broken("has a broken section table") }
            return sum
        }

        func number(_ offset: Int, bytes count: Int) throws(Failure) -> Int {
            self.bytes[try self.range(offset, count)].reversed().reduce(0) { $0 << 8 | Int($1) }
        }

        /// A 64-bit file offset or size.
        func offset(_ offset: Int) throws(Failure) -> Int {
            let word = self.bytes[try self.range(offset, 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard let value = Int(exactly: word) else { throw .broken("has a broken section table") }
            return value
        }

        func matches(_ text: String, at offset: Int) throws(Failure) -> Bool {
            let wanted = Array(text.utf8) + [0]
            guard offset >= 0, offset <= self.bytes.count, wanted.count <= self.bytes.count - offset else {
                return false
            }
            return self.bytes[offset..<offset + wanted.count].elementsEqual(wanted)
        }
    }
}
