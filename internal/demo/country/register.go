package country

import "time"

// rows are the reference tables.
func (w *world) rows(issuer string) batch {
	b := batch{}
	for _, p := range w.places {
		b.add(districts, p.id, p.code, p.name, p.city)
	}
	for _, a := range w.agencies {
		w.register(b, a)
	}
	for _, p := range w.people {
		b.add(staff, p.id, p.agency.id, p.name, posts[p.roles[0]], orNull(p.leftAt))
		for _, role := range p.roles {
			b.add(staffRoles, p.id, role)
		}
	}
	for _, subject := range subjects() {
		b.add(staffIdentities, issuer, subject, w.subjects[subject].id)
	}
	for i, c := range Clients() {
		b.add(clients, newRandom(^uint64(i)).id(), issuer, c.ID, w.byCode[c.AgencyCode].id, c.Roles, c.Purposes)
	}
	return b
}

func (w *world) register(b batch, a *agency) {
	var suspended time.Time
	if a.code == suspendedCode {
		suspended = days(w.today, -60)
	}
	b.add(agencies, a.id, a.code, a.name, a.kind, a.place.id, orNull(suspended))
	for _, p := range w.places {
		if a.serves(p) {
			b.add(agencyDistricts, a.id, p.id, w.servesSince(a, p), w.servesUntil(a, p))
		}
	}
	if a.code == "BAK-XZR-POLICE" { // Pirallahı was its district before it had a police department of its own
		b.add(agencyDistricts, a.id, w.byCode["BAK-PIR-POLICE"].place.id, w.today.AddDate(-10, 0, 0), w.today.AddDate(-6, 0, 0))
	}
}

// servesSince: the Diversion Centre reached Sumqayıt, Gəncə and its regions late.
func (w *world) servesSince(a *agency, p *place) time.Time {
	switch {
	case a.opens != 0:
		return days(w.today, a.opens)
	case a == w.centre && p.seat != "BAK":
		return w.today.AddDate(-1, 0, 0)
	case a.code == "BAK-PIR-POLICE":
		return w.today.AddDate(-6, 0, 0)
	default:
		return w.today.AddDate(-10, 0, 0)
	}
}

// servesUntil: the Diversion Centre in Bakı serves a district until one nearby opens.
func (w *world) servesUntil(a *agency, p *place) any {
	for _, c := range w.regional {
		if a == w.centre && c.serves(p) {
			return days(w.today, c.opens)
		}
	}
	return nil
}
