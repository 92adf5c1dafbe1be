package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"korpu/internal/postgres/filelock"
	"korpu/internal/postgres/pgserver"
)

const (
	keeperEnv = "KORPU_PGTEST_KEEPER" // makes a test binary the keeper of the server in this folder
	readyWord = "ready"
	linger    = 2 * time.Second // go test starts the next package's tests about then
)

// The keeper is a process of its own, since no test process knows whether it is the last. It is this same binary,
// because a test has no other program at hand.
func init() {
	dir := os.Getenv(keeperEnv)
	if dir == "" {
		return
	}
	if err := keep(dir); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

func keep(dir string) error {
	// Ctrl-C ends the tests, and their end ends the server; the keeper still has to tidy up.
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT)
	ctx := context.Background()
	if err := pgserver.Remove(ctx, dir); err != nil { // of a keeper that was killed
		return err
	}
	server, err := pgserver.Start(ctx, pgserver.Options{Dir: dir, Settings: map[string]string{
		"max_connections": "400",
		"autovacuum":      "off", // it would change plans between two runs of a test
	}})
	if err != nil {
		return err
	}
	fmt.Println(readyWord)
	if err := os.Stdout.Close(); err != nil {
		return fmt.Errorf("tell that PostgreSQL is ready: %w", err)
	}
	// New users wait for this lock, then find no server and start one.
	alone, err := waitUntilUnused(usersLock(dir))
	if err != nil {
		return errors.Join(err, server.Stop(ctx))
	}
	defer alone.Close()
	return errors.Join(server.Stop(ctx), pgserver.Remove(ctx, dir))
}

// waitUntilUnused returns the lock that every user shares once all have ended and no other came for a while.
func waitUntilUnused(path string) (*os.File, error) {
	for {
		lock, err := filelock.Wait(path)
		if err != nil {
			return nil, err
		}
		if err := lock.Close(); err != nil {
			return nil, fmt.Errorf("let new users in: %w", err)
		}
		time.Sleep(linger)
		if lock, err = filelock.Try(path); !errors.Is(err, filelock.ErrHeld) {
			return lock, err
		}
	}
}
