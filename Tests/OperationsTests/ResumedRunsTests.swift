import Basics
import Storage
import Testing

@testable import Operations

/// What `restore resume` says of the runs that it brought to their end.
@Suite struct ResumedRunsTests {
    private func run(
        _ state: RunDocument.State, reason: String = "", undoes: String = ""
    ) -> RestoreView {
        var document = RunDocument(backup: "b")
        (document.reason, document.undoes) = (reason, undoes)
        let time = Timestamp(nanoseconds: 0)
        return RestoreView(
            RunRecord(
                id: "r", plan: "p", device: "d", started: time, updated: time, state: state.rawValue,
                isFinished: true, document: document.bytes))
    }

    private func words(_ runs: [RestoreView], open: [String] = []) -> String {
        "\(ResumeRestores.Output(runs: runs, open: open).display)"
    }

    @Test func `one that had gone through says so, and a way back names what it took back`() {
        #expect(words([run(.kept)]).contains("it had gone through"))
        #expect(words([run(.kept, undoes: "earlier")]).contains("run earlier is taken back"))
        #expect(!words([run(.kept, reason: "a file differs")]).contains("it had gone through"))
        #expect(words([run(.rolledBack, reason: "the timer", undoes: "earlier")]).contains("the timer"))
        #expect(!words([run(.rolledBack, undoes: "earlier")]).contains("taken back"))
    }

    @Test func `nothing is said to have ended where runs live on`() {
        #expect(words([]).contains("No restore was cut off."))
        let living = words([], open: ["r: it is under way"])
        #expect(living.contains("No restore came to its end.") && living.contains("r: it is under way"))
    }

    @Test func `what a way back is of is shown, and nothing of a restore`() {
        #expect(run(.kept, undoes: "earlier").undoes == "earlier")
        #expect(run(.kept).undoes == nil)
    }
}
