package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/policy"
)

// column is what the database says of a column of a table or view of the hub.
type column struct {
	Table, Name, Type        string
	View                     bool // of which PostgreSQL knows neither keys nor what may be null
	NotNull, Unique, Indexed bool
}

const columns = `select c.relname, a.attname, format_type(a.atttypid, null), c.relkind = 'v', a.attnotnull,
       exists (select from pg_index i where i.indrelid = c.oid and i.indisunique and i.indpred is null and i.indnkeyatts = 1 and i.indkey[0] = a.attnum),
       exists (select from pg_index i where i.indrelid = c.oid and a.attnum = any (i.indkey))
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
 where n.nspname = 'korpu' and c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped`

// checkContract compares what the SDL says with what the tables are. Answers are read from PostgreSQL's binary form by
// the type in the SDL, pages go on from orders that are never null, to-one links have one end: where tables differ from
// that, answers would be wrong and no error would say so.
func checkContract(ctx context.Context, db querier, c *policy.Catalog) error {
	rows, err := db.Query(ctx, columns)
	if err != nil {
		return fmt.Errorf("read the columns: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil {
		return fmt.Errorf("read the columns: %w", err)
	}
	k := &contract{catalog: c, columns: map[string]column{}, ordered: ordered(c)}
	for _, one := range list {
		k.columns[one.Table+"."+one.Name] = one
	}
	for _, name := range c.Names {
		for _, f := range c.Records[name].Fields {
			k.field(f)
		}
	}
	if len(k.problems) > 0 {
		return fmt.Errorf("the tables are not what the SDL says:\n%s", strings.Join(k.problems, "\n"))
	}
	return nil
}

// contract is a comparison under way.
type contract struct {
	catalog  *policy.Catalog
	columns  map[string]column
	ordered  []*policy.Field
	problems []string
}

func (k *contract) field(f *policy.Field) {
	if f.Link != nil {
		k.link(f)
		return
	}
	col, ok := k.column(f, f.Record.Table, f.Column)
	wanted := columnType(f.Def.Type)
	if f.Encrypted {
		wanted = "bytea"
		k.owner(f)
	}
	switch {
	case !ok:
	case col.Type != wanted:
		k.problem(f, "is %s, and korpu.%s.%s is %s: make the column %s", f.Def.Type, col.Table, col.Name, col.Type, wanted)
	case col.View:
	case f.Def.Type.NonNull && !col.NotNull:
		k.problem(f, "is never null, and korpu.%s.%s may be: make the column not null, or drop the exclamation mark", col.Table, col.Name)
	case slices.Contains(k.ordered, f) && !col.NotNull:
		k.problem(f, "orders lists, and korpu.%s.%s may be null: make the column not null, or order by another", col.Table, col.Name)
	case f.Indexed && !col.Indexed:
		k.problem(f, "is indexed, and korpu.%s.%s is not: add an index, or drop indexed", col.Table, col.Name)
	}
}

// owner checks that each row of an encrypted field tells whose key it is under.
func (k *contract) owner(f *policy.Field) {
	k.column(f, f.Record.Table, f.Record.RowColumn())
	col, ok := k.column(f, f.Record.Table, policy.AgencyColumn)
	if ok && !col.View && (col.Type != "uuid" || !col.NotNull) {
		k.problem(f, "is encrypted with a key of the row's agency, and korpu.%s.%s does not always tell it: make the column a uuid that is not null", col.Table, col.Name)
	}
}

func (k *contract) link(f *policy.Field) {
	k.column(f, f.Record.Table, f.Link.Own)
	end, ok := k.column(f, k.catalog.Records[f.Link.Target].Table, f.Link.Foreign)
	if ok && !f.Link.Many && !end.View && !end.Unique {
		k.problem(f, "leads to one record, and korpu.%s.%s is not unique: add a unique constraint, or make the link a list", end.Table, end.Name)
	}
}

func (k *contract) column(f *policy.Field, table, name string) (column, bool) {
	col, ok := k.columns[table+"."+name]
	if !ok {
		k.problem(f, "needs the column korpu.%s.%s, which is not there: write a migration that adds it", table, name)
	}
	return col, ok
}

func (k *contract) problem(f *policy.Field, format string, args ...any) {
	at := f.Def.Position
	k.problems = append(k.problems, fmt.Sprintf("%s:%d: %s "+format, append([]any{at.Src.Name, at.Line, f.Title()}, args...)...))
}

// columnType is the type whose binary form is what answers of the GraphQL type are made of.
func columnType(t *ast.Type) string {
	if t.Elem != nil {
		return columnType(t.Elem) + "[]"
	}
	switch t.NamedType {
	case "ID":
		return "uuid"
	case "Int":
		return "integer"
	case "Boolean":
		return "boolean"
	case "Date":
		return "date"
	case "DateTime":
		return "timestamp with time zone"
	}
	return "text"
}

// ordered are the fields by which lists can be ordered.
func ordered(c *policy.Catalog) []*policy.Field {
	var all []*policy.Field
	for _, r := range c.Records {
		if r.Order != nil {
			all = append(all, r.Order)
		}
	}
	for _, def := range c.Schema.Types {
		if d := def.Directives.ForName("orders"); d != nil {
			r := c.Records[d.Arguments.ForName("type").Value.Raw]
			for _, v := range def.EnumValues {
				all = append(all, r.Field(policy.OrderedField(v.Name)))
			}
		}
	}
	return all
}
