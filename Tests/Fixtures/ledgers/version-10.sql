-- A ledger of version 10: its tables as that version made them, and something of everything in them.
PRAGMA application_id = 1463899220;
PRAGMA user_version = 10;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
, site TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO audit_log VALUES(1,1795485600000,'ACCEPTED','CP-001','driver-alice','S1','R1',NULL,NULL,'');
INSERT INTO audit_log VALUES(2,1795485605000,'DENIED','CP-001','driver-alice',NULL,'R5',NULL,'CP_BUSY: is charging','');
INSERT INTO audit_log VALUES(3,1795485610000,'CLOSED','CP-001','driver-alice','S1','R1',61,'completed','');
INSERT INTO audit_log VALUES(4,1795485620000,'ACCEPTED','CP-001','driver-alice','S2','R2',NULL,NULL,'');
INSERT INTO audit_log VALUES(5,1795485630000,'CLOSED','CP-001','driver-alice','S2','R2',NULL,'fault','');
INSERT INTO audit_log VALUES(6,1795485640000,'RECORD','CP-001','driver-alice','S2','R2',9,'fault','');
INSERT INTO audit_log VALUES(7,1795485650000,'ACCEPTED','CP-001','driver-alice','S3','R3',NULL,NULL,'');
INSERT INTO audit_log VALUES(8,1795485660000,'CLOSED','CP-001','driver-alice','S3','R3',NULL,'completed','');
INSERT INTO audit_log VALUES(9,1795485660000,'CONTRADICTED','CP-001','driver-alice','S3','R3',NULL,'another meter','');
INSERT INTO audit_log VALUES(10,1795485666000,'ORPHAN','CP-003',NULL,'S9',NULL,7,NULL,'');
INSERT INTO audit_log VALUES(11,1795485670000,'ACCEPTED','CP-002','driver-alice','S4','R4',NULL,NULL,'');
INSERT INTO audit_log VALUES(12,1795485675000,'OUT_OF_ORDER','CP-003',NULL,NULL,NULL,NULL,NULL,'');
INSERT INTO audit_log VALUES(13,1795485676000,'PRUNED',NULL,NULL,NULL,NULL,NULL,'2 sessions with 0.050 kWh','');
INSERT INTO audit_log VALUES(14,1795485678000,'STOP_ASKED','CP-002','driver-alice','S4','R4',NULL,NULL,'');
INSERT INTO audit_log VALUES(15,1795485680000,'RECORD_REFUSED','CP-003',NULL,'S9',NULL,NULL,'meter m-4, by root on the command line','');
INSERT INTO audit_log VALUES(16,1795485682000,'TOKEN_ADDED',NULL,'driver-alice',NULL,NULL,NULL,'token CARD-1, by root on the command line','');
INSERT INTO audit_log VALUES(17,1795485685000,'TOKEN_BLOCKED',NULL,'driver-alice',NULL,NULL,NULL,'token CARD-2, by root on the command line','');
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY,
    driver TEXT NOT NULL,
    request TEXT NOT NULL,
    cp TEXT,
    session TEXT UNIQUE REFERENCES sessions (id),
    code TEXT,
    reason TEXT,
    verdict TEXT,
    at_ms INTEGER NOT NULL, site TEXT NOT NULL DEFAULT '', origin TEXT NOT NULL DEFAULT 'central' CHECK (origin IN ('central', 'station')), token TEXT CHECK (origin = 'central' OR (token IS NOT NULL AND cp IS NOT NULL)),
    -- S2: decided once.
    UNIQUE (driver, request),
    CHECK ((session IS NULL) = (code IS NOT NULL AND reason IS NOT NULL)),
    -- I5: accepted only where the verdict was ACTIVATED.
    CHECK (session IS NULL OR verdict = 'ACTIVATED')
) STRICT;
INSERT INTO decisions VALUES(1,'driver-alice','R1','CP-001','S1',NULL,NULL,'ACTIVATED',1795485600000,'','station','card-1');
INSERT INTO decisions VALUES(2,'driver-alice','R2',NULL,'S2',NULL,NULL,'ACTIVATED',1795485620000,'','central',NULL);
INSERT INTO decisions VALUES(3,'driver-alice','R3',NULL,'S3',NULL,NULL,'ACTIVATED',1795485650000,'','central',NULL);
INSERT INTO decisions VALUES(4,'driver-alice','R4',NULL,'S4',NULL,NULL,'ACTIVATED',1795485670000,'','central',NULL);
INSERT INTO decisions VALUES(5,'driver-alice','R5','CP-001',NULL,'CP_BUSY','is charging','SUPPLYING',1795485605000,'','central',NULL);
CREATE TABLE faults (
    number INTEGER PRIMARY KEY,
    cp TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('FAULTY', 'DISCONNECTED')),
    why TEXT NOT NULL,
    began_ms INTEGER NOT NULL,
    ended_ms INTEGER
