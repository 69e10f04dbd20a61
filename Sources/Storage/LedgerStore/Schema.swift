/// The tables of the ledger, version by version. What may never be true can't be stored: an invariant that is broken is a failed commit.
enum Schema {
    /// The id `WATT`, which tells a ledger from any other database.
    static let applicationID: Int64 = 0x5741_5454

    /// The migrations: each brings the tables from its index to the next version. One that was released never changes.
    static let migrations = [version1, version2, version3, version4, version5, version6, version7, version8, version9, version10]

    private static let version1 = """
        CREATE TABLE sessions (
            id TEXT NOT NULL PRIMARY KEY,
            driver TEXT NOT NULL,
            request TEXT NOT NULL,
            cp TEXT NOT NULL,
            meter TEXT NOT NULL,
            power_w INTEGER NOT NULL CHECK (power_w >= 0),
            price_micro_eur_per_kwh INTEGER NOT NULL CHECK (price_micro_eur_per_kwh >= 0),
            energy_target_wh INTEGER,
            duration_ms INTEGER,
            accepted_ms INTEGER NOT NULL,
            is_confirmed INTEGER NOT NULL CHECK (is_confirmed IN (0, 1)),
            energy_wh INTEGER NOT NULL CHECK (energy_wh >= 0),
            start_wh INTEGER,
            register_wh INTEGER,
            started_ms INTEGER,
            ended_ms INTEGER,
            closed_ms INTEGER,
            end_reason TEXT,
            is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
            contradiction TEXT,
            closing_order INTEGER UNIQUE,
            ticket_changed_ms INTEGER,
            UNIQUE (driver, request),
            CHECK ((closed_ms IS NULL) = (end_reason IS NULL) AND (closed_ms IS NULL) = (closing_order IS NULL)),
            CHECK (is_complete = 0 OR (closed_ms IS NOT NULL AND contradiction IS NULL AND start_wh IS NOT NULL AND register_wh IS NOT NULL
                AND register_wh - start_wh = energy_wh)),
            CHECK (contradiction IS NULL OR closed_ms IS NOT NULL)
        ) STRICT;
        -- I1: one open session for each point.
        CREATE UNIQUE INDEX one_open_session ON sessions (cp) WHERE closed_ms IS NULL;
        CREATE INDEX sessions_awaiting_record ON sessions (id) WHERE closed_ms IS NOT NULL AND is_complete = 0 AND contradiction IS NULL;
        CREATE INDEX sessions_of_driver ON sessions (driver, closing_order);
        CREATE INDEX sessions_closed ON sessions (closed_ms) WHERE closed_ms IS NOT NULL;
        CREATE INDEX sessions_ticket_changed ON sessions (ticket_changed_ms) WHERE ticket_changed_ms IS NOT NULL;
        -- S1: what was promised stays. S5, I4: how it closed stays; a record, once held, stays.
        CREATE TRIGGER sessions_keep_promises BEFORE UPDATE ON sessions WHEN
            OLD.id <> NEW.id OR OLD.driver <> NEW.driver OR OLD.request <> NEW.request OR OLD.cp <> NEW.cp OR OLD.meter <> NEW.meter
            OR OLD.price_micro_eur_per_kwh <> NEW.price_micro_eur_per_kwh OR OLD.accepted_ms <> NEW.accepted_ms
            OR (OLD.closed_ms IS NOT NULL AND (NEW.closed_ms IS NOT OLD.closed_ms OR NEW.end_reason IS NOT OLD.end_reason))
            OR (OLD.is_complete = 1 AND (NEW.is_complete = 0 OR NEW.energy_wh <> OLD.energy_wh OR NEW.start_wh <> OLD.start_wh))
        BEGIN SELECT RAISE(ABORT, 'a session keeps what was promised, how it closed, and its record'); END;

        CREATE TABLE decisions (
            number INTEGER PRIMARY KEY,
            driver TEXT NOT NULL,
            request TEXT NOT NULL,
            cp TEXT,
            session TEXT UNIQUE REFERENCES sessions (id),
            code TEXT,
            reason TEXT,
            verdict TEXT,
            at_ms INTEGER NOT NULL,
            -- S2: decided once.
            UNIQUE (driver, request),
            CHECK ((session IS NULL) = (code IS NOT NULL AND reason IS NOT NULL)),
            -- I5: accepted only where the verdict was ACTIVATED.
            CHECK (session IS NULL OR verdict = 'ACTIVATED')
        ) STRICT;
        CREATE INDEX decisions_at ON decisions (at_ms);
        CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'a decision never changes'); END;

        -- S6: records that no session could take.
        CREATE TABLE stray_records (
            session TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('orphan', 'contradiction')),
            cp TEXT NOT NULL,
            driver TEXT,
            meter TEXT NOT NULL,
            start_wh INTEGER NOT NULL,
            end_wh INTEGER NOT NULL CHECK (end_wh >= start_wh),
            cost_micro_eur INTEGER NOT NULL,
            started_ms INTEGER,
            ended_ms INTEGER NOT NULL,
            end_reason TEXT NOT NULL,
            at_ms INTEGER NOT NULL,
            PRIMARY KEY (session, kind)
        ) STRICT;

        CREATE TABLE wishes (
            cp TEXT NOT NULL PRIMARY KEY,
            out_of_order INTEGER NOT NULL CHECK (out_of_order IN (0, 1)),
            at_ms INTEGER NOT NULL
        ) STRICT;

        -- What Central decided and why, in order, for people and auditors; nothing is decided by it.
        CREATE TABLE audit_log (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at_ms INTEGER NOT NULL,
            what TEXT NOT NULL,
            cp TEXT,
            driver TEXT,
            session TEXT,
            request TEXT,
            why TEXT
        ) STRICT;
        CREATE TRIGGER audit_log_stays BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
        """

