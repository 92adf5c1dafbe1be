package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/records"
	"korpu/policy"
)

// sought is a key that is found, in the transaction, by what the caller gives instead of it.
type sought struct {
	function string
	args     []any
}

func fillSought(r *row, v *policy.Value, raw any, path string) error {
	of := sought{function: v.Finds.Function}
	for _, f := range v.Finds.Fields {
		arg, err := records.Parameter(path+"."+f.Name, f.Type, raw.(map[string]any)[f.Name])
		if err != nil {
			return err
		}
		of.args = append(of.args, arg)
	}
	r.set(v.Column, of)
	return nil
}

// seeks tells whether the command finds what it is about by something that could be guessed.
func (s *step) seeks() bool {
	return slices.ContainsFunc(s.command.Input.Values, func(v *policy.Value) bool { return v.Finds != nil })
}

// seek carries out the command as one of the look-ups that the caller may make.
func (s *step) seek(ctx context.Context) (answer *records.Answer, err error) {
	end, err := s.request.Guess(ctx)
	if err != nil {
		return nil, records.Told(ctx, err)
	}
	defer func() { end(errors.Is(err, errNotFound)) }()
	return s.run(ctx)
}

// find returns the rows with the keys that are sought. Where there is nothing to be found, a key is made up: it takes the same
// way as one of a record that is closed to the caller, and is refused in the same place.
func (s *step) find(ctx context.Context, tx pgx.Tx) ([]row, error) {
	rows := slices.Clone(s.rows)
	for i, r := range rows {
		rows[i].values = slices.Clone(r.values)
		for j, value := range r.values {
			of, is := value.(sought)
			if !is {
				continue
			}
			found, err := of.find(ctx, tx)
			if err != nil {
				return nil, err
			}
			rows[i].values[j] = found
		}
	}
	return rows, nil
}

func (k sought) find(ctx context.Context, tx pgx.Tx) (uuid.UUID, error) {
	places := make([]string, len(k.args))
	for i := range k.args {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	var found uuid.NullUUID
	if err := tx.QueryRow(ctx, "select korpu."+k.function+"("+strings.Join(places, ", ")+")", k.args...).Scan(&found); err != nil {
		return uuid.UUID{}, fmt.Errorf("find by %s: %w", k.function, err)
	}
	if !found.Valid {
		return uuid.New(), nil
	}
	return found.UUID, nil
}
