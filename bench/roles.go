package main

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// The questions that all of the four roles can ask: to each the same text has another schema, other views and another plan.
const (
	roleListText = `query RoleList { cases(first: 50) { nodes { id number openedOn stage
  child { id initials schoolStatus withheld { field } } diversion { id status statusSince } withheld { field } } } }`

	roleCaseText = `query RoleCase($number: String!) { case(number: $number) { id number openedOn stage
  child { id initials schoolStatus withheld { field } } diversion { id status statusSince }
  procedure(first: 10) { nodes { id kind at outcome } } withheld { field } } }`
)

// reach is by which anchor a role reaches a case: of the case c or of its child k, for a person s.
var reach = []struct{ role, anchor string }{
	{"judge", "c.court_id = s.agency_id and c.parties @> array[s.agency_id]"},
	{"prosecutor", "c.parties @> array[s.agency_id]"},
	{"clinic_lawyer", "k.counsel @> array[s.id]"},
	{"social_worker", "k.team @> array[s.id]"},
}

// roleKinds are a list and a case for each of the roles, and last for all of them in turn.
func roleKinds(ctx context.Context, database string) (list, one []kind, err error) {
	err = connected(ctx, database, func(conn *pgx.Conn) error {
		for _, r := range reach {
			who, err := gather(ctx, conn, kind{name: "list as " + r.role, group: "list", least: 2}, `
				select $1 as text, s.id as staff, r.role, s.agency_id as agency, '' as number
				  from korpu.staff s join korpu.staff_role r on r.staff_id = s.id
				 where r.role = $2 and r.ended_at is null and s.left_at is null
				   and exists (select from korpu.case_file c join korpu.child k on k.id = c.child_id
				                where c.sealed_at is null and k.sealed_at is null and `+r.anchor+`)
				 order by s.id limit 100`, roleListText, r.role)
			if err != nil {
				return err
			}
			which, err := gather(ctx, conn, kind{name: "case as " + r.role, group: "case", least: 2}, `
				select $1 as text, s.id as staff, r.role, s.agency_id as agency, c.number
				  from (select * from korpu.staff where left_at is null) s join korpu.staff_role r on r.staff_id = s.id and r.ended_at is null,
				       lateral (select c.number from korpu.case_file c join korpu.child k on k.id = c.child_id
				                 where c.sealed_at is null and k.sealed_at is null and `+r.anchor+` limit 20) c
				 where r.role = $2 order by s.id, c.number limit 1000`, roleCaseText, r.role)
			if err != nil {
				return err
			}
			list, one = append(list, who), append(one, which)
		}
		return nil
	})
	return append(list, mixed("list", list)), append(one, mixed("case", one)), err
}

// mixed asks as one role after the other.
func mixed(name string, kinds []kind) kind {
	m := kind{name: name + " as all four", group: name, least: 2}
	for i := range 1000 {
		k := kinds[i%len(kinds)]
		m.all = append(m.all, k.all[i/len(kinds)%len(k.all)])
	}
	return m
}
