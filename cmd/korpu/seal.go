package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"korpu/internal/sealing"
)

type sealCmd struct {
	Due sealDueCmd `cmd:"" help:"Name the cases that are due to be sealed, by reference."`
	Run sealRunCmd `cmd:"" help:"Seal what is due, and destroy what two persons have decided to destroy. The hub does so by itself at intervals."`
}

type sealDueCmd struct {
	adminDatabase
	Within int `default:"0" placeholder:"DAYS" help:"Also those that will be due within so many days, ninety at most."`
}

func (c sealDueCmd) Run(ctx context.Context) error {
	conn, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	due, err := sealing.List(ctx, conn, c.Within)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, d := range due {
		fmt.Fprintf(w, "%s\t%s\t%s\n", d.Case, d.On.Format(time.DateOnly), d.Rule)
	}
	return w.Flush()
}

type sealRunCmd struct {
	adminDatabase
}

func (c sealRunCmd) Run(ctx context.Context) error {
	conn, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	sealed, err := sealing.Run(ctx, conn)
	if err != nil {
		return err
	}
	fmt.Printf("%d cases sealed\n", sealed)
	expunged, err := sealing.Expunge(ctx, conn)
	fmt.Printf("%d cases expunged\n", expunged)
	if expunged > 0 {
		err = errors.Join(err, sealing.Link(ctx, conn.Config().ConnString()))
	}
	return err
}
