package country

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// losses are of one child in seven of those of the centre who are not of the brief: some were away for a time, some for good.
const losses = `
insert into korpu.follow_up_loss (id, child_id, agency_id, author_id, created_at, reason, since, until)
select overlay(overlay(md5('loss' || d.id) placing '4' from 13) placing '8' from 17)::uuid, d.child_id, d.agency_id, d.author_id, t.since,
       (array['MOVED', 'HOSPITAL', 'ABROAD', 'NOT_FOUND', 'CONTACT_REFUSED'])[1 + d.n / 7 % 5], t.since, case when d.n / 7 % 3 > 0 then t.since + 40 end
  from (select d.*, row_number() over (order by d.id) as n
          from korpu.diversion d
          join korpu.agency a on a.id = d.agency_id and a.code = 'BAK-CENTRE'
          join korpu.case_file c on c.id = d.case_id
          join korpu.district l on l.id = c.district_id and l.code <> 'SUM'
         where d.starts_on is not null) d
 cross join lateral (select d.starts_on + 60 + (d.n % 100)::integer as since) t
 where d.n % 7 = 0 and t.since + 40 < $1::date`

// The cohort of the brief, eight months after its entry, and two that can be compared; and one each that waits, and that was refused.
const cohorts = `
insert into korpu.cohort (id, version, agency_id, author_id, created_at, status, path, counted_from, centre_id, district_id, begins_on, ends_on, months, event, dated_by,
       small_numbers, decider_id, decided_at, reason)
select overlay(overlay(md5('cohort' || w.n) placing '4' from 13) placing '8' from 17)::uuid, case w.status when 'PROPOSED' then 1 else 2 end, p.agency_id, p.id, $1::date - w.n, w.status, w.path,
       case w.path when 'PROGRAMME' then 'ENTRY' else 'END' end, case w.path when 'PROGRAMME' then (select a.id from korpu.agency a where a.code = 'BAK-CENTRE') end,
       case when w.brief then (select l.id from korpu.district l where l.code = 'SUM') end,
       case when w.recent then korpu.half_year(($1::date - interval '8 months')::date - 55) else korpu.half_year(($1::date - interval '54 months')::date) end,
       case when w.recent then (korpu.half_year(($1::date - interval '8 months')::date) + interval '6 months')::date else korpu.half_year(($1::date - interval '24 months')::date) end,
       case when w.recent then 8 else 24 end, w.event, w.dated_by, case w.status when 'PUBLISHED' then w.brief end,
       case when w.status <> 'PROPOSED' then d.staff_id end, case when w.status <> 'PROPOSED' then $1::date - w.n + 1 end,
       case w.status when 'REFUSED' then 'Sumqayıtın uşaqları artıq sayılıb.' end
  from (values (1, 'PUBLISHED', 'PROGRAMME', true, true, 'NEW_APPREHENSION', 'DETECTION'), (2, 'PUBLISHED', 'PROGRAMME', true, true, 'NEW_CHARGE', 'DETECTION'),
               (3, 'PROPOSED', 'PROGRAMME', true, true, 'NEW_FINDING', 'DETECTION'), (4, 'REFUSED', 'PROGRAMME', false, true, 'NEW_APPREHENSION', 'ACT'),
               (5, 'PUBLISHED', 'PROGRAMME', false, false, 'NEW_APPREHENSION', 'DETECTION'), (6, 'PUBLISHED', 'DETENTION', false, false, 'NEW_APPREHENSION', 'DETECTION'))
       w (n, status, path, brief, recent, event, dated_by)
  join korpu.staff_identity i on i.subject = 'analyst' join korpu.staff p on p.id = i.staff_id
  join korpu.staff_identity d on d.subject = 'dpo'`

const published = `
select korpu.publish_cohort(c.id, $1) from korpu.cohort c where c.status = 'PUBLISHED'`

const compared = `
insert into korpu.comparison (id, agency_id, author_id, created_at, rehabilitation_id, detention_id, warnings)
select overlay(overlay(md5('comparison') placing '4' from 13) placing '8' from 17)::uuid, c.agency_id, c.author_id, $1::date, r.id, d.id, korpu.comparison_warnings(r, d)
  from korpu.cohort_result r
  join korpu.cohort_result d on d.path = 'DETENTION' and d.begins_on = r.begins_on
  join korpu.cohort c on c.id = r.id
 where r.path = 'PROGRAMME'`

// addOutcomes follows the children. It needs the indexes, which are not there while rows are copied.
func addOutcomes(ctx context.Context, tx pgx.Tx, today time.Time) error {
	for _, sql := range []string{losses, cohorts, published, compared} {
		if _, err := tx.Exec(ctx, sql, today); err != nil {
			return fmt.Errorf("add outcomes: %w", err)
		}
	}
	return nil
}
