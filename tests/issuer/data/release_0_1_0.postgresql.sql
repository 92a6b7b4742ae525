-- What create_all of release 0.1.0 made; frozen, for the test that such a database goes on.
CREATE TABLE nonce (
  nonce_hash VARCHAR NOT NULL,
  expires_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  used_by VARCHAR,
  PRIMARY KEY (nonce_hash)
);
CREATE INDEX ix_nonce_expires_at ON nonce (expires_at);
CREATE TABLE organisation (
  id VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  did VARCHAR NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE status_list (
  id SERIAL NOT NULL,
  kind VARCHAR NOT NULL,
  number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (kind, number)
);
CREATE TABLE audit_entry (
  id SERIAL NOT NULL,
  organisation_id VARCHAR NOT NULL,
  at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  action VARCHAR NOT NULL,
  about VARCHAR NOT NULL,
  reason VARCHAR,
  PRIMARY KEY (id),
  FOREIGN KEY(organisation_id) REFERENCES organisation (id)
);
CREATE INDEX ix_audit_entry_about ON audit_entry (about);
CREATE INDEX ix_audit_entry_organisation_id ON audit_entry (organisation_id);
CREATE TABLE batch (
  id VARCHAR NOT NULL,
  organisation_id VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  offers INTEGER NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(organisation_id) REFERENCES organisation (id)
);
CREATE INDEX ix_batch_organisation_id ON batch (organisation_id);
CREATE TABLE status_slot (
  id SERIAL NOT NULL,
  list_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  issued_id VARCHAR,
  status INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (list_id, position),
  UNIQUE (issued_id),
  FOREIGN KEY(list_id) REFERENCES status_list (id)
);
CREATE INDEX ix_status_slot_list_id ON status_slot (list_id);
CREATE TABLE offer (
  id VARCHAR NOT NULL,
  organisation_id VARCHAR NOT NULL,
  batch_id VARCHAR,
  line INTEGER,
  link_id VARCHAR NOT NULL,
  code_hash VARCHAR NOT NULL,
  type_id VARCHAR NOT NULL,
  format VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  attempts INTEGER NOT NULL,
  contents BYTEA,
  person BYTEA NOT NULL,
  created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  changed_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (link_id),
  UNIQUE (code_hash),
  FOREIGN KEY(organisation_id) REFERENCES organisation (id),
  FOREIGN KEY(batch_id) REFERENCES batch (id)
);
CREATE INDEX ix_offer_batch_id ON offer (batch_id);
CREATE INDEX ix_offer_created_at ON offer (created_at);
CREATE INDEX ix_offer_expires_at ON offer (expires_at);
CREATE INDEX ix_offer_organisation_id ON offer (organisation_id);
CREATE TABLE issued (
  id VARCHAR NOT NULL,
  offer_id VARCHAR NOT NULL,
  token_hash VARCHAR NOT NULL,
  holder VARCHAR NOT NULL,
  key_id VARCHAR NOT NULL,
  content_digest VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  notification_id VARCHAR NOT NULL,
  sealed BYTEA,
  issued_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  status VARCHAR NOT NULL,
  status_reason VARCHAR,
  status_at TIMESTAMP WITHOUT TIME ZONE,
  PRIMARY KEY (id),
  UNIQUE (offer_id),
  UNIQUE (token_hash),
  FOREIGN KEY(offer_id) REFERENCES offer (id),
  UNIQUE (notification_id)
);
CREATE INDEX ix_issued_issued_at ON issued (issued_at);
CREATE TABLE token (
  token_hash VARCHAR NOT NULL,
  offer_id VARCHAR NOT NULL,
  expires_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  PRIMARY KEY (token_hash),
  UNIQUE (offer_id),
  FOREIGN KEY(offer_id) REFERENCES offer (id)
);
CREATE INDEX ix_token_expires_at ON token (expires_at);
