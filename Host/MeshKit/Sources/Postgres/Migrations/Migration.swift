internal import Digest

/// One numbered step of a database's shape: a text of one or more SQL statements, executed in one transaction.
///
/// Each lives in its own file of the plugin, as Swift, so that it is in the binary without any tool or resource folder,
/// and its text is exactly what the raw literal holds:
///
///     // Migrations/0001_users.swift
///     extension Migration {
///         static let users = Migration(number: 1, name: "users", sql: #"""
///             CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE);
///             """#)
///     }
///
/// SwiftPM's `.embedInCode` was not taken: it gives an array of bytes whose name comes from the file, which is slow to
/// compile and says nothing of number or order. What was applied once must not be edited: write another.
public struct Migration: Sendable, Hashable {
    /// Its place, from 1, without gaps.
    public let number: Int
    /// A word or two, for people.
    public let name: String
    /// The statements. None of them may end the transaction, and none may be of those that run outside of one.
    public let sql: String

    /// A step.
    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// SHA-256 of the text, in hexadecimal.
    public var checksum: String { Hexadecimal.text(SHA256.hash(Array(sql.utf8))) }
}
