package vault

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// batchSize is how many values are moved in one transaction, so that nobody waits long for a row.
const batchSize = 500

// move seals anew what an agency has under older keys, and returns how many values that were. It goes past what does not open,
// and names it in the end.
func (k *Keeper) move(ctx context.Context, agency uuid.UUID, key *Key) (moved int, err error) {
	var unreadable []error
	for _, column := range k.Columns {
		b := &batch{column: column, agency: agency, key: key}
		for more := true; more; {
			more = false
			err := k.asOwner(ctx, func(tx pgx.Tx) (err error) { more, err = b.move(ctx, tx); return err })
			if err != nil {
				return moved, fmt.Errorf("move values of %s to the newest key: %w", column, err)
			}
			moved += len(b.ids)
		}
		unreadable = append(unreadable, b.unreadable...)
	}
	if moved > 0 {
		if _, err := k.Conn.Exec(ctx, "update korpu.data_key set moved_at = now() where agency_id = $1", agency); err != nil {
			return moved, fmt.Errorf("note that values were moved: %w", err)
		}
	}
	return moved, errors.Join(unreadable...)
}

// batch goes through the values of an agency in a column, by the ids of their rows.
type batch struct {
	column     string
	agency     uuid.UUID
	key        *Key
	last       uuid.UUID
	ids        []uuid.UUID // of what was moved
	sealed     [][]byte
	unreadable []error
}

// move moves some values, and tells whether there may be more.
func (b *batch) move(ctx context.Context, tx pgx.Tx) (more bool, err error) {
	table, name, _ := strings.Cut(b.column, ".")
	from, column := pgx.Identifier{"korpu", table}.Sanitize(), pgx.Identifier{name}.Sanitize()
	rows, err := tx.Query(ctx, fmt.Sprintf(`select id, %[1]s from %[2]s where agency_id = $1 and id > $2 and substr(%[1]s, 1, $3) <> $4
	   order by id limit %[3]d for no key update`, column, from, batchSize), b.agency, b.last, len(b.key.newest), b.key.newest)
	if err != nil {
		return false, fmt.Errorf("read: %w", err)
	}
	b.ids, b.sealed = nil, nil
	var id uuid.UUID
	var value []byte
	tag, err := pgx.ForEachRow(rows, []any{&id, &value}, func() error { return b.seal(id, value) })
	if err != nil {
		return false, fmt.Errorf("read: %w", err)
	}
	b.last = id
	_, err = tx.Exec(ctx, fmt.Sprintf(`update %s t set %s = u.value from unnest($1::uuid[], $2::bytea[]) u (id, value) where t.id = u.id`, from, column), b.ids, b.sealed)
	if err != nil {
		return false, fmt.Errorf("write: %w", err)
	}
	return tag.RowsAffected() == batchSize, nil
}

// seal takes one value over, or notes that it does not open.
func (b *batch) seal(id uuid.UUID, value []byte) error {
	text, err := b.key.Open(b.column, id, value)
	if err != nil {
		b.unreadable = append(b.unreadable, fmt.Errorf("row %s: %w", id, err))
		return nil
	}
	sealed, err := b.key.Seal(b.column, id, text)
	b.ids, b.sealed = append(b.ids, id), append(b.sealed, sealed)
	return err
}
