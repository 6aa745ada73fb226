import Glibc
import Plugin

/// A folder of files `SYMBOL.csv`, each with the daily bars of one company. Blocks: for the blocking pool.
enum BarFolder {
    /// The folder or a file of it cannot be read, or has a name that is no symbol.
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    /// How large a file may be, in bytes: some hundred thousand days.
    static let largestFile = 16 << 20

    /// The companies of the folder, sorted by symbol; files without `.csv` are left alone.
    ///
    /// They are taken for real ones; a company of `known` lends its name, sector and actions.
    /// - Throws: ``Unreadable``, or a `CSVBars.Fault` with file and line.
    static func companies(in folder: String, known: [ReplayCompany]) throws -> [ReplayCompany] {
        var companies: [ReplayCompany] = []
        for name in try names(in: folder).sorted() where name.hasSuffix(".csv") {
            let symbol = String(name.dropLast(4))
            guard SourceCompany.isSymbol(symbol) else {
                throw Unreadable(description: "\(folder)/\(name): the name is not a symbol and .csv, such as ABC.csv")
            }
            let bars = try CSVBars.parse(try text("\(folder)/\(name)"), file: "\(folder)/\(name)")
            companies.append(company(symbol, bars, like: known.first { $0.symbol == symbol }))
        }
        guard !companies.isEmpty else { throw Unreadable(description: "\(folder) has no file SYMBOL.csv") }
        return companies
    }

    private static func company(_ symbol: String, _ bars: [DayBar], like known: ReplayCompany?) -> ReplayCompany {
        let real = known?.origin == .real ? known : nil
        return ReplayCompany(
            symbol: symbol,
            name: real?.name ?? symbol,
            exchange: real?.exchange ?? "CSV",
            sector: real?.sector,
            summary: real?.summary,
            origin: .real,
            firstDay: bars[0].day,
            lastDay: bars[bars.count - 1].day,
            actions: real?.actions ?? []
        ) { bars }
    }

    private static func names(in folder: String) throws(Unreadable) -> [String] {
        guard let directory = opendir(folder) else { throw unreadable(folder) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names
    }

    private static func text(_ path: String) throws(Unreadable) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw unreadable(path) }
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= largestFile else { throw Unreadable(description: "\(path) is larger than 16 MiB") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Unreadable(description: "\(path) is not UTF-8")
        }
        return text
    }

    private static func unreadable(_ path: String) -> Unreadable {
        Unreadable(description: "\(path): \(String(cString: strerror(errno)))")
    }
}
