package country_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"korpu/internal/postgres/pgtest"
)

func TestTheChildrenOfTheBriefAreInTheCountry(t *testing.T) {
	checkBrief(t, loaded(t))
}

// cohort are the children referred from Sumqayıt and diverted at the Diversion Centre, with the day of entry.
const cohort = `
	select d.child_id, d.starts_on
	  from korpu.diversion d
	  join korpu.case_file c on c.id = d.case_id
	  join korpu.district l on l.id = c.district_id
	  join korpu.agency a on a.id = d.agency_id
	 where l.code = 'SUM' and a.code = 'BAK-CENTRE' and d.starts_on is not null
	   and exists (select from korpu.referral r join korpu.agency s on s.id = r.agency_id
	                where r.child_id = d.child_id and r.receiver_id = d.agency_id and r.service = 'PROGRAMME'
	                  and r.status in ('ACTIVE', 'COMPLETED') and s.code in ('SUM-POLICE', 'SUM-COMMISSION'))`

func checkBrief(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	if n := one[int](t, conn, "select count(distinct child_id) from ("+cohort+") x"); n != 13 {
		t.Errorf("%d children of Sumqayıt entered the programme", n)
	}
	if n := one[int](t, conn, `select count(distinct child_id) from korpu.referral r join korpu.agency s on s.id = r.agency_id
		join korpu.agency a on a.id = r.receiver_id where a.code = 'BAK-CENTRE' and s.code like 'SUM-%' and service = 'PROGRAMME'`); n != 13 {
		t.Errorf("%d children were referred from Sumqayıt", n)
	}
	none(t, conn, "of them have not yet been followed for eight months", "select count(*) from ("+cohort+`) x
		where x.starts_on + interval '8 months' >= '2026-11-23'`)
	none(t, conn, "of them were not apprehended before", "select count(*) from ("+cohort+`) x where not exists (
		select from korpu.procedure_event e where e.child_id = x.child_id and e.kind = 'APPREHENSION' and e.at < x.starts_on)`)
	none(t, conn, "of them were apprehended again", "select count(*) from ("+cohort+`) x join korpu.procedure_event e using (child_id)
		where e.kind = 'APPREHENSION' and e.at >= x.starts_on and e.at < x.starts_on + interval '8 months'`)
	if n := one[int](t, conn, ganja+"r.rejection = 'DISTANCE'"); n < 3 {
		t.Errorf("%d referrals from Gəncə were rejected for distance", n)
	}
	if n := one[int](t, conn, ganja+"r.status = 'SENT'"); n < 3 {
		t.Errorf("%d referrals from Gəncə wait", n)
	}
	none(t, conn, "children of Gəncə are in the programme", ganja+"r.status in ('ACTIVE', 'COMPLETED')")
}

func TestTheChildrenOfTheBriefWereMetSeveralTimesAWeekAndThoseOfGanjaOftenNot(t *testing.T) {
	conn := loaded(t)
	none(t, conn, "of the cohort have no care plan", "select count(*) from ("+cohort+`) x where not exists (select from korpu.care_plan p where p.child_id = x.child_id)`)
	none(t, conn, "of the cohort were met less than twice a week", "select count(*) from ("+cohort+`) x where not exists (select from korpu.care_plan p
		where p.child_id = x.child_id and (select count(*) from korpu.session s where s.plan_id = p.id and s.attended in ('YES', 'LATE'))
		    > 2 * (least(p.closed_on, '2026-11-23') - p.starts_on) / 7)`)
	far := `select count(*) from korpu.session s join korpu.case_file c on c.id = s.case_id join korpu.district l on l.id = c.district_id
		where s.reason = 'DISTANCE' and l.city in ('Gəncə', 'Goranboy', 'Göygöl', 'Samux', 'Şəmkir', 'Daşkəsən')`
	if n := one[int](t, conn, far); n < 50 {
		t.Errorf("%d sessions in Gəncə were not delivered because of the distance", n)
	}
	none(t, conn, "sessions that the distance prevented are held against a child", "select count(*) from korpu.session where reason = 'DISTANCE' and attended <> 'NOT_DELIVERED'")
	none(t, conn, "sessions lie ahead and are recorded, or were held and are not", `select count(*) from korpu.session
		where planned_at >= '2026-11-24' and attended is not null or (attended in ('YES', 'LATE')) is distinct from (held_at is not null) and attended is not null`)
}

const ganja = `select count(*) from korpu.referral r
	join korpu.agency s on s.id = r.agency_id
	join korpu.district l on l.id = s.district_id
	join korpu.agency a on a.id = r.receiver_id
	where a.code = 'BAK-CENTRE' and r.service = 'PROGRAMME' and l.city in ('Gəncə', 'Goranboy', 'Göygöl', 'Samux', 'Şəmkir', 'Daşkəsən') and `

func TestFourToFiveHundredChildrenAreRegisteredEachYear(t *testing.T) {
	conn := loaded(t)
	for year := range 5 {
		n := one[int](t, conn, `select count(*) from korpu.child where registered_on >= '2026-11-23'::date - make_interval(years => $1 + 1)
			and registered_on < '2026-11-23'::date - make_interval(years => $1)`, year)
		if n < 400 || n > 500 {
			t.Errorf("%d children %d years ago", n, year)
		}
	}
	if n := one[int](t, conn, "select count(*) from korpu.child"); n != 2250 {
		t.Errorf("%d children", n)
	}
}

func TestLawyersAreOftenAskedForLessOftenAppointedAndSeldomMet(t *testing.T) {
	n := pgtest.Column[int](t, loaded(t), `select count(*) from unnest(array['REQUESTED', 'APPOINTED', 'FIRST_MET']) with ordinality k (kind, place)
		join korpu.lawyer_contact c on c.kind = k.kind group by k.kind, place order by place`)
	if len(n) != 3 || n[1]*4 > n[0]*3 || n[2]*4 > n[1]*3 {
		t.Errorf("asked for, appointed, met: %d", n)
	}
}

func TestDozensOfChildrenWereHeldByAdministrativeOrder(t *testing.T) {
	if n := one[int](t, loaded(t), "select count(distinct child_id) from korpu.detention_episode where status = 'ADMINISTRATIVE'"); n < 24 || n > 200 {
		t.Errorf("%d children", n)
	}
}
