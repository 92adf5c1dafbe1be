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
	g.record(mandates, k.child, nil, k.lawyer, k.engaged, k.lawyer.id, "İcraatda müdafiə", k.engaged, orNull(k.released))
	if k.lawyer.agency == g.clinic {
		g.ask(k.child, k.lawyer, g.clinic, k.engaged)
	}
	if k.lawyer.agency != g.clinic || g.chance(50) { // the clinic need not show its mandate
		k.join(k.lawyer, "DEFENCE", k.engaged)
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
		g.record(legalNotes, k.child, about, k.lawyer, at, at, secret(noteTitles[i%len(noteTitles)]), secret(noteBody), g.signed(at))
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

const noteBody = "Sintetik qeyd: vəkil ilə uşaq arasında məxfi söhbətin qısa məzmunu. Bu mətni uşağın öz hüquqşünasından başqa heç kim görməməlidir."
