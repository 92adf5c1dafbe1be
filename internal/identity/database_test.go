package identity_test

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"korpu/internal/hubtest"
)

// One database serves all tests, one after the other: there are many, and each needs a few rows only.
var shared struct {
	admin string
	conn  *pgx.Conn
	end   []func()
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

// database returns two ways into a database of the hub without data: as superuser, and as the hub's login, which may read
// the two views of who is admitted and must need no more.
func database(t testing.TB) (*pgx.Conn, *pgxpool.Pool) {
	t.Helper()
	if shared.conn == nil {
		shared.admin, shared.conn = hubtest.Database(lasting{t})
	}
	_, err := shared.conn.Exec(t.Context(), `with
		a as (delete from korpu.client), b as (delete from korpu.staff_identity), c as (delete from korpu.staff_role),
		d as (delete from korpu.staff), e as (delete from korpu.agency) delete from korpu.district`)
	if err != nil {
		t.Fatal(err)
	}
	return shared.conn, hubtest.Login(t, shared.admin)
}
