package country

import (
	"fmt"
	"time"
)

// helped is what became of a request that somebody gave the help for.
type helped struct {
	child     *child
	by        *person // who gives it
	worker    *person // who asked for it
	from      time.Time
	until     time.Time // zero while it goes on
	completed bool
}

// help writes what a service has on record of a child: the school an enrolment, a course its trainee, the office an application.
func (g *generator) help(service string, h helped) {
	h.child.helps++
	g.apart(h.child.id, 1000+h.child.helps, func() {
		switch service {
		case "SCHOOL":
			g.enrol(h)
		case "TRAINING":
			g.train(h)
		case "ASSISTANCE":
			g.apply(h)
		}
	})
}

var (
	lessons  = odds[any]{{"NEARLY_ALL", 40}, {"MOST", 30}, {"HALF", 12}, {"FEW", 10}, {nil, 8}}
	supports = odds[any]{{"NONE", 20}, {"EXTRA_LESSONS", 30}, {"TUTOR", 20}, {"MATERIALS", 15}, {"OTHER", 5}, {nil, 10}}
)

// enrol writes that the child went to school soon after the school was asked, and mostly still does.
func (g *generator) enrol(h helped) {
	starts := earlier(days(h.from, g.between(3, 75)), g.today)
	var ends any
	attendance := lessons.draw(g.random)
	if g.chance(12) {
		ends = earlier(days(starts, g.between(60, 200)), g.today)
	}
	grade := min(max(h.child.ageOn(starts)-6, 1), 11)
	g.record(enrolments, h.child, nil, h.by, starts, starts, ends, grade, attendance, supports.draw(g.random))
	h.child.schooling = "ATTENDING"
	if ends != nil {
		h.child.schooling = "OUT_OF_SCHOOL"
	} else if attendance == "FEW" {
		h.child.schooling = "NOT_ATTENDING"
	}
}

var courses = []string{"Bərbər", "Çilingər", "Aşpaz", "Elektrik", "Dərzi", "Kompüter təmiri"}

// train writes a course of some months, and how it ended.
func (g *generator) train(h helped) {
	starts := earlier(days(h.from, g.between(3, 20)), g.today)
	ends := days(starts, g.between(90, 150))
	var ended, outcome, certificate any
	if h.completed || !h.until.IsZero() || ends.Before(g.today) {
		ended, outcome = earlier(ends, g.today), "COMPLETED"
		if g.chance(22) {
			outcome = "LEFT"
		} else if g.chance(80) {
			certificate = fmt.Sprintf("SYN-%04d", g.between(1, 9999))
		}
	}
	g.record(trainings, h.child, nil, h.by, starts, oneOf(g.random, courses), starts, ends, ended, outcome, certificate)
}

var (
	kindsOfAid = odds[string]{{"TARGETED", 60}, {"ONE_OFF", 25}, {"IN_KIND", 15}}
	refusals   = odds[string]{{"INCOME", 40}, {"DOCUMENTS", 25}, {"RESIDENCE", 15}, {"ALREADY_GRANTED", 12}, {"OTHER", 8}}
	amounts    = odds[string]{{"UP_TO_100", 30}, {"UP_TO_300", 50}, {"ABOVE_300", 20}}
)

// apply writes the application that a worker helped the family to make, and in most cases the decision. The office owns it.
func (g *generator) apply(h helped) {
	applied := earlier(days(h.from, g.between(2, 20)), g.today)
	decided := days(applied, g.between(5, 30))
	var decision, decidedOn, refusal, amount any
	if decided.Before(g.today) {
		decision, decidedOn, amount = "GRANTED", decided, amounts.draw(g.random)
		if g.chance(30) {
			decision, refusal, amount = "REFUSED", refusals.draw(g.random), nil
		}
	}
	g.record(applications, h.child, nil, &person{id: h.worker.id, agency: h.by.agency}, applied, kindsOfAid.draw(g.random), applied, decision, decidedOn, refusal, amount)
}
