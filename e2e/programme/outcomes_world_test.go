package programme

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"korpu/internal/hubtest"
)

// group makes children of a district of their own, all of whom have entered the programme in Baku, or were released from detention, on one day that lies ten
// months back or more. So many of them were apprehended again sixty days later, for an act ten days before that.
func (s *story) group(code, path string, n, again int) (district string) {
	s.t.Helper()
	s.run("insert into korpu.district (code, name, city) values ($1, $1, $1)", code)
	for _, sql := range []string{
		`insert into korpu.child (id, agency_id, author_id, registered_on, given_name, family_name, born_on, sex, district_id)
		 select md5('child' || $1 || n)::uuid, p.agency_id, p.id, $2::date - 20, 'Sınaq', 'Uşaq', $2::date - case when n <= 3 then 13 when n % 2 = 0 then 14 else 16 end * 366 - 30,
		        case when n % 4 = 0 then 'FEMALE' else 'MALE' end, l.id FROM ALL`,
		`insert into korpu.case_file (id, child_id, agency_id, author_id, number, district_id, opened_on, closed_on, stage)
		 select md5('case' || $1 || n)::uuid, md5('child' || $1 || n)::uuid, p.agency_id, p.id, $1 || n, l.id, $2::date - 20, $2, 'CLOSED' FROM ALL`,
		`insert into korpu.allegation (child_id, case_id, agency_id, author_id, article, act_on, age_at_act)
		 select md5('child' || $1 || n)::uuid, md5('case' || $1 || n)::uuid, p.agency_id, p.id, 'CC 177.1', $2::date - 30, 15 FROM ALL`,
		map[string]string{
			"PROGRAMME": `with d as (insert into korpu.diversion (id, child_id, case_id, agency_id, author_id, status, status_since, proposed_by_id, starts_on)
				select md5('diversion' || $1 || n)::uuid, md5('child' || $1 || n)::uuid, md5('case' || $1 || n)::uuid, p.agency_id, p.id, 'COMPLETED', current_date, p.agency_id, $2 FROM ALL returning *)
				insert into korpu.diversion_status_change (child_id, case_id, agency_id, author_id, diversion_id, status, at)
				select d.child_id, d.case_id, d.agency_id, d.author_id, d.id, 'ACTIVE', d.starts_on::timestamp at time zone 'UTC' from d`,
			"DETENTION": `insert into korpu.detention_episode (child_id, case_id, agency_id, author_id, facility_id, place_kind, status, admitted_at, released_at)
				select md5('child' || $1 || n)::uuid, md5('case' || $1 || n)::uuid, p.agency_id, p.id, (select a.id from korpu.agency a where a.code = 'PRISON'), 'PRISON', 'SENTENCED',
				       ($2::date - 40)::timestamp at time zone 'UTC', $2::timestamp at time zone 'UTC' FROM ALL`,
		}[path],
	} {
		s.run(strings.ReplaceAll(sql, "FROM ALL", `from generate_series(1, $3::integer) n, korpu.staff p, korpu.district l where l.code = $1 and p.id = $4`), code, s.since(), n, s.person("social-worker"))
	}
	for i := range again {
		s.contact(code, i+1, 60, 50)
	}
	return s.district(code)
}

// contact has one of a group apprehended so many days later, in another case, for an act of so many days later.
func (s *story) contact(code string, n, noticed, acted int) {
	s.t.Helper()
	s.run(`with c as (insert into korpu.case_file (id, child_id, agency_id, author_id, number, district_id, opened_on, closed_on, stage)
	    select md5('again' || $1 || $2)::uuid, c.child_id, c.agency_id, c.author_id, c.number || '-again', c.district_id, $3::date + $4::integer, current_date, 'CLOSED' from korpu.case_file c where c.id = md5('case' || $1 || $2)::uuid returning *),
	  a as (insert into korpu.allegation (child_id, case_id, agency_id, author_id, article, act_on, age_at_act) select child_id, id, agency_id, author_id, 'CC 177.1', $3::date + $5::integer, 16 from c)
	  insert into korpu.procedure_event (child_id, case_id, agency_id, author_id, kind, at) select child_id, id, agency_id, author_id, 'APPREHENSION', ($3::date + $4::integer)::timestamp at time zone 'UTC' from c`,
		code, fmt.Sprint(n), s.since(), noticed, acted)
}

// since is the day on which groups are followed from.
func (s *story) since() time.Time { return half(hubtest.Today.AddDate(0, -10, 0)).AddDate(0, 0, 9) }

// half is the first day of a half-year.
func half(day time.Time) time.Time {
	return time.Date(day.Year(), 1+6*((day.Month()-1)/6), 1, 0, 0, 0, 0, time.UTC)
}

// define is the definition of a cohort of the groups' half-year, with something else.
func (s *story) define(with map[string]any) map[string]any {
	begins := half(s.since())
	definition := map[string]any{
		"path": "PROGRAMME", "countedFrom": "ENTRY", "beginsOn": begins.Format(time.DateOnly), "endsOn": begins.AddDate(0, 6, 0).Format(time.DateOnly), "event": "NEW_APPREHENSION", "datedBy": "DETECTION",
	}
	maps.Copy(definition, with)
	return definition
}

const figures = `id path countedFrom months event datedBy children lost events personMonths rate wilsonLower wilsonUpper exactLower exactUpper warnings centre { code } district { code }
	strata { dimension band children events }`

// approve has the officer approve a cohort that the analyst proposes.
func (s *story) approve(definition map[string]any, smallNumbers bool) hubtest.Outcome {
	s.t.Helper()
	c := s.do("analyst", "proposeCohort", "id", definition).Done()
	return s.do("dpo", "approvePublication", "status result { "+figures+" }", map[string]any{"id": c["id"], "expectedVersion": 1, "smallNumbers": smallNumbers})
}

// counted is the published result of such a cohort.
func (s *story) counted(definition map[string]any, smallNumbers bool) map[string]any {
	s.t.Helper()
	return s.approve(definition, smallNumbers).Done()["result"].(map[string]any)
}

// holds fails the test unless a record has these values.
func (s *story) holds(record, wanted map[string]any) {
	s.t.Helper()
	for name, value := range wanted {
		if record[name] != value {
			s.t.Errorf("%s is %v, not %v, of %v", name, record[name], value, record)
		}
	}
}
