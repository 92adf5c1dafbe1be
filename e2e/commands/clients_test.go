package commands

import (
	"net/http"
	"testing"

	"korpu/internal/hubtest"
)

// system is a partner's system as the administrator sees it.
func (p *place) system(name string) map[string]any {
	p.t.Helper()
	list := p.Ask(p.t, asker("administrator"), "{ clients { nodes { id version name roles purposes suspendedAt agency { code } } } }", nil).Data(p.t)["clients"].(map[string]any)
	for _, n := range list["nodes"].([]any) {
		if c := n.(map[string]any); c["name"] == name {
			return c
		}
	}
	p.t.Fatalf("there is no client %s", name)
	return nil
}

func TestASuspendedSystemIsRefusedOnEveryInstanceUntilItIsLetInAgain(t *testing.T) {
	p := open(t)
	other := p.Instance(t)
	court := hubtest.Asker{Client: "court-system", Role: "judge", OnBehalfOf: p.person("judge-sumgayit")}
	police := hubtest.Asker{Client: "police-system", Role: "police_officer", OnBehalfOf: p.person("officer-sumgayit")}
	const query = "{ cases { totalCount } }"
	answered := func(a hubtest.Asker) (first, second int) {
		return p.Ask(t, a, query, nil).Status, hubtest.Send(t, other, p.Request(t, a, query, nil)).Status
	}
	expect := func(when string, a hubtest.Asker, status int) {
		t.Helper()
		if first, second := answered(a); first != status || second != status {
			t.Fatalf("%s: %d on one instance, %d on the other", when, first, second)
		}
	}
	expect("before", court, http.StatusOK)
	c := p.system("court-system")
	if agency := c["agency"].(map[string]any); agency["code"] != "SUM-COURT" || c["suspendedAt"] != nil {
		t.Fatalf("%v", c)
	}
	suspended := p.do("administrator", "suspendClient", "suspendedAt version", map[string]any{"id": c["id"], "expectedVersion": 1}).done()
	if suspended["suspendedAt"] == nil || suspended["version"] != 2.0 {
		t.Fatalf("%v", suspended)
	}
	expect("suspended", court, http.StatusUnauthorized)
	expect("another system", police, http.StatusOK)
	if first, _ := answered(hubtest.Persona("judge-sumgayit")); first != http.StatusOK {
		t.Fatal("the judge cannot sign in any more")
	}
	p.do("administrator", "suspendClient", "id", map[string]any{"id": c["id"], "expectedVersion": 2}).Refused("INVALID", "suspended already")
	resumed := p.do("administrator", "resumeClient", "suspendedAt", map[string]any{"id": c["id"], "expectedVersion": 2}).done()
	if resumed["suspendedAt"] != nil {
		t.Fatalf("%v", resumed)
	}
	expect("let in again", court, http.StatusOK)
	p.do("administrator", "resumeClient", "id", map[string]any{"id": c["id"], "expectedVersion": 3}).Refused("INVALID", "not suspended")
}

func TestNobodyButTheAdministratorSuspendsASystem(t *testing.T) {
	p := open(t)
	id := p.system("court-system")["id"]
	for _, who := range []string{"dpo", "judge-sumgayit", "officer-sumgayit"} {
		p.do(who, "suspendClient", "id", map[string]any{"id": id, "expectedVersion": 1}).Refused("INVALID", "")
	}
	if n := value[int](p, "select count(*)::int from korpu.client where suspended_at is not null"); n != 0 {
		t.Errorf("%d are suspended", n)
	}
}
