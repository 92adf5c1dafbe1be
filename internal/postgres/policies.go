package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"korpu/policy"
)

// Snapshot is a policy version as this instance answers under it.
type Snapshot struct {
	Compiled *policy.Compiled
	Version  int64
}

// Policies follows the current policy version of the database.
type Policies struct {
	pool    *pgxpool.Pool
	sdl     fs.FS
	known   *policy.Compiled
	loading sync.Mutex
	foreign error // why the version last met cannot be answered under here
	met     int64
	now     atomic.Pointer[Snapshot]
}

// FollowPolicies loads the current policy version, refuses a login or database that is not as the policy needs it, and
// returns the follower. A policy that the caller has compiled, nil where it has none, is not compiled again.
func FollowPolicies(ctx context.Context, pool *pgxpool.Pool, sdl fs.FS, known *policy.Compiled) (*Policies, error) {
	if err := checkLogin(ctx, pool); err != nil {
		return nil, err
	}
	p := &Policies{pool: pool, sdl: sdl, known: known}
	if err := p.Reload(ctx); err != nil {
		return nil, err
	}
	s := p.Current()
	return p, Drift(ctx, pool, s.Compiled, s.Version)
}

// Current returns the version under which to begin a request. The request finds out in its own snapshot if it is too old.
func (p *Policies) Current() *Snapshot { return p.now.Load() }

// Reload takes over the version that is current in the database now. Where that is the one last met it reads its number and
// no more. A version of another release is compiled and told once: until it goes, every request meets it.
func (p *Policies) Reload(ctx context.Context) error {
	p.loading.Lock()
	defer p.loading.Unlock()
	switch version, err := currentVersion(ctx, p.pool); {
	case err != nil:
		return err
	case version == p.met:
		return p.foreign
	}
	v, err := current(ctx, p.pool)
	if err != nil {
		return err
	}
	c, err := p.compile(v.Hash, v.Rules)
	p.met, p.foreign = v.Version, nil
	if err != nil {
		slog.ErrorContext(ctx, "the current policy is of another release, so this instance cannot answer: start that release, "+
			"or run this release's korpu policy apply", "version", v.Version)
		p.foreign = fmt.Errorf("policy version %d was applied by another release of the hub: run this release's korpu policy apply: %w", v.Version, err)
		return p.foreign
	}
	p.now.Store(&Snapshot{Compiled: c, Version: v.Version})
	return nil
}

func (p *Policies) compile(hash string, rules policy.Files) (*policy.Compiled, error) {
	if p.known != nil && p.known.Hash == hash {
		return p.known, nil
	}
	c, err := policy.Build(p.sdl, rules)
	if err == nil && c.Hash != hash {
		err = errors.New("it compiles to something else here")
	}
	return c, err
}

// Watch takes over new versions as they are announced, until the context ends. It is a courtesy to the first request
// after a switch, which would find out by itself.
func (p *Policies) Watch(ctx context.Context) {
	for ctx.Err() == nil {
		if err := p.listen(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "lost the announcements of policy versions", "kind", fmt.Sprintf("%T", err))
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
}

func (p *Policies) listen(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, p.pool.Config().ConnConfig.Copy())
	if err != nil {
		return fmt.Errorf("connect to listen: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen "+Channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for {
		if err := p.Reload(ctx); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "cannot take over the current policy", "kind", fmt.Sprintf("%T", err))
		}
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return fmt.Errorf("wait for an announcement: %w", err)
		}
	}
}
