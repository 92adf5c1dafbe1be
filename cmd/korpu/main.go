// Command korpu is the hub: it serves, migrates, checks and applies the policy, and verifies the audit. `korpu demo` shows everything.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

type cli struct {
	Demo    demoCmd    `cmd:"" help:"Run a hub over a synthetic country, everything from nothing."`
	Token   tokenCmd   `cmd:"" help:"Print an access token of the running demo."`
	Serve   serveCmd   `cmd:"" help:"Run the hub."`
	Migrate migrateCmd `cmd:"" help:"Take the database to the tables of this release."`
	Policy  policyCmd  `cmd:"" help:"Check, print, explain, compare and apply the policy."`
	Keys    keysCmd    `cmd:"" help:"Make, change and retire the keys of what is encrypted in the database."`
	Audit   auditCmd   `cmd:"" help:"Verify and anchor the audit."`
	Seal    sealCmd    `cmd:"" help:"Name and seal the cases that are due to be sealed."`
	Version versionCmd `cmd:"" help:"Print the version."`
	Docs    docsCmd    `cmd:"" hidden:"" help:"Write the reference pages."`
}

func main() {
	tune()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k := kong.Parse(&cli{}, kong.Name("korpu"), kong.UsageOnError(),
		kong.Description("A hub over which agencies share the case data of children in conflict with the law."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "korpu:", err)
		stop()
		os.Exit(1)
	}
}

// tune keeps a large page from taking all memory; the environment may say otherwise.
func tune() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(512 << 20)
	}
}
