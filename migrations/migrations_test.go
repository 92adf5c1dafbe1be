package migrations_test

import (
	"context"
	"database/sql"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"korpu/internal/postgres/pgtest"
	"korpu/migrations"
)

func TestAnEmptyDatabaseIsTakenToTheLatestStepOnce(t *testing.T) {
	dsn := pgtest.New(t, "empty", pgtest.Empty)
	for range 2 {
		if err := migrations.Up(t.Context(), dsn); err != nil {
			t.Fatal(err)
		}
		expectEveryStepOnce(t, dsn)
	}
}

func TestThreeRunnersAtOnceApplyEveryStepOnce(t *testing.T) {
	dsn := pgtest.New(t, "empty", pgtest.Empty)
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			if err := migrations.Up(t.Context(), dsn); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	expectEveryStepOnce(t, dsn)
}

func TestTheNumbersOfTheStepsHaveNoGap(t *testing.T) {
	names := names(t)
	form := regexp.MustCompile(`^\d{4}_[a-z0-9_]+\.sql$`)
	for _, name := range names {
		if !form.MatchString(name) {
			t.Errorf("%s is not named NNNN_what.sql", name)
		}
	}
	if int(migrations.Latest()) != len(names) {
		t.Errorf("there are %d steps, and the last is number %d", len(names), migrations.Latest())
	}
}

func TestAnAddressThatIsNoneIsRefusedWithoutRepeatingItsPassword(t *testing.T) {
	err := migrations.Up(t.Context(), "postgres://user:s3cret@host:port/name")
	if err == nil || regexp.MustCompile("s3cret").MatchString(err.Error()) {
		t.Errorf("the error is %v", err)
	}
}

// viewOfClearNotes is a policy's view of notes as they stood in the clear.
const viewOfClearNotes = `
create schema v1_somebody authorization korpu_owner;
create view v1_somebody.legal_note as select id, title from korpu.legal_note;
alter view v1_somebody.legal_note owner to korpu_owner`

func TestNotesInTheClearAreNotLostAndOtherDatabasesAreTakenOver(t *testing.T) {
	dsn := pgtest.New(t, "empty", pgtest.Empty)
	upTo(t, dsn, 12)
	conn := connect(t, dsn)
	run(t, conn, viewOfClearNotes)
	run(t, conn, `set session_replication_role = replica;
	  insert into korpu.legal_note (child_id, agency_id, author_id, written_at, title, body) values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now(), 'a', 'b')`)
	if err := migrations.Up(t.Context(), dsn); err == nil || !strings.Contains(err.Error(), "--fresh") {
		t.Fatalf("error %v", err)
	}
	run(t, conn, "do $$ begin assert (select title from korpu.legal_note) = 'a'; end $$; delete from korpu.legal_note")
	if err := migrations.Up(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	expectEveryStepOnce(t, dsn)
}

// upTo takes a database to a step that is not the last.
func upTo(t *testing.T, dsn string, step int64) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), step); err != nil {
		t.Fatal(err)
	}
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func run(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func expectEveryStepOnce(t *testing.T, dsn string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var steps, latest int64
	err = conn.QueryRow(t.Context(), "select count(*), max(version_id) from goose_db_version where version_id > 0").Scan(&steps, &latest)
	if err != nil {
		t.Fatal(err)
	}
	if steps != int64(len(names(t))) || latest != migrations.Latest() {
		t.Errorf("%d steps were applied, the last is number %d", steps, latest)
	}
}

func names(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	return names
}
