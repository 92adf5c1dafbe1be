package identity_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"korpu/internal/postgres/pgtest"
	"korpu/migrations"
)

// One database serves all tests, one after the other: there are many, and each needs a few rows only.
var shared struct {
	dsn string
	end []func()
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, end := range shared.end {
		end()
	}
	os.Exit(code)
}

// lasting keeps what is made for one test until all have run.
type lasting struct{ testing.TB }

func (lasting) Cleanup(end func()) { shared.end = append(shared.end, end) }

// database returns two ways into an empty database of the hub: as superuser, and as the hub's login, which may read the
// two views of who is admitted and must need no more.
func database(t testing.TB) (super, hub *pgxpool.Pool) {
	t.Helper()
	if shared.dsn == "" {
		shared.dsn = pgtest.New(lasting{t}, "migrated-"+migrated(t), migrations.Up)
	}
	super = open(t, shared.dsn, "")
	_, err := super.Exec(t.Context(), `with
		a as (delete from korpu.client), b as (delete from korpu.staff_identity), c as (delete from korpu.staff_role),
		d as (delete from korpu.staff), e as (delete from korpu.agency) delete from korpu.district`)
	if err != nil {
		t.Fatal(err)
	}
	return super, open(t, shared.dsn, "set session authorization korpu_hub")
}

// migrated names the state that the migrations lead to.
func migrated(t testing.TB) string {
	t.Helper()
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.New()
	for _, name := range names {
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		hash.Write(text)
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

func open(t testing.TB, dsn, begin string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, begin)
		return err
	}
	pool, err := pgxpool.NewWithConfig(context.WithoutCancel(t.Context()), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}
