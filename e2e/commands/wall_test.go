package commands

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"korpu/internal/hubtest"
)

// as runs statements as the hub would for a persona: as the writing role, with its command named.
func (p *place) as(who, role, profile, command string, run func(tx pgx.Tx) error) error {
	p.t.Helper()
	conn := hubtest.Connect(p.t, hubtest.LoginURL(p.t, p.Admin))
	return pgx.BeginTxFunc(p.t.Context(), conn, pgx.TxOptions{AccessMode: pgx.ReadWrite, IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		_, err := tx.Exec(p.t.Context(), `select set_config('role', $1, true), set_config('korpu.staff', $2, true), set_config('korpu.agency', $3, true),
			set_config('korpu.purpose', $4, true), set_config('korpu.schema', 'v1_' || $5, true), set_config('korpu.command', $6, true)`,
			"korpu_write_"+role, p.person(who), value[string](p, "select agency_id::text from korpu.staff where id = $1", p.person(who)), "CASE_PROCEEDINGS", profile, command)
		if err != nil {
			return err
		}
		return run(tx)
	})
}

func refusedByDatabase(t *testing.T, what string, err error) {
	t.Helper()
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "42501" {
		t.Errorf("%s: %v", what, err)
	}
}

// A hub that decides wrongly is stopped by PostgreSQL.
func TestAWrongCommandIsRefusedByPostgreSQLToo(t *testing.T) {
	p := open(t)
	own, foreign := p.opened()["id"].(string), value[string](p, "select id::text from korpu.case_file c where not c.parties @> array[(select id from korpu.agency where code = 'SUM-POLICE')] limit 1")
	party := func(caseID, author string) func(tx pgx.Tx) error {
		return func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), "insert into korpu.case_party (id, case_id, agency_id, author_id, capacity, since) values ($1, $2, $3, $4, 'COURT', current_date)",
				uuid.New(), caseID, p.agency("SUM-COURT"), author)
			return err
		}
	}
	officer := p.person("officer-sumgayit")
	if err := p.as("officer-sumgayit", "police_officer", "police_officer_case_proceedings", "add_party", party(own, officer)); err != nil {
		t.Fatalf("what is permitted: %v", err)
	}
	for what, err := range map[string]error{
		"a case to which the agency is no party": p.as("officer-sumgayit", "police_officer", "police_officer_case_proceedings", "add_party", party(foreign, officer)),
		"in another person's name":               p.as("officer-sumgayit", "police_officer", "police_officer_case_proceedings", "add_party", party(own, p.person("judge-sumgayit"))),
		"no command":                             p.as("officer-sumgayit", "police_officer", "police_officer_case_proceedings", "", party(own, officer)),
		"another command":                        p.as("officer-sumgayit", "police_officer", "police_officer_case_proceedings", "record_decision", party(own, officer)),
		"another role's profile":                 p.as("officer-sumgayit", "police_officer", "judge_case_proceedings", "add_party", party(own, officer)),
		"a role without the command":             p.as("clerk-sumgayit", "court_clerk", "court_clerk_court_administration", "add_party", party(own, p.person("clerk-sumgayit"))),
		"a column that no command gives": p.as("officer-sumgayit", "police_officer", "police_officer_case_proceedings", "move_case", func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), "update korpu.case_file set sealed_at = now() where id = $1", own)
			return err
		}),
		"a row is deleted": p.as("officer-sumgayit", "police_officer", "police_officer_case_proceedings", "move_case", func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), "delete from korpu.case_file where id = $1", own)
			return err
		}),
		"values are read from the tables": p.as("officer-sumgayit", "police_officer", "police_officer_case_proceedings", "move_case", func(tx pgx.Tx) error {
			return tx.QueryRow(t.Context(), "select alleged_facts from korpu.case_file where id = $1", own).Scan(new(string))
		}),
		"what others did is read from the receipts": p.as("officer-sumgayit", "police_officer", "police_officer_case_proceedings", "move_case", func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), "update korpu.command_receipt set record_id = $1", uuid.New())
			return err
		}),
	} {
		refusedByDatabase(t, what, err)
	}
	changed := int64(0)
	err := p.as("officer-sumgayit", "police_officer", "police_officer_case_proceedings", "move_case", func(tx pgx.Tx) error {
		tag, err := tx.Exec(t.Context(), "update korpu.case_file set stage = 'COURT' where id = $1", foreign)
		changed = tag.RowsAffected()
		return err
	})
	if err != nil || changed != 0 {
		t.Errorf("%d rows of a foreign case were changed, error %v", changed, err)
	}
}

// A state that the step does not lead to is refused by PostgreSQL too.
func TestAStepToAnotherStateIsRefusedByPostgreSQLToo(t *testing.T) {
	p := open(t)
	caseID := p.opened()["id"].(string)
	p.do("officer-sumgayit", "proposeDiversion", "id", map[string]any{"case": caseID, "responsible": p.agency("BAK-CENTRE"), "evidenceSufficient": true, "legalGround": "x"}).done()
	err := p.as("manager", "centre_manager", "centre_manager_rehabilitation", "screen_diversion", func(tx pgx.Tx) error {
		if _, err := tx.Exec(context.WithoutCancel(t.Context()), "select set_config('korpu.purpose', 'REHABILITATION', true)"); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), "update korpu.diversion set status = 'COMPLETED' where case_id = $1", caseID)
		return err
	})
	refusedByDatabase(t, "a state that the step does not lead to", err)
}
