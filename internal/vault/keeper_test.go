package vault_test

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
	"korpu/internal/vault"
)

// notes are rows of the clinic with a text, written past the hub.
func (c *clinic) notes(t *testing.T, v *vault.Vault, count int) []uuid.UUID {
	t.Helper()
	if _, err := c.conn.Exec(t.Context(), "set session_replication_role = replica"); err != nil {
		t.Fatal(err)
	}
	var ids []uuid.UUID
	for range count {
		id := uuid.New()
		c.insert(t, id, c.seal(t, v, id, "note "+id.String()))
		ids = append(ids, id)
	}
	return ids
}

// insert writes a note; children and cases are nothing to the vault, so it has none.
func (c *clinic) insert(t *testing.T, id uuid.UUID, sealed []byte) {
	t.Helper()
	_, err := c.conn.Exec(t.Context(), `insert into korpu.legal_note (id, child_id, agency_id, author_id, written_at, title, body)
	  values ($1, $1, $2, $1, now(), $3, '')`, id, c.id, sealed)
	if err != nil {
		t.Fatal(err)
	}
}

func (c *clinic) expectNotes(t *testing.T, v *vault.Vault, ids []uuid.UUID) {
	t.Helper()
	for _, id := range ids {
		c.expect(t, v, id, c.kept(t, id), "note "+id.String())
	}
}

// kept is a note's title as it stands in the table.
func (c *clinic) kept(t *testing.T, id uuid.UUID) (sealed []byte) {
	t.Helper()
	if err := c.conn.QueryRow(t.Context(), "select title from korpu.legal_note where id = $1", id).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	return sealed
}

func (c *clinic) keeper() *vault.Keeper {
	return &vault.Keeper{Conn: c.conn, KEK: hubtest.Keys(), Columns: []string{title}}
}

func (c *clinic) rotate(t *testing.T, wanted int) {
	t.Helper()
	if moved, err := c.keeper().Rotate(t.Context(), c.id); err != nil || moved != wanted {
		t.Fatalf("%d values moved instead of %d, error %v", moved, wanted, err)
	}
}

