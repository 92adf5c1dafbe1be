package noninterference

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"korpu/internal/postgres/pgtest"
)

// table is a table of the hub with all its rows, as the superuser reads them.
type table struct {
	name    string
	columns []*column
	rows    []tuple
}

// column is what decides which values a column can take.
type column struct {
	Relation, Name, Type string
	View                 bool
	Nullable, Generated  bool
	Key                  bool   // part of the primary key
	Belongs              bool   // says of which child, and of what that is the child's, a row is
	Refers               string // the table that it refers to
	Check                string
	words                []string `db:"-"` // the only values that it can take, where a constraint lists them
}

// tuple is a row: values as PostgreSQL prints them, in the order of the table's columns.
type tuple []*string

const columnsOfTables = `
select c.relname as relation, c.relkind = 'v' as view, a.attname as name, format_type(a.atttypid, null) as type, not a.attnotnull as nullable,
       a.attgenerated <> '' as generated,
       exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p' and a.attnum = any (k.conkey)) as key,
       a.attname = 'child_id' or exists (select from pg_constraint k
                  where k.conrelid = c.oid and k.contype = 'f' and cardinality(k.conkey) > 1 and a.attnum = any (k.conkey)) as belongs,
       coalesce((select f.relname from pg_constraint k join pg_class f on f.oid = k.confrelid
                  where k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum] and f.relname in (select leak.tables())), '') as refers,
       coalesce((select string_agg(pg_get_constraintdef(k.oid), ' ') from pg_constraint k
                  where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]), '') as check
  from pg_class c join pg_attribute a on a.attrelid = c.oid
 where c.relnamespace = 'korpu'::regnamespace and (c.relkind = 'v' or c.relname in (select leak.tables())) and a.attnum > 0 and not a.attisdropped
 order by c.relname, a.attnum`

var word = regexp.MustCompile(`'([A-Z_]+)'::text`)

// rememberRows reads the tables, which stay as they are in the database that nothing changes.
func (w *world) rememberRows() {
	w.t.Helper()
	w.tables, w.types = map[string]*table{}, map[string]string{}
	for _, c := range structs[column](w.t, w.still.admin, columnsOfTables) {
		w.types[c.Relation+"."+c.Name] = c.Type
		for _, found := range word.FindAllStringSubmatch(c.Check, -1) {
			c.words = append(c.words, found[1])
		}
		if !c.View {
			if w.tables[c.Relation] == nil {
				w.tables[c.Relation] = &table{name: c.Relation}
			}
			w.tables[c.Relation].columns = append(w.tables[c.Relation].columns, &c)
		}
	}
	for _, t := range w.tables {
		for _, values := range pgtest.Column[[]*string](w.t, w.still.admin, t.selectAll()) {
			t.rows = append(t.rows, values)
		}
	}
}

// text is the SQL that reads a column as the API would write it.
func (w *world) text(relation, column string) string {
	if w.types[relation+"."+column] == "timestamp with time zone" {
		return "to_char(t." + column + ` at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
	}
	return "t." + column + "::text"
}

func (t *table) selectAll() string {
	texts := make([]string, len(t.columns))
	for i, c := range t.columns {
		texts[i] = "t." + c.Name + "::text"
	}
	return fmt.Sprintf("select array[%s] from korpu.%s t order by 1", strings.Join(texts, ", "), t.name)
}

func (t *table) index(name string) int {
	return slices.IndexFunc(t.columns, func(c *column) bool { return c.Name == name })
}

// value is the text in a column of a row; empty where it is null or the table has no such column.
func (t *table) value(row tuple, column string) string {
	if i := t.index(column); i >= 0 && row[i] != nil {
		return *row[i]
	}
	return ""
}

// child is whose record a row is; empty where it is nobody's.
func (t *table) child(row tuple) string {
	if t.name == "child" {
		return t.value(row, "id")
	}
	return t.value(row, "child_id")
}

// where picks one row.
func (t *table) where(row tuple) string {
	var all []string
	for i, c := range t.columns {
		if c.Key {
			all = append(all, c.Name+" = "+literal(row[i]))
		}
	}
	return strings.Join(all, " and ")
}

// texts are the values of a row that are not null.
func texts(row tuple) []string {
	var all []string
	for _, value := range row {
		if value != nil {
			all = append(all, *value)
		}
	}
	return all
}

// literal writes a value into SQL.
func literal(value *string) string {
	if value == nil {
		return "null"
	}
	return "'" + strings.ReplaceAll(*value, "'", "''") + "'"
}

// A view that has a record of its own, such as the status card, stands for the tables that it reads.
const tablesOfViews = `
select v.relname as view, array_agg(distinct t.relname::text) as tables
  from pg_class v join pg_rewrite r on r.ev_class = v.oid
  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
  join pg_class t on t.oid = d.refobjid and t.relkind = 'r'
 where v.relnamespace = 'korpu'::regnamespace and v.relkind = 'v' group by v.relname`

// readTables finds which tables are read for each record, at the least.
func (w *world) readTables() {
	w.t.Helper()
	views := map[string][]string{}
	for _, v := range structs[struct {
		View   string
		Tables []string
	}](w.t, w.still.admin, tablesOfViews) {
		views[v.View] = v.Tables
	}
	w.read = map[string][]string{}
	for name, r := range w.catalog.Records {
		w.read[name] = []string{r.Table}
		if tables, ok := views[r.Table]; ok {
			w.read[name] = tables
		}
	}
}
