-- One bank's state. Rows are only ever added, but for what an erasure empties and for the
-- tables of named texts. `checksum` covers the cells of its row and the row's number or name.

-- What each table has been given: pages ask here whether there is anything new.
CREATE TABLE subjects (
    name TEXT PRIMARY KEY,
    changes INTEGER NOT NULL,   -- one more with every write
    rewrites INTEGER NOT NULL,  -- one more when rows were emptied or removed
    last INTEGER NOT NULL,      -- the highest row number given
    checksum TEXT NOT NULL
) STRICT;

CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE consents (
    n INTEGER PRIMARY KEY, customer_id TEXT, purpose TEXT, status TEXT, recorded_at TEXT,
    source TEXT, checksum TEXT
) STRICT;

-- Tells whose a consent was where the row itself is damaged.
CREATE TABLE consents_copy (
    n INTEGER PRIMARY KEY, customer_id TEXT, purpose TEXT, status TEXT, recorded_at TEXT,
    source TEXT, checksum TEXT
) STRICT;

CREATE TABLE edits (
    n INTEGER PRIMARY KEY, "table" TEXT, row_id TEXT, "column" TEXT, value TEXT,
    recorded_at TEXT, actor TEXT, checksum TEXT
) STRICT;

CREATE TABLE transactions (
    n INTEGER PRIMARY KEY, submit_id TEXT, recorded_at TEXT, actor TEXT, transaction_id TEXT,
    customer_id TEXT, booked_at TEXT, amount REAL, currency TEXT, merchant TEXT, category TEXT,
    payment_method TEXT, channel TEXT, checksum TEXT
) STRICT;

CREATE TABLE messages (
    n INTEGER PRIMARY KEY, submit_id TEXT, recorded_at TEXT, actor TEXT, message_id TEXT,
    customer_id TEXT, sent_at TEXT, kind TEXT, platform TEXT, text TEXT, topics TEXT,
    resolved INTEGER, repeated INTEGER, checksum TEXT
) STRICT;

CREATE TABLE alerts (
    n INTEGER PRIMARY KEY, alert_id TEXT, action TEXT, at TEXT, actor TEXT, checksum TEXT
) STRICT;

-- What people did about a customer: calls, promises, snoozes, what is done, and what was taken back.
CREATE TABLE contacts (
    n INTEGER PRIMARY KEY, contact_id TEXT, recorded_at TEXT, actor TEXT, customer_id TEXT,
    action TEXT, until TEXT, product_id TEXT, note TEXT, checksum TEXT
) STRICT;

-- Which picture was kept with which purchase; the picture is in scan_pictures.
CREATE TABLE scans (
    n INTEGER PRIMARY KEY, scan_id TEXT, recorded_at TEXT, actor TEXT, customer_id TEXT,
    submit_id TEXT, record_id TEXT, picture TEXT, merchant TEXT, total REAL, checksum TEXT
) STRICT;

-- What customers said, wrote or paid for that tells what they need, confirmed by a person; and what
-- of it was taken back.
CREATE TABLE evidence (
    n INTEGER PRIMARY KEY, evidence_id TEXT, recorded_at TEXT, actor TEXT, customer_id TEXT,
    action TEXT, source TEXT, topic TEXT, sentence TEXT, said_on TEXT, record_id TEXT,
    checksum TEXT
) STRICT;

-- Who must, and who must not, get which product, whatever the settings.
CREATE TABLE personas (
    n INTEGER PRIMARY KEY, recorded_at TEXT, actor TEXT, customer_id TEXT, "list" TEXT,
    product_id TEXT, must TEXT, why TEXT, checksum TEXT
) STRICT;

-- From when on what is older than a moment is read by replays of earlier lists alone.
CREATE TABLE retention (
    n INTEGER PRIMARY KEY, recorded_at TEXT, actor TEXT, kind TEXT, "before" TEXT, checksum TEXT
) STRICT;

CREATE TABLE settings_log (
    n INTEGER PRIMARY KEY, recorded_at TEXT, actor TEXT, action TEXT, name TEXT, why TEXT,
    "before" TEXT, "after" TEXT, checksum TEXT
) STRICT;

CREATE TABLE version_decisions (
    n INTEGER PRIMARY KEY, action TEXT, version_id TEXT, at TEXT, note TEXT, sha256 TEXT,
    checksum TEXT
) STRICT;

-- Lists that were shown, each sealed with the hash of the one before. Content is emptied by an
-- erasure; number and hashes stay.
CREATE TABLE receipts (
    n INTEGER PRIMARY KEY, prev TEXT NOT NULL, digest TEXT NOT NULL, hash TEXT NOT NULL,
    receipt_id TEXT, actor TEXT, day TEXT, customer TEXT, about TEXT, decision TEXT,
    erased INTEGER,
    UNIQUE (receipt_id, actor, day)
) STRICT;
CREATE INDEX receipts_of_customer ON receipts (customer);

-- The last receipt, so that receipts cut off the end are missed.
CREATE TABLE receipts_head (
    one INTEGER PRIMARY KEY CHECK (one = 1), n INTEGER NOT NULL, hash TEXT NOT NULL
) STRICT;

-- Who did what and when, each sealed with the hash of the one before. What is about a customer is
-- emptied by an erasure; number, hashes, who and when stay.
CREATE TABLE trail (
    n INTEGER PRIMARY KEY, prev TEXT NOT NULL, digest TEXT NOT NULL, hash TEXT NOT NULL,
    noted_at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, customer TEXT, what TEXT,
    once TEXT UNIQUE, erased INTEGER
) STRICT;
CREATE INDEX trail_of_customer ON trail (customer);

-- The last entry, so that entries cut off the end are missed.
CREATE TABLE trail_head (
    one INTEGER PRIMARY KEY CHECK (one = 1), n INTEGER NOT NULL, hash TEXT NOT NULL
) STRICT;

-- Named texts.
CREATE TABLE settings_saved (name TEXT PRIMARY KEY, content TEXT, checksum TEXT) STRICT;
CREATE TABLE campaigns_saved (name TEXT PRIMARY KEY, content TEXT, checksum TEXT) STRICT;
CREATE TABLE views_saved (name TEXT PRIMARY KEY, content TEXT, checksum TEXT) STRICT;
CREATE TABLE views_opened (name TEXT PRIMARY KEY, content TEXT, checksum TEXT) STRICT;
CREATE TABLE notes_pinned (name TEXT PRIMARY KEY, content TEXT, checksum TEXT) STRICT;
CREATE TABLE learned_metrics (name TEXT PRIMARY KEY, content TEXT, checksum TEXT) STRICT;
CREATE TABLE scan_pictures (name TEXT PRIMARY KEY, content TEXT, checksum TEXT) STRICT;
CREATE TABLE receipt_contents (name TEXT PRIMARY KEY, content TEXT, checksum TEXT) STRICT;
CREATE TABLE receipt_keys (name TEXT PRIMARY KEY, content TEXT, checksum TEXT) STRICT;
