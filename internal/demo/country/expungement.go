package country

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// expungements are one in each state: proposed, approved and refused of the cases that were sealed first, and one that is done.
const expungements = `
insert into korpu.expungement (id, agency_id, author_id, created_at, version, status, case_id, decider_id, decided_at, reason, number, rule, basis, expunged_on)
select overlay(overlay(md5('expungement' || n) placing '4' from 13) placing '8' from 17)::uuid, s.agency_id, p.staff_id, at, (array[1, 2, 2, 3])[n], status,
       case when n < 4 then (select c.id from korpu.case_file c where c.sealed_at is not null order by c.sealed_at, c.id offset n - 1 limit 1) end,
       case when n > 1 then d.staff_id end, case when n > 1 then at + interval '1 day' end, case when n = 3 then 'Baxış davam edir.' end,
       case when n = 4 then 1 end, case when n = 4 then 'retention' end, case when n = 4 then 'Havana Rules 19' end, case when n = 4 then (at + interval '2 days')::date end
  from unnest(array['PROPOSED', 'APPROVED', 'REFUSED', 'EXPUNGED']) with ordinality u (status, n)
  cross join lateral (select $1::timestamptz - n * interval '6 days' as at) t
  join korpu.staff_identity p on p.subject = 'dpo' join korpu.staff s on s.id = p.staff_id
  join korpu.staff_identity d on d.subject = 'dpo-two'`

// certified is what the certificate lists, and an order that keeps what was approved.
const certified = `
insert into korpu.expungement_rows (id, expungement_id, of_table, rows)
select overlay(overlay(md5('rows' || x.of_table) placing '4' from 13) placing '8' from 17)::uuid, e.id, x.of_table, x.n
  from korpu.expungement e, (values ('allegation', 2), ('case_file', 1), ('case_party', 4), ('child', 1)) x (of_table, n) where e.status = 'EXPUNGED';
insert into korpu.expungement_copy (id, expungement_id, kind, holds, expires_on)
select overlay(overlay(md5('copy' || k.kind) placing '4' from 13) placing '8' from 17)::uuid, e.id, k.kind, k.holds, e.expunged_on + k.days
  from korpu.expungement e, korpu.copy_kept k where e.status = 'EXPUNGED';
insert into korpu.expungement_reader (id, expungement_id, agency_id, last_on)
select overlay(overlay(md5('reader' || a.code) placing '4' from 13) placing '8' from 17)::uuid, e.id, a.id, e.expunged_on - 2000
  from korpu.expungement e, korpu.agency a where e.status = 'EXPUNGED' and a.code in ('SUM-COURT', 'SUM-POLICE');
insert into korpu.legal_hold (id, agency_id, author_id, created_at, case_number, reference, legal_basis, until)
select overlay(overlay(md5('hold') placing '4' from 13) placing '8' from 17)::uuid, e.agency_id, e.author_id, e.created_at, c.number, 'Qərar 12', 'CPM 461', e.created_at + interval '90 days'
  from korpu.expungement e join korpu.case_file c on c.id = e.case_id where e.status = 'APPROVED'`

func addExpungements(ctx context.Context, tx pgx.Tx, today time.Time) error {
	if _, err := tx.Exec(ctx, expungements, today); err != nil {
		return fmt.Errorf("add expungements: %w", err)
	}
	if _, err := tx.Exec(ctx, certified); err != nil {
		return fmt.Errorf("add what a certificate lists: %w", err)
	}
	return nil
}
