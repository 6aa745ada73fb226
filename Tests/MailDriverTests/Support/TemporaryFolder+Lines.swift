import Foundation
import TestServers

extension TemporaryFolder {
    /// The lines of a file, decoded; those of another form are left out.
    func lines<Line: Decodable>(_ name: String, as type: Line.Type) throws -> [Line] {
        let decoder = JSONDecoder()
        return text(name).split(separator: "\n").compactMap { try? decoder.decode(type, from: Data($0.utf8)) }
    }
}
