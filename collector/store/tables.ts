import type { Migrations } from './database.ts';

/** The evidence and what is derived from it. One step a version; a step that has been released never changes. */
export const evidenceTables: Migrations = [
  `
  CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    checkpoint TEXT NOT NULL,
    received_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE entries (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE tiles (
    level INTEGER NOT NULL, idx INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, idx)
  ) STRICT;
  CREATE TABLE parts (commitment TEXT PRIMARY KEY, salt BLOB NOT NULL, zstd BLOB NOT NULL) STRICT;
  CREATE TABLE policies (digest TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
  CREATE TABLE agents (
    agent TEXT NOT NULL, epoch INTEGER NOT NULL, public_key BLOB NOT NULL,
    seq INTEGER NOT NULL, statement TEXT,
    PRIMARY KEY (agent, epoch)
  ) STRICT;
  CREATE TABLE reports (
    idx INTEGER PRIMARY KEY, agent TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    statement TEXT NOT NULL, issued_at TEXT NOT NULL, received_at TEXT NOT NULL,
    UNIQUE (agent, epoch, seq)
  ) STRICT;
  CREATE INDEX reports_of_agent ON reports (agent, idx);
  CREATE TABLE host_states (agent TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
  `,
  `
  CREATE TABLE anchors (
    idx INTEGER PRIMARY KEY, anchor TEXT NOT NULL, size INTEGER NOT NULL, checkpoint TEXT NOT NULL, cosignature TEXT
  ) STRICT;
  CREATE INDEX anchors_of_party ON anchors (anchor, idx);
  `,
  `
  ALTER TABLE agents ADD COLUMN revoked TEXT;
  CREATE TABLE former_keys (agent TEXT NOT NULL, public_key BLOB NOT NULL, PRIMARY KEY (agent, public_key)) STRICT;
  CREATE TABLE rotations (digest TEXT PRIMARY KEY, idx INTEGER NOT NULL) STRICT;
  CREATE TABLE handovers (
    idx INTEGER PRIMARY KEY, former_key TEXT NOT NULL, log_key TEXT NOT NULL, checkpoint TEXT NOT NULL,
    both_sign INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE erased (commitment TEXT PRIMARY KEY, idx INTEGER NOT NULL) STRICT;
  CREATE TABLE part_uses (
    commitment TEXT NOT NULL, agent TEXT NOT NULL, idx INTEGER NOT NULL, received_at TEXT NOT NULL,
    PRIMARY KEY (commitment, agent)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX part_uses_of_agent ON part_uses (agent, received_at);
  CREATE INDEX part_uses_by_time ON part_uses (received_at);
  CREATE TABLE uses_read (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL) STRICT;
  `,
  `
  CREATE TABLE acts (idx INTEGER PRIMARY KEY) STRICT;
  `,
  // Every entry is written in one spelling, so that its kind stands at its beginning.
  `
  ALTER TABLE agents ADD COLUMN enrolled_at TEXT NOT NULL DEFAULT '';
  UPDATE agents SET enrolled_at = enrolled.at FROM (
    SELECT json ->> 'agent' AS agent, json ->> 'epoch' AS epoch, json ->> 'receivedAt' AS at
    FROM (
      SELECT CAST(bytes AS TEXT) AS json FROM entries
      WHERE CAST(substr(bytes, 1, 27) AS TEXT) = '{"v":1,"kind":"agent.enrol"'
    )
  ) AS enrolled WHERE agents.agent = enrolled.agent AND agents.epoch = enrolled.epoch;
  `,
];

/** Who may read and enrol. Apart from the evidence: commands write here while the collector runs. */
export const accessTables: Migrations = [
  `
  CREATE TABLE tokens (
    id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, role TEXT NOT NULL, label TEXT NOT NULL,
    created_at TEXT NOT NULL, expires_at TEXT NOT NULL, revoked_at TEXT,
    agent TEXT, used_by TEXT, used_at TEXT
  ) STRICT;
  `,
  `
  ALTER TABLE tokens ADD COLUMN person TEXT;
  `,
  `
  ALTER TABLE tokens ADD COLUMN customer TEXT;
  ALTER TABLE tokens ADD COLUMN controls TEXT;
  ALTER TABLE tokens ADD COLUMN public_key TEXT;
  `,
  // Nothing but the end of its time takes a record away, and nothing changes one.
  `
  CREATE TABLE access_log (
    number INTEGER PRIMARY KEY, record TEXT NOT NULL, at TEXT NOT NULL, hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX access_by_time ON access_log (at);
  CREATE TABLE access_dropped (
    one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, hash TEXT NOT NULL
  ) STRICT;
  INSERT INTO access_dropped (one, number, hash) VALUES (1, 0, '');
  CREATE TRIGGER access_stays BEFORE UPDATE ON access_log BEGIN
    SELECT RAISE(ABORT, 'the access log is only added to');
  END;
  CREATE TRIGGER access_is_kept BEFORE DELETE ON access_log
  WHEN old.number > (SELECT number FROM access_dropped) BEGIN
    SELECT RAISE(ABORT, 'the access log is only added to');
  END;
  `,
];
