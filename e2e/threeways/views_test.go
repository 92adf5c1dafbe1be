package threeways

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/policy"
)

// trial is one random database, judged for one asker after the other.
type trial struct {
	t     *testing.T
	world *world
	judge *judge
	seen  *coverage
	// misses are the look-ups that found nothing, by person.
	misses map[string]int
}

// become makes the login the reading role of the asker, as the hub does.
func become(ctx context.Context, tx pgx.Tx, a asker) error {
	_, err := tx.Exec(ctx, "select set_config('role', $1, true), set_config('korpu.staff', $2, true), set_config('korpu.agency', $3, true), set_config('korpu.purpose', $4, true)",
		policy.ReadingRole(a.role), a.staff, a.agency, a.purpose)
	return err
}

// compareViews reads every view of the asker's profile, and compares it with what Casbin permits.
func (c *trial) compareViews(tx pgx.Tx, p *policy.Profile, version int64, a asker) {
	c.t.Helper()
	if err := become(c.t.Context(), tx, a); err != nil {
		c.t.Fatal(err)
	}
	schema := p.ViewSchema(version)
	views, err := list[string](c.t.Context(), tx, "select relname from pg_class where relnamespace = $1::regnamespace and relkind = 'v'", schema)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, name := range c.judge.catalog.Names {
		r := c.judge.catalog.Records[name]
		var shown []row
		if slices.Contains(views, r.Table) {
			if shown, err = list[row](c.t.Context(), tx, "select to_jsonb(v) from "+schema+"."+r.Table+" v"); err != nil {
				c.t.Fatal(err)
			}
		}
		c.compareRows(p, a, r, shown)
	}
}

// compareRows compares which rows are there.
func (c *trial) compareRows(p *policy.Profile, a asker, r *policy.Record, shown []row) {
	c.t.Helper()
	there := map[any]row{}
	for _, s := range shown {
		there[s["id"]] = s
	}
	if len(there) != len(shown) {
		c.t.Errorf("%v sees a %s twice", a, r.Name)
	}
	for _, of := range c.world.rows[r.Table] {
		permitted := c.judge.sees(c.world, a, r, of)
		c.seen.row(p, r, permitted)
		view, there := there[of["id"]]
		if permitted != there {
			c.t.Errorf("%s %s for %v: Casbin permits the row: %t, the view shows it: %t", r.Name, of["id"], a, permitted, there)
		}
		if permitted && there {
			c.compareCells(p, a, r, of, view)
		}
	}
}

// compareCells compares what a row shows, and what it tells of the rest.
func (c *trial) compareCells(p *policy.Profile, a asker, r *policy.Record, of, view row) {
	c.t.Helper()
	for _, f := range r.Fields {
		if f.Link != nil {
			continue
		}
		permitted, told := c.judge.shows(c.world, a, f, of), false
		access, open := p.Types[r.Name].Fields[f.Name]
		if open {
			told = !permitted && c.judge.tells(c.world, a, f, of)
			c.seen.cell(p, f, access, permitted, told)
		}
		value, column := view[f.Column]
		withheld, flagged := view[policy.WithheldColumn(f)]
		switch {
		case !open && (permitted || flagged || column && !slices.Contains(r.Keys(), f.Column)):
			c.t.Errorf("%s for %v: the profile has no such field; Casbin permits it: %t, the view has it: %t", f.Title(), a, permitted, column)
		case open && (!column || permitted && !reflect.DeepEqual(value, of[f.Column]) || !permitted && value != nil):
			c.t.Errorf("%s of %s for %v: Casbin permits it: %t, in the table it is %v, in the view %v", f.Title(), of["id"], a, permitted, of[f.Column], value)
		case open && told != (withheld == true):
			c.t.Errorf("%s of %s for %v: to be told: %t, the view tells: %v", f.Title(), of["id"], a, told, withheld)
		}
	}
}
