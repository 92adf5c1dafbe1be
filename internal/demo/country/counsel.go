package country

import (
	"time"
)

// engageLawyer gives some children a lawyer: of the clinic, or of the bar. Most mandates last a year beyond the case.
func (g *generator) engageLawyer(k *caseFile) {
	k.engaged = days(k.opened, g.between(1, 15))
	if !k.engaged.Before(g.today) || g.chance(44) {
		return
	}
	k.lawyer = k.place.bar.anyone(g.random, "defence_lawyer")
	if g.chance(40) {
		k.lawyer = g.clinic.anyone(g.random, "clinic_lawyer")
	}
	if ends := k.stages[len(k.stages)-1].from.AddDate(1, 0, 0); g.chance(85) && ends.Before(g.today) {
		k.released = ends
	} else {
		k.child.counsel.add(k.lawyer.id)
	}
	mandate := g.mandate(k, k.lawyer, "COUNSEL", "İcraatda müdafiə")
	if k.lawyer.agency == g.clinic {
		g.ask(k.child, k.lawyer, g.clinic, k.engaged)
		g.beside(func() { g.superviseDefence(k) })
		g.beside(func() { g.setTasks(k) })
	}
	if k.lawyer.agency != g.clinic || g.chance(50) { // the clinic need not show its mandate
		k.join(k.lawyer, "DEFENCE", k.engaged)
		g.beside(func() { g.showMandate(k, mandate) })
	}
}

func (g *generator) mandate(k *caseFile, lawyer *person, capacity, scope string) uid {
	return g.record(mandates, k.child, nil, k.lawyer, k.engaged, lawyer.id, capacity, scope, k.engaged, k.engaged, k.engaged.AddDate(2, 0, 0), orNull(k.released))
}

// superviseDefence has another lawyer of the clinic supervise some defences.
func (g *generator) superviseDefence(k *caseFile) {
	second := g.clinic.anyone(g.random, "clinic_lawyer")
	if second == k.lawyer || !g.chance(25) {
		return
	}
	g.mandate(k, second, "SUPERVISOR", "Müdafiəyə nəzarət")
	k.supervisor = second
	if k.released.IsZero() {
		k.child.counsel.add(second.id)
	}
}

// showMandate shows in the case that the clinic acts for the child; a lawyer of the bar has no need to.
func (g *generator) showMandate(k *caseFile, mandate uid) {
	if k.lawyer.agency == g.clinic {
		g.record(powers, k.child, k, k.lawyer, k.engaged, mandate, k.lawyer.id, k.engaged, orNull(k.released))
	}
}

var duties = []string{"Şikayət vermək", "İşin materialları ilə tanış olmaq", "İclasa hazırlaşmaq", "Arayış almaq"}

// setTasks writes what the clinic's lawyer has to do; most of it was done the day before it was due.
func (g *generator) setTasks(k *caseFile) {
	for range g.between(1, 3) {
		due := days(g.within(k.engaged, g.today).Truncate(day), g.between(2, 30))
		var done any
		if due.Before(g.today) && g.chance(85) {
			done = days(due, -1)
		}
		g.record(legalTasks, k.child, k, k.lawyer, k.engaged, due, secret(oneOf(g.random, duties)), when(g.chance(50), secret("Qovluq 2, vərəq 14")), done)
	}
}

// meetLawyer writes what the monitoring of 2006 found: a lawyer is often asked for, less often appointed, and seldom met.
func (g *generator) meetLawyer(k *caseFile, s stay, detention uid, registrar *person) {
	at, until := s.admitted, s.left
	if until.IsZero() {
		until = g.today
	}
	lawyer := k.lawyer
	if lawyer == nil {
		lawyer = k.place.bar.anyone(g.random, "defence_lawyer")
	}
	for _, step := range []struct {
		kind   string
		chance float64
	}{{"REQUESTED", 78}, {"APPOINTED", 58}, {"FIRST_MET", 42}, {"MET", 50}, {"MET", 40}} {
		if !g.chance(step.chance) {
			return
		}
		at = g.within(at, at.Add(until.Sub(at)/2))
		who, private := contact(step.kind, lawyer, g.chance(60))
		g.record(lawyerContacts, k.child, k, registrar, at, detention, step.kind, at, private, who)
	}
}

// contact tells who and whether in private: nobody is known when a lawyer is asked for, and only a meeting can be private.
func contact(kind string, lawyer *person, private bool) (who, inPrivate any) {
	switch kind {
	case "REQUESTED":
		return nil, nil
	case "APPOINTED":
		return lawyer.id, nil
	default:
		return lawyer.id, private
	}
}

var noteTitles = []string{"İlk görüş", "Müdafiə mövqeyi", "Şahidlər haqqında", "Valideynlə söhbət", "İclasa hazırlıq", "İclasdan sonra",
	"Şikayətin layihəsi", "Sübutların təhlili", "Prokurorla danışıq", "Növbəti addımlar"}

// keepNotes writes the privileged notes of the clinic's lawyer, many in a long case.
func (g *generator) keepNotes(k *caseFile) {
	if k.lawyer == nil || k.lawyer.agency != g.clinic {
		return
	}
	count := g.between(1, 5)
	if k.events >= 10 {
		count = g.between(10, 14)
	}
	until := k.released
	if until.IsZero() {
		until = g.today
	}
	for i := range count {
		at := g.within(k.engaged, until)
		about := k
		if i > 0 && count < 10 && g.chance(15) { // a note on the child alone
			about = nil
		}
		signed := g.signed(at)
		reviewed, reviewer := k.reviewed(signed, g.today)
		g.record(legalNotes, k.child, about, k.lawyer, at, at, secret(noteTitles[i%len(noteTitles)]), secret(noteBody), signed, reviewed, reviewer)
	}
}

// signed is soon after the writing; some notes stay drafts.
func (g *generator) signed(written time.Time) any {
	at := written.Add(g.span(time.Hour, 3*day))
	if g.chance(20) || !at.Before(g.today) {
		return nil
	}
	return at
}

// reviewed tells when the supervising lawyer, where there is one, reviewed a signed note.
func (k *caseFile) reviewed(signed any, today time.Time) (at, by any) {
	on, is := signed.(time.Time)
	if on = on.AddDate(0, 0, 2); !is || k.supervisor == nil || !on.Before(today) {
		return nil, nil
	}
	return on, k.supervisor.id
}

const noteBody = "Sintetik qeyd: vəkil ilə uşaq arasında məxfi söhbətin qısa məzmunu. Bu mətni uşağın öz hüquqşünasından başqa heç kim görməməlidir."
