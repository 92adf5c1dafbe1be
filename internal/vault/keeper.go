package vault

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"korpu/internal/postgres"
)

// Keeper changes keys, as whoever owns the database does. Running hubs go on meanwhile.
type Keeper struct {
	Conn    *pgx.Conn
	KEK     *KEK
	Columns []string // all that are encrypted, written table.column; the rows of their tables have id and agency_id
}

// Holder is an agency that has keys.
type Holder struct {
	Agency uuid.UUID
	Code   string
}

// Holders are the agencies that have keys: all, or the one of that code.
func (k *Keeper) Holders(ctx context.Context, code string) ([]Holder, error) {
	rows, err := k.Conn.Query(ctx, `select a.id, a.code from korpu.data_key k join korpu.agency a on a.id = k.agency_id
	  where $1 in ('', a.code) order by a.code`, code)
	if err != nil {
		return nil, fmt.Errorf("list the agencies that have keys: %w", err)
	}
	holders, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Holder])
	if err != nil {
		return nil, fmt.Errorf("list the agencies that have keys: %w", err)
	}
	if code != "" && len(holders) == 0 {
		return nil, fmt.Errorf("no agency of the code %s has keys", code)
	}
	return holders, nil
}

// Rotate gives an agency a new key, and moves its values under it. It returns how many values were moved.
func (k *Keeper) Rotate(ctx context.Context, agency uuid.UUID) (moved int, err error) {
	key, err := k.change(ctx, agency, func(_ *Key, keys *keyset.Manager) error {
		id, err := keys.Add(aead.AES256GCMKeyTemplate())
		if err != nil {
			return fmt.Errorf("make a key: %w", err)
		}
		return keys.SetPrimary(id)
	})
	if err != nil {
		return 0, err
	}
	return k.move(ctx, agency, key)
}

// Retirement is what became of the older keys of an agency.
type Retirement struct {
	Moved   int           // values that were still under an older key
	Removed int           // keys
	Wait    time.Duration // how long older keys have to stay yet
}

// Retire removes the older keys of an agency when for so long no value was found under them: by then every instance seals with
// the newest. What is found is moved, and the time begins anew.
func (k *Keeper) Retire(ctx context.Context, agency uuid.UUID, after time.Duration) (r Retirement, err error) {
	key, err := k.unwrap(ctx, k.Conn, agency)
	if err != nil || len(key.marks) == 1 {
		return r, err
	}
	if r.Moved, err = k.move(ctx, agency, key); err != nil {
		return r, err
	}
	since, err := k.sinceMoved(ctx, agency)
	if err != nil || since < after {
		r.Wait = after - since
		return r, err
	}
	_, err = k.change(ctx, agency, func(old *Key, keys *keyset.Manager) error {
		r.Removed = len(old.marks) - 1
		return old.withoutOlder(keys)
	})
	return r, err
}

func (k *Keeper) sinceMoved(ctx context.Context, agency uuid.UUID) (time.Duration, error) {
	var seconds float64
	err := k.Conn.QueryRow(ctx, "select extract(epoch from now() - moved_at)::float8 from korpu.data_key where agency_id = $1", agency).Scan(&seconds)
	if err != nil {
		return 0, fmt.Errorf("look when values were moved: %w", err)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// change alters the keys of an agency, and returns them as they are then.
func (k *Keeper) change(ctx context.Context, agency uuid.UUID, alter func(*Key, *keyset.Manager) error) (key *Key, err error) {
	err = k.asOwner(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select from korpu.data_key where agency_id = $1 for update", agency); err != nil {
			return fmt.Errorf("wait for another change of the keys: %w", err)
		}
		old, err := k.unwrap(ctx, tx, agency)
		if err != nil {
			return err
		}
		keys := keyset.NewManagerFromHandle(old.handle)
		if err := alter(old, keys); err != nil {
			return err
		}
		handle, err := keys.Handle()
		if err != nil {
			return fmt.Errorf("alter the keys of an agency: %w", err)
		}
		text, err := k.KEK.wrap(agency, handle)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update korpu.data_key set keyset = $1, moved_at = now() where agency_id = $2", text, agency)
		if err != nil {
			return fmt.Errorf("keep the keys of an agency: %w", err)
		}
		key, err = newKey(handle)
		return err
	})
	return key, err
}

func (k *Keeper) unwrap(ctx context.Context, db querier, agency uuid.UUID) (*Key, error) {
	row, err := readOne(ctx, db, agency)
	if err != nil {
		return nil, fmt.Errorf("read the keys of an agency: %w", err)
	}
	return k.KEK.Unwrap(agency, row.Keyset)
}

func (k *Keeper) asOwner(ctx context.Context, work func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, k.Conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set local role "+postgres.Owner); err != nil {
			return fmt.Errorf("become the owner: %w", err)
		}
		return work(tx)
	})
}
