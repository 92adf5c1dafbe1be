package attacks

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"korpu/internal/hubtest"
	"korpu/policy"
)

// The child's consent decides whether a coach learns of a safety need. Each case is one set of consents, in SQL's words.
const given = `insert into korpu.consent (child_id, agency_id, author_id, kind, decision, recipient_id, classes, purposes, valid_from, valid_until, withdrawn_at)
    select k.id, k.agency_id, k.author_id, %s, a.id, %s from korpu.child k, korpu.agency a where k.id = $1 and a.code = 'SUM-SPORT'`

const covers = `'{HEALTH_SAFETY}', '{SERVICE_DELIVERY}'`

var boundaries = []struct {
	what string
	rows [][2]string // who and what; classes, purposes and times
	open bool
}{
	{"none", nil, false},
	{"live, without an end", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, now() - interval '1 day', null, null`}}, true},
	{"from this very moment", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, now(), null, null`}}, true},
	{"from the next microsecond", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, now() + interval '1 microsecond', null, null`}}, false},
	{"until this very moment", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, now() - interval '1 day', now(), null`}}, false},
	{"until the next microsecond", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, now() - interval '1 day', now() + interval '1 microsecond', null`}}, true},
	{"withdrawn at this very moment", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, now() - interval '1 day', null, now()`}}, false},
	{"withdrawn from the next microsecond", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, now() - interval '1 day', null, now() + interval '1 microsecond'`}}, true},
	{"from infinity", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, 'infinity', null, null`}}, false},
	{"ended before it began", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, now() - interval '1 day', now() - interval '2 days', null`}}, false},
	{"the child's assent alone", [][2]string{{`'ASSENT', 'GIVEN'`, covers + `, now() - interval '1 day', null, null`}}, false},
	{"consent and refusal at once", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, now() - interval '1 day', null, null`}, {`'CONSENT', 'REFUSED'`, covers + `, now() - interval '2 days', null, null`}}, false},
	{"consent, and the child refuses", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, now() - interval '1 day', null, null`}, {`'ASSENT', 'REFUSED'`, covers + `, now() - interval '1 day', null, null`}}, false},
	{"consent, and a refusal that is over", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, now() - interval '1 day', null, null`}, {`'CONSENT', 'REFUSED'`, covers + `, now() - interval '9 days', now(), null`}}, true},
	{"consent, and a refusal to come", [][2]string{{`'CONSENT', 'GIVEN'`, covers + `, now() - interval '1 day', null, null`}, {`'CONSENT', 'REFUSED'`, covers + `, now() + interval '1 day', null, null`}}, true},
	{"consent to another purpose", [][2]string{{`'CONSENT', 'GIVEN'`, `'{HEALTH_SAFETY}', '{EDUCATION,REHABILITATION}', now() - interval '1 day', null, null`}}, false},
	{"consent to another class", [][2]string{{`'CONSENT', 'GIVEN'`, `'{IDENTITY,SCHOOL_STATUS}', '{SERVICE_DELIVERY}', now() - interval '1 day', null, null`}}, false},
	{"consent to nothing", [][2]string{{`'CONSENT', 'GIVEN'`, `'{}', '{}', now() - interval '1 day', null, null`}}, false},
	{"consent to null", [][2]string{{`'CONSENT', 'GIVEN'`, `array[null]::text[], array[null]::text[], now() - interval '1 day', null, null`}}, false},
	{"the class in other letters", [][2]string{{`'CONSENT', 'GIVEN'`, `'{health_safety}', '{SERVICE_DELIVERY}', now() - interval '1 day', null, null`}}, false},
	{"two halves of a consent", [][2]string{{`'CONSENT', 'GIVEN'`, `'{HEALTH_SAFETY}', '{EDUCATION}', now() - interval '1 day', null, null`}, {`'CONSENT', 'GIVEN'`, `'{IDENTITY}', '{SERVICE_DELIVERY}', now() - interval '1 day', null, null`}}, false},
}

// The boundaries are tested in one transaction, in which now() stands still, over the view that answers the coach.
func TestAttack58AConsentHoldsFromItsFirstMomentToBeforeItsLast(t *testing.T) {
	_, conn := open(t)
	coach := profile(t, "activity_provider", "SERVICE_DELIVERY")
	child := value[[16]byte](t, conn, "select id from korpu.child where sealed_at is null and receivers @> array[(select id from korpu.agency where code = 'SUM-SPORT')] order by id limit 1")
	change(t, conn, "update korpu.child set safety_need = 'Astma' where id = $1", child)
	for _, b := range boundaries {
		tx, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		steps := []string{"delete from korpu.consent where child_id = $1"}
		for _, row := range b.rows {
			steps = append(steps, fmt.Sprintf(given, row[0], row[1]))
		}
		for _, sql := range steps {
			if _, err := tx.Exec(t.Context(), sql, child); err != nil {
				t.Fatalf("%s: %v", b.what, err)
			}
		}
		var need *string
		var told bool
		err = tx.QueryRow(t.Context(), `select set_config('korpu.staff', s.id::text, true) is null or set_config('korpu.agency', s.agency_id::text, true) is null or set_config('korpu.purpose', $1, true) is null
		   from korpu.staff s join korpu.staff_identity i on i.staff_id = s.id where i.subject = 'coach-sumgayit'`, coach.Purpose).Scan(&told)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), "set local role "+policy.ReadingRole(coach.Role)); err != nil {
			t.Fatal(err)
		}
		err = tx.QueryRow(t.Context(), "select safety_need, withheld_safety_need from "+coach.ViewSchema(1)+".child where id = $1", child).Scan(&need, &told)
		if err != nil {
			t.Fatalf("%s: %v", b.what, err)
		}
		if (need != nil) != b.open || told == b.open {
			t.Errorf("%s: open %t, withheld %t", b.what, need != nil, told)
		}
		if err := tx.Rollback(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAttack58AConsentThatIsTakenBackEndsTheNextAnswer(t *testing.T) {
	h, conn := open(t)
	coach := hubtest.Persona("coach-sumgayit")
	const query = "{ children(first: 100) { nodes { safetyNeed withheld { field } } } }"
	change(t, conn, "update korpu.child set safety_need = 'Astma'")
	change(t, conn, "delete from korpu.consent")
	closed := h.Ask(t, coach, query, nil)
	child := value[[16]byte](t, conn, "select id from korpu.child where sealed_at is null and receivers @> array[(select id from korpu.agency where code = 'SUM-SPORT')] order by id limit 1")
	change(t, conn, fmt.Sprintf(given, `'CONSENT', 'GIVEN'`, covers+`, now() - interval '1 day', null, null`), child)
	if n := strings.Count(string(h.Ask(t, coach, query, nil).Body), "Astma"); n != 1 {
		t.Fatalf("%d needs are shown", n)
	}
	change(t, conn, "update korpu.consent set withdrawn_at = now()")
	alike(t, "a consent that was taken back", h.Ask(t, coach, query, nil), closed)
}
