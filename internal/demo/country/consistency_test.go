package country_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/postgres/pgtest"
)

func TestAnchorsAreWhatTheTriggersWouldCompute(t *testing.T) {
	conn := loaded(t)
	before := fingerprint(t, conn)
	for _, sql := range []string{"select korpu.refresh_case(id) from korpu.case_file", "select korpu.refresh_child(id) from korpu.child"} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if fingerprint(t, conn) != before {
		t.Error("computing the anchors again has changed them")
	}
	for _, anchor := range []string{"parties", "team", "counsel", "receivers", "holders", "covers"} {
		if one[int](t, conn, "select count(*) from korpu.child where cardinality("+anchor+") > 0") == 0 {
			t.Errorf("%s is empty everywhere", anchor)
		}
	}
}

func TestEveryReferenceLeadsSomewhere(t *testing.T) { checkReferences(t, loaded(t)) }

// checkReferences tests the foreign keys, which PostgreSQL did not while triggers were off.
func checkReferences(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	checks := pgtest.Column[string](t, conn, `
		select format('select count(*) from %s x where %s and not exists (select from %s y where %s)', k.conrelid::regclass,
		         string_agg(format('x.%I is not null', a.attname), ' and '), k.confrelid::regclass, string_agg(format('y.%I = x.%I', b.attname, a.attname), ' and '))
		  from pg_constraint k
		 cross join unnest(k.conkey, k.confkey) as u (own, other)
		  join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.own
		  join pg_attribute b on b.attrelid = k.confrelid and b.attnum = u.other
		 where k.contype = 'f' and k.connamespace = 'korpu'::regnamespace
		 group by k.oid, k.conrelid, k.confrelid`)
	if len(checks) < 60 {
		t.Errorf("only %d foreign keys", len(checks))
	}
	for _, sql := range checks {
		none(t, conn, "references lead nowhere: "+sql, sql)
	}
}

func TestASealedChildHasOnlySealedCases(t *testing.T) {
	conn := loaded(t)
	none(t, conn, "open cases of sealed children", `select count(*) from korpu.case_file c join korpu.child k on k.id = c.child_id
		where k.sealed_at is not null and c.sealed_at is null`)
	for _, sql := range []string{"select count(*) from korpu.child where sealed_at is not null",
		"select count(*) from korpu.case_file c join korpu.child k on k.id = c.child_id where c.sealed_at is not null and k.sealed_at is null"} {
		if one[int](t, conn, sql) == 0 {
			t.Errorf("0 in %s", sql)
		}
	}
}

func TestACitysChildrenAreHandledByItsAgencies(t *testing.T) {
	conn := loaded(t)
	none(t, conn, "cases with another city's police, court or number", `select count(*) from korpu.case_file c
		join korpu.district l on l.id = c.district_id
		join korpu.agency p on p.id = c.agency_id
		left join korpu.agency court on court.id = c.court_id
		where p.district_id <> l.id or court.district_id <> l.id or split_part(c.number, '-', 1) <> split_part(l.code, '-', 1)`)
	none(t, conn, "children at home in another city than their case", `select count(*) from korpu.case_file c
		join korpu.district l on l.id = c.district_id join korpu.child k on k.id = c.child_id join korpu.district h on h.id = k.district_id
		where h.city <> l.city`)
	none(t, conn, "case numbers of another form", `select count(*) from korpu.case_file where number !~ '^[A-Z][A-Z0-9]{2}-20[0-9]{2}-[0-9]{5}$'
		or split_part(number, '-', 2)::int <> extract(year from opened_on)`)
	none(t, conn, "districts that no police, court or centre serves", `select count(*) from korpu.district l
		cross join unnest(array['POLICE', 'COURT', 'COMMISSION', 'PROSECUTION', 'DIVERSION_CENTRE', 'LEGAL_CLINIC', 'BAR']) as k (kind)
		where not exists (select from korpu.agency_district d join korpu.agency a on a.id = d.agency_id
		                   where d.district_id = l.id and a.kind = k.kind and d.until is null)`)
}

func TestChildrenAreTenToSeventeenAtTheAct(t *testing.T) {
	conn := loaded(t)
	none(t, conn, "ages that do not follow from the birth date", `select count(*) from korpu.allegation a join korpu.child k on k.id = a.child_id
		where a.age_at_act <> extract(year from age(a.act_on, k.born_on)) or a.age_at_act not between 10 and 17`)
	none(t, conn, "children below fourteen before a court", `select count(*) from korpu.allegation a join korpu.case_file c on c.id = a.case_id
		where a.age_at_act < 14 and c.court_id is not null`)
	none(t, conn, "children of age at their registration", "select count(*) from korpu.child where age(registered_on, born_on) >= interval '18 years'")
}