    /// Faults, telemetry's losses, the engine's own reckoning, and what pruning leaves behind.
    private static let version2 = """
        ALTER TABLE sessions ADD COLUMN record_cost_micro_eur INTEGER;
        ALTER TABLE sessions ADD COLUMN readings INTEGER NOT NULL DEFAULT 0 CHECK (readings >= 0);
        ALTER TABLE sessions ADD COLUMN readings_lost INTEGER NOT NULL DEFAULT 0 CHECK (readings_lost >= 0);
        CREATE INDEX sessions_of_meter ON sessions (meter, start_wh);
        ALTER TABLE audit_log ADD COLUMN energy_wh INTEGER;
        CREATE INDEX audit_log_of_session ON audit_log (session) WHERE session IS NOT NULL;

        CREATE TABLE faults (
            number INTEGER PRIMARY KEY,
            cp TEXT NOT NULL,
            verdict TEXT NOT NULL CHECK (verdict IN ('FAULTY', 'DISCONNECTED')),
            why TEXT NOT NULL,
            began_ms INTEGER NOT NULL,
            ended_ms INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX one_open_fault ON faults (cp) WHERE ended_ms IS NULL;

        -- The sum of a meter's records that were pruned.
        CREATE TABLE meter_openings (
            meter TEXT NOT NULL PRIMARY KEY,
            records INTEGER NOT NULL CHECK (records > 0),
            from_wh INTEGER NOT NULL,
            to_wh INTEGER NOT NULL CHECK (to_wh >= from_wh),
            energy_wh INTEGER NOT NULL CHECK (energy_wh >= 0)
        ) STRICT;

        -- S2: a decision is kept for 30 days, whoever prunes.
        CREATE TRIGGER decisions_kept BEFORE DELETE ON decisions WHEN OLD.at_ms > (SELECT max(at_ms) FROM decisions) - 2592000000
        BEGIN SELECT RAISE(ABORT, 'a decision is kept for 30 days'); END;
        CREATE TRIGGER sessions_kept BEFORE DELETE ON sessions WHEN OLD.is_complete = 0
        BEGIN SELECT RAISE(ABORT, 'a session without its record is kept'); END;
        """

