import Foundation

/// One client at a time, on 127.0.0.1 only. Lines of JSON in both directions.
final class PageServer: @unchecked Sendable {
    let port: UInt16
    private let listener: Int32
    private let receive: @Sendable (Data) -> Void
    private let lock = NSLock()
    /// Guarded by the lock.
    private var client: Int32?

    init(port wanted: UInt16, receive: @escaping @Sendable (Data) -> Void) {
        self.receive = receive
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = wanted.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let listens = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && Glibc.listen(listener, 1) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard listens else { Crash.end("the port cannot be opened") }
        port = UInt16(bigEndian: address.sin_port)
        self.listener = listener
    }

    func start() {
        Thread.detachNewThread { [self] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { continue }
                var one: Int32 = 1
                setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
                lock.withLock { client = socket }
                read(socket)
                lock.withLock { client = nil }
                close(socket)
            }
        }
    }

    /// What nobody listens to is lost, as what a page does that is gone.
    func send(_ object: [String: Any]) {
        let data = line(of: object)
        lock.withLock {
            guard let client else { return }
            data.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                var sent = 0
                while sent < bytes.count {
                    let count = Glibc.send(client, start + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                    if count <= 0 { return }
                    sent += count
                }
            }
        }
    }

    private func read(_ socket: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var rest = Data()
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count <= 0 { return }
            rest.append(contentsOf: buffer[..<count])
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                receive(rest[rest.startIndex..<end])
                rest = Data(rest[(end + 1)...])
            }
        }
    }
}
