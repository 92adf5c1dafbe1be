package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"korpu/internal/demo"
)

type demoCmd struct {
	Addr     string `default:"127.0.0.1:8080" help:"Where to listen."`
	Dir      string `default:".demo" help:"Where data and keys are kept between runs."`
	Children int    `help:"How many children; by default 450 a year over five years."`
	Seed     uint64 `default:"1" help:"Decides everything that is left to chance."`
	Fresh    bool   `help:"Begin anew."`
}

func (c demoCmd) Run(ctx context.Context) error {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	slog.SetDefault(log)
	d, err := demo.Start(ctx, demo.Options{Addr: c.Addr, Dir: c.Dir, Children: c.Children, Seed: c.Seed, Fresh: c.Fresh, Log: log})
	if err != nil {
		return err
	}
	c.greet(d)
	return d.Serve(ctx)
}

// greet asks for the hearings up to tonight, among which are some with a diversion.
func (c demoCmd) greet(d *demo.Demo) {
	fmt.Printf(`Korpu demo, SYNTHETIC DATA: nobody in it exists.

  questions   POST %[1]s/graphql
  pages       %[1]s/
  explorer    %[1]s/graphiql
  health      %[1]s/healthz  %[1]s/readyz
  data        %[2]s

Who can ask: go run ./cmd/korpu token --list --dir %[2]s. Ask as a court clerk:

  curl -s %[1]s/graphql \
    -H "Authorization: Bearer $(go run ./cmd/korpu token --as court_clerk --dir %[2]s)" \
    -H 'Content-Type: application/json' \
    -d '{"query":"{ me { name role purpose } hearings(first: 3, filter: {at: {lt: \"%[3]sT00:00:00Z\"}}) { nodes { at place statusCard { caseNumber status since } } } }"}'

`, d.URL, c.Dir, time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly))
}

type tokenCmd struct {
	As     string `help:"A role (its first persona) or a persona's name." xor:"who"`
	Client string `help:"A partner system's client." xor:"who"`
	List   bool   `help:"Name the personas." xor:"who"`
	Dir    string `default:".demo" help:"The demo's folder."`
}

func (c tokenCmd) Run(ctx context.Context) error {
	var token string
	var err error
	switch {
	case c.List:
		return c.list(ctx)
	case c.Client != "":
		token, err = demo.SystemToken(c.Dir, c.Client)
	case c.As != "":
		token, err = demo.Token(c.Dir, c.As)
	default:
		return fmt.Errorf("say who: --as ROLE, --client CLIENT, or --list")
	}
	if err != nil {
		return err
	}
	fmt.Println(token)
	return nil
}

func (c tokenCmd) list(ctx context.Context) error {
	people, err := demo.List(ctx, c.Dir)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, p := range people {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Name, p.Role, p.Staff, p.Title)
	}
	return w.Flush()
}
