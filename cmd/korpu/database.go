package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"korpu/internal/demo"
)

// adminDatabase says on which database a command works: the configured one, or a demo's.
type adminDatabase struct {
	AdminDatabaseURL string `env:"KORPU_ADMIN_DATABASE_URL" help:"The database, as a superuser."`
	Dir              string `help:"The folder of a running demo, instead."`
}

func (d adminDatabase) url() (string, error) {
	switch {
	case d.Dir != "":
		return demo.AdminURL(d.Dir)
	case d.AdminDatabaseURL != "":
		return d.AdminDatabaseURL, nil
	}
	return "", errors.New("say which database: KORPU_ADMIN_DATABASE_URL, or --dir of a running demo")
}

func (d adminDatabase) connect(ctx context.Context) (*pgx.Conn, error) {
	dsn, err := d.url()
	if err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return conn, nil
}
