package records_test

import (
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"korpu/internal/hub"
	"korpu/internal/hubtest"
	"korpu/internal/postgres"
	"korpu/policy"
	"korpu/schema"
)

// narrowed is a policy under which an officer sees only cases that are under investigation, and no safety need.
func narrowed(t *testing.T, comment string) *policy.Compiled {
	t.Helper()
	files := policy.Embedded()
	page := "# " + comment + "\n"
	for line := range strings.Lines(files["rules/police.csv"]) {
		switch {
		case strings.HasPrefix(line, "p, role:police_officer, class:health_safety,"):
		case strings.HasPrefix(line, "p, role:police_officer, rows:Case,"):
			page += strings.Replace(line, ", party, ", ", party & investigation_open, ", 1)
		default:
			page += line
		}
	}
	files["rules/police.csv"] = page
	compiled, err := policy.Compile(schema.FS, files)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// applyUnseen applies policies while the hub sees no row of them, so that the announcement is in vain. Each instance finds out
// by its next request.
func (d *desk) applyUnseen(t *testing.T, instances int, policies ...*policy.Compiled) (version int64) {
	t.Helper()
	began := one[time.Time](t, d, "select clock_timestamp()")
	d.do(t, "alter table korpu.policy_version enable row level security")
	for _, p := range policies {
		var err error
		if version, _, err = postgres.Apply(t.Context(), d.conn, p); err != nil {
			t.Fatal(err)
		}
	}
	const tried = `select count(*) from pg_stat_activity where datname = current_database() and usename = 'korpu_hub'
	  and state = 'idle' and query like '%korpu.policy_version%' and query_start > $1`
	for one[int](t, d, tried, began) < instances {
		runtime.Gosched()
	}
	d.do(t, "alter table korpu.policy_version disable row level security")
	return version
}

func TestARequestThatMeetsANewPolicyIsAnsweredUnderIt(t *testing.T) {
	d := openDesk(t)
	other := d.Instance(t)
	const cases, need = "{ cases { totalCount } }", "{ children(first: 1) { nodes { safetyNeed } } }"
	for _, i := range []*hub.Hub{d.Hub.Hub, other} {
		d.expectAnswer(t, i, cases, `{"data":{"cases":{"totalCount":35}}}`)
		if r := hubtest.Send(t, i, d.Request(t, officer, need, nil)); codeOf(t, r) != "" {
			t.Fatalf("%s", r.Body)
		}
	}
	version := d.applyUnseen(t, 2, narrowed(t, "once"))
	if d.Policies.Current().Version == version {
		t.Log("the instance has heard of the policy by itself; nothing had to be answered anew")
	}
	d.expectAnswer(t, d.Hub.Hub, cases, `{"data":{"cases":{"totalCount":15}}}`)
	if r := hubtest.Send(t, other, d.Request(t, officer, need, nil)); codeOf(t, r) != "INVALID" || !strings.Contains(string(r.Body), "Cannot query field") {
		t.Errorf("a field that is gone is answered with %s", r.Body)
	}
	for _, i := range []*hub.Hub{d.Hub.Hub, other} {
		if now := i.Policies.Current().Version; now != version {
			t.Errorf("the instance answers under version %d instead of %d", now, version)
		}
		d.expectAnswer(t, i, cases, `{"data":{"cases":{"totalCount":15}}}`)
	}
}

// The views of the version under which a request was planned may be gone.
func TestARequestThatMeetsAVersionThatWasDroppedIsAnsweredUnderTheNewOne(t *testing.T) {
	d := openDesk(t)
	d.expectAnswer(t, d.Hub.Hub, "{ cases { totalCount } }", `{"data":{"cases":{"totalCount":35}}}`)
	d.applyUnseen(t, 1, narrowed(t, "once"), narrowed(t, "twice"))
	if n := one[int](t, d, "select count(*) from pg_namespace where nspname like 'v1\\_%'"); n != 0 {
		t.Fatalf("%d schemas of the first version are left", n)
	}
	d.expectAnswer(t, d.Hub.Hub, "{ cases { totalCount } a: agencies { totalCount } }", `{"data":{"cases":{"totalCount":15},"a":{"totalCount":2}}}`)
	d.expectAnswer(t, d.Hub.Hub, "{ cases { totalCount } }", `{"data":{"cases":{"totalCount":15}}}`)
}

func (d *desk) expectAnswer(t *testing.T, h *hub.Hub, query, want string) {
	t.Helper()
	if r := hubtest.Send(t, h, d.Request(t, officer, query, nil)); r.Status != http.StatusOK || string(r.Body) != want {
		t.Errorf("%s is answered %d %s instead of %s", query, r.Status, r.Body, want)
	}
}
