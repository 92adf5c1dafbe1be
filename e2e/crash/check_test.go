package crash

import (
	"context"
	"os/exec"

	"korpu/internal/postgres/pgtest"
)

// Of what was sent: how many cases, receipts and events each has; of what was answered: what has no record.
const (
	doneOnce = `
select k.key
  from unnest($1::text[], $2::uuid[]) k (key, id)
 where (select count(*) from korpu.case_file c where c.alleged_facts = k.key) <> 1
    or (select count(*) from korpu.case_file c where c.alleged_facts = k.key and c.id = k.id) <> 1
    or (select count(*) from korpu.command_receipt r where r.key = k.key) <> 1
    or (select count(*) from korpu.outbox o where o.record_id = k.id and o.event = 'openCase') <> 1`
	unrecorded = `
select a.id from unnest($1::text[]) a (id)
 where not exists (select from korpu.audit_record r where r.at > now() - interval '1 hour' and r.body::jsonb ->> 'request' = a.id)`
	unlinked = `select c.id::text from korpu.audit_command c where not exists (select from korpu.audit_record r where r.command = c.id)`
)

// check looks at what is left of a load.
func (s *site) check(l *load) {
	s.t.Helper()
	admin := s.admin()
	defer admin.Close(context.Background())
	var keys, ids []string
	for key := range l.sent {
		keys, ids = append(keys, key), append(ids, l.done[key])
	}
	for what, found := range map[string][]string{
		"not done exactly once": pgtest.Column[string](s.t, admin, doneOnce, keys, ids), "answered without a record": pgtest.Column[string](s.t, admin, unrecorded, l.answers),
		"committed and in no chain": pgtest.Column[string](s.t, admin, unlinked),
	} {
		if len(found) > 0 {
			s.t.Fatalf("%d are %s: %.5q", len(found), what, found[:min(5, len(found))])
		}
	}
	if out, err := exec.CommandContext(s.t.Context(), s.binary, "audit", "verify", "--dir", s.dir).CombinedOutput(); err != nil {
		s.t.Fatalf("the audit does not verify: %v: %s", err, out)
	}
}
