-- Rows as release 0.1.0 left them.
INSERT INTO organisation (id, name, did)
  VALUES ('own', 'Metaal College', 'did:web:x');
INSERT INTO batch (id, organisation_id, name, digest, created_at, offers)
  VALUES ('b1', 'own', 'klas', 'ab', '2026-11-23 12:00:00', 1);
INSERT INTO offer (id, organisation_id, batch_id, link_id, code_hash, type_id, format, state, attempts, person, created_at, expires_at, changed_at)
  VALUES ('o1', 'own', 'b1', 'l1', 'c1', 'vca', 'dc+sd-jwt', 'delivered', 0, '', '2026-11-23 12:00:00', '2026-12-23 12:00:00', '2026-11-23 12:00:00');
INSERT INTO status_list (id, kind, number, version)
  VALUES (1, 'token', 1, 7);
INSERT INTO status_slot (id, list_id, position, issued_id, status)
  VALUES (1, 1, 9, 'i1', 1);
INSERT INTO issued (id, offer_id, token_hash, holder, key_id, content_digest, state, notification_id, issued_at, status)
  VALUES ('i1', 'o1', 't1', 'h', 'k', 'd', 'delivered', 'n1', '2026-11-23 12:00:00', 'revoked');
INSERT INTO audit_entry (id, organisation_id, at, action, about)
  VALUES (1, 'own', '2026-11-23 12:00:00', 'offered', 'o1');