    /// Memory of what pruning removed, a limit that one wrong clock does not move, and older log entries in today's words.
    private static let version3 = """
        -- A record that an engine sends again is known also when its session was pruned.
        CREATE TABLE pruned_sessions (session TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;

        DROP TRIGGER decisions_kept;
        CREATE TRIGGER decisions_kept BEFORE DELETE ON decisions
        WHEN OLD.at_ms > min((SELECT max(at_ms) FROM decisions), unixepoch() * 1000) - 2592000000
        BEGIN SELECT RAISE(ABORT, 'a decision is kept for 30 days'); END;

        -- Version 1 had one line for a closing, with the bill in words, and another for the record that came later. Version 2 had none for a closing
        -- by a record that contradicts.
        DROP TRIGGER audit_log_stays;
        DROP INDEX audit_log_of_session;
        ALTER TABLE audit_log RENAME TO old_audit_log;
        CREATE INDEX old_audit_log_of_session ON old_audit_log (session);
        CREATE TABLE audit_log (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at_ms INTEGER NOT NULL,
            what TEXT NOT NULL,
            cp TEXT,
            driver TEXT,
            session TEXT,
            request TEXT,
            energy_wh INTEGER,
            why TEXT
        ) STRICT;
        INSERT INTO audit_log (at_ms, what, cp, driver, session, request, energy_wh, why)
        SELECT at_ms, what, cp, driver, session, request, energy_wh, why FROM (
            SELECT old.number, 1 AS part, old.at_ms, old.what,
                CASE old.what WHEN 'ACCEPTED' THEN coalesce(sessions.cp, old.cp) ELSE old.cp END AS cp,
                old.driver, old.session, old.request,
                CASE old.what WHEN 'ORPHAN' THEN coalesce(old.energy_wh,
                        (SELECT end_wh - start_wh FROM stray_records WHERE session = old.session AND kind = 'orphan'))
                    ELSE old.energy_wh END AS energy_wh,
                old.why
            FROM old_audit_log AS old LEFT JOIN sessions ON sessions.id = old.session
            WHERE old.what NOT IN ('CLOSED', 'CONTRADICTION')
            UNION ALL
            SELECT old.number, 1, old.at_ms,
                CASE WHEN earlier.number IS NULL THEN 'CLOSED' ELSE 'RECORD' END, old.cp, old.driver, old.session, old.request,
                CASE WHEN old.why LIKE '%, complete%' THEN sessions.energy_wh ELSE old.energy_wh END,
                CASE WHEN instr(old.why, ',') > 0 THEN substr(old.why, 1, instr(old.why, ',') - 1) ELSE old.why END
            FROM old_audit_log AS old LEFT JOIN sessions ON sessions.id = old.session
                LEFT JOIN (SELECT session, min(number) AS number FROM old_audit_log WHERE what = 'CLOSED' GROUP BY session) AS earlier
                    ON earlier.session = old.session AND earlier.number < old.number
            WHERE old.what = 'CLOSED' AND (earlier.number IS NULL OR old.why LIKE '%, complete%')
            UNION ALL
            SELECT old.number, 1, old.at_ms, 'CONTRADICTED', old.cp, sessions.driver, old.session, sessions.request, NULL,
                coalesce(sessions.contradiction, old.why)
            FROM old_audit_log AS old LEFT JOIN sessions ON sessions.id = old.session WHERE old.what = 'CONTRADICTION'
            UNION ALL
            SELECT old.number, 0, old.at_ms, 'CLOSED', old.cp, old.driver, old.session, old.request, NULL, sessions.end_reason
            FROM old_audit_log AS old JOIN sessions ON sessions.id = old.session
            WHERE old.what = 'CONTRADICTED'
                AND NOT EXISTS (SELECT 1 FROM old_audit_log AS closed WHERE closed.session = old.session AND closed.what = 'CLOSED')
        ) ORDER BY number, part;
        DROP TABLE old_audit_log;
        CREATE INDEX audit_log_of_session ON audit_log (session) WHERE session IS NOT NULL;
        CREATE TRIGGER audit_log_stays BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
        """

    /// More than one stray record of a session: there can be one of each of two meters.
    private static let version4 = """
        ALTER TABLE stray_records RENAME TO old_stray_records;
        CREATE TABLE stray_records (
            session TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('orphan', 'contradiction')),
            cp TEXT NOT NULL,
            driver TEXT,
            meter TEXT NOT NULL,
            start_wh INTEGER NOT NULL,
            end_wh INTEGER NOT NULL CHECK (end_wh >= start_wh),
            cost_micro_eur INTEGER NOT NULL,
            started_ms INTEGER,
            ended_ms INTEGER NOT NULL,
            end_reason TEXT NOT NULL,
            at_ms INTEGER NOT NULL,
            PRIMARY KEY (session, meter)
        ) STRICT;
        INSERT OR IGNORE INTO stray_records SELECT session, kind, cp, driver, meter, start_wh, end_wh, cost_micro_eur, started_ms, ended_ms, end_reason,
            at_ms FROM old_stray_records;
        DROP TABLE old_stray_records;
        """

    /// Operators' promises about a session, and indexes for the screens.
    private static let version5 = """
        ALTER TABLE sessions ADD COLUMN is_stop_asked INTEGER NOT NULL DEFAULT 0 CHECK (is_stop_asked IN (0, 1));
        CREATE INDEX sessions_of_point ON sessions (cp, id);
        CREATE INDEX faults_of_point ON faults (cp, number);
        CREATE INDEX sessions_open ON sessions (id) WHERE closed_ms IS NULL;
        """

