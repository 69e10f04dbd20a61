/// The tables of a ledger on a server: those of `Schema`, of many sites, in the schema `wattline`. What may never be true can't be stored here either.
enum ServerSchema {
    /// The migrations: each brings the tables from its index to the next version. One that was released never changes.
    static let migrations = [version1]

    /// The version of the tables that this program reads and writes.
    static var newest: Int { migrations.count }

    /// Texts are compared by their bytes, as everywhere else. Truth values are 0 and 1, and times are in milliseconds, as in the file.
    private static let version1 = """
        CREATE DOMAIN word AS text COLLATE "C";
        CREATE DOMAIN truth AS smallint CHECK (VALUE IN (0, 1));
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$;

        CREATE TABLE ledger (one truth PRIMARY KEY CHECK (one = 1), version bigint NOT NULL);

        -- Who may write: one Central for each site. Each of its commits holds this row; the numbers are of its connection.
        CREATE TABLE writers (
            site word NOT NULL PRIMARY KEY,
            place word NOT NULL,
            holder word NOT NULL,
            token bigint NOT NULL,
            since timestamptz NOT NULL DEFAULT clock_timestamp(),
            backend integer NOT NULL,
            began timestamptz NOT NULL
        );
        -- Until when, and the highest epoch under which any of them was on the bus (P6). Apart: prolonged while a commit holds the other row.
        CREATE TABLE leases (site word NOT NULL PRIMARY KEY, until timestamptz NOT NULL, epoch bigint NOT NULL DEFAULT 0);

        CREATE SEQUENCE closings;
        CREATE TABLE sessions (
            id word NOT NULL PRIMARY KEY,
            site word NOT NULL,
            driver word NOT NULL,
            request word NOT NULL,
            cp word NOT NULL,
            meter word NOT NULL,
            power_w bigint NOT NULL CHECK (power_w >= 0),
            price_micro_eur_per_kwh bigint NOT NULL CHECK (price_micro_eur_per_kwh >= 0),
            energy_target_wh bigint,
            duration_ms bigint,
            accepted_ms bigint NOT NULL,
            is_confirmed truth NOT NULL,
            energy_wh bigint NOT NULL CHECK (energy_wh >= 0),
            start_wh bigint,
            register_wh bigint,
            started_ms bigint,
            ended_ms bigint,
            closed_ms bigint,
            end_reason word,
            is_complete truth NOT NULL,
            contradiction word,
            closing_order bigint UNIQUE,
            ticket_changed_ms bigint,
            record_cost_micro_eur bigint,
            readings bigint NOT NULL DEFAULT 0 CHECK (readings >= 0),
            readings_lost bigint NOT NULL DEFAULT 0 CHECK (readings_lost >= 0),
            is_stop_asked truth NOT NULL DEFAULT 0,
            record_meter word,
            origin word NOT NULL DEFAULT 'central' CHECK (origin IN ('central', 'station', 'offline')),
            token word,
            clock word NOT NULL DEFAULT 'engine' CHECK (clock IN ('engine', 'station', 'gateway')),
            slot bigint CHECK (slot >= 0),
            station_reason word,
            UNIQUE (driver, request),
            CHECK ((closed_ms IS NULL) = (end_reason IS NULL) AND (closed_ms IS NULL) = (closing_order IS NULL)),
            CHECK (is_complete = 0 OR (closed_ms IS NOT NULL AND contradiction IS NULL AND start_wh IS NOT NULL AND register_wh IS NOT NULL
                AND register_wh - start_wh = energy_wh)),
            CHECK (contradiction IS NULL OR closed_ms IS NOT NULL),
            CHECK (closed_ms IS NOT NULL OR slot IS NOT NULL)
        );
        -- I1: one open session for each point, and for each of a driver's vehicles, wherever it charges.
        CREATE UNIQUE INDEX one_open_session ON sessions (site, cp) WHERE closed_ms IS NULL;
        CREATE UNIQUE INDEX one_open_slot ON sessions (driver, slot) WHERE closed_ms IS NULL;
        CREATE INDEX sessions_awaiting_record ON sessions (site, id) WHERE closed_ms IS NOT NULL AND is_complete = 0 AND contradiction IS NULL;
        CREATE INDEX sessions_closed ON sessions (closed_ms) WHERE closed_ms IS NOT NULL;
        CREATE INDEX sessions_ticket_changed ON sessions (ticket_changed_ms) WHERE ticket_changed_ms IS NOT NULL;
        CREATE INDEX sessions_of_point ON sessions (cp, id);
        CREATE INDEX tickets_of_driver ON sessions (driver, closing_order) WHERE closing_order IS NOT NULL;
        -- S1: what was promised stays. S5, I4: how it closed stays; a record, once held, stays.
        CREATE TRIGGER sessions_keep_promises BEFORE UPDATE ON sessions FOR EACH ROW WHEN (
            (OLD.id, OLD.site, OLD.driver, OLD.request, OLD.cp, OLD.meter, OLD.price_micro_eur_per_kwh, OLD.accepted_ms, OLD.origin)
                IS DISTINCT FROM
                (NEW.id, NEW.site, NEW.driver, NEW.request, NEW.cp, NEW.meter, NEW.price_micro_eur_per_kwh, NEW.accepted_ms, NEW.origin)
            OR (OLD.slot, OLD.token) IS DISTINCT FROM (NEW.slot, NEW.token)
            OR (OLD.closed_ms IS NOT NULL AND (NEW.closed_ms, NEW.end_reason) IS DISTINCT FROM (OLD.closed_ms, OLD.end_reason))
            OR (OLD.is_complete = 1 AND
                (NEW.is_complete, NEW.energy_wh, NEW.start_wh, NEW.register_wh, NEW.record_meter, NEW.clock, NEW.station_reason) IS DISTINCT FROM
                (OLD.is_complete, OLD.energy_wh, OLD.start_wh, OLD.register_wh, OLD.record_meter, OLD.clock, OLD.station_reason)))
            EXECUTE FUNCTION refuse('a session keeps what was promised, how it closed, and its record');
        CREATE TRIGGER sessions_kept BEFORE DELETE ON sessions FOR EACH ROW WHEN (OLD.is_complete = 0)
            EXECUTE FUNCTION refuse('a session without its record is kept');

        CREATE TABLE decisions (
            number bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            site word NOT NULL,
            driver word NOT NULL,
            request word NOT NULL,
            cp word,
            session word UNIQUE REFERENCES sessions (id),
            code word,
            reason word,
            verdict word,
            at_ms bigint NOT NULL,
            origin word NOT NULL DEFAULT 'central' CHECK (origin IN ('central', 'station')),
            token word,
            -- S2: decided once, in the whole network.
            UNIQUE (driver, request),
            CHECK ((session IS NULL) = (code IS NOT NULL AND reason IS NOT NULL)),
            -- I5: accepted only where the verdict was ACTIVATED.
            CHECK (session IS NULL OR verdict IS NOT DISTINCT FROM 'ACTIVATED'),
            CHECK (origin = 'central' OR (token IS NOT NULL AND cp IS NOT NULL))
        );
        CREATE INDEX decisions_at ON decisions (at_ms);
        CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions FOR EACH ROW EXECUTE FUNCTION refuse('a decision never changes');
        -- S2: a decision is kept for 30 days, whoever prunes.
        CREATE FUNCTION keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF OLD.at_ms > least((SELECT max(at_ms) FROM decisions), (extract(epoch FROM clock_timestamp()) * 1000)::bigint) - 2592000000 THEN
                RAISE EXCEPTION USING MESSAGE = 'a decision is kept for 30 days', ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN OLD;
        END $$;
        CREATE TRIGGER decisions_kept BEFORE DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION keep_decision();

        -- S6: records that no session could take.
        CREATE TABLE stray_records (
            site word NOT NULL,
            session word NOT NULL,
            kind word NOT NULL CHECK (kind IN ('orphan', 'contradiction', 'implausible')),
            cp word NOT NULL,
            driver word,
            meter word NOT NULL,
            start_wh bigint NOT NULL,
            end_wh bigint NOT NULL CHECK (end_wh >= start_wh),
            cost_micro_eur bigint NOT NULL,
            started_ms bigint,
            ended_ms bigint NOT NULL,
            end_reason word NOT NULL,
            at_ms bigint NOT NULL,
            decision word CHECK (decision IN ('accept', 'refuse')),
            decided_by word,
            decided_ms bigint,
            origin word NOT NULL DEFAULT 'central' CHECK (origin IN ('central', 'station', 'offline')),
            token word,
            clock word NOT NULL DEFAULT 'engine' CHECK (clock IN ('engine', 'station', 'gateway')),
            station_reason word,
            PRIMARY KEY (site, session, meter, cp, start_wh, end_wh),
            CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_ms IS NULL))
        );
        CREATE INDEX stray_records_of_point ON stray_records (cp, at_ms);
        CREATE INDEX stray_records_of_session ON stray_records (session);
        CREATE TRIGGER stray_records_stay BEFORE UPDATE ON stray_records FOR EACH ROW WHEN (OLD.decision IS NOT NULL OR
            (OLD.site, OLD.session, OLD.kind, OLD.cp, OLD.driver, OLD.meter, OLD.start_wh, OLD.end_wh, OLD.cost_micro_eur, OLD.started_ms)
                IS DISTINCT FROM
                (NEW.site, NEW.session, NEW.kind, NEW.cp, NEW.driver, NEW.meter, NEW.start_wh, NEW.end_wh, NEW.cost_micro_eur, NEW.started_ms)
            OR (OLD.ended_ms, OLD.end_reason, OLD.at_ms, OLD.origin, OLD.token, OLD.clock, OLD.station_reason) IS DISTINCT FROM
                (NEW.ended_ms, NEW.end_reason, NEW.at_ms, NEW.origin, NEW.token, NEW.clock, NEW.station_reason))
            EXECUTE FUNCTION refuse('a record that was put aside stays, and so does what was decided on it');
        CREATE TRIGGER stray_records_kept BEFORE DELETE ON stray_records FOR EACH ROW WHEN (OLD.kind <> 'orphan' OR OLD.decision IS NOT NULL)
            EXECUTE FUNCTION refuse('a record that was put aside is kept');

        CREATE TABLE wishes (
            site word NOT NULL,
            cp word NOT NULL,
            out_of_order truth NOT NULL,
            at_ms bigint NOT NULL,
            PRIMARY KEY (site, cp)
        );

        CREATE TABLE faults (
            number bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            site word NOT NULL,
            cp word NOT NULL,
            verdict word NOT NULL CHECK (verdict IN ('FAULTY', 'DISCONNECTED')),
            why word NOT NULL,
            began_ms bigint NOT NULL,
            ended_ms bigint
        );
        CREATE UNIQUE INDEX one_open_fault ON faults (site, cp) WHERE ended_ms IS NULL;
        CREATE INDEX faults_of_point ON faults (cp, number);

        -- The sum of a meter's records that were pruned, and the sessions that were.
        CREATE TABLE meter_openings (
            site word NOT NULL,
            meter word NOT NULL,
            records bigint NOT NULL CHECK (records > 0),
            from_wh bigint NOT NULL,
            to_wh bigint NOT NULL CHECK (to_wh >= from_wh),
            energy_wh bigint NOT NULL CHECK (energy_wh >= 0),
            PRIMARY KEY (site, meter)
        );
        CREATE TABLE pruned_sessions (session word NOT NULL PRIMARY KEY);

        -- What Centrals decided and why, in order, for people and auditors; nothing is decided by it.
        CREATE TABLE audit_log (
            number bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            site word NOT NULL,
            at_ms bigint NOT NULL,
            what word NOT NULL,
            cp word,
            driver word,
            session word,
            request word,
            energy_wh bigint,
            why word
        );
        CREATE INDEX audit_log_of_session ON audit_log (session) WHERE session IS NOT NULL;
        CREATE TRIGGER audit_log_stays BEFORE UPDATE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse('the audit log is only added to');

        -- The cards of accounts, of the whole network.
        CREATE TABLE tokens (
            token word NOT NULL PRIMARY KEY,
            driver word NOT NULL,
            expires_ms bigint,
            since_ms bigint,
            blocked_ms bigint,
            unblocked_ms bigint,
            CHECK (unblocked_ms IS NULL OR blocked_ms IS NOT NULL)
        );
        CREATE TRIGGER tokens_stay BEFORE UPDATE ON tokens FOR EACH ROW WHEN (OLD.token <> NEW.token OR (OLD.driver <> NEW.driver
            AND (OLD.blocked_ms IS NULL OR OLD.unblocked_ms IS NOT NULL OR NEW.since_ms IS NULL)))
            EXECUTE FUNCTION refuse('a token stays its account''s until it is blocked');
        CREATE TRIGGER tokens_kept BEFORE DELETE ON tokens FOR EACH ROW EXECUTE FUNCTION refuse('a token is blocked, and never removed');

        -- Nor all at once.
        CREATE TRIGGER sessions_stay_all BEFORE TRUNCATE ON sessions EXECUTE FUNCTION refuse('sessions are kept');
        CREATE TRIGGER decisions_stay_all BEFORE TRUNCATE ON decisions EXECUTE FUNCTION refuse('decisions are kept');
        CREATE TRIGGER stray_records_stay_all BEFORE TRUNCATE ON stray_records EXECUTE FUNCTION refuse('a record that was put aside is kept');
        CREATE TRIGGER audit_log_stays_all BEFORE TRUNCATE ON audit_log EXECUTE FUNCTION refuse('the audit log is only added to');
        CREATE TRIGGER tokens_stay_all BEFORE TRUNCATE ON tokens EXECUTE FUNCTION refuse('a token is blocked, and never removed');
        """
}
