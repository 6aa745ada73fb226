/// Why a plugin or a driver was not loaded.
public struct LoadError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of refusal.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case badName, missing, duplicate, unsafeFile, unreadable, notALibrary, noStamp, stampDiffers, pinDiffers
            case tooManyBuilds, openFailed, noEntry, doorDiffers, makeFailed
        }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// The name is not one path component of a-z, 0-9 and "-".
        public static let badName = Code(.badName)
        /// No folder of the search path has the file.
        public static let missing = Code(.missing)
        /// One name, two files or two mentions.
        public static let duplicate = Code(.duplicate)
        /// Not a regular file, or others could change it.
        public static let unsafeFile = Code(.unsafeFile)
        /// The file cannot be read, or its private copy not written.
        public static let unreadable = Code(.unreadable)
        /// Not an ELF library of this machine.
        public static let notALibrary = Code(.notALibrary)
        /// An ELF library without a stamp.
        public static let noStamp = Code(.noStamp)
        /// Built with or for something else; the description names each field.
        public static let stampDiffers = Code(.stampDiffers)
        /// The configuration pins other bytes.
        public static let pinDiffers = Code(.pinDiffers)
        /// The slot has had as many different builds as one process may hold.
        public static let tooManyBuilds = Code(.tooManyBuilds)
        /// The system's loader refused it.
        public static let openFailed = Code(.openFailed)
        /// It has no entry function, or the entry gives no door.
        public static let noEntry = Code(.noEntry)
        /// The door is not what the stamp says.
        public static let doorDiffers = Code(.doorDiffers)
        /// The door gives no factory of the right kind.
        public static let makeFailed = Code(.makeFailed)

        /// The name of the code.
        public var description: String { self.kind.rawValue }

        /// How a start that needs this plugin ends.
        public var exitCode: ExitCode {
            switch self.kind {
            case .badName, .duplicate: .usage
            case .missing: .pluginMissing
            case .makeFailed, .tooManyBuilds: .internalError
            default: .configuration
            }
        }
    }

    /// The kind of refusal.
    public let code: Code
    /// Name that was asked for, or the file's.
    public let plugin: String
    /// One line: the file, what is wrong with it and what to do.
    public let description: String

    init(_ code: Code, plugin: String, _ description: String) {
        self.code = code
        self.plugin = plugin
        self.description = description
    }
}