    /// Operators' decisions on records that were put aside, a kind for records that claim the impossible, and room to try whether the disk is full.
    private static let version6 = """
        ALTER TABLE sessions ADD COLUMN record_meter TEXT;
        ALTER TABLE stray_records RENAME TO old_stray_records;
        CREATE TABLE stray_records (
            session TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('orphan', 'contradiction', 'implausible')),
            cp TEXT NOT NULL,
            driver TEXT,
            meter TEXT NOT NULL,
            start_wh INTEGER NOT NULL,
            end_wh INTEGER NOT NULL CHECK (end_wh >= start_wh),
            cost_micro_eur INTEGER NOT NULL,
            started_ms INTEGER,
            ended_ms INTEGER NOT NULL,
            end_reason TEXT NOT NULL,
            at_ms INTEGER NOT NULL,
            decision TEXT CHECK (decision IN ('accept', 'refuse')),
            decided_by TEXT,
            decided_ms INTEGER,
            PRIMARY KEY (session, meter, cp, start_wh, end_wh),
            CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_ms IS NULL))
        ) STRICT;
        INSERT INTO stray_records (session, kind, cp, driver, meter, start_wh, end_wh, cost_micro_eur, started_ms, ended_ms, end_reason, at_ms)
        SELECT session, kind, cp, driver, meter, start_wh, end_wh, cost_micro_eur, started_ms, ended_ms, end_reason, at_ms FROM old_stray_records;
        DROP TABLE old_stray_records;
        CREATE INDEX stray_records_of_point ON stray_records (cp, at_ms);
        CREATE TRIGGER stray_records_stay BEFORE UPDATE ON stray_records WHEN OLD.decision IS NOT NULL OR OLD.session <> NEW.session
            OR OLD.kind <> NEW.kind OR OLD.cp <> NEW.cp OR OLD.driver IS NOT NEW.driver OR OLD.meter <> NEW.meter OR OLD.start_wh <> NEW.start_wh
            OR OLD.end_wh <> NEW.end_wh OR OLD.cost_micro_eur <> NEW.cost_micro_eur OR OLD.started_ms IS NOT NEW.started_ms
            OR OLD.ended_ms <> NEW.ended_ms OR OLD.end_reason <> NEW.end_reason OR OLD.at_ms <> NEW.at_ms
        BEGIN SELECT RAISE(ABORT, 'a record that was put aside stays, and so does what was decided on it'); END;
        CREATE TRIGGER stray_records_kept BEFORE DELETE ON stray_records WHEN OLD.kind <> 'orphan' OR OLD.decision IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a record that was put aside is kept'); END;
        CREATE TRIGGER sessions_keep_records BEFORE UPDATE ON sessions
        WHEN OLD.is_complete = 1 AND (NEW.register_wh IS NOT OLD.register_wh OR NEW.record_meter IS NOT OLD.record_meter)
        BEGIN SELECT RAISE(ABORT, 'a session keeps its record'); END;
        -- What nobody asks by, or can be asked by another one, costs each decision a page.
        DROP INDEX sessions_of_meter;
        DROP INDEX sessions_open;
        DROP INDEX sessions_of_driver;
        CREATE INDEX tickets_of_driver ON sessions (driver, closing_order) WHERE closing_order IS NOT NULL;
        CREATE TABLE write_probe (number INTEGER PRIMARY KEY CHECK (number = 1), filling BLOB NOT NULL) STRICT;
        """

