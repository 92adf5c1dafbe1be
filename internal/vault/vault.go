// Package vault encrypts what not even the database may read. Every agency has keys of its own; they stand in the database
// wrapped in a key-encryption key that is outside of it, and are opened in the memory of a running hub. A value is bound to
// its table, column and row. Whoever holds a running hub can decrypt; whoever holds the database, or a dump, cannot.
package vault

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/time/rate"
)

// MaxAge is how long an instance goes on sealing with the keys that it has read, though there may be a newer one.
const MaxAge = time.Minute

// Vault seals and opens values with the keys of a database.
type Vault struct {
	kek   *KEK
	store store
	keys  atomic.Pointer[map[uuid.UUID]held] // replaced, never changed
	mutex sync.Mutex                         // held while keys are read or made
	again map[uuid.UUID]*rate.Limiter
}

// held are the keys of an agency in memory.
type held struct {
	key  *Key
	read time.Time
}

// New opens the keys of every agency, and fails where one does not open. It connects for itself, as the hub's login, when it
// needs the database: seldom, and also while all connections of the hub's pool wait for it.
func New(ctx context.Context, kek *KEK, login *pgx.ConnConfig) (*Vault, error) {
	if kek == nil {
		return nil, errors.New("a vault needs a key-encryption key")
	}
	v := &Vault{kek: kek, store: store{login: login}, again: map[uuid.UUID]*rate.Limiter{}}
	rows, err := v.store.all(ctx)
	if err != nil {
		return nil, err
	}
	keys := map[uuid.UUID]held{}
	for _, row := range rows {
		key, err := kek.Unwrap(row.Agency, row.Keyset)
		if err != nil {
			return nil, err
		}
		keys[row.Agency] = held{key, time.Now()}
	}
	v.keys.Store(&keys)
	return v, nil
}

// Seal encrypts a text for one place: the table and column, written table.column, and the row's id. An agency that has no key
// yet gets one.
func (v *Vault) Seal(ctx context.Context, agency uuid.UUID, column string, row uuid.UUID, text string) ([]byte, error) {
	key, err := v.newest(ctx, agency)
	if err != nil {
		return nil, err
	}
	return key.Seal(column, row, []byte(text))
}

// Open decrypts the value of a place. A key that is not known here may have been made since; the database is asked again, though
// not for each value that nobody can read.
func (v *Vault) Open(ctx context.Context, agency uuid.UUID, column string, row uuid.UUID, sealed []byte) ([]byte, error) {
	key := v.held(agency).key
	if key == nil || !key.has(sealed) {
		var err error
		if key, err = v.learn(ctx, agency, sealed); err != nil {
			return nil, err
		}
	}
	if key == nil {
		return nil, &UnreadableError{Column: column}
	}
	return key.Open(column, row, sealed)
}

func (v *Vault) held(agency uuid.UUID) held { return (*v.keys.Load())[agency] }

// newest returns keys that are new enough to seal with.
func (v *Vault) newest(ctx context.Context, agency uuid.UUID) (*Key, error) {
	if h := v.held(agency); time.Since(h.read) < MaxAge {
		return h.key, nil
	}
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if h := v.held(agency); time.Since(h.read) < MaxAge {
		return h.key, nil
	}
	row, err := v.store.readOrMake(ctx, agency, func() ([]byte, error) {
		_, wrapped, err := v.kek.New(agency)
		return wrapped, err
	})
	if err != nil {
		return nil, err
	}
	return v.take(row)
}

// The keys of an agency are read anew for values that none of them opens: some times at once, then once a second.
const (
	lookEvery = time.Second
	looksFree = 5
)

// learn reads the keys of an agency anew, for a value that none of those known seals. It returns nil where there are none.
func (v *Vault) learn(ctx context.Context, agency uuid.UUID, sealed []byte) (*Key, error) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	h := v.held(agency)
	if h.key != nil && h.key.has(sealed) { // somebody else has learned it meanwhile
		return h.key, nil
	}
	if v.again[agency] == nil {
		v.again[agency] = rate.NewLimiter(rate.Every(lookEvery), looksFree)
	}
	if !v.again[agency].Allow() {
		return h.key, nil
	}
	row, err := v.store.read(ctx, agency)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return v.take(row)
}

// take keeps what was read. Keys that are the same as before are not unwrapped again: they may be wrapped anew, in a key that
// this instance does not have.
func (v *Vault) take(row wrapped) (*Key, error) {
	key := v.held(row.Agency).key
	if key == nil || !key.isWrappedIn(row.Keyset) {
		var err error
		if key, err = v.kek.Unwrap(row.Agency, row.Keyset); err != nil {
			return nil, fmt.Errorf("take over keys: %w", err)
		}
	}
	keys := maps.Clone(*v.keys.Load())
	keys[row.Agency] = held{key, time.Now()}
	v.keys.Store(&keys)
	return key, nil
}
