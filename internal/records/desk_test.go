package records_test

import (
	"encoding/json"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/fault"
	"korpu/internal/hubtest"
)

// desk is a hub over a small database that is known to the last row, and those who ask it.
type desk struct {
	*hubtest.Hub
	conn *pgx.Conn // of the superuser
}

// Those who may ask, and what is to be seen: the police department of Sabail is a party to every case but those of the other
// department. The partner system belongs to Sabail.
var (
	officer   = hubtest.Asker{Subject: "officer", Role: "police_officer"}
	colleague = hubtest.Asker{Subject: "colleague", Role: "police_officer"}
	inspector = hubtest.Asker{Subject: "colleague", Role: "police_inspector", Purpose: "CASE_PROCEEDINGS"}
	outsider  = hubtest.Asker{Subject: "outsider", Role: "police_officer"}
)

// system asks through the partner system for a person.
func (d *desk) system(t *testing.T, name string) hubtest.Asker {
	t.Helper()
	return hubtest.Asker{Client: "police-system", OnBehalfOf: one[string](t, d, "select md5('"+name+"')::uuid::text"), Role: "police_officer"}
}

// deskSQL makes 30 children with names and days that many share, and 40 cases, of which those by 8 are the other department's. Cases are
// under investigation where their number is even; numbers hold every sign that means something to some matcher.
const deskSQL = `
insert into korpu.district (id, code, name, city) values (md5('district')::uuid, 'SAB', 'Sabail', 'Baku');
insert into korpu.agency (id, code, name, kind, district_id)
select md5(code)::uuid, code, code, kind, md5('district')::uuid
  from (values ('SABAIL', 'POLICE'), ('OTHER', 'POLICE')) a (code, kind);
insert into korpu.agency_district (agency_id, district_id, since) values (md5('SABAIL')::uuid, md5('district')::uuid, '2001-01-01');
insert into korpu.staff (id, agency_id, name)
select md5(name)::uuid, md5(agency)::uuid, name
  from (values ('officer', 'SABAIL'), ('colleague', 'SABAIL'), ('outsider', 'OTHER')) s (name, agency);
insert into korpu.staff_role (staff_id, role)
select md5(name)::uuid, role
  from (values ('officer', 'police_officer'), ('colleague', 'police_officer'), ('colleague', 'police_inspector'), ('outsider', 'police_officer')) r (name, role);
insert into korpu.staff_identity (issuer, subject, staff_id) select 'unset', name, id from korpu.staff;
insert into korpu.client (issuer, client_id, agency_id, roles, purposes)
values ('unset', 'police-system', md5('SABAIL')::uuid, '{police_officer}', '{CASE_PROCEEDINGS}');

insert into korpu.child (id, agency_id, author_id, registered_on, given_name, family_name, born_on, sex, district_id, under_protection, safety_need)
select md5('child' || i)::uuid, md5('SABAIL')::uuid, md5('officer')::uuid,
       (array['2025-01-01', '2025-01-01', '2025-06-30', '-infinity', 'infinity']::date[])[i % 5 + 1], 'Child ' || i,
       (array['', 'A', 'a', 'Ş', '😀'])[i % 5 + 1], (array['2010-02-28', '0044-03-15 BC', '9999-12-31', '2010-02-28']::date[])[i % 4 + 1],
       'MALE', md5('district')::uuid, i % 3 = 0, case when i % 2 = 0 then 'need ' || i end
  from generate_series(1, 30) i;
insert into korpu.case_file (id, child_id, agency_id, author_id, number, district_id, opened_on, stage, alleged_facts)
select md5('case' || i)::uuid, md5('child' || (i % 30 + 1))::uuid, md5('SABAIL')::uuid, md5('officer')::uuid,
       (array['A%', 'A_', 'A\', 'Ab', 'Şə', '😀', 'a''"', 'B'])[i % 8 + 1] || '-' || i, md5('district')::uuid,
       '2025-01-01'::date + i % 4, case when i % 2 = 0 then 'INVESTIGATION' else 'COURT' end, case when i % 3 > 0 then 'facts ' || i end
  from generate_series(1, 40) i;
insert into korpu.case_party (child_id, case_id, agency_id, author_id, capacity, since)
select c.child_id, c.id, case when i % 8 = 0 then md5('OTHER')::uuid else md5('SABAIL')::uuid end, md5('officer')::uuid, 'INVESTIGATION', '2025-01-01'
  from generate_series(1, 40) i join korpu.case_file c on c.id = md5('case' || i)::uuid;
insert into korpu.procedure_event (id, child_id, case_id, agency_id, author_id, kind, at, reason)
select md5('event' || i || ' ' || n)::uuid, c.child_id, c.id, md5('SABAIL')::uuid, md5(case when n % 2 = 0 then 'officer' else 'colleague' end)::uuid,
       (array['APPREHENSION', 'DECISION', 'HEARING'])[n % 3 + 1], '2025-01-01 10:00+00'::timestamptz + n / 2 * interval '1 day', 'reason ' || n
  from generate_series(1, 6) i join korpu.case_file c on c.id = md5('case' || i)::uuid, generate_series(1, i) n;
insert into korpu.diversion (child_id, case_id, agency_id, author_id, status, status_since, proposed_by_id)
select child_id, id, agency_id, md5('colleague')::uuid, 'ACTIVE', '2025-02-01', agency_id from korpu.case_file where stage = 'COURT';`