func (c *clinic) retire(t *testing.T, after time.Duration) vault.Retirement {
	t.Helper()
	r, err := c.keeper().Retire(t.Context(), c.id, after)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestARotationMovesEveryValueAndAllInstancesReadOn(t *testing.T) {
	c := openClinic(t)
	v, other := c.instance(t), c.instance(t)
	ids := c.notes(t, v, 1100) // some batches
	before := c.kept(t, ids[0])
	c.rotate(t, len(ids))
	if after := c.kept(t, ids[0]); bytes.Equal(after[:5], before[:5]) {
		t.Error("a value is under the old key")
	}
	c.expectNotes(t, v, ids)
	c.expectNotes(t, other, ids)
	c.expect(t, c.instance(t), ids[0], before, "note "+ids[0].String())
	c.rotate(t, len(ids))
	c.expectNotes(t, v, ids)
}

func TestAnOlderKeyIsRemovedWhenNothingHasBeenUnderItForSoLong(t *testing.T) {
	c := openClinic(t)
	stale := c.instance(t)
	ids := c.notes(t, stale, 3)
	old := c.kept(t, ids[0])
	if r := c.retire(t, 0); r.Removed != 0 || r.Moved != 0 {
		t.Fatalf("there is no older key: %+v", r)
	}
	c.rotate(t, 3)
	if r := c.retire(t, time.Hour); r.Removed != 0 || r.Moved != 0 || r.Wait < 59*time.Minute {
		t.Fatalf("at once: %+v", r)
	}
	ids = append(ids, c.notes(t, stale, 2)...) // by an instance that does not know the new key yet
	c.backdate(t)
	if r := c.retire(t, time.Hour); r.Removed != 0 || r.Moved != 2 || r.Wait < 59*time.Minute {
		t.Fatalf("while somebody writes under the old key: %+v", r)
	}
	c.backdate(t)
	if r := c.retire(t, time.Hour); r.Removed != 1 || r.Moved != 0 || r.Wait != 0 {
		t.Fatalf("then: %+v", r)
	}
	c.expectNotes(t, stale, ids)
	var unreadable *vault.UnreadableError
	if _, err := c.instance(t).Open(t.Context(), c.id, title, ids[0], old); !errors.As(err, &unreadable) {
		t.Errorf("what was under the removed key: error %v", err)
	}
}

// backdate makes it long ago that values were moved.
func (c *clinic) backdate(t *testing.T) {
	t.Helper()
	if _, err := c.conn.Exec(t.Context(), "update korpu.data_key set moved_at = now() - interval '2 hours'"); err != nil {
		t.Fatal(err)
	}
}

func TestAValueThatDoesNotOpenIsNamedAndKeepsItsKey(t *testing.T) {
	c := openClinic(t)
	v := c.instance(t)
	ids := c.notes(t, v, 2)
	strange := uuid.New()
	c.insert(t, strange, c.kept(t, ids[0])) // moved from another row
	moved, err := c.keeper().Rotate(t.Context(), c.id)
	if moved != 2 || err == nil || !strings.Contains(err.Error(), strange.String()) || strings.Contains(err.Error(), ids[0].String()) {
		t.Errorf("%d moved, error %v", moved, err)
	}
	if r, err := c.keeper().Retire(t.Context(), c.id, 0); err == nil || r.Removed != 0 {
		t.Errorf("%+v, error %v", r, err)
	}
	c.expectNotes(t, v, ids)
}

func TestKeysAreWrappedAnewWhileInstancesGoOn(t *testing.T) {
	c := openClinic(t)
	v := c.instance(t)
	ids := c.notes(t, v, 2)
	for _, wanted := range []int{1, 0} {
		if n, err := c.keeper().Rewrap(t.Context(), otherKEK(t)); err != nil || n != wanted {
			t.Fatalf("%d rewrapped, error %v", n, err)
		}
	}
	c.expectNotes(t, v, ids)
	if _, err := c.open(t, hubtest.Keys()); err == nil {
		t.Error("the old key still opens")
	}
	restarted, err := c.open(t, otherKEK(t))
	if err != nil {
		t.Fatal(err)
	}
	c.expectNotes(t, restarted, ids)
}

func TestThoseWhoHaveKeysAreFoundByTheirCode(t *testing.T) {
	c := openClinic(t)
	c.seal(t, c.instance(t), uuid.New(), "a note")
	for _, code := range []string{"", "CLINIC"} {
		holders, err := c.keeper().Holders(t.Context(), code)
		if err != nil || !slices.Equal(holders, []vault.Holder{{Agency: c.id, Code: "CLINIC"}}) {
			t.Errorf("%q: %v, error %v", code, holders, err)
		}
	}
	if _, err := c.keeper().Holders(t.Context(), "NONE"); err == nil {
		t.Error("a code that nobody has finds somebody")
	}
}

func TestReadersGoOnWhileKeysAreRotated(t *testing.T) {
	c := openClinic(t)
	v := c.instance(t)
	ids := c.notes(t, v, 50)
	reader := &reader{clinic: c, conn: hubtest.Connect(t, c.admin), vault: v, ids: ids}
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { reader.run(ctx, t) })
	for range 4 {
		c.rotate(t, len(ids))
		reader.goOn(t, 2) // whoever has read a value opens it before its key is retired
		c.backdate(t)
		if r := c.retire(t, time.Hour); r.Removed == 0 {
			t.Errorf("%+v", r)
		}
		reader.goOn(t, len(ids))
	}
	stop()
	group.Wait()
}

// reader reads one note after the other.
type reader struct {
	*clinic
	conn  *pgx.Conn
	vault *vault.Vault
	ids   []uuid.UUID
	reads atomic.Int64
}

func (r *reader) run(ctx context.Context, t *testing.T) {
	for i := 0; ctx.Err() == nil && !t.Failed(); i++ {
		id := r.ids[i%len(r.ids)]
		var sealed []byte
		if err := r.conn.QueryRow(t.Context(), "select title from korpu.legal_note where id = $1", id).Scan(&sealed); err != nil {
			t.Error(err)
			return
		}
		if text, err := r.vault.Open(t.Context(), r.id, title, id, sealed); err != nil || string(text) != "note "+id.String() {
			t.Errorf("after %d reads: %q, error %v", i, text, err)
		}
		r.reads.Add(1)
	}
}

// goOn waits until so many more reads have ended.
func (r *reader) goOn(t *testing.T, more int) {
	t.Helper()
	for until := r.reads.Load() + int64(more); r.reads.Load() < until && !t.Failed(); {
		runtime.Gosched()
	}
}
