package e2e

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
	"korpu/policy"
)

// endings end every relation of people and agencies to children. What stays on record, such as the court that a case names,
// the author of an entry or the receiver of a referral, opens nothing.
var endings = []string{
	"update korpu.case_party set ended_at = now() where ended_at is null",
	"update korpu.care_team_member set left_at = now() where left_at is null",
	"update korpu.legal_mandate set ended_at = now() where ended_at is null",
	"update korpu.referral set status = 'REVOKED' where status in ('SENT', 'ACCEPTED', 'ACTIVE')",
	"update korpu.detention_episode set released_at = now() where released_at is null",
	"delete from korpu.access_grant",
	"delete from korpu.emergency_access",
	"delete from korpu.monitoring_visit",
	"update korpu.agency_district set until = current_date",
	"update korpu.harm_report set recipient_id = (select id from korpu.agency where code = 'PRISON')", // who was informed of harm keeps that report, as it keeps a letter
}

// recordsOfChildren counts, over all lists of records of children that a profile has, the records that it is shown.
func recordsOfChildren(t *testing.T, h *hubtest.Hub, p *policy.Profile, child string) int {
	t.Helper()
	asker, n := hubtest.OfRole(p.Role), 0
	asker.Purpose = p.Purpose
	for _, f := range p.Schema().Query.Fields {
		if f.Name == "legalNotes" { // what a lawyer wrote stays with the lawyer, for retention
			continue
		}
		if root := p.Catalog().Root(f.Name); root != nil && root.Page && root.Record.Anchor != policy.AnchorNone {
			call := f.Name
			if f.Arguments.ForName("child") != nil { // of one child, whoever that is
				call += `(child: "` + child + `")`
			}
			list := h.Ask(t, asker, "{ "+call+" { totalCount } }", nil).Data(t)[f.Name].(map[string]any)
			n += int(list["totalCount"].(float64))
		}
	}
	return n
}

func TestWhoeverIsRelatedToNoChildAnyMoreIsShownNone(t *testing.T) {
	admin, conn := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	do(t, conn, "update korpu.detention_episode set author_id = (select staff_id from korpu.staff_identity where subject = 'officer-sumgayit') "+
		"where case_id in (select id from korpu.case_file where parties @> array[(select id from korpu.agency where code = 'SUM-POLICE')])")
	var child string
	if err := conn.QueryRow(t.Context(), "select id::text from korpu.child where cardinality(counsel) > 0 order by id limit 1").Scan(&child); err != nil {
		t.Fatal(err)
	}
	seeing := 0
	for _, p := range hubtest.Policy().Profiles {
		if recordsOfChildren(t, h, p, child) > 0 {
			seeing++
		}
	}
	if seeing < 15 {
		t.Fatalf("only %d profiles saw anything before", seeing)
	}
	do(t, conn, endings...)
	for _, p := range hubtest.Policy().Profiles {
		if n := recordsOfChildren(t, h, p, child); n > 0 && p.Role != "dpo" { // who sees consents by office
			t.Errorf("%s is shown %d records", p, n)
		}
	}
}

const caseByNumber = `query($n: String!) { case(number: $n) { id stage diversion { status } } cases(filter: {number: {eq: $n}}) { totalCount nodes { id } } }`

// A case names the court that would hear it from the day on which it is opened.
func TestAJudgeIsShownNothingOfACaseToWhichTheCourtIsNoParty(t *testing.T) {
	admin, conn := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	judge := hubtest.Persona("judge-sumgayit")
	never := h.Ask(t, judge, caseByNumber, map[string]any{"n": "SUM-1999-00000"})
	if one := never.Data(t); one["case"] != nil || one["cases"].(map[string]any)["totalCount"] != 0.0 {
		t.Fatalf("%s", never.Body)
	}
	expect := func(number, when string) {
		t.Helper()
		if r := h.Ask(t, judge, caseByNumber, map[string]any{"n": number}); r.Status != never.Status || !bytes.Equal(r.Body, never.Body) {
			t.Errorf("%s, %s: %s", number, when, r.Body)
		}
	}
	const number = `select c.number from korpu.case_file c join korpu.agency a on a.id = c.court_id join korpu.diversion d on d.case_id = c.id
	  where a.code = 'SUM-COURT' and c.sealed_at is null and %s c.parties @> array[a.id] order by c.number limit 1`
	expect(text(t, conn, fmt.Sprintf(number, "not")), "the court is not yet a party")

	before := text(t, conn, fmt.Sprintf(number, ""))
	if r := h.Ask(t, judge, caseByNumber, map[string]any{"n": before}); r.Data(t)["case"] == nil {
		t.Fatalf("%s", r.Body)
	}
	do(t, conn, "update korpu.case_party set ended_at = now() where case_id = (select id from korpu.case_file where number = '"+before+
		"' and sealed_at is null) and agency_id = (select id from korpu.agency where code = 'SUM-COURT')")
	expect(before, "the court is no party any more")
}

func TestAClerkIsShownNoHearingOfACaseToWhichTheCourtIsNoParty(t *testing.T) {
	admin, conn := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	clerk := hubtest.Persona("clerk-sumgayit")
	count := func() float64 {
		return h.Ask(t, clerk, "{ hearings { totalCount } }", nil).Data(t)["hearings"].(map[string]any)["totalCount"].(float64)
	}
	if count() == 0 {
		t.Fatal("no hearing before")
	}
	do(t, conn, "update korpu.case_party set ended_at = now() where agency_id = (select id from korpu.agency where code = 'SUM-COURT')")
	if n := count(); n != 0 {
		t.Errorf("%v hearings", n)
	}
}

