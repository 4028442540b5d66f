extension Schema {
    /// What version 2 adds: the ledger of restores.
    ///
    /// `number` tells which of two records of the same instant was added first. The triggers stand against mistakes of
    /// the program: an approval is good for one run and for one plan only.
    static let restoreTables = """
        CREATE TABLE plan (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            device TEXT NOT NULL,
            backup TEXT NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            document BLOB NOT NULL
        ) STRICT;
        CREATE INDEX plan_created ON plan (created);

        CREATE TABLE run (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            plan TEXT NOT NULL REFERENCES plan (id),
            device TEXT NOT NULL,
            started INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            state TEXT NOT NULL,
            finished INTEGER NOT NULL CHECK (finished IN (0, 1)),
            document BLOB NOT NULL
        ) STRICT;
        CREATE INDEX run_plan ON run (plan);
        CREATE INDEX run_started ON run (started);
        CREATE INDEX run_unfinished ON run (started) WHERE finished = 0;

        CREATE TABLE approval (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            plan TEXT NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('person', 'policy')),
            who TEXT NOT NULL,
            origin TEXT NOT NULL,
            given INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            mark TEXT NOT NULL,
            used_by TEXT REFERENCES run (id),
            revoked INTEGER,
            CHECK (used_by IS NULL OR revoked IS NULL)
        ) STRICT;
        CREATE INDEX approval_plan ON approval (plan);
        CREATE INDEX approval_given ON approval (given);
        CREATE INDEX approval_used_by ON approval (used_by);

        CREATE TRIGGER approval_is_used_once BEFORE UPDATE OF used_by ON approval
        WHEN old.used_by IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'an approval is used once'); END;

        CREATE TRIGGER approval_stays_what_was_given
        BEFORE UPDATE OF id, plan, kind, who, origin, given, expires, mark ON approval
        BEGIN SELECT RAISE(ABORT, 'an approval is never rewritten'); END;

        CREATE TRIGGER plan_is_never_changed BEFORE UPDATE ON plan
        BEGIN SELECT RAISE(ABORT, 'a plan is never changed'); END;
        """
}
