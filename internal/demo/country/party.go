package country

import "time"

// party is an agency's part in a case.
type party struct {
	by       *person
	capacity string
	since    time.Time
	ended    time.Time
}

func (k *caseFile) join(by *person, capacity string, since time.Time) {
	for _, p := range k.joined {
		if p.by.agency == by.agency && p.capacity == capacity {
			return
		}
	}
	k.joined = append(k.joined, party{by: by, capacity: capacity, since: since})
}

// leave ends the parts in one capacity.
func (k *caseFile) leave(capacity string, at time.Time, really bool) {
	for i := range k.joined {
		if really && k.joined[i].capacity == capacity && k.joined[i].ended.IsZero() {
			k.joined[i].ended = at
		}
	}
}

// close ends the parts of all, at once for those who brought the case, a year later for those who decided it: until then
// the measure is carried out and can be appealed.
func (g *generator) close(k *caseFile, at time.Time) {
	k.closed = at
	for _, capacity := range []string{"INVESTIGATION", "PROSECUTION"} {
		k.leave(capacity, at, true)
	}
	if over := at.AddDate(1, 0, 0); over.Before(g.today) {
		for _, capacity := range []string{"COURT", "COMMISSION", "DIVERSION", "DEFENCE"} {
			k.leave(capacity, over, true)
		}
	}
}

func (g *generator) addParties(k *caseFile) {
	for _, p := range k.joined {
		g.record(caseParties, k.child, k, p.by, p.since, p.capacity, p.since, orNull(p.ended))
		if p.ended.IsZero() {
			k.parties.add(p.by.agency.id)
		}
	}
}
