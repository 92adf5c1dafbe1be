package commands

import (
	"math/rand/v2"

	"github.com/jackc/pgx/v5"

	"korpu/internal/demo/country"
)

// file is one child's file: what the model believes of it, and the records of which that is the state.
type file struct {
	paper
	caseID, child string
	sealed        string            // a case of another child, long ago
	ids           map[string]string // by machine
}

// machinery drives hub and model side by side.
type machinery struct {
	*place
	rng      *rand.Rand
	files    []*file
	moves    []move
	people   []string
	agencies map[string]string
	counted  map[string]int
}

// prepare opens files to which the police, prosecution and court of Sumgayit are parties, with a worker on the care team and a
// referral to the clinic.
func (m *machinery) prepare() {
	m.t.Helper()
	m.moves = moves()
	for _, p := range country.Personas() {
		m.people = append(m.people, p.Name)
	}
	m.agencies = map[string]string{}
	for _, code := range []string{"BAK-CENTRE", "SUM-SPORT", "SUM-COMMISSION", "SUM-CUSTODY", "SUM-COURT"} {
		m.agencies[code] = m.agency(code)
	}
	m.start()
}

func (m *machinery) start() {
	m.t.Helper()
	child := m.ward()
	f := &file{child: child, caseID: value[string](m.place, "select id::text from korpu.case_file where child_id = $1", child), ids: map[string]string{}}
	f.Stage, f.ids["case"] = "INVESTIGATION", f.caseID
	for agency, capacity := range map[string]string{"SUM-PROSECUTION": "PROSECUTION", "SUM-COURT": "COURT"} {
		m.do("officer-sumgayit", "addParty", "id", map[string]any{"case": f.caseID, "agency": m.agency(agency), "capacity": capacity}).done()
	}
	m.do("social-worker", "refer", "id", map[string]any{"child": child, "receiver": m.agency("CLINIC"), "service": "ASSISTANCE"}).done()
	f.sealed = m.opened()["id"].(string)
	m.sql("update korpu.child set sealed_at = now() - interval '6 years' where id = (select child_id from korpu.case_file where id = $1)", f.sealed)
	m.files = append(m.files, f)
}

// keep remembers what a step made, so that others can be taken on it.
func (m *machinery) keep(f *file, done move) {
	m.t.Helper()
	switch {
	case done.makes && done.machine == "expungement": // which nobody is told of
		f.ids[done.machine] = value[string](m.place, "select id::text from korpu.expungement order by created_at desc limit 1")
	case done.makes:
		f.ids[done.machine] = value[string](m.place, "select record_id::text from korpu.outbox order by id desc limit 1")
	}
}

// states reads the state of every record of the model, and of the case.
const states = `
select c.stage,
       coalesce((select status from korpu.diversion where id = $2::uuid), '') as diversion,
       coalesce((select status from korpu.referral where id = $3::uuid), '') as referral,
       coalesce((select case when ended_at is null then 'LIVE' else 'ENDED' end from korpu.legal_mandate where id = $4::uuid), '') as mandate,
       coalesce((select case when signed_at is null then 'DRAFT' else 'SIGNED' end from korpu.legal_note where id = $5::uuid), '') as note,
       coalesce((select case when withdrawn_at is null then 'GIVEN' else 'WITHDRAWN' end from korpu.consent where id = $6::uuid), '') as consent,
       coalesce((select case when ended_at is null then 'LIVE' else 'ENDED' end from korpu.case_party where id = $7::uuid), '') as party,
       coalesce((select case when released_at is null then 'HELD' else 'RELEASED' end from korpu.detention_episode where id = $8::uuid), '') as stay,
       coalesce((select status from korpu.expungement where id = $9::uuid), '') as expungement,
       coalesce((select i.subject from korpu.expungement e join korpu.staff_identity i on i.staff_id = e.author_id where e.id = $9::uuid), '') as proposer,
       coalesce((select case when cancelled_at is null then 'SCHEDULED' else 'CANCELLED' end from korpu.procedure_event where id = $10::uuid), '') as hearing,
       coalesce((select status from korpu.care_plan where id = $11::uuid), '') as plan
  from korpu.case_file c where c.id = $1`

func (m *machinery) read(f *file) paper {
	m.t.Helper()
	args := []any{f.caseID}
	for _, machine := range []string{"diversion", "referral", "mandate", "note", "consent", "party", "stay", "expungement", "hearing", "plan"} {
		var id any
		if f.ids[machine] != "" {
			id = f.ids[machine]
		}
		args = append(args, id)
	}
	rows, err := m.admin.Query(m.t.Context(), states, args...)
	if err != nil {
		m.t.Fatal(err)
	}
	found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[paper])
	if err != nil {
		m.t.Fatal(err)
	}
	return found
}
