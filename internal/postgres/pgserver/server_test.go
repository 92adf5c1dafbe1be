package pgserver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestANewServerOrdersTextByCodePointAndKnowsTheCaseOfAllLetters(t *testing.T) {
	s := startServer(t, shared)
	var encoding, ordered, lower string
	scan(t, s, `select current_setting('server_encoding'),
		(select string_agg(x, '' order by x) from unnest(array['ə','b','B','a','ş','z']) x), lower('ƏŞĞÖÜÇ')`, &encoding, &ordered, &lower)
	if encoding != "UTF8" || ordered != "Babzşə" || lower != "əşğöüç" {
		t.Errorf("encoding %s, order %s, lower case %s", encoding, ordered, lower)
	}
}

func TestOnlyTheServersOwnUserCanReachIt(t *testing.T) {
	s := startServer(t, shared)
	info, err := os.Stat(s.home.socket())
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 || !ownedBy(info, s.home.account.uid) || s.home.account.uid == 0 {
		t.Errorf("the socket's folder has mode %o, the server runs as user %d", info.Mode().Perm(), s.home.account.uid)
	}
	var addresses string
	scan(t, s, "select current_setting('listen_addresses')", &addresses)
	if addresses != "" {
		t.Errorf("the server listens on %q", addresses)
	}
}

func TestSettingsOfTheCallerWin(t *testing.T) {
	s := start(t, Options{Dir: shared, Durable: true, Settings: map[string]string{"max_connections": "17"}})
	var connections, fsync string
	scan(t, s, "select current_setting('max_connections'), current_setting('fsync')", &connections, &fsync)
	if connections != "17" || fsync != "on" {
		t.Errorf("max_connections %s, fsync %s", connections, fsync)
	}
}

func TestDataSurviveARestartAtTheSameAddress(t *testing.T) {
	dir := shared
	s := startServer(t, dir)
	dsn := s.DSN("postgres")
	run(t, dsn, "create table kept (n int)")
	stop(t, s)
	startServer(t, dir)
	run(t, dsn, "insert into kept values (1)")
	if outside, err := DSN(dir, "postgres"); err != nil || outside != dsn {
		t.Errorf("another process is told %q, %v, and the starter %q", outside, err, dsn)
	}
}

func TestASecondStarterOfAFolderIsRefused(t *testing.T) {
	dir := shared
	startServer(t, dir)
	if _, err := Start(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrInUse) {
		t.Errorf("the second start says %v", err)
	}
	if err := Remove(t.Context(), dir); !errors.Is(err, ErrInUse) {
		t.Errorf("removing the data under a running server says %v", err)
	}
}

func TestStopEndsTheServerEvenWhenItMayNotWait(t *testing.T) {
	dir := shared
	s := startServer(t, dir)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Stop(ended); err != nil {
		t.Fatal(err)
	}
	if _, err := pgx.Connect(t.Context(), s.DSN("postgres")); err == nil {
		t.Error("the stopped server answers")
	}
	startServer(t, dir)
}

func TestRemovedDataStartAfresh(t *testing.T) {
	dir := folder(t)
	s := startServer(t, dir)
	run(t, s.DSN("postgres"), "create table forgotten (n int)")
	stop(t, s)
	if err := Remove(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	run(t, startServer(t, dir).DSN("postgres"), "create table forgotten (n int)")
}

func TestAnUnfinishedClusterIsMadeAnew(t *testing.T) {
	dir := folder(t)
	if err := os.Mkdir(filepath.Join(dir, "data.new"), 0o700); err != nil {
		t.Fatal(err)
	}
	startServer(t, dir)
}

func TestAServerThatCannotStartSaysWhy(t *testing.T) {
	_, err := Start(t.Context(), Options{Dir: shared, Settings: map[string]string{"shared_buffers": "nonsense"}})
	if err == nil || !strings.Contains(err.Error(), "shared_buffers") {
		t.Errorf("the error is %v", err)
	}
}

// start starts a server that the test need not stop, though it may.
func start(t *testing.T, opts Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		select {
		case <-s.postgres.ended:
		default:
			stop(t, s)
		}
	})
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, dsn, sql string) {
	t.Helper()
	conn := connect(t, dsn)
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func scan(t *testing.T, s *Server, sql string, into ...any) {
	t.Helper()
	conn := connect(t, s.DSN("postgres"))
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), sql).Scan(into...); err != nil {
		t.Fatal(err)
	}
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}
