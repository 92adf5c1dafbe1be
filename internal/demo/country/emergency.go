package country

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// emergencies are a few accesses that are over: most reviewed, one of them found to have been none, and one not yet.
const emergencies = `
insert into korpu.emergency_access (id, child_id, case_id, agency_id, author_id, created_at, case_number, year_of_birth, reason, classes, hours, starts_at, ends_at,
       review_due_at, reviewed_at, reviewer_id, finding, child_told_on, report_id)
select overlay(overlay(md5('emergency' || c.id) placing '4' from 13) placing '8' from 17)::uuid, c.child_id, c.id, w.agency_id, w.id, at, c.number, extract(year from k.born_on), 'Uşaq gecə mərkəzə zəng etdi.', '{IDENTITY,CONTACT}', 3, at,
       at + interval '3 hours', at + interval '24 hours', case when n > 1 then at + interval '20 hours' end, case when n > 1 then d.staff_id end,
       case when n = 2 then 'UNJUSTIFIED' when n > 2 then 'JUSTIFIED' end, case when n > 2 then (at + interval '2 days')::date end,
       (select h.id from korpu.harm_report h where h.child_id = c.child_id order by h.id limit 1)
  from (select c.*, row_number() over (order by c.number desc) as n from korpu.case_file c where c.sealed_at is null order by c.number desc limit 5) c
  join korpu.child k on k.id = c.child_id
  cross join (select s.* from korpu.staff s join korpu.staff_role r on r.staff_id = s.id join korpu.agency a on a.id = s.agency_id
               where r.role = 'social_worker' and a.code = 'BAK-CENTRE' order by s.id limit 1) w
  cross join (select i.staff_id from korpu.staff_identity i where i.subject = 'dpo') d
  cross join lateral (select $1::timestamptz - n * interval '5 days' as at) t`

// covered keeps the anchor, since no trigger runs while a country is loaded.
const covered = `
update korpu.child k set covers = array(select distinct x from unnest(k.covers || e.author_id) x order by 1) from korpu.emergency_access e where e.child_id = k.id`

func addEmergencies(ctx context.Context, tx pgx.Tx, today time.Time) error {
	if _, err := tx.Exec(ctx, emergencies, today); err != nil {
		return fmt.Errorf("add emergencies: %w", err)
	}
	if _, err := tx.Exec(ctx, covered); err != nil {
		return fmt.Errorf("add emergencies: %w", err)
	}
	return nil
}
