package country_test

import (
	"errors"
	"testing"

	"korpu/internal/demo/country"
	"korpu/internal/hubtest"
	"korpu/internal/postgres/pgtest"
)

func TestTheSameSeedAndDayGiveTheSameRows(t *testing.T) {
	first, again, later, other := empty(t), empty(t), empty(t), empty(t)
	opts := options(7)
	opts.Children = 300
	load(t, first, opts)
	load(t, again, opts)
	opts.Now = opts.Now.AddDate(0, 0, 1)
	load(t, later, opts)
	opts.Now, opts.Seed = now, 8
	load(t, other, opts)

	same := fingerprint(t, first)
	if fingerprint(t, again) != same {
		t.Error("two countries of one seed differ")
	}
	if fingerprint(t, later) == same || fingerprint(t, other) == same {
		t.Error("another day or seed gave the same country")
	}
}

func TestTheHourOfTheDayDoesNotMatter(t *testing.T) {
	morning, evening := empty(t), empty(t)
	opts := options(7)
	opts.Children = 100
	load(t, morning, opts)
	opts.Now = opts.Now.Add(6 * 3600e9)
	load(t, evening, opts)
	if fingerprint(t, morning) != fingerprint(t, evening) {
		t.Error("morning and evening of one day differ")
	}
}

func TestACountryIsNotLoadedOverChildren(t *testing.T) {
	conn := loaded(t)
	before := fingerprint(t, conn)
	if _, err := country.Load(t.Context(), conn, options(2)); !errors.Is(err, country.ErrNotEmpty) {
		t.Errorf("the error is %v", err)
	}
	if fingerprint(t, conn) != before {
		t.Error("rows have changed")
	}
}

func TestACountryNeedsAnIssuerADayAndAKey(t *testing.T) {
	conn := empty(t)
	for _, opts := range []country.Options{{Now: now, Keys: hubtest.Keys()}, {Issuer: issuer, Keys: hubtest.Keys()}, {Now: now, Issuer: issuer}} {
		if _, err := country.Load(t.Context(), conn, opts); err == nil {
			t.Errorf("%+v was loaded", opts)
		}
	}
}

func TestAFailedLoadLeavesNothing(t *testing.T) {
	conn := empty(t)
	before := one[int](t, conn, "select count(*) from pg_indexes where schemaname = 'korpu'")
	if _, err := conn.Exec(t.Context(), "alter table korpu.legal_note add constraint refuses_all check (false)"); err != nil {
		t.Fatal(err)
	}
	if _, err := country.Load(t.Context(), conn, options(1)); err == nil {
		t.Fatal("the load went well")
	}
	none(t, conn, "agencies are left", "select count(*) from korpu.agency")
	if after := one[int](t, conn, "select count(*) from pg_indexes where schemaname = 'korpu'"); after != before {
		t.Errorf("%d indexes, %d before", after, before)
	}
}

func TestAllIndexesAreBuiltAgain(t *testing.T) {
	const indexes = "select string_agg(indexdef, E'\\n' order by indexdef) from pg_indexes where schemaname = 'korpu'"
	want := one[string](t, empty(t), indexes)
	if got := one[string](t, loaded(t), indexes); got != want {
		t.Errorf("after the load:\n%s\nbefore:\n%s", got, want)
	}
}

func TestTheDatabaseAndTheOperatorAreMarkedAsSynthetic(t *testing.T) {
	conn, opts := empty(t), options(1)
	opts.Children = 50
	load(t, conn, opts)
	none(t, conn, "databases without the mark", `select count(*) from pg_database
		where datname = current_database() and coalesce(shobj_description(oid, 'pg_database'), '') not like 'SYNTHETIC:%'`)
	none(t, conn, "operators without the mark", "select count(*) from korpu.agency where kind = 'HUB' and name not like '%SİNTETİK%'")
}

func TestIdentifiersAndTelephonesCannotBeReal(t *testing.T) {
	conn := loaded(t)
	none(t, conn, "national identifiers could be real", "select count(*) from korpu.child where national_id !~ '^SYN-[0-9A-F]{8}$'")
	none(t, conn, "telephones could be real", `select count(*) from (select phone from korpu.child union all select phone from korpu.family_member) x
		where phone !~ '^[+]994 00 '`)
}

func TestALargeCountryIsSpreadOverFiftyCourts(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	conn := empty(t)
	opts := options(3)
	opts.Children = 20_000
	sum := load(t, conn, opts)
	if sum.Children != opts.Children || one[int](t, conn, "select count(*) from korpu.child") != opts.Children {
		t.Errorf("%+v", sum)
	}
	counts := pgtest.Column[int](t, conn, "select count(*) from korpu.case_file where court_id is not null group by court_id order by 1")
	if len(counts) != 50 || counts[0] < 200 {
		t.Errorf("cases of each court: %d", counts)
	}
	if n := one[int](t, conn, longClinicCases); n < 200 {
		t.Errorf("%d cases with ten notes and ten events under a live mandate of the clinic", n)
	}
	checkBrief(t, conn)
	checkReferences(t, conn)
}

// longClinicCases counts what a clinic lawyer asks for in the benchmark.
const longClinicCases = `select count(*) from korpu.case_file c join korpu.child k on k.id = c.child_id
	where exists (select from korpu.staff s join korpu.agency a on a.id = s.agency_id where a.kind = 'LEGAL_CLINIC' and k.counsel @> array[s.id])
	  and c.sealed_at is null
	  and (select count(*) from korpu.legal_note n where n.case_id = c.id) >= 10
	  and (select count(*) from korpu.procedure_event e where e.case_id = c.id) >= 10`
