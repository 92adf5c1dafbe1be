package threeways

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// world is everything that is in the tables, as their owner reads it. The oracles judge by it and by nothing else; the
// anchor arrays are in it too, but no oracle looks at them.
type world struct {
	now  time.Time
	rows map[string][]row
	byID map[string]row // by table and id
	// ofChild are the rows by table and child, since most questions are about one.
	ofChild map[string][]row
}

// write replaces all that is in the database.
func (g *generator) write(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, "truncate korpu.district cascade"); err != nil {
		return err
	}
	for _, table := range g.tables {
		if len(g.rows[table]) == 0 {
			continue
		}
		columns := columnsOf(g.rows[table][0])
		encoded, err := json.Marshal(g.rows[table])
		if err != nil {
			return err
		}
		sql := fmt.Sprintf("insert into korpu.%[1]s (%[2]s) select %[2]s from jsonb_populate_recordset(null::korpu.%[1]s, $1)", table, strings.Join(columns, ", "))
		if _, err := tx.Exec(ctx, sql, encoded); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return nil
}

func columnsOf(r row) []string {
	var columns []string
	for c := range r {
		columns = append(columns, c)
	}
	slices.Sort(columns)
	return columns
}

// look reads the whole world in one snapshot.
func look(ctx context.Context, tx pgx.Tx) (*world, error) {
	w := &world{rows: map[string][]row{}, byID: map[string]row{}, ofChild: map[string][]row{}}
	if err := tx.QueryRow(ctx, "select now()").Scan(&w.now); err != nil {
		return nil, err
	}
	tables, err := list[string](ctx, tx, "select relname from pg_class where relnamespace = 'korpu'::regnamespace and relkind in ('r', 'v')")
	if err != nil {
		return nil, err
	}
	for _, table := range tables {
		if w.rows[table], err = list[row](ctx, tx, "select to_jsonb(t) from korpu."+table+" t"); err != nil {
			return nil, err
		}
		w.index(table)
	}
	return w, nil
}

func (w *world) index(table string) {
	for _, r := range w.rows[table] {
		if id, ok := r["id"].(string); ok {
			w.byID[table+" "+id] = r
		}
		if child, ok := r["child_id"].(string); ok {
			w.ofChild[table+" "+child] = append(w.ofChild[table+" "+child], r)
		}
	}
}

// nullableColumns are the columns, by table, that may be null and are no generated ones.
func nullableColumns(ctx context.Context, tx pgx.Tx) (map[string][]string, error) {
	rows, err := list[row](ctx, tx, `select to_jsonb(c) from information_schema.columns c
		where table_schema = 'korpu' and is_nullable = 'YES' and is_generated = 'NEVER' order by table_name, ordinal_position`)
	columns := map[string][]string{}
	for _, r := range rows {
		table := r["table_name"].(string)
		columns[table] = append(columns[table], r["column_name"].(string))
	}
	return columns, err
}

func list[T any](ctx context.Context, tx pgx.Tx, sql string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[T])
}

func (w *world) at(table string, id any) row {
	if id == nil {
		return nil
	}
	return w.byID[table+" "+id.(string)]
}

// where are the rows whose columns hold these values.
func (w *world) where(table string, values row) []row {
	rows := w.rows[table]
	if child, ok := values["child_id"].(string); ok {
		rows = w.ofChild[table+" "+child]
	}
	var found []row
	for _, r := range rows {
		if r.holds(values) {
			found = append(found, r)
		}
	}
	return found
}

func (r row) holds(values row) bool {
	for column, v := range values {
		if r[column] != v {
			return false
		}
	}
	return true
}

// time is a moment or the beginning of a day.
func (r row) time(column string) time.Time {
	text := r[column].(string)
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	panic("no time: " + text)
}