// A revoked or completed referral is closed to its receiver, and only that one.
func TestAReceiverIsShownLiveReferralsOnly(t *testing.T) {
	admin, conn := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	shown := func() int {
		list := h.Ask(t, hubtest.Persona("coach-sumgayit"), "{ referrals(first: 100) { nodes { status } } }", nil).Data(t)["referrals"].(map[string]any)
		for _, n := range list["nodes"].([]any) {
			if s := n.(map[string]any)["status"]; s != "SENT" && s != "ACCEPTED" && s != "ACTIVE" {
				t.Errorf("a referral that is %v", s)
			}
		}
		return len(list["nodes"].([]any))
	}
	before := shown()
	do(t, conn, `update korpu.referral set status = 'REVOKED' where id = (select r.id from korpu.referral r join korpu.agency a on a.id = r.receiver_id
	   where a.code = 'SUM-SPORT' and r.status in ('SENT', 'ACCEPTED', 'ACTIVE') limit 1)`)
	if after := shown(); before == 0 || after != before-1 {
		t.Errorf("%d referrals before, %d after", before, after)
	}
}

func TestAReleaseClosesTheRegisterOnTheChild(t *testing.T) {
	admin, conn := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	registrar := hubtest.Persona("registrar")
	do(t, conn, "update korpu.detention_episode set released_at = null where id = (select d.id from korpu.detention_episode d join korpu.child k on k.id = d.child_id "+
		"where d.facility_id = (select id from korpu.agency where code = 'ISOLATOR') and k.sealed_at is null order by admitted_at desc limit 1)")
	const register = "{ detentions(first: 100) { totalCount nodes { id releasedAt child { familyName } } } children { totalCount } }"
	before := h.Ask(t, registrar, register, nil).Data(t)["detentions"].(map[string]any)
	if before["totalCount"] != 1.0 {
		t.Fatalf("%v are held", before["totalCount"])
	}
	for _, d := range before["nodes"].([]any) {
		if stay := d.(map[string]any); stay["releasedAt"] != nil || stay["child"] == nil {
			t.Errorf("%v", stay)
		}
	}
	do(t, conn, "update korpu.detention_episode set released_at = now() where released_at is null and facility_id = (select id from korpu.agency where code = 'ISOLATOR')")
	for list, answer := range h.Ask(t, registrar, register, nil).Data(t) {
		if n := answer.(map[string]any)["totalCount"]; n != 0.0 {
			t.Errorf("%v %s after the release", n, list)
		}
	}
}

func TestAMemberOfTheCommissionIsShownAChildOnlyWhileACaseIsBeforeTheCommission(t *testing.T) {
	admin, conn := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	children := func() float64 {
		return h.Ask(t, hubtest.Persona("member-sumgayit"), "{ children { totalCount } }", nil).Data(t)["children"].(map[string]any)["totalCount"].(float64)
	}
	if n := children(); n != 0 {
		t.Fatalf("%v children of cases that are elsewhere", n)
	}
	const own = " from korpu.case_file where sealed_at is null and parties @> array[(select id from korpu.agency where code = 'SUM-COMMISSION')]"
	putBefore(t, conn, "COMMISSION", own)
	if children() == 0 {
		t.Error("no child of a case before the commission")
	}
	putBefore(t, conn, "CLOSED", own)
	if n := children(); n != 0 {
		t.Errorf("%v children of closed cases", n)
	}
}

func TestACommissionIsShownItsOwnDecisionsOnly(t *testing.T) {
	admin, conn := hubtest.Country(t, 300, 1)
	h := hubtest.Open(t, admin)
	putBefore(t, conn, "COMMISSION", " from korpu.case_file where parties @> array[(select id from korpu.agency where code = 'SUM-COMMISSION')]")
	const events = "{ cases(first: 30) { nodes { procedure(first: 30) { nodes { kind decider { code } } } } } }"
	for _, who := range []string{"secretary-sumgayit", "member-sumgayit"} {
		own := 0
		for _, c := range h.Ask(t, hubtest.Persona(who), events, nil).Data(t)["cases"].(map[string]any)["nodes"].([]any) {
			for _, e := range c.(map[string]any)["procedure"].(map[string]any)["nodes"].([]any) {
				if decider := e.(map[string]any)["decider"]; fmt.Sprint(decider) != "map[code:SUM-COMMISSION]" {
					t.Errorf("%s is shown an event of %v", who, decider)
				}
				own++
			}
		}
		if own == 0 {
			t.Errorf("%s is shown none", who)
		}
	}
}

// putBefore puts cases before an authority.
func putBefore(t *testing.T, conn *pgx.Conn, stage, cases string) {
	t.Helper()
	do(t, conn, "update korpu.case_file set stage = '"+stage+"' where id in (select id"+cases+")")
}

// do alters the database as superuser.
func do(t *testing.T, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if tag, err := conn.Exec(t.Context(), sql); err != nil || tag.RowsAffected() == 0 {
			t.Fatalf("%s: %d rows, error %v", sql, tag.RowsAffected(), err)
		}
	}
}

func text(t *testing.T, conn *pgx.Conn, sql string) (s string) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sql).Scan(&s); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return s
}