, site TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO faults VALUES(1,'CP-003','FAULTY','engine lost',1795485663000,1795485666000,'');
CREATE TABLE meter_openings (
    meter TEXT NOT NULL PRIMARY KEY,
    records INTEGER NOT NULL CHECK (records > 0),
    from_wh INTEGER NOT NULL,
    to_wh INTEGER NOT NULL CHECK (to_wh >= from_wh),
    energy_wh INTEGER NOT NULL CHECK (energy_wh >= 0)
) STRICT;
INSERT INTO meter_openings VALUES('m-5',2,0,50,50);
CREATE TABLE pruned_sessions (session TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO pruned_sessions VALUES('S0');
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
    ticket_changed_ms INTEGER, record_cost_micro_eur INTEGER, readings INTEGER NOT NULL DEFAULT 0 CHECK (readings >= 0), readings_lost INTEGER NOT NULL DEFAULT 0 CHECK (readings_lost >= 0), is_stop_asked INTEGER NOT NULL DEFAULT 0 CHECK (is_stop_asked IN (0, 1)), record_meter TEXT, site TEXT NOT NULL DEFAULT '', origin TEXT NOT NULL DEFAULT 'central' CHECK (origin IN ('central', 'station', 'offline')), token TEXT, clock TEXT NOT NULL DEFAULT 'engine' CHECK (clock IN ('engine', 'station', 'gateway')), slot INTEGER CHECK (slot >= 0), station_reason TEXT,
    UNIQUE (driver, request),
    CHECK ((closed_ms IS NULL) = (end_reason IS NULL) AND (closed_ms IS NULL) = (closing_order IS NULL)),
    CHECK (is_complete = 0 OR (closed_ms IS NOT NULL AND contradiction IS NULL AND start_wh IS NOT NULL AND register_wh IS NOT NULL
        AND register_wh - start_wh = energy_wh)),
    CHECK (contradiction IS NULL OR closed_ms IS NOT NULL)
) STRICT;
INSERT INTO sessions VALUES('S1','driver-alice','R1','CP-001','m-1',22000,300000,NULL,10000,1795485600000,1,61,0,61,1795485600000,1795485610000,1795485610000,'completed',1,NULL,1,1795485610000,18300,9,1,0,NULL,'','station','card-1','gateway',NULL,'EVDisconnected');
INSERT INTO sessions VALUES('S2','driver-alice','R2','CP-001','m-1',22000,300000,NULL,10000,1795485620000,1,9,61,70,1795485620000,1795485625000,1795485630000,'fault',1,NULL,2,1795485640000,2700,2,0,0,NULL,'','central',NULL,'engine',NULL,NULL);
INSERT INTO sessions VALUES('S3','driver-alice','R3','CP-001','m-1',22000,300000,NULL,10000,1795485650000,1,0,NULL,99,NULL,NULL,1795485660000,'completed',0,'another meter',3,1795485660000,NULL,0,0,0,NULL,'','central',NULL,'engine',NULL,NULL);
INSERT INTO sessions VALUES('S4','driver-alice','R4','CP-002','m-3',22000,300000,NULL,10000,1795485670000,1,4,100,104,1795485670000,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,2,0,1,NULL,'','central',NULL,'engine',0,NULL);
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
    decided_ms INTEGER, site TEXT NOT NULL DEFAULT '', origin TEXT NOT NULL DEFAULT 'central' CHECK (origin IN ('central', 'station', 'offline')), token TEXT, clock TEXT NOT NULL DEFAULT 'engine' CHECK (clock IN ('engine', 'station', 'gateway')), station_reason TEXT,
    PRIMARY KEY (session, meter, cp, start_wh, end_wh),
    CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_ms IS NULL))
) STRICT;
INSERT INTO stray_records VALUES('S3','contradiction','CP-001','driver-alice','m-2',0,5,1500,NULL,1795485660000,'completed',1795485660000,NULL,NULL,NULL,'','central',NULL,'engine',NULL);
INSERT INTO stray_records VALUES('S9','orphan','CP-003',NULL,'m-4',0,7,2100,NULL,1795485665000,'interrupted',1795485666000,'refuse','root on the command line',1795485680000,'','central',NULL,'engine',NULL);
CREATE TABLE tokens (
    token TEXT NOT NULL PRIMARY KEY,
    driver TEXT NOT NULL,
    expires_ms INTEGER,
    since_ms INTEGER,
    blocked_ms INTEGER,
    unblocked_ms INTEGER,
    CHECK (unblocked_ms IS NULL OR blocked_ms IS NOT NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO tokens VALUES('CARD-1','driver-alice',1827021600000,NULL,NULL,NULL);
INSERT INTO tokens VALUES('CARD-2','driver-alice',NULL,1795485683000,1795485685000,NULL);
CREATE TABLE wishes (
    cp TEXT NOT NULL PRIMARY KEY,
    out_of_order INTEGER NOT NULL CHECK (out_of_order IN (0, 1)),
    at_ms INTEGER NOT NULL
, site TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO wishes VALUES('CP-003',1,1795485675000,'');
CREATE TABLE write_probe (number INTEGER PRIMARY KEY CHECK (number = 1), filling BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX one_open_session ON sessions (cp) WHERE closed_ms IS NULL;
CREATE INDEX sessions_awaiting_record ON sessions (id) WHERE closed_ms IS NOT NULL AND is_complete = 0 AND contradiction IS NULL;
CREATE INDEX sessions_closed ON sessions (closed_ms) WHERE closed_ms IS NOT NULL;
CREATE INDEX sessions_ticket_changed ON sessions (ticket_changed_ms) WHERE ticket_changed_ms IS NOT NULL;
CREATE TRIGGER sessions_keep_promises BEFORE UPDATE ON sessions WHEN
    OLD.id <> NEW.id OR OLD.driver <> NEW.driver OR OLD.request <> NEW.request OR OLD.cp <> NEW.cp OR OLD.meter <> NEW.meter
    OR OLD.price_micro_eur_per_kwh <> NEW.price_micro_eur_per_kwh OR OLD.accepted_ms <> NEW.accepted_ms
    OR (OLD.closed_ms IS NOT NULL AND (NEW.closed_ms IS NOT OLD.closed_ms OR NEW.end_reason IS NOT OLD.end_reason))
    OR (OLD.is_complete = 1 AND (NEW.is_complete = 0 OR NEW.energy_wh <> OLD.energy_wh OR NEW.start_wh <> OLD.start_wh))
BEGIN SELECT RAISE(ABORT, 'a session keeps what was promised, how it closed, and its record'); END;
CREATE INDEX decisions_at ON decisions (at_ms);
CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'a decision never changes'); END;
CREATE UNIQUE INDEX one_open_fault ON faults (cp) WHERE ended_ms IS NULL;
CREATE TRIGGER sessions_kept BEFORE DELETE ON sessions WHEN OLD.is_complete = 0
BEGIN SELECT RAISE(ABORT, 'a session without its record is kept'); END;
CREATE TRIGGER decisions_kept BEFORE DELETE ON decisions
WHEN OLD.at_ms > min((SELECT max(at_ms) FROM decisions), unixepoch() * 1000) - 2592000000
BEGIN SELECT RAISE(ABORT, 'a decision is kept for 30 days'); END;
CREATE INDEX audit_log_of_session ON audit_log (session) WHERE session IS NOT NULL;
CREATE TRIGGER audit_log_stays BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE INDEX sessions_of_point ON sessions (cp, id);
CREATE INDEX faults_of_point ON faults (cp, number);
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
CREATE INDEX tickets_of_driver ON sessions (driver, closing_order) WHERE closing_order IS NOT NULL;
CREATE UNIQUE INDEX one_open_slot ON sessions (driver, slot) WHERE closed_ms IS NULL;
CREATE TRIGGER sessions_have_slots BEFORE INSERT ON sessions WHEN NEW.closed_ms IS NULL AND NEW.slot IS NULL
BEGIN SELECT RAISE(ABORT, 'an open session is for one of its driver''s vehicles'); END;
CREATE TRIGGER sessions_keep_places BEFORE UPDATE ON sessions WHEN OLD.site <> NEW.site OR OLD.slot IS NOT NEW.slot
    OR OLD.origin <> NEW.origin OR OLD.token IS NOT NEW.token OR (OLD.is_complete = 1 AND OLD.clock <> NEW.clock)
BEGIN SELECT RAISE(ABORT, 'a session keeps its site, its vehicle, and who began it'); END;
CREATE TRIGGER stray_records_keep_origin BEFORE UPDATE ON stray_records WHEN OLD.site <> NEW.site OR OLD.origin <> NEW.origin
    OR OLD.token IS NOT NEW.token OR OLD.clock <> NEW.clock
BEGIN SELECT RAISE(ABORT, 'a record that was put aside stays'); END;
CREATE TRIGGER tokens_stay BEFORE UPDATE ON tokens
WHEN OLD.token <> NEW.token OR (OLD.driver <> NEW.driver AND (OLD.blocked_ms IS NULL OR OLD.unblocked_ms IS NOT NULL OR NEW.since_ms IS NULL))
BEGIN SELECT RAISE(ABORT, 'a token stays its account''s until it is blocked'); END;
CREATE TRIGGER tokens_kept BEFORE DELETE ON tokens BEGIN SELECT RAISE(ABORT, 'a token is blocked, and never removed'); END;
CREATE TRIGGER sessions_keep_words BEFORE UPDATE ON sessions WHEN OLD.is_complete = 1 AND OLD.station_reason IS NOT NEW.station_reason
BEGIN SELECT RAISE(ABORT, 'a record that is complete never changes'); END;
CREATE TRIGGER stray_records_keep_words BEFORE UPDATE ON stray_records WHEN OLD.station_reason IS NOT NEW.station_reason
BEGIN SELECT RAISE(ABORT, 'a record that was put aside stays'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO sqlite_sequence VALUES('audit_log',17);
COMMIT;
