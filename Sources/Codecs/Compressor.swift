import CZstd
import Synchronization

/// Compresses with zstd; keeps its working memory between calls, which come one at a time.
package final class Compressor: Sendable {
    private let context: Mutex<CompressionContext>

    /// - Parameter level: zstd's level, 1 (fast) to 19 (small).
    package init(level: Int32 = 2) throws(CodecError) {
        context = Mutex(try CompressionContext(level: level))
    }

    /// One zstd frame that carries the length of `bytes` and a checksum.
    package func compress(_ bytes: [UInt8]) throws(CodecError) -> [UInt8] {
        try context.withLock { (context) throws(CodecError) in try context.compress(bytes) }
    }
}

/// Decompresses zstd frames; keeps its working memory between calls, which come one at a time.
package final class Decompressor: Sendable {
    private let context: Mutex<DecompressionContext>

    package init() throws(CodecError) { context = Mutex(try DecompressionContext()) }

    /// The plain text of the frame that begins at `offset` of `frame` and fills the rest of it.
    /// - Parameter length: the exact length the plain text must have, in bytes; more is never allocated.
    package func decompress(
        _ frame: [UInt8], from offset: Int = 0, length: Int
    ) throws(CodecError) -> [UInt8] {
        try context.withLock { (context) throws(CodecError) in
            try context.decompress(frame, from: offset, length: length)
        }
    }
}

/// Owns a `ZSTD_CCtx`.
@safe private struct CompressionContext: ~Copyable {
    private let handle: OpaquePointer

    init(level: Int32) throws(CodecError) {
        unsafe handle = try Self.create(level: level)
    }

    private static func create(level: Int32) throws(CodecError) -> OpaquePointer {
        guard let handle = unsafe ZSTD_createCCtx() else { throw .library("zstd: no memory") }
        for (parameter, value) in [(ZSTD_c_compressionLevel, level), (ZSTD_c_checksumFlag, 1)] {
            let result = unsafe ZSTD_CCtx_setParameter(handle, parameter, value)
            guard ZSTD_isError(result) == 0 else {
                unsafe _ = ZSTD_freeCCtx(handle)
                throw .library(zstdReason(result))
            }
        }
        return unsafe handle
    }

    deinit { unsafe _ = ZSTD_freeCCtx(handle) }

    mutating func compress(_ bytes: [UInt8]) throws(CodecError) -> [UInt8] {
        var result = 0
        let bound = ZSTD_compressBound(bytes.count)
        let frame = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, used in
            result = unsafe ZSTD_compress2(handle, buffer.baseAddress, bound, bytes, bytes.count)
            used = ZSTD_isError(result) == 0 ? result : 0
        }
        guard ZSTD_isError(result) == 0 else { throw .library(zstdReason(result)) }
        return frame
    }
}

/// Owns a `ZSTD_DCtx`.
@safe private struct DecompressionContext: ~Copyable {
    private let handle: OpaquePointer

    init() throws(CodecError) {
        unsafe handle = try Self.create()
    }

    private static func create() throws(CodecError) -> OpaquePointer {
        guard let handle = unsafe ZSTD_createDCtx() else { throw .library("zstd: no memory") }
        return unsafe handle
    }

    deinit { unsafe _ = ZSTD_freeDCtx(handle) }

    mutating func decompress(
        _ frame: [UInt8], from offset: Int, length: Int
    ) throws(CodecError) -> [UInt8] {
        guard (0...frame.count).contains(offset), length >= 0 else { throw .notDecompressible("no frame") }
        var result = 0
        let plain = unsafe [UInt8](unsafeUninitializedCapacity: max(length, 1)) { buffer, used in
            result = unsafe frame.withUnsafeBytes { input in
                let start = unsafe input.baseAddress.map { unsafe $0 + offset }
                return unsafe ZSTD_decompressDCtx(
                    handle, buffer.baseAddress, length, start, frame.count - offset)
            }
            used = ZSTD_isError(result) == 0 ? min(result, length) : 0
        }
        guard ZSTD_isError(result) == 0 else { throw .notDecompressible(zstdReason(result)) }
        guard plain.count == length else { throw .notDecompressible("\(plain.count) bytes, not \(length)") }
        return plain
    }
}

/// The library's own words for a failed call.
private func zstdReason(_ code: Int) -> String {
    guard let text = unsafe ZSTD_getErrorName(code) else { return "zstd: error \(code)" }
    return unsafe "zstd: " + String(cString: text)
}
