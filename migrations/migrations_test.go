package migrations_test

import (
	"io/fs"
	"regexp"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

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
