import Foundation

/// A checked base address: HTTPS, or HTTP on this machine.
struct EndpointAddress: Sendable {
    let base: URL
    /// The address for messages: without user, password, query or fragment.
    let shown: String

    init(_ url: URL) throws(TeacherError) {
        guard var parts = URLComponents(url: url, resolvingAgainstBaseURL: true),
            let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty
        else { throw .badEndpoint(Self.harmless(url)) }
        guard scheme == "http" || scheme == "https", parts.user == nil, parts.password == nil,
            parts.query == nil, parts.fragment == nil
        else { throw .badEndpoint(Self.harmless(url)) }
        if scheme == "http", !Self.isLoopback(host) { throw .insecureEndpoint(host) }
        while parts.path.hasSuffix("/") { parts.path.removeLast() }
        guard let base = parts.url else { throw .badEndpoint(Self.harmless(url)) }
        self.base = base
        shown = base.absoluteString
    }

    func url(_ path: String) -> String { shown + "/" + path }

    static func isLoopback(_ host: String) -> Bool {
        let name = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")).lowercased()
        if name == "localhost" || name == "::1" { return true }
        let bytes = name.split(separator: ".", omittingEmptySubsequences: false)
        return bytes.count == 4 && bytes[0] == "127" && bytes.allSatisfy { UInt8($0) != nil }
    }

    /// An address may hold a password or a key in its query; neither reaches a message.
    private static func harmless(_ url: URL) -> String {
        guard var parts = URLComponents(url: url, resolvingAgainstBaseURL: true) else { return "(not an address)" }
        let hadSecrets = parts.user != nil || parts.password != nil || parts.query != nil || parts.fragment != nil
        parts.user = nil
        parts.password = nil
        parts.query = nil
        parts.fragment = nil
        return (parts.string ?? "(not an address)")
            + (hadSecrets ? " (with a user, query or fragment, which are not allowed)" : "")
    }
}
