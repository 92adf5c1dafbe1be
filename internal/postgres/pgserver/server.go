// Package pgserver runs a private PostgreSQL for the demo and the tests: it finds or downloads the binaries, keeps the
// data in one folder, listens on a socket that only its own user can open, and ends with the process that started it.
package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/postgres/filelock"
)

// ErrInUse says that a server runs on the folder already.
var ErrInUse = errors.New("this folder is in use")

// Options say where a server lives and how.
type Options struct {
	Dir      string            // its folder, made when missing
	Durable  bool              // survives a crash of the machine; without it, only of the server
	Settings map[string]string // of postgresql.conf, over the defaults
}

// Server is a running PostgreSQL.
type Server struct {
	home     home
	starter  *os.File // the lock that says who may start and stop it
	postgres *child
}

// Start starts the server of a folder and returns when it answers; a folder that holds none yet gets a new one.
func Start(ctx context.Context, opts Options) (*Server, error) {
	h, starter, err := claim(opts.Dir)
	if err != nil {
		return nil, err
	}
	s := &Server{home: h, starter: starter}
	if err := s.start(ctx, opts); err != nil {
		return nil, errors.Join(err, starter.Close())
	}
	return s, nil
}

// Remove removes the data of a folder in which no server runs.
func Remove(ctx context.Context, dir string) error {
	h, starter, err := claim(dir)
	if err != nil {
		return err
	}
	defer starter.Close()
	lock, err := h.lockServer(ctx)
	if err != nil {
		return err
	}
	defer lock.Close()
	// The locks stay: whoever waits for one would hold a file that nobody else sees.
	if err := errors.Join(os.RemoveAll(h.data()), os.RemoveAll(h.log()), os.RemoveAll(h.socket())); err != nil {
		return fmt.Errorf("remove the data of PostgreSQL: %w", err)
	}
	return nil
}

// DSN is how another process reaches the server that runs on a folder, as superuser.
func DSN(dir, database string) (string, error) {
	h, err := openHome(dir)
	if err != nil {
		return "", err
	}
	return h.dsn(database), nil
}

// DSN returns the address of a database of this server, as superuser.
func (s *Server) DSN(database string) string { return s.home.dsn(database) }

// Stop shuts the server down, orderly until the context ends, then at once.
func (s *Server) Stop(ctx context.Context) error {
	_ = s.postgres.process.Signal(syscall.SIGINT) // it may have ended already
	select {
	case <-s.postgres.ended:
	case <-ctx.Done():
		_ = s.postgres.process.Signal(syscall.SIGQUIT)
		<-s.postgres.ended // PostgreSQL kills what is left after five seconds
	}
	if err := errors.Join(os.RemoveAll(s.home.socket()), s.starter.Close()); err != nil {
		return fmt.Errorf("tidy up after PostgreSQL: %w", err)
	}
	return nil
}

// claim makes us the only starter of a folder.
func claim(dir string) (home, *os.File, error) {
	// Before it is judged, since a strict umask makes it one that the server's user cannot reach.
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return home{}, nil, fmt.Errorf("make the folder of PostgreSQL: %w", err)
	}
	h, err := openHome(dir)
	if err != nil {
		return home{}, nil, err
	}
	if err := h.make(); err != nil {
		return home{}, nil, err
	}
	starter, err := filelock.Try(h.starterLock())
	if errors.Is(err, filelock.ErrHeld) {
		return home{}, nil, fmt.Errorf("%w: another process runs its PostgreSQL on %s; stop it, or choose another folder", ErrInUse, h.folder)
	}
	return h, starter, err
}

func (s *Server) start(ctx context.Context, opts Options) error {
	lock, err := s.home.lockServer(ctx)
	if err != nil {
		return err
	}
	defer lock.Close() // from here on the server's processes hold it
	if err := s.home.removeStale(); err != nil {
		return err
	}
	binaries, err := s.home.prepareCluster(ctx, lock, opts.Durable)
	if err != nil {
		return err
	}
	if err := s.launch(ctx, opts, binaries, lock); err != nil {
		return errors.Join(err, os.RemoveAll(s.home.socket()))
	}
	return nil
}

func (s *Server) launch(ctx context.Context, opts Options, binaries Binaries, lock *os.File) error {
	if err := os.RemoveAll(s.home.socket()); err != nil {
		return fmt.Errorf("remove the socket of a killed server: %w", err)
	}
	if err := s.home.account.makeFolder(s.home.socket()); err != nil {
		return err
	}
	log, err := os.Create(s.home.log())
	if err != nil {
		return fmt.Errorf("open the log of PostgreSQL: %w", err)
	}
	defer log.Close()
	s.postgres, err = spawn(s.home.account, binaries.program("postgres"), s.home.arguments(opts), log, lock)
	if err != nil {
		return err
	}
	return s.waitReady(ctx)
}

func (s *Server) waitReady(ctx context.Context) error {
	for {
		conn, err := pgx.Connect(ctx, s.DSN("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.postgres.ended:
			return fmt.Errorf("PostgreSQL ended while starting: %w\n%s", s.postgres.err, s.home.logTail())
		case <-ctx.Done():
			_ = s.postgres.process.Signal(syscall.SIGQUIT)
			<-s.postgres.ended
			return fmt.Errorf("wait for PostgreSQL to answer (%w): %w", ctx.Err(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
