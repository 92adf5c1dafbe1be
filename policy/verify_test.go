package policy

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

func TestEveryCompiledDecisionIsCasbins(t *testing.T) {
	tally, err := ours().verify()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d decisions of %d profiles, %d distinct sets of rules, %d assignments, unknown included", tally.decisions, len(ours().Profiles), tally.sets, tally.assignments)
	if tally.decisions < len(ours().Profiles)*len(ours().Catalog.Names) || tally.assignments < 3*tally.sets/2 {
		t.Error("hardly anything was compared")
	}
}

// Verify asks Casbin over the rules that it hears for an object. Over the whole policy, and with every other condition
// false, unknown or true, it decides the same: each set of rules that a profile has is asked about once.
func TestCasbinDecidesOverAllRulesAsOverThoseThatItHears(t *testing.T) {
	oracle, err := ours().oracle()
	if err != nil {
		t.Fatal(err)
	}
	var sets, asked atomic.Int64
	var group sync.WaitGroup
	for _, p := range ours().Profiles {
		group.Go(func() {
			known := map[string]bool{}
			for q, heard := range hearings()[p] {
				if key := fmt.Sprint(heard.list); !known[key] {
					known[key] = true
					sets.Add(1)
					asked.Add(sameDecisions(t, oracle, heard, p, q))
				}
			}
		})
	}
	group.Wait()
	t.Logf("%d sets of rules, %d questions to Casbin over the whole policy", sets.Load(), asked.Load())
}

// hearings are what Casbin hears of every object for every profile, over the rules that can speak of the role.
var hearings = sync.OnceValue(func() map[*Profile]map[question]*clauses {
	all := map[*Profile]map[question]*clauses{}
	var mutex sync.Mutex
	var group sync.WaitGroup
	for _, p := range ours().Profiles {
		group.Go(func() {
			heard := map[question]*clauses{}
			oracle, err := NewOracle(ours().Rules.About(p.Role), ours().Catalog)
			if err != nil {
				panic(err)
			}
			for _, asked := range questionsOf(ours().Catalog) {
				one, err := oracle.hear(p.Role, p.Purpose, asked.object, asked.action)
				if err != nil {
					panic(err)
				}
				heard[asked] = one
			}
			mutex.Lock()
			defer mutex.Unlock()
			all[p] = heard
		})
	}
	group.Wait()
	return all
})

// question is what Casbin is asked about an object.
type question struct{ object, action string }

func questionsOf(c *Catalog) []question {
	var all []question
	for _, object := range objectsOf(c) {
		all = append(all, question{object, "read"})
	}
	for _, cmd := range c.Commands {
		all = append(all, question{cmd.Title(), cmd.Action})
		for _, in := range cmd.Inputs() {
			for _, v := range in.classed() {
				all = append(all, question{v.Field.Title(), in.Action})
			}
		}
	}
	return all
}

func objectsOf(c *Catalog) []string {
	var all []string
	for _, name := range c.Names {
		all = append(all, RowObject(c.Records[name]))
		for _, f := range c.Records[name].Fields {
			all = append(all, f.Title())
		}
	}
	return all
}

func sameDecisions(t *testing.T, oracle *Oracle, heard *clauses, p *Profile, q question) (asked int64) {
	narrow, err := heard.oracle()
	if err != nil {
		t.Error(err)
		return 0
	}
	names := heard.conditions()
	slices.Sort(names)
	for _, facts := range assignments(slices.Compact(names)) {
		wanted, err := narrow.decidesHeard(facts)
		for _, others := range []Truth{False, Unknown, True} {
			open, failed := oracle.Decides(p.Role, p.Purpose, q.object, q.action, withOthers(facts, others))
			if asked++; err != nil || failed != nil || open != wanted {
				t.Errorf("%s of %s where %s and all others are %s: %t, not %t; errors %v, %v", q.object, p, words(facts), others, open, wanted, err, failed)
			}
		}
	}
	return asked
}

func withOthers(facts map[string]Truth, others Truth) map[string]Truth {
	all := map[string]Truth{}
	for _, name := range ConditionNames() {
		all[name] = others
	}
	maps.Copy(all, facts)
	return all
}

// A denial that the compiler overlooks is noticed, though no condition that it knows of tells.
func TestADenialThatTheCompilerOverlooksIsNoticed(t *testing.T) {
	c, err := Build(small(t))
	if err != nil {
		t.Fatal(err)
	}
	t0 := profile(t, c, "judge", "CASE_PROCEEDINGS").Types["Case"]
	t0.Row.Guard.Deny = nil
	if err := c.Verify(); err == nil {
		t.Error("the missing denial was not noticed")
	}
}
