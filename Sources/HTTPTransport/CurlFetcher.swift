import Basics
import CCurl
package import HTTP

/// Fetches by libcurl, which is loaded only then.
package actor CurlFetcher: HTTPFetching {
    private let executor = QueueExecutor("fetch")

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    package init() {}

    package func get(_ url: String, limit: Int, within time: Duration) throws(HTTPServerError) -> [UInt8] {
        let (seconds, attoseconds) = time.components
        let milliseconds = Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        let isSecure = url.hasPrefix("https://")
        let host = HTTPHost(url.dropFirst(7).prefix { $0 != "/" && $0 != "?" })
        guard isSecure || url.hasPrefix("http://") && host?.isLoopback == true else {
            throw HTTPServerError(
                "‘\(url)’ is not fetched", hint: "Only https:// is, and http:// of this machine.")
        }
        var bytes = [CChar](repeating: 0, count: limit)
        var words = [CChar](repeating: 0, count: 256)
        var count = 0
        let status = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            var fetch = unsafe holdfast_fetch(
                bytes: buffer.baseAddress, count: 0, limit: limit, is_too_large: 0)
            defer { unsafe count = fetch.count }
            return unsafe holdfast_curl_get(url, isSecure ? "https" : "http", milliseconds, &fetch, &words)
        }
        guard status == 200 else {
            let reason = String(
                decoding: words.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw HTTPServerError("‘\(url)’ cannot be fetched: \(status < 0 ? reason : "status \(status)")")
        }
        return bytes.prefix(count).map(UInt8.init(bitPattern:))
    }
}