func openDesk(t *testing.T) *desk {
	t.Helper()
	admin, conn := hubtest.Database(t)
	if _, err := conn.Exec(t.Context(), deskSQL); err != nil {
		t.Fatal(err)
	}
	return &desk{Hub: hubtest.Open(t, admin), conn: conn}
}

// do changes the database as its superuser.
func (d *desk) do(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := d.conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// one is the only value of a query, as the superuser sees it.
func one[T any](t *testing.T, d *desk, sql string, args ...any) (value T) {
	t.Helper()
	if err := d.conn.QueryRow(t.Context(), sql, args...).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// texts is the first column of a query, as the superuser sees it.
func (d *desk) texts(t *testing.T, sql string, args ...any) []string {
	t.Helper()
	list, err := d.conn.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(list, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// connection is a page as it is answered.
type connection struct {
	TotalCount int
	Nodes      []map[string]any
	Edges      []struct{ Cursor string }
	PageInfo   struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       string
	}
}

// page asks for a page that is called by this name in the answer.
func (d *desk) page(t *testing.T, a hubtest.Asker, name, query string, variables map[string]any) (c connection) {
	t.Helper()
	into(t, d.Ask(t, a, query, variables).Data(t)[name], &c)
	return c
}

func into(t *testing.T, answer, target any) {
	t.Helper()
	encoded, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, target); err != nil {
		t.Fatalf("%v in %s", err, encoded)
	}
}

// expectCode tests that a question is refused with a code, and that nothing of an answer comes with it.
func expectCode(t *testing.T, r hubtest.Response, code fault.Code) {
	t.Helper()
	if got := codeOf(t, r); got != code {
		t.Errorf("the code is %q instead of %s: status %d %s", got, code, r.Status, r.Body)
	}
}

func codeOf(t *testing.T, r hubtest.Response) fault.Code {
	t.Helper()
	var body struct {
		Data   map[string]any
		Errors []struct{ Extensions struct{ Code fault.Code } }
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		t.Fatalf("%v in %s", err, r.Body)
	}
	for name, value := range body.Data {
		if value != nil && len(body.Errors) > 0 {
			t.Errorf("%s has a value beside an error", name)
		}
	}
	if len(body.Errors) == 0 {
		return ""
	}
	return body.Errors[0].Extensions.Code
}

func each(list []map[string]any, field string) []string {
	var all []string
	for _, node := range list {
		text, _ := node[field].(string)
		all = append(all, text)
	}
	return all
}