    /// Sites, who began a session and by which clock, and a driver's vehicles as a constraint.
    private static let version7 = """
        ALTER TABLE sessions ADD COLUMN site TEXT NOT NULL DEFAULT '';
        ALTER TABLE sessions ADD COLUMN origin TEXT NOT NULL DEFAULT 'central' CHECK (origin IN ('central', 'station', 'offline'));
        ALTER TABLE sessions ADD COLUMN token TEXT;
        ALTER TABLE sessions ADD COLUMN clock TEXT NOT NULL DEFAULT 'engine' CHECK (clock IN ('engine', 'station', 'gateway'));
        ALTER TABLE sessions ADD COLUMN slot INTEGER CHECK (slot >= 0);
        ALTER TABLE decisions ADD COLUMN site TEXT NOT NULL DEFAULT '';
        ALTER TABLE audit_log ADD COLUMN site TEXT NOT NULL DEFAULT '';
        ALTER TABLE faults ADD COLUMN site TEXT NOT NULL DEFAULT '';
        ALTER TABLE stray_records ADD COLUMN site TEXT NOT NULL DEFAULT '';
        ALTER TABLE stray_records ADD COLUMN origin TEXT NOT NULL DEFAULT 'central' CHECK (origin IN ('central', 'station', 'offline'));
        ALTER TABLE stray_records ADD COLUMN token TEXT;
        ALTER TABLE stray_records ADD COLUMN clock TEXT NOT NULL DEFAULT 'engine' CHECK (clock IN ('engine', 'station', 'gateway'));

        ALTER TABLE wishes ADD COLUMN site TEXT NOT NULL DEFAULT '';

        -- I1: one open session for each of a driver's vehicles.
        UPDATE sessions SET slot = (SELECT count(*) FROM sessions AS other
            WHERE other.driver = sessions.driver AND other.closed_ms IS NULL AND other.id < sessions.id) WHERE closed_ms IS NULL;
        CREATE UNIQUE INDEX one_open_slot ON sessions (driver, slot) WHERE closed_ms IS NULL;
        CREATE TRIGGER sessions_have_slots BEFORE INSERT ON sessions WHEN NEW.closed_ms IS NULL AND NEW.slot IS NULL
        BEGIN SELECT RAISE(ABORT, 'an open session is for one of its driver''s vehicles'); END;
        -- A site is told with each row; a file is one Central's, so nothing is asked by it.
        CREATE TRIGGER sessions_keep_places BEFORE UPDATE ON sessions WHEN OLD.site <> NEW.site OR OLD.slot IS NOT NEW.slot
            OR OLD.origin <> NEW.origin OR OLD.token IS NOT NEW.token OR (OLD.is_complete = 1 AND OLD.clock <> NEW.clock)
        BEGIN SELECT RAISE(ABORT, 'a session keeps its site, its vehicle, and who began it'); END;
        CREATE TRIGGER stray_records_keep_origin BEFORE UPDATE ON stray_records WHEN OLD.site <> NEW.site OR OLD.origin <> NEW.origin
            OR OLD.token IS NOT NEW.token OR OLD.clock <> NEW.clock
        BEGIN SELECT RAISE(ABORT, 'a record that was put aside stays'); END;
        """

    /// The tokens of accounts.
    private static let version8 = """
        CREATE TABLE tokens (
            token TEXT NOT NULL PRIMARY KEY,
            driver TEXT NOT NULL,
            expires_ms INTEGER,
            since_ms INTEGER,
            blocked_ms INTEGER,
            unblocked_ms INTEGER,
            CHECK (unblocked_ms IS NULL OR blocked_ms IS NOT NULL)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER tokens_stay BEFORE UPDATE ON tokens
        WHEN OLD.token <> NEW.token OR (OLD.driver <> NEW.driver AND (OLD.blocked_ms IS NULL OR OLD.unblocked_ms IS NOT NULL OR NEW.since_ms IS NULL))
        BEGIN SELECT RAISE(ABORT, 'a token stays its account''s until it is blocked'); END;
        CREATE TRIGGER tokens_kept BEFORE DELETE ON tokens BEGIN SELECT RAISE(ABORT, 'a token is blocked, and never removed'); END;
        """

    /// The asker: the driver, or somebody at the station with a card of the account.
    private static let version9 = """
        ALTER TABLE decisions ADD COLUMN origin TEXT NOT NULL DEFAULT 'central' CHECK (origin IN ('central', 'station'));
        ALTER TABLE decisions ADD COLUMN token TEXT CHECK (origin = 'central' OR (token IS NOT NULL AND cp IS NOT NULL));
        """

    /// A station's own word for the end of a session.
    private static let version10 = """
        ALTER TABLE sessions ADD COLUMN station_reason TEXT;
        ALTER TABLE stray_records ADD COLUMN station_reason TEXT;
        CREATE TRIGGER sessions_keep_words BEFORE UPDATE ON sessions WHEN OLD.is_complete = 1 AND OLD.station_reason IS NOT NEW.station_reason
        BEGIN SELECT RAISE(ABORT, 'a record that is complete never changes'); END;
        CREATE TRIGGER stray_records_keep_words BEFORE UPDATE ON stray_records WHEN OLD.station_reason IS NOT NEW.station_reason
        BEGIN SELECT RAISE(ABORT, 'a record that was put aside stays'); END;
        """
}
