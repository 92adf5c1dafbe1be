package records_test

import (
	"net/http"
	"strings"
	"testing"

	"korpu/internal/fault"
	"korpu/internal/hub"
	"korpu/internal/hubtest"
)

// Every request is checked in its own snapshot, so a token that an instance knows does not outlive its holder's admission.
func TestWhoIsNoLongerAdmittedIsRefusedOnTheNextRequestByEveryInstance(t *testing.T) {
	d := openDesk(t)
	instances := []*hub.Hub{d.Hub.Hub, d.Instance(t)}
	system := d.system(t, "officer")
	for what, c := range map[string]struct {
		who       hubtest.Asker
		out, back string
	}{
		"the agency is suspended":            {officer, "update korpu.agency set suspended_at = now() where code = 'SABAIL'", "update korpu.agency set suspended_at = null"},
		"the role has ended":                 {officer, "update korpu.staff_role set ended_at = now() where role = 'police_officer'", "update korpu.staff_role set ended_at = null"},
		"one of two roles has ended":         {colleague, "update korpu.staff_role set ended_at = now() where role = 'police_officer'", "update korpu.staff_role set ended_at = null"},
		"the person has left":                {officer, "update korpu.staff set left_at = now() where name = 'officer'", "update korpu.staff set left_at = null"},
		"the person is not known any more":   {officer, "delete from korpu.staff_role where staff_id = md5('officer')::uuid", "insert into korpu.staff_role (staff_id, role) values (md5('officer')::uuid, 'police_officer')"},
		"the client is suspended":            {system, "update korpu.client set suspended_at = now()", "update korpu.client set suspended_at = null"},
		"the client has lost the role":       {system, "update korpu.client set roles = '{}'", "update korpu.client set roles = '{police_officer}'"},
		"the client has lost the purpose":    {system, "update korpu.client set purposes = '{SUPERVISION}'", "update korpu.client set purposes = '{CASE_PROCEEDINGS}'"},
		"the client belongs to another":      {system, "update korpu.client set agency_id = md5('OTHER')::uuid", "update korpu.client set agency_id = md5('SABAIL')::uuid"},
		"the system's agency is suspended":   {system, "update korpu.agency set suspended_at = now() where code = 'SABAIL'", "update korpu.agency set suspended_at = null"},
		"the person that it names has left":  {system, "update korpu.staff set left_at = now() where name = 'officer'", "update korpu.staff set left_at = null"},
		"the person that it names has moved": {system, "update korpu.staff set agency_id = md5('OTHER')::uuid where name = 'officer'", "update korpu.staff set agency_id = md5('SABAIL')::uuid where name = 'officer'"},
	} {
		for _, query := range []string{"{ cases { totalCount } }", "{ me { name } }", "{ __typename }"} {
			d.expectAll(t, instances, c.who, query, http.StatusOK, what+" not yet")
			d.do(t, c.out)
			d.expectAll(t, instances, c.who, query, 0, what)
			d.do(t, c.back)
			// At the latest the request after the one that was refused is looked up anew.
			for _, i := range instances {
				hubtest.Send(t, i, d.Request(t, c.who, query, nil))
			}
			d.expectAll(t, instances, c.who, query, http.StatusOK, what+" no more")
		}
	}
}

// expectAll tests that every instance answers with the status, or refuses and tells nothing where it is 0.
func (d *desk) expectAll(t *testing.T, instances []*hub.Hub, who hubtest.Asker, query string, status int, when string) {
	t.Helper()
	for n, i := range instances {
		r := hubtest.Send(t, i, d.Request(t, who, query, nil))
		if status != 0 {
			if r.Status != status || codeOf(t, r) != "" {
				t.Errorf("%s, instance %d answers %s with %d %s", when, n, query, r.Status, r.Body)
			}
			continue
		}
		code := codeOf(t, r)
		if code != fault.Unauthenticated && code != fault.Forbidden || strings.Contains(string(r.Body), `"data":{`) {
			t.Errorf("%s, but instance %d answers %s with %d %s", when, n, query, r.Status, r.Body)
		}
	}
}

// Who has moved is never answered for the former agency, also by an instance that remembers it.
func TestWhoHasMovedSeesWhatTheNewAgencySees(t *testing.T) {
	d := openDesk(t)
	const query = "{ cases { totalCount } }"
	if got := string(d.Ask(t, officer, query, nil).Body); got != `{"data":{"cases":{"totalCount":35}}}` {
		t.Fatal(got)
	}
	d.do(t, "update korpu.staff set agency_id = md5('OTHER')::uuid where name = 'officer'")
	expectCode(t, d.Ask(t, officer, query, nil), fault.Unauthenticated)
	if got := string(d.Ask(t, officer, query, nil).Body); got != `{"data":{"cases":{"totalCount":5}}}` {
		t.Errorf("the answer is %s", got)
	}
}