func TestTheHistoryOfADiversionEndsInItsStatus(t *testing.T) {
	conn := loaded(t)
	none(t, conn, "diversions differ from their history", `select count(*) from korpu.diversion d where (d.status, d.status_since) is distinct from
		(select (s.status, s.at::date) from korpu.diversion_status_change s where s.diversion_id = d.id order by s.at desc limit 1)`)
	none(t, conn, "diversions begin otherwise than proposed", `select count(*) from korpu.diversion d where 'PROPOSED' is distinct from
		(select s.status from korpu.diversion_status_change s where s.diversion_id = d.id order by s.at limit 1)`)
	none(t, conn, "cases in diversion without a diversion under way", `select count(*) from korpu.case_file c left join korpu.diversion d on d.case_id = c.id
		where (c.stage = 'DIVERSION') is distinct from coalesce(d.status in ('PROPOSED', 'SCREENED', 'AGREED', 'ORDERED', 'ACTIVE', 'SUSPENDED'), false)`)
	none(t, conn, "active diversions without conditions, review or agreement", `select count(*) from korpu.diversion d where d.status = 'ACTIVE' and
		(d.next_review_on is null or d.agreement is null or d.starts_on is null or not exists (select from korpu.diversion_condition x where x.diversion_id = d.id))`)
}

func TestWhatIsClosedHasAnEndAndOnlyThat(t *testing.T) {
	conn := loaded(t)
	none(t, conn, "cases with a stage that the closing day denies", "select count(*) from korpu.case_file where (stage = 'CLOSED') <> (closed_on is not null)")
	none(t, conn, "things that end before they begin", `select (select count(*) from korpu.detention_episode where released_at < admitted_at)
		+ (select count(*) from korpu.case_party where ended_at < since) + (select count(*) from korpu.care_team_member where left_at < since)
		+ (select count(*) from korpu.legal_mandate where ended_at < since) + (select count(*) from korpu.referral where answered_on < sent_on)
		+ (select count(*) from korpu.case_file where closed_on < opened_on) + (select count(*) from korpu.consent where valid_until < valid_from)`)
	none(t, conn, "records from the future", `select (select count(*) from korpu.procedure_event where created_at > '2026-11-23' or (at > '2026-11-24' and kind <> 'HEARING'))
		+ (select count(*) from korpu.legal_note where created_at > '2026-11-23') + (select count(*) from korpu.lawyer_contact where at > '2026-11-23')
		+ (select count(*) from korpu.case_file where opened_on >= '2026-11-23') + (select count(*) from korpu.care_team_member where since > '2026-11-23' or left_at > '2026-11-23')`)
}

func TestEveryValueOfEveryClosedListOccurs(t *testing.T) {
	conn := loaded(t)
	missing := pgtest.Column[string](t, conn, `
		with allowed as (
		  select k.conrelid::regclass::text as relation, a.attname as field, m[1] as value
		    from pg_constraint k
		    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
		   cross join regexp_matches(pg_get_constraintdef(k.oid), '''([A-Z_]+)''', 'g') m
		   where k.contype = 'c' and k.connamespace = 'korpu'::regnamespace and cardinality(k.conkey) = 1)
		select relation || '.' || field || ' ' || value from allowed
		 where (xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %s where %I = %L', relation, field, value), false, true, '')))[1]::text = '0'
		 order by 1`)
	for _, m := range missing {
		t.Errorf("no row has %s", m)
	}
}

func TestSomeThingsAreNotOnRecord(t *testing.T) {
	conn := loaded(t)
	for _, sql := range []string{
		"korpu.child where under_protection", "korpu.child where under_protection is null", "korpu.child where national_id is null",
		"korpu.child where safety_need is not null", "korpu.child where school_status is null",
		"korpu.procedure_event where kind = 'APPREHENSION' and parents_told_at is null",
		"korpu.procedure_event where kind = 'APPREHENSION' and release_considered_at is null",
		"korpu.detention_episode where order_number is null", "korpu.detention_episode where separation is null",
		"korpu.legal_note where signed_at is null", "korpu.legal_note where case_id is null",
		"korpu.consent where withdrawn_at < '2026-11-23'", "korpu.consent where valid_until < '2026-11-23'", "korpu.consent where valid_from > '2026-11-24'",
		"korpu.consent where valid_until is null and withdrawn_at is null and decision = 'GIVEN'", "korpu.assent where answer = 'NO'",
		"korpu.case_party where ended_at is not null", "korpu.care_team_member where left_at is not null", "korpu.legal_mandate where ended_at is not null",
		"korpu.access_grant where ends_at < '2026-11-23'", "korpu.access_grant where starts_at > '2026-11-24'",
		"korpu.monitoring_visit where starts_at > '2026-11-24'",
	} {
		if one[int](t, conn, "select count(*) from "+sql) == 0 {
			t.Errorf("no %s", sql)
		}
	}
}
