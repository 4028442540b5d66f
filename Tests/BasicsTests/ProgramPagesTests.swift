import Testing

@testable import Basics

@Suite struct ProgramPagesTests {
    @Test func `only code that nobody can write to is given back`() {
        let maps = """
            00400000-00600000 r--p 00000000 08:01 1    /opt/a b/holdfast
            00600000-00800000 r-xp 00200000 08:01 1    /opt/a b/holdfast
            00800000-00900000 rw-p 00400000 08:01 1    /opt/a b/holdfast
            7f0000000000-7f0000001000 r-xp 00000000 08:01 2    /lib/libc.so.6
            7f0000002000-7f0000001000 r-xp 00000000 08:01 1    /opt/a b/holdfast
            7ffc00000000-7ffc00001000 r-xp 00000000 00:00 0    [vdso]
            nonsense
            """
        #expect(ProgramPages.ranges(of: "/opt/a b/holdfast", in: maps) == [0x600000..<0x800000])
        #expect(ProgramPages.ranges(of: "/opt/a", in: maps) == [])
    }

    @Test func `the program goes on as before`() {
        ProgramPages.giveBack()
        #expect([3, 1, 2].sorted() == [1, 2, 3])
    }
}
