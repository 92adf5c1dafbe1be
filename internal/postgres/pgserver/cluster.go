package pgserver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// prepareCluster makes the cluster when there is none, and returns the binaries of the version that made it.
func (h home) prepareCluster(ctx context.Context, lock *os.File, durable bool) (Binaries, error) {
	text, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		b, err := find(ctx, h.account, 0)
		if err != nil {
			return Binaries{}, err
		}
		return b, h.makeCluster(ctx, b, lock, durable)
	}
	if err != nil {
		return Binaries{}, fmt.Errorf("read which PostgreSQL made the data (did another user make them?): %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return Binaries{}, fmt.Errorf("read which PostgreSQL made the data: %w", err)
	}
	return find(ctx, h.account, major)
}

// makeCluster runs initdb beside the final place and moves the result there, so that a cluster is whole or absent.
func (h home) makeCluster(ctx context.Context, b Binaries, lock *os.File, durable bool) error {
	stage := h.data() + ".new"
	if err := os.RemoveAll(stage); err != nil {
		return fmt.Errorf("remove an unfinished cluster: %w", err)
	}
	if err := h.account.makeFolder(stage); err != nil {
		return err
	}
	if err := h.initdb(ctx, b, stage, lock, durable); err != nil {
		return err
	}
	if err := os.Rename(stage, h.data()); err != nil {
		return fmt.Errorf("keep the new cluster: %w", err)
	}
	return nil
}

func (h home) initdb(ctx context.Context, b Binaries, stage string, lock *os.File, durable bool) error {
	args := []string{"-D", stage, "-U", superuser, "-A", "trust", "-E", "UTF8", "--no-instructions"}
	args = append(args, locale(b.Major)...)
	if !durable {
		args = append(args, "--no-sync")
	}
	log, err := os.Create(h.log())
	if err != nil {
		return fmt.Errorf("open the log of PostgreSQL: %w", err)
	}
	defer log.Close()
	c, err := spawn(h.account, b.program("initdb"), args, log, lock)
	if err != nil {
		return err
	}
	select {
	case <-c.ended:
	case <-ctx.Done():
		_ = c.process.Kill() // it may have ended meanwhile
		<-c.ended
		return fmt.Errorf("make the cluster: %w", ctx.Err())
	}
	if c.err != nil {
		return fmt.Errorf("make the cluster: %w\n%s", c.err, h.logTail())
	}
	return nil
}

// locale orders text by code point, the same on every machine and served by ordinary indexes, and knows the case of all letters.
func locale(major int) []string {
	if major >= 17 {
		return []string{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}
	}
	return []string{"--locale=C", "--lc-ctype=C.UTF-8"}
}

// logTail is the end of the log, for the message of a start that failed.
func (h home) logTail() string {
	text, err := os.ReadFile(h.log())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}
