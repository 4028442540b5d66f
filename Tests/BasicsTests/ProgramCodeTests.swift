import Testing

@testable import Basics

@Suite(.timeLimit(.minutes(5))) struct ProgramCodeTests {
    @Test func `code that was given back is there when it is used again`() async {
        for _ in 0..<20 {
            ProgramCode.giveBack()
            #expect((0..<100).map { String($0) }.sorted().joined().count == 190)
        }
        await ProgramCode.giveBack(after: .zero)
    }

    @Test func `who is called off does not wait`() async {
        let task = Task { await ProgramCode.giveBack(after: .seconds(100_000)) }
        task.cancel()
        await task.value
    }
}
