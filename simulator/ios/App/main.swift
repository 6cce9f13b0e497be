// An app on a simulated iPhone. The page is elsewhere: see README.md for the protocol.
import Foundation

let options = Options(CommandLine.arguments)
let output = Output(log: options.data.appendingPathComponent("console.txt"))
Crash.announce()

if let problem = FakeDevice.start(options.data) {
    Crash.end("the device: \(problem)")
}
let app = SimulatedApp(options)
let server = PageServer(port: options.port) { line in app.receive(line) }
app.send = { server.send($0) }
app.openScene()
output.print(["port": server.port])
server.start()
// The main queue runs on the main thread, as on a phone. dispatchMain() would leave it to others.
while true { RunLoop.main.run() }
