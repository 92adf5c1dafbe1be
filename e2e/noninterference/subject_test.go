package noninterference

import (
	"math/rand/v2"
	"slices"
	"strings"

	"korpu/internal/hubtest"
	"korpu/policy"
)

// subject is a profile under proof: who may ask in it, what it may see, what it can ask.
type subject struct {
	*eye
	profile *policy.Profile // as the hub has it
	atlas   *atlas
	people  []*person
	tally   tally
}

func (w *world) subject(role, purpose string) *subject {
	w.t.Helper()
	s := &subject{eye: w.eye(hubtest.Policy(), role, purpose)}
	s.profile = w.still.hub.Policies.Current().Compiled.Profile(role, purpose)
	s.atlas = newAtlas(s.profile.Schema())
	s.tally.places = map[string]int{}
	s.people = w.people(role, purpose)
	return s
}

// subjects are all profiles.
func (w *world) subjects() []*subject {
	w.t.Helper()
	var all []*subject
	for _, p := range hubtest.Policy().Profiles {
		all = append(all, w.subject(p.Role, p.Purpose))
	}
	return all
}

// people lists who is admitted in a role, personas first, and again for the system of the agency where that may name them.
func (w *world) people(role, purpose string) []*person {
	w.t.Helper()
	var all []*person
	for _, p := range structs[struct{ Staff, Agency, Subject, Client string }](w.t, w.still.admin, `
		select a.staff_id::text as staff, a.agency_id::text as agency, min(i.subject) as subject,
		       coalesce(min(c.client_id), '') as client
		  from korpu.admitted a join korpu.staff_identity i on i.staff_id = a.staff_id
		  left join korpu.client_admission c on c.agency_id = a.agency_id and c.roles @> array[a.role] and c.purposes @> array[$2]
		 where a.role = $1 group by 1, 2 order by bool_or(i.subject = a.staff_id::text), 1`, role, purpose) {
		all = append(all, &person{staff: p.Staff, agency: p.Agency, subject: p.Subject})
		if p.Client != "" {
			all = append(all, &person{staff: p.Staff, agency: p.Agency, subject: p.Subject, client: p.Client})
		}
	}
	return all
}

// anyone is mostly a persona: for them there is more to see.
func (s *subject) anyone(rng *rand.Rand) *person {
	personas := slices.IndexFunc(s.people, func(p *person) bool { return p.subject == p.staff })
	if personas <= 0 || rng.IntN(8) == 0 {
		return pick(rng, s.people)
	}
	return pick(rng, s.people[:personas])
}

func (w *world) asker(s *subject, who *person) hubtest.Asker {
	a := hubtest.Asker{Subject: who.subject, Role: s.role, Purpose: s.purpose}
	if who.client != "" {
		a.Client, a.OnBehalfOf = who.client, who.staff
	}
	return a
}

// tally counts what was asked in a profile.
type tally struct {
	asked, counted, refused, rounds int
	places                          map[string]int
}

func (t *tally) add(other tally) {
	t.asked, t.counted, t.refused, t.rounds = t.asked+other.asked, t.counted+other.counted, t.refused+other.refused, t.rounds+other.rounds
	for place, n := range other.places {
		t.places[place] += n
	}
}

// missing are the places that no counted operation reached. A profile to which nothing is reported as withheld cannot
// reach the fields of such a report.
func (s *subject) missing() []string {
	return slices.DeleteFunc(slices.Clone(s.atlas.places), func(place string) bool {
		return s.tally.places[place] > 0 || strings.HasPrefix(place, "Withheld.") && !s.withholds()
	})
}

func (s *subject) withholds() bool {
	for _, t := range s.profile.Types {
		for _, a := range t.Fields {
			if a.Withheld != nil {
				return true
			}
		}
	}
	return false
}
