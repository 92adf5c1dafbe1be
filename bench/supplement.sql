-- What the benchmark asks for and a young country has too little of.

-- Every professional can sign in, by a subject of his or her own.
insert into korpu.staff_identity (issuer, subject, staff_id)
select 'nowhere', 'staff-' || id, id from korpu.staff;

-- The latest cases of each court are before it: the court is a live party, and for two in three it is its stage.
create temporary table latest as
select l.*, (select s.id from korpu.staff s join korpu.staff_role r on r.staff_id = s.id
              where s.agency_id = l.court_id and s.left_at is null and r.role = 'judge' order by s.id limit 1) as judge_id
  from (select id, child_id, court_id, opened_on, row_number() over (partition by court_id order by opened_on desc, id desc) as place
          from korpu.case_file where court_id is not null and sealed_at is null) l
 where place <= 60;

insert into korpu.case_party (child_id, case_id, agency_id, author_id, capacity, since)
select child_id, id, court_id, judge_id, 'COURT', opened_on from latest;

update korpu.case_file c
   set stage = case when l.place % 3 = 0 then 'PROSECUTION' else 'COURT' end
  from latest l where l.id = c.id;

-- Half of them have a diversion, and for half of the children the court has a consent.
insert into korpu.diversion (child_id, case_id, agency_id, author_id, status, status_since, proposed_by_id, starts_on, ends_on, next_review_on,
                             compliance, legal_ground, legal_advice_taken, agreement)
select child_id, id, court_id, judge_id, 'ACTIVE', opened_on, court_id, opened_on, opened_on + 180, opened_on + 60,
       'ON_TRACK', 'CPC 88', true, 'Sintetik razılaşma: altı ay, həftədə iki görüş, məktəbə davam etmək.'
  from latest where place % 2 = 0
on conflict do nothing;

insert into korpu.consent (child_id, agency_id, author_id, kind, decision, recipient_id, classes, purposes, valid_from)
select distinct on (child_id) child_id, court_id, judge_id, 'CONSENT', 'GIVEN', court_id, '{HEALTH_SAFETY,SCHOOL_STATUS}'::text[],
       '{CASE_PROCEEDINGS}'::text[], opened_on
  from latest where place % 4 < 2;

drop table latest;
