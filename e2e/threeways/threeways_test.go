// Package threeways proves on random databases that three ways to the same decision agree cell by cell: what the hub
// answers, what the views show to the reading role, and what Casbin says where the truth of every condition is found by
// oracles in Go that know the condition's sentence and the tables, but not its SQL.
package threeways

import (
	"context"
	"flag"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"korpu/internal/hubtest"
	"korpu/policy"
)

var (
	seed      = flag.Uint64("threeways.seed", 1, "of the random databases")
	databases = flag.Int("threeways.databases", 4, "how many random databases to compare at least")
	most      = flag.Int("threeways.most", 20, "how many of them until every decision has occurred")
)

// persona is an asker with the token to ask with.
type persona struct {
	asker
	client string // of a partner system that names the person; empty for one who signs in
}

func (p persona) asks() hubtest.Asker {
	if p.client != "" {
		return hubtest.Asker{Client: p.client, OnBehalfOf: p.staff, Role: p.role, Purpose: p.purpose}
	}
	return hubtest.Asker{Subject: p.staff, Role: p.role, Purpose: p.purpose}
}

func TestEveryConditionHasAnOracle(t *testing.T) {
	for _, name := range policy.ConditionNames() {
		if oracles[name] == nil {
			t.Errorf("%s has none: write one from its sentence, not from its SQL", name)
		}
	}
	if len(oracles) != len(policy.ConditionNames()) {
		t.Errorf("there are %d oracles for %d conditions", len(oracles), len(policy.ConditionNames()))
	}
}

func TestAnswersViewsAndCasbinAgreeCellByCell(t *testing.T) {
	admin, conn := hubtest.Database(t)
	b := &bench{t: t, conn: conn}
	b.fill(rand.New(rand.NewPCG(*seed, 0)), "") // so that the hub finds agencies to trust
	b.hub = hubtest.Open(t, admin)
	b.hub.Config.AuditKey = nil // nothing but the test writes to the database
	b.hub.Hub = b.hub.Instance(t)
	b.login = hubtest.Login(t, admin)
	policies := b.hub.Policies.Current()
	seen := newCoverage(policies.Compiled)
	j := newJudge(t, policies.Compiled, seen)
	n := 0
	for ; n < *databases || n < *most && !seen.complete(); n++ {
		random := rand.New(rand.NewPCG(*seed, uint64(n)))
		c := &trial{t: t, world: b.fill(random, b.hub.Config.Issuers[0].URL), judge: j, seen: seen, misses: map[string]int{}}
		j.forget()
		for _, p := range policies.Compiled.Profiles {
			for _, who := range personas(c.world, random, p) {
				b.views(c, p, policies.Version, who.asker)
				c.interview(b.hub, random, p, who)
				if t.Failed() {
					t.Fatalf("seed %d, database %d, %s", *seed, n, p)
				}
			}
		}
	}
	t.Logf("seed %d: %d databases, %d cells of views and %d values of %d answers compared, %d different decisions of Casbin",
		*seed, n, seen.cells, seen.answered, seen.questions, len(j.decided))
	seen.expect(t, "")
}

// bench is the database that is filled anew, and the ways into it.
type bench struct {
	t     *testing.T
	conn  *pgx.Conn // of the superuser
	login *pgxpool.Pool
	hub   *hubtest.Hub
}

// fill writes a new random database and reads it back as its owner.
func (b *bench) fill(random *rand.Rand, issuer string) (w *world) {
	b.t.Helper()
	err := pgx.BeginFunc(b.t.Context(), b.conn, func(tx pgx.Tx) (err error) {
		w, err = refill(b.t.Context(), tx, random, false, issuer)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return w
}

func refill(ctx context.Context, tx pgx.Tx, random *rand.Rand, brink bool, issuer string) (*world, error) {
	nullable, err := nullableColumns(ctx, tx)
	if err != nil {
		return nil, err
	}
	var now time.Time
	if err := tx.QueryRow(ctx, "select now()").Scan(&now); err != nil {
		return nil, err
	}
	g := generate(random, now.UTC(), brink, nullable)
	g.identities(issuer)
	if err := g.write(ctx, tx); err != nil {
		return nil, err
	}
	return look(ctx, tx)
}

func (b *bench) views(c *trial, p *policy.Profile, version int64, a asker) {
	b.t.Helper()
	err := pgx.BeginFunc(b.t.Context(), b.login, func(tx pgx.Tx) error {
		c.compareViews(tx, p, version, a)
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// personas are two who are admitted in the profile's role; one whose agency has a system may ask through it.
func personas(w *world, random *rand.Rand, p *policy.Profile) []persona {
	var all []persona
	for _, held := range w.where("staff_role", row{"role": p.Role, "ended_at": nil}) {
		staff := w.at("staff", held["staff_id"])
		if staff["left_at"] != nil {
			continue
		}
		who := persona{asker: asker{staff["id"].(string), staff["agency_id"].(string), p.Role, p.Purpose}}
		for _, c := range w.where("client", row{"agency_id": staff["agency_id"]}) {
			if c.lists("roles", p.Role) && random.IntN(2) == 0 {
				who.client = c["client_id"].(string)
			}
		}
		all = append(all, who)
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return slices.Clip(all[:min(2, len(all))])
}
