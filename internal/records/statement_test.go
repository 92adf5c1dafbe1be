package records_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/hubtest"
	"korpu/policy"
)

var relation = regexp.MustCompile(`\b(?:from|join) ([^\s(]+)`)

// A pooled connection serves many roles, and its prepared statements know nothing of roles but by the names in them.
func TestStatementsNameTheViewsOfTheirProfileInFull(t *testing.T) {
	c := openCounter(t)
	const document = `{ cases(filter: {number: {startsWith: "A"}}) { totalCount nodes { child { district { name } family { name } } parties { agency { name } }
	  procedure { totalCount nodes { decider { name } } } diversion { history { id } } } } case(number: "A") { id } statusCard(caseNumber: "A", yearOfBirth: 2010) { since } }`
	for _, version := range []int64{1, 17} {
		r, err := c.store.Prepare(c.subject, c.profile, version, document, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, sql := range r.SQL() {
			named := relation.FindAllStringSubmatch(sql, -1)
			for _, m := range named {
				if !strings.HasPrefix(m[1], fmt.Sprintf("v%d_police_officer_case_proceedings.", version)) {
					t.Errorf("%s is named in %s", m[1], sql)
				}
			}
			if len(named) == 0 {
				t.Errorf("nothing is named in %s", sql)
			}
		}
	}
}

// A cursor holds the value that orders, so each has one: PostgreSQL keeps a column of a table from being null, and a view of a
// country has no row without it.
func TestWhatOrdersIsNeverNull(t *testing.T) {
	_, conn := hubtest.Country(t, 300, 1)
	catalog := hubtest.Policy().Catalog
	for _, name := range catalog.Names {
		r := catalog.Records[name]
		for _, p := range hubtest.Policy().Profiles {
			for _, f := range r.Fields {
				if !p.Orders(name, f.Name) || f != r.Order && !offered(p, name, f.Name) {
					continue
				}
				if err := orderless(t, conn, r.Table, f.Column); err != nil {
					t.Errorf("%s orders: %v", f.Title(), err)
				}
			}
		}
	}
}

// offered tells whether callers may choose the field to order by.
// orderless tells why a column cannot order.
func orderless(t *testing.T, conn *pgx.Conn, relation, column string) error {
	t.Helper()
	var view, kept bool
	if err := conn.QueryRow(t.Context(), "select c.relkind = 'v', a.attnotnull from pg_class c join pg_attribute a on a.attrelid = c.oid where c.oid = ('korpu.' || $1)::regclass and a.attname = $2",
		relation, column).Scan(&view, &kept); err != nil || !view && !kept {
		return fmt.Errorf("it may be null, or is not there: %w", err)
	}
	if view {
		var rows, with int
		if err := conn.QueryRow(t.Context(), fmt.Sprintf("select count(*), count(%s) from korpu.%s", column, relation)).Scan(&rows, &with); err != nil || rows == 0 || rows != with {
			return fmt.Errorf("%d of %d rows of the view have it: %w", with, rows, err)
		}
	}
	return nil
}

func offered(p *policy.Profile, record, field string) bool {
	enum := p.Schema().Types[record+"OrderField"]
	return enum != nil && slices.ContainsFunc(enum.EnumValues, func(v *ast.EnumValueDefinition) bool { return policy.OrderedField(v.Name) == field })
}

// One connection keeps the plans of many roles and documents; who asks after whom makes no difference.
func TestAnAnswerDoesNotDependOnWhatWasAskedBefore(t *testing.T) {
	d := openDesk(t)
	fresh := d.Instance(t)
	const query = `query($n: Int! = 2, $f: CaseFilter, $o: CaseOrder) { cases(first: $n, filter: $f, orderBy: $o) { totalCount nodes { number allegedFacts withheld { field } } pageInfo { endCursor } } }`
	variables := []map[string]any{
		nil, {"n": 1}, {"n": 50}, {"f": nil}, {"f": map[string]any{}}, {"f": map[string]any{"number": map[string]any{"startsWith": "A"}}}, {"f": map[string]any{"number": map[string]any{"eq": "A"}}},
		{"f": map[string]any{"number": map[string]any{"in": []string{}}}}, {"f": map[string]any{"number": map[string]any{"in": []string{"Ab-3", "B-7"}}}}, {"f": map[string]any{"stage": map[string]any{"eq": "COURT"}}},
		{"f": map[string]any{"stage": map[string]any{"eq": "INVESTIGATION"}}}, {"f": map[string]any{"openedOn": map[string]any{"gt": "2025-01-02"}}}, {"f": map[string]any{"openedOn": map[string]any{"lt": "2025-01-02"}}},
		{"o": map[string]any{"field": "NUMBER"}}, {"o": map[string]any{"field": "NUMBER", "direction": "ASC"}}, {"o": map[string]any{"field": "OPENED_ON", "direction": "ASC"}},
	}
	want := map[string]string{}
	for round := range 3 {
		for i := range variables {
			v := variables[(i*(2*round+1))%len(variables)] // in another sequence each time
			for _, who := range []hubtest.Asker{officer, colleague, outsider} {
				key := fmt.Sprint(v, who)
				got := string(d.Ask(t, who, query, v).Body)
				if want[key] == "" {
					want[key] = got
				}
				if got != want[key] {
					t.Errorf("%s is answered %s and before %s", key, got, want[key])
				}
			}
		}
	}
	for i := range variables {
		v := variables[len(variables)-1-i]
		if got := string(hubtest.Send(t, fresh, d.Request(t, outsider, query, v)).Body); got != want[fmt.Sprint(v, outsider)] {
			t.Errorf("another instance answers %v with %s instead of %s", v, got, want[fmt.Sprint(v, outsider)])
		}
	}
}
