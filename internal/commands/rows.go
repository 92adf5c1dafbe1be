package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/fault"
	"korpu/internal/records"
	"korpu/policy"
)

// row is a row that the command makes or changes.
type row struct {
	record  *policy.Record
	id      uuid.UUID
	changes bool
	version int32
	columns []string
	values  []any
}

func (r *row) set(column string, value any) {
	r.columns = append(r.columns, column)
	r.values = append(r.values, value)
}

// plan lists the rows in the order in which they are written: what a record refers to, the record, what refers to it.
func (s *step) plan() ([]row, error) {
	main := row{record: s.command.Record, id: s.id, changes: s.command.Action != "create", version: s.expected}
	before, after, err := s.fill(&main, s.command.Input, s.input, "")
	if err != nil {
		return nil, err
	}
	for _, given := range s.command.Sets {
		main.set(given.Field.WrittenTo(), s.given(given.Value))
	}
	if s.command.Action == "transition" {
		main.set("status", s.command.To)
	}
	return slices.Concat(before, []row{main}, after), nil
}

// fill reads the values of one record, and the records that are made with it.
func (s *step) fill(r *row, in *policy.Input, object map[string]any, path string) (before, after []row, err error) {
	if !r.changes {
		r.set("agency_id", s.request.Subject().Agency)
		r.set("author_id", s.request.Subject().Staff)
	}
	for _, v := range in.Values {
		raw, given := object[v.Name]
		switch {
		case !given || raw == nil && v.Made != nil:
		case v.Finds != nil:
			err = fillSought(r, v, raw, path+v.Name)
		case v.Made == nil:
			err = fillValue(r, v, raw, path+v.Name)
		case v.Many():
			var made []row
			made, err = s.fillMany(r, v, raw, path+v.Name)
			after = append(after, made...)
		default:
			var made []row
			made, err = s.fillOne(v, raw, path+v.Name)
			before = append(before, made...)
			r.set(v.Column, made[len(made)-1].id)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return before, after, nil
}

func fillValue(r *row, v *policy.Value, raw any, path string) error {
	if raw == nil {
		r.set(v.Column, nil)
		return nil
	}
	value, err := records.Parameter(path, v.Def.Type, raw)
	if err != nil {
		return err
	}
	if text, ok := value.(string); ok && len(text) > longestText {
		return fault.New(fault.Invalid, "%s is longer than %d bytes", path, longestText)
	}
	if text, ok := value.(string); ok && v.Def.Type.NonNull && strings.TrimSpace(text) == "" {
		return fault.New(fault.Invalid, "%s must not be empty", path)
	}
	if v.Field != nil && v.Field.Encrypted {
		value = secret{v.Field.Place(), value.(string)}
	}
	r.replace(v.Column, value)
	return nil
}

// longestText is the longest text of a value, in bytes.
const longestText = 20_000

// replace lets a command give the agency to which a record belongs, in place of the caller's.
func (r *row) replace(column string, value any) {
	if i := slices.Index(r.columns, column); i >= 0 {
		r.values[i] = value
		return
	}
	r.set(column, value)
}

func (s *step) fillOne(v *policy.Value, raw any, path string) ([]row, error) {
	made := row{record: v.Made.Record, id: uuid.New()}
	before, after, err := s.fill(&made, v.Made, raw.(map[string]any), path+".")
	return slices.Concat(before, after, []row{made}), err
}

// mostMade bounds how many records one command makes beside its own.
const mostMade = 50

func (s *step) fillMany(parent *row, v *policy.Value, raw any, path string) ([]row, error) {
	list := raw.([]any)
	if len(list) == 0 || len(list) > mostMade {
		return nil, fault.New(fault.Invalid, "%s must list from 1 to %d", path, mostMade)
	}
	var all []row
	for i, one := range list {
		made := row{record: v.Made.Record, id: uuid.New()}
		made.set(v.Column, parent.id)
		before, after, err := s.fill(&made, v.Made, one.(map[string]any), fmt.Sprintf("%s.%d.", path, i))
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, before, []row{made}, after)
	}
	return all, nil
}

// given is a value that the command itself gives.
func (s *step) given(word string) any {
	switch word {
	case "NOW":
		return time.Now().UTC()
	case "TODAY":
		return time.Now().UTC().Truncate(24 * time.Hour)
	case "AGENCY":
		return s.request.Subject().Agency
	case "STAFF":
		return s.request.Subject().Staff
	case "NULL":
		return nil
	}
	return word
}

// write makes or changes the row; row-level security refuses what the command may not touch.
func (r *row) write(ctx context.Context, tx pgx.Tx) error {
	if r.changes {
		return r.update(ctx, tx)
	}
	places := []string{"$1"}
	for i := range r.columns {
		places = append(places, fmt.Sprintf("$%d", i+2))
	}
	sql := fmt.Sprintf("insert into korpu.%s (id, %s) values (%s)", r.record.Table, strings.Join(r.columns, ", "), strings.Join(places, ", "))
	if _, err := tx.Exec(ctx, sql, append([]any{r.id}, r.values...)...); err != nil {
		return fmt.Errorf("make a row of %s: %w", r.record.Table, err)
	}
	return nil
}

func (r *row) update(ctx context.Context, tx pgx.Tx) error {
	sets := []string{"version = version + 1"}
	for i, column := range r.columns {
		sets = append(sets, fmt.Sprintf("%s = $%d", column, i+3))
	}
	sql := fmt.Sprintf("update korpu.%s set %s where id = $1 and version = $2", r.record.Table, strings.Join(sets, ", "))
	tag, err := tx.Exec(ctx, sql, append([]any{r.id, r.version}, r.values...)...)
	if err != nil {
		return fmt.Errorf("change a row of %s: %w", r.record.Table, err)
	}
	if tag.RowsAffected() != 1 {
		return errNotFound
	}
	return nil
}
