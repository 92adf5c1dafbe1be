-- More for the personas of the synthetic country to see, and more that is closed to them: every record has rows of both
-- kinds for every profile. A die that is cast over a row's identifier decides, so that two databases get the same.
create schema leak;
-- The tables that some view reads: what else the hub keeps decides no answer.
create function leak.tables() returns setof text language sql as $$
  select distinct t.relname::text from pg_class v join pg_rewrite r on r.ev_class = v.oid and v.relkind = 'v'
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
    join pg_class t on t.oid = d.refobjid and t.relkind = 'r' and t.relnamespace = 'korpu'::regnamespace
   where t.relname not like 'policy\_%' and t.relname <> 'term' $$; -- how long something may take is published
create function leak.dice(salt text, id uuid, sides integer) returns integer language sql immutable as
$$ select (('x' || left(md5(salt || id::text), 7))::bit(28)::integer) % sides $$;
create function leak.uid(salt text, id uuid) returns uuid language sql immutable as
$$ select md5(salt || id::text)::uuid $$;
create view leak.persona as
select i.subject, r.role, s.id as staff_id, s.agency_id from korpu.staff_identity i
  join korpu.staff s on s.id = i.staff_id join korpu.staff_role r on r.staff_id = s.id;

update korpu.case_file set stage = (array['INVESTIGATION','PROSECUTION','COURT','COMMISSION','DIVERSION','CLOSED'])[1 + leak.dice('stage', id, 6)];
update korpu.case_file c set court_id = p.agency_id from leak.persona p where p.subject = 'judge-sumgayit' and leak.dice('sumgayit', c.id, 5) = 0;
update korpu.case_file c set court_id = p.agency_id from leak.persona p where p.subject = 'judge-ganja' and leak.dice('ganja', c.id, 8) = 0;
update korpu.child set under_protection = case leak.dice('protection', id, 12) when 0 then true when 1 then null else false end,
  safety_need = case when leak.dice('need', id, 2) = 0 then 'need ' || left(id::text, 4) else safety_need end;
update korpu.case_file set alleged_facts = 'facts ' || left(id::text, 4) where alleged_facts is null and leak.dice('facts', id, 3) > 0;

insert into korpu.agency_district (agency_id, district_id, since)
select distinct p.agency_id, d.id, date '2015-01-01' from leak.persona p, korpu.district d
 where p.role in ('police_inspector', 'commission_secretary') and leak.dice(p.subject || 'serves', d.id, 4) > 0
on conflict do nothing;
insert into korpu.case_party (id, child_id, case_id, agency_id, author_id, created_at, capacity, since, ended_at)
select leak.uid(p.subject || p.role || 'party', c.id), c.child_id, c.id, p.agency_id, c.author_id, '2026-01-01', 'INVESTIGATION', c.opened_on,
       case when leak.dice(p.subject || 'ended', c.id, 6) = 0 then timestamptz '2026-02-01' end
  from leak.persona p, korpu.case_file c
 where p.role in ('police_officer', 'police_inspector', 'prosecutor', 'judge', 'court_clerk', 'commission_secretary', 'commission_member', 'centre_manager')
   and leak.dice(p.subject || 'party', c.id, 7) = 0;
insert into korpu.care_team_member (id, child_id, agency_id, author_id, created_at, staff_id, task, since, left_at)
select leak.uid(p.subject || 'team', k.id), k.id, p.agency_id, p.staff_id, '2026-01-01', p.staff_id, 'task', date '2026-01-01',
       case when leak.dice(p.subject || 'left', k.id, 6) = 0 then timestamptz '2026-02-01' end
  from leak.persona p, korpu.child k
 where p.role in ('police_inspector', 'social_worker', 'psychologist') and leak.dice(p.subject || 'team', k.id, 8) = 0;
insert into korpu.care_team_member (id, child_id, agency_id, author_id, created_at, staff_id, task, since)
select leak.uid(p.subject || 'helper', k.id), k.id, p.agency_id, p.staff_id, '2026-01-01', p.staff_id, 'help', date '2026-01-01'
  from leak.persona p, korpu.child k where p.role in ('school_focal_point', 'activity_provider', 'assistance_officer') and leak.dice(p.subject || 'helper', k.id, 3) = 0;
update korpu.care_team_member m set responsible = leak.dice('responsible', m.id, 3) = 0, explained = 'told ' || left(m.id::text, 4);
insert into korpu.care_team_change (id, child_id, agency_id, author_id, created_at, member_id, change, at, explained)
select leak.uid('change', m.id), m.child_id, m.agency_id, m.author_id, '2026-01-01', m.id, 'JOINED', timestamptz '2026-01-01' + leak.dice('changed', m.id, 100) * interval '1 day', 'told ' || left(m.id::text, 4)
  from korpu.care_team_member m where leak.dice('change', m.id, 2) = 0;
insert into korpu.access_grant (id, child_id, agency_id, author_id, created_at, staff_id, reason, starts_at, ends_at)
select leak.uid(p.subject || 'grant', k.id), k.id, p.agency_id, p.staff_id, '2026-01-01', p.staff_id, 'cover',
       current_date - 30, case when leak.dice(p.subject || 'over', k.id, 2) = 0 then current_date - 10 else current_date + 30 end
  from leak.persona p, korpu.child k where p.role in ('social_worker', 'psychologist', 'clinic_lawyer') and leak.dice(p.subject || 'grant', k.id, 15) = 0;
insert into korpu.prevention_contact (id, child_id, agency_id, author_id, created_at, at, need, offered, answer, next_step)
select leak.uid(p.subject || 'offer' || n, k.id), k.id, p.agency_id, p.staff_id, '2026-01-01', case n when 1 then timestamptz '2026-01-02' else timestamptz '2025-06-01' end + leak.dice('offered' || n, k.id, 100) * interval '1 day',
       (array['SCHOOL','FAMILY','SAFETY'])[1 + leak.dice('need' || n, k.id, 3)], 'offer ' || left(k.id::text, 4), 'ACCEPTED', case when leak.dice('next' || n, k.id, 2) = 0 then 'next ' || left(k.id::text, 4) end
  from leak.persona p, korpu.child k, generate_series(1, 2) n where p.role in ('police_inspector', 'social_worker') and leak.dice(p.subject || 'offer' || n, k.id, 3) = 0;
insert into korpu.mission (id, agency_id, author_id, created_at, district_id, purpose, starts_on, ends_on, grace_days)
select leak.uid('mission' || n, p.staff_id), p.agency_id, p.staff_id, '2026-01-01', (select d.id from korpu.district d order by d.code limit 1), 'trip ' || n, date '2026-01-01' + n, date '2027-01-01', 2
  from leak.persona p, generate_series(1, 3) n where p.role = 'centre_manager';
insert into korpu.mission_member (id, agency_id, author_id, created_at, mission_id, staff_id)
select leak.uid(p.subject || 'member', m.id), m.agency_id, m.author_id, '2026-01-01', m.id, p.staff_id
  from leak.persona p, korpu.mission m where p.role in ('social_worker', 'psychologist', 'clinic_lawyer') and leak.dice(p.subject || 'member', m.id, 3) > 0
on conflict do nothing;
insert into korpu.mission_visit (id, child_id, agency_id, author_id, created_at, mission_id, planned_on, visited_at, outcome, recorded_at)
select leak.uid('visit' || m.id, k.id), k.id, m.agency_id, m.author_id, '2026-01-01', m.id, date '2026-02-01' + leak.dice('visit', k.id, 100), timestamptz '2026-03-01', 'MET', timestamptz '2026-03-01' + leak.dice('late', k.id, 3) * interval '1 day'
  from korpu.mission m, korpu.child k where leak.dice('visit' || m.id, k.id, 3) = 0
on conflict do nothing;
insert into korpu.emergency_access (id, child_id, agency_id, author_id, created_at, case_number, year_of_birth, reason, classes, hours, starts_at, ends_at, ended_at, review_due_at,
       reviewed_at, reviewer_id, finding, child_told_on)
select leak.uid(p.subject || 'emergency', k.id), k.id, p.agency_id, p.staff_id, '2026-01-01', 'number ' || left(k.id::text, 4), 2010, 'reason ' || left(k.id::text, 4),
       (array['{IDENTITY,CONTACT}', '{HEALTH_SAFETY,CARE_TEAM,DETENTION_DATES}', '{IDENTITY,CONTACT,HEALTH_SAFETY,CARE_TEAM,DETENTION_DATES}'])[1 + leak.dice('opened', k.id, 3)]::text[], 24,
       current_date - 30, case when leak.dice(p.subject || 'over', k.id, 4) = 0 then current_date - 10 else current_date + 30 end,
       case when leak.dice(p.subject || 'ended', k.id, 8) = 0 then current_date - 20 end, current_date - 29,
       case when leak.dice(p.subject || 'reviewed', k.id, 2) = 0 then current_date - 29 end, (select d.staff_id from leak.persona d where d.subject = 'dpo'),
       case when leak.dice(p.subject || 'reviewed', k.id, 2) = 0 then 'JUSTIFIED' end, case when leak.dice(p.subject || 'told', k.id, 2) = 0 then current_date - 5 end
  from leak.persona p, korpu.child k where p.role in ('police_inspector', 'centre_manager', 'social_worker') and leak.dice(p.subject || 'emergency', k.id, 8) = 0;
insert into korpu.legal_mandate (id, child_id, agency_id, author_id, created_at, lawyer_id, scope, since, ended_at)
select leak.uid(p.subject || 'mandate', k.id), k.id, p.agency_id, p.staff_id, '2026-01-01', p.staff_id, 'scope', date '2026-01-01',
       case when leak.dice(p.subject || 'ended', k.id, 6) = 0 then timestamptz '2026-02-01' end
  from leak.persona p, korpu.child k where p.role in ('clinic_lawyer', 'defence_lawyer') and leak.dice(p.subject || 'mandate', k.id, 7) = 0;
insert into korpu.referral (id, child_id, agency_id, author_id, created_at, receiver_id, service, status, sent_on, answered_on, rejection, need)
select leak.uid(p.subject || 'referral', k.id), k.id, k.agency_id, k.author_id, '2026-01-01', p.agency_id, 'SPORT',
       (array['SENT','ACCEPTED','REJECTED','ACTIVE','COMPLETED'])[1 + leak.dice('status', k.id, 5)], date '2026-01-01' + leak.dice('sent', k.id, 200), null,
       case when leak.dice('reject', k.id, 3) = 0 then 'DISTANCE' end, 'need ' || left(k.id::text, 4)
  from leak.persona p, korpu.child k
 where p.role in ('centre_manager', 'school_focal_point', 'activity_provider', 'assistance_officer') and leak.dice(p.subject || 'referral', k.id, 6) = 0;
insert into korpu.intake (id, child_id, agency_id, author_id, created_at, referral_id, source, presenting_problem, taken_on, waited_days)
select leak.uid('intake', r.id), r.child_id, r.receiver_id, r.author_id, '2026-01-01', r.id, 'FAMILY', 'problem ' || left(r.id::text, 4), r.sent_on + leak.dice('waited', r.id, 40), leak.dice('waited', r.id, 40)
  from korpu.referral r join korpu.agency a on a.id = r.receiver_id and a.kind = 'DIVERSION_CENTRE' where leak.dice('intake', r.id, 2) = 0
on conflict do nothing;
insert into korpu.follow_up_loss (id, child_id, agency_id, author_id, created_at, reason, since, until)
select leak.uid(p.subject || 'loss', k.id), k.id, p.agency_id, p.staff_id, '2026-01-01', 'MOVED', date '2026-01-01' + leak.dice('lost', k.id, 200), case when leak.dice('found', k.id, 2) = 0 then date '2026-10-01' end
  from leak.persona p, korpu.child k where p.role in ('centre_manager', 'social_worker') and leak.dice(p.subject || 'loss', k.id, 6) = 0
on conflict do nothing;
insert into korpu.consent (id, child_id, agency_id, author_id, created_at, kind, decision, recipient_id, classes, purposes, valid_from, valid_until, withdrawn_at)
select leak.uid(p.subject || p.role || n || 'consent', k.id), k.id, k.agency_id, k.author_id, '2026-01-01', (array['CONSENT','CONSENT','CONSENT','ASSENT'])[1 + leak.dice('kind' || n, k.id, 4)],
       case when leak.dice('refused' || n, k.id, 8) = 0 then 'REFUSED' else 'GIVEN' end, p.agency_id,
       (array['{HEALTH_SAFETY,SCHOOL_STATUS,REFERRAL_NEED}', '{IDENTITY,CONTACT,INTAKE,SOCIAL_ASSESSMENT,PSYCHOLOGICAL,LEARNING,ASSISTANCE}', '{SCHOOL_STATUS,IDENTITY,REFERRAL_NEED}'])[1 + leak.dice('classes' || n, k.id, 3)]::text[],
       '{SUPERVISION,CASE_PROCEEDINGS,CHILD_PROTECTION,REHABILITATION,LEGAL_DEFENCE,SERVICE_DELIVERY,EDUCATION,DETENTION_REGISTER}',
       current_date - 100, case leak.dice('until' || n, k.id, 5) when 0 then current_date - 20 when 1 then null else current_date + 200 end,
       case when leak.dice('withdrawn' || n, k.id, 8) = 0 then timestamptz '2026-03-01' end
  from leak.persona p, korpu.child k, generate_series(1, 2) n where leak.dice(p.subject || n || 'consent', k.id, 6) = 0;

insert into korpu.assent (id, child_id, agency_id, author_id, created_at, recipient_id, classes, purposes, explained_by_id, form, language, answer, refused_classes, answered_at)
select leak.uid(p.subject || p.role || n || 'assent', k.id), k.id, k.agency_id, k.author_id, '2026-01-01', p.agency_id, '{HEALTH_SAFETY,SCHOOL_STATUS,IDENTITY}',
       '{SUPERVISION,CASE_PROCEEDINGS,CHILD_PROTECTION,REHABILITATION,LEGAL_DEFENCE,SERVICE_DELIVERY,EDUCATION,DETENTION_REGISTER}', k.author_id,
       (array['WORDS','PICTURES','READ_ALOUD'])[1 + leak.dice('form', k.id, 3)], 'az', (array['YES','YES','YES','NO','LATER'])[1 + leak.dice('answer' || n, k.id, 5)],
       case when leak.dice('part' || n, k.id, 4) = 0 then '{SCHOOL_STATUS}' else '{}' end::text[], timestamptz '2026-01-01' + leak.dice('answered' || n, k.id, 200) * interval '1 day'
  from leak.persona p, korpu.child k, generate_series(1, 2) n where leak.dice(p.subject || n || 'assent', k.id, 12) = 0;

insert into korpu.diversion (id, child_id, case_id, agency_id, author_id, created_at, status, status_since, proposed_by_id, starts_on, ends_on,
       next_review_on, compliance, legal_ground, legal_advice_taken, agreement, acknowledgement)
select leak.uid('diversion', c.id), c.child_id, c.id, c.agency_id, c.author_id, '2026-01-01', 'ACTIVE', c.opened_on, c.agency_id, c.opened_on,
       c.opened_on + 300, case when leak.dice('review', c.id, 2) = 0 then c.opened_on + 100 end, 'ON_TRACK', 'ground', true, 'agreed ' || left(c.id::text, 4), 'said ' || left(c.id::text, 4)
  from korpu.case_file c where leak.dice('diversion', c.id, 2) = 0
on conflict do nothing;
insert into korpu.diversion_condition (id, child_id, case_id, agency_id, author_id, created_at, diversion_id, kind, description, times_per_week)
select leak.uid('condition' || n, d.id), d.child_id, d.case_id, d.agency_id, d.author_id, '2026-01-01', d.id, 'SCHOOL', 'to do ' || n, n
  from korpu.diversion d, generate_series(1, 2) n where leak.dice('condition' || n, d.id, 2) = 0;
insert into korpu.diversion_status_change (id, child_id, case_id, agency_id, author_id, created_at, diversion_id, status, at)
select leak.uid('change' || n, d.id), d.child_id, d.case_id, d.agency_id, d.author_id, '2026-01-01', d.id, 'ACTIVE', timestamptz '2026-01-01' + n * interval '1 day'
  from korpu.diversion d, generate_series(1, 2) n where leak.dice('change' || n, d.id, 2) = 0;
insert into korpu.care_plan (id, child_id, case_id, agency_id, author_id, created_at, status, drafted_on, starts_on, ends_on, review_on, assented_on, guardian_agreed_on, best_interests, decider_id, approved_on, approver_id)
select leak.uid('plan', c.id), c.child_id, c.id, c.agency_id, c.author_id, '2026-01-01', (array['ACTIVE','ACTIVE','ACTIVE','DRAFT'])[1 + leak.dice('plan status', c.id, 4)], date '2026-01-01' + leak.dice('drafted', c.id, 100),
       date '2026-01-01', date '2027-01-01', date '2026-12-01', date '2026-01-02', date '2026-01-03', case when leak.dice('interest', c.id, 2) = 0 then 'interest ' || left(c.id::text, 4) end, c.author_id, date '2026-01-04', c.author_id
  from korpu.case_file c where leak.dice('plan', c.id, 2) = 0
on conflict do nothing;
insert into korpu.plan_goal (id, child_id, case_id, agency_id, author_id, created_at, plan_id, domain, goal)
select leak.uid('goal' || n, p.id), p.child_id, p.case_id, p.agency_id, p.author_id, '2026-01-01', p.id, (array['SCHOOL','PSYCHOLOGICAL'])[n], 'goal ' || n || left(p.id::text, 4)
  from korpu.care_plan p, generate_series(1, 2) n;
insert into korpu.plan_action (id, child_id, case_id, agency_id, author_id, created_at, plan_id, goal_id, domain, provider_id, what, times_per_week, starts_on, for_authority)
select leak.uid(a.subject || 'action', o.id), o.child_id, o.case_id, o.agency_id, o.author_id, '2026-01-01', o.plan_id, o.id, o.domain, a.agency_id, 'what ' || left(o.id::text, 4), 1 + leak.dice('times', o.id, 5),
       date '2026-01-01' + leak.dice('starts', o.id, 100), leak.dice(a.subject || 'authority', o.id, 2) = 0
  from korpu.plan_goal o, leak.persona a where a.role in ('school_focal_point', 'activity_provider') and leak.dice(a.subject || 'action', o.id, 2) = 0;
insert into korpu.session (id, child_id, case_id, agency_id, author_id, created_at, plan_id, action_id, domain, planned_at, place, attended, reason, acceptable, instead_of_id)
select leak.uid('session' || n, a.id), a.child_id, a.case_id, a.agency_id, a.author_id, '2026-01-01', a.plan_id, a.id, a.domain, current_date - 5 - leak.dice('planned' || n, a.id, 30) + time '10:00', 'HOME',
       (array['YES','LATE','NO','NOT_DELIVERED',null])[1 + leak.dice('attended' || n, a.id, 5)], 'DISTANCE', leak.dice('acceptable' || n, a.id, 2) = 0, case when n = 2 then leak.uid('session1', a.id) end
  from korpu.plan_action a, generate_series(1, 2) n;
insert into korpu.session_note (id, child_id, case_id, agency_id, author_id, created_at, session_id, domain, written_at, body)
select leak.uid(p.subject || 'session note', s.id), s.child_id, s.case_id, p.agency_id, p.staff_id, '2026-01-01', s.id, s.domain, s.planned_at, convert_to('note ' || left(s.id::text, 4), 'UTF8')
  from leak.persona p, korpu.session s where p.role in ('social_worker', 'psychologist') and leak.dice(p.subject || 'session note', s.id, 5) = 0;
insert into korpu.assessment_part (id, child_id, case_id, agency_id, author_id, created_at, kind, written_at, content, recommendation, signed_at, filed_on)
select leak.uid('part', c.id), c.child_id, c.id, c.agency_id, c.author_id, '2026-01-01', 'SOCIAL', timestamptz '2026-01-01' + leak.dice('part', c.id, 200) * interval '1 day', 'found ' || left(c.id::text, 4), 'recommended ' || left(c.id::text, 4),
       case when leak.dice('signed part', c.id, 4) > 0 then timestamptz '2026-06-01' end, case when leak.dice('filed part', c.id, 4) > 1 then date '2026-06-02' end
  from korpu.case_file c where leak.dice('part', c.id, 2) = 0;
insert into korpu.psychological_part (id, child_id, case_id, agency_id, author_id, created_at, written_at, instrument, result, recommendation, signed_at, filed_on)
select leak.uid('psychological', c.id), c.child_id, c.id, w.agency_id, w.staff_id, '2026-01-01', timestamptz '2026-01-01' + leak.dice('psychological', c.id, 200) * interval '1 day', convert_to('instrument', 'UTF8'),
       convert_to('result ' || left(c.id::text, 4), 'UTF8'), 'talks ' || left(c.id::text, 4), case when leak.dice('signed psychological', c.id, 4) > 0 then timestamptz '2026-06-01' end, case when leak.dice('filed psychological', c.id, 4) > 1 then date '2026-06-02' end
  from leak.persona w, korpu.case_file c where w.role = 'psychologist' and leak.dice('psychological', c.id, 2) = 0;
insert into korpu.psychological_note (id, child_id, case_id, agency_id, author_id, created_at, session_id, domain, written_at, body)
select leak.uid(p.subject || 'talk', s.id), s.child_id, s.case_id, p.agency_id, p.staff_id, '2026-01-01', s.id, s.domain, s.planned_at, convert_to('talk ' || left(s.id::text, 4), 'UTF8')
  from leak.persona p, korpu.session s where p.role = 'psychologist' and leak.dice(p.subject || 'talk', s.id, 3) = 0;
insert into korpu.harm_report (id, child_id, agency_id, author_id, created_at, reported_at, kind, noticed_at, imminent, account, about_id, recipient_id, answered_at, answered_by_id)
select leak.uid(p.subject || p.role || 'harm', k.id), k.id, p.agency_id, p.staff_id, '2026-01-01', timestamptz '2026-01-01' + leak.dice('reported', k.id, 200) * interval '1 day', 'NEGLECT', '2026-01-01',
       leak.dice(p.subject || 'imminent', k.id, 2) = 0, convert_to('account ' || left(k.id::text, 4), 'UTF8'), case when leak.dice('about', k.id, 3) = 0 then w.staff_id end, m.agency_id,
       case when leak.dice(p.subject || 'answered', k.id, 2) = 0 then timestamptz '2026-08-01' end, case when leak.dice(p.subject || 'answered', k.id, 2) = 0 then m.staff_id end
  from leak.persona p, leak.persona w, leak.persona m, korpu.child k
 where w.subject = 'social-worker' and m.subject = 'manager' and p.role not in ('court_clerk', 'analyst', 'dpo', 'administrator') and leak.dice(p.subject || p.role || 'harm', k.id, 9) = 0;
insert into korpu.inspector_meeting (id, child_id, case_id, agency_id, author_id, created_at, at, topic, agreed_step)
select leak.uid(p.subject || 'meeting' || n, c.id), c.child_id, c.id, p.agency_id, p.staff_id, '2026-01-01', case n when 1 then timestamptz '2026-01-02' else timestamptz '2025-06-01' end + leak.dice('met' || n, c.id, 100) * interval '1 day',
       (array['SCHOOL','FAMILY','CONDITIONS'])[1 + leak.dice('topic' || n, c.id, 3)], 'step ' || left(c.id::text, 4)
  from leak.persona p, korpu.case_file c, generate_series(1, 2) n where p.role = 'police_inspector' and leak.dice(p.subject || 'meeting' || n, c.id, 2) = 0;
insert into korpu.enrolment (id, child_id, agency_id, author_id, created_at, starts_on, ends_on, grade, attendance, support)
select leak.uid(p.subject || 'enrolment', k.id), k.id, p.agency_id, p.staff_id, '2026-01-01', date '2026-01-01' + leak.dice('enrolled', k.id, 200), case when leak.dice('left school', k.id, 4) = 0 then date '2026-09-01' end,
       1 + leak.dice('grade', k.id, 11), (array['NEARLY_ALL','MOST','HALF','FEW'])[1 + leak.dice('lessons', k.id, 4)], (array['NONE','TUTOR','MATERIALS'])[1 + leak.dice('support', k.id, 3)]
  from leak.persona p, korpu.child k where p.role = 'school_focal_point' and leak.dice(p.subject || 'enrolment', k.id, 3) = 0;
insert into korpu.training (id, child_id, agency_id, author_id, created_at, course, starts_on, ends_on, ended_on, outcome, certificate)
select leak.uid(p.subject || 'training', k.id), k.id, p.agency_id, p.staff_id, '2026-01-01', 'course ' || left(k.id::text, 4), date '2026-01-01' + leak.dice('began', k.id, 200), date '2026-10-01',
       case when leak.dice('ended course', k.id, 2) = 0 then date '2026-10-01' end, case when leak.dice('ended course', k.id, 2) = 0 then 'COMPLETED' end, case when leak.dice('ended course', k.id, 2) = 0 then 'C-' || left(k.id::text, 4) end
  from leak.persona p, korpu.child k where p.role = 'activity_provider' and leak.dice(p.subject || 'training', k.id, 3) = 0;
insert into korpu.assistance_application (id, child_id, agency_id, author_id, created_at, kind, applied_on, decision, decided_on, refusal, amount)
select leak.uid(p.subject || 'application', k.id), k.id, p.agency_id, k.author_id, '2026-01-01', (array['TARGETED','ONE_OFF'])[1 + leak.dice('aid', k.id, 2)], date '2026-01-01' + leak.dice('applied', k.id, 200),
       (array['GRANTED','REFUSED',null])[1 + leak.dice('decision', k.id, 3)], case when leak.dice('decision', k.id, 3) < 2 then date '2026-09-01' end,
       case when leak.dice('decision', k.id, 3) = 1 then 'INCOME' end, case when leak.dice('decision', k.id, 3) = 0 then 'UP_TO_300' end
  from leak.persona p, korpu.child k where p.role = 'assistance_officer' and leak.dice(p.subject || 'application', k.id, 3) = 0;
insert into korpu.detention_episode (id, child_id, case_id, agency_id, author_id, created_at, facility_id, place_kind, status, order_number, ground,
       admitted_at, released_at, parents_told_at, separation)
select leak.uid(p.subject || 'stay', c.id), c.child_id, c.id, p.agency_id, p.staff_id, '2026-01-01', p.agency_id, 'ISOLATOR', 'PRE_SENTENCE', 'N-' || left(c.id::text, 4),
       'ground', timestamptz '2026-01-01' + leak.dice('admitted', c.id, 200) * interval '1 day', case when leak.dice('released', c.id, 3) = 0 then timestamptz '2026-09-01' end, null, 'YES'
  from leak.persona p, korpu.case_file c where p.role = 'facility_registrar' and leak.dice(p.subject || 'stay', c.id, 6) = 0;
insert into korpu.lawyer_contact (id, child_id, case_id, agency_id, author_id, created_at, detention_id, kind, at, in_private, lawyer_id)
select leak.uid('contact' || n, d.id), d.child_id, d.case_id, d.facility_id, d.author_id, '2026-01-01', d.id, (array['REQUESTED','APPOINTED','FIRST_MET'])[n],
       d.admitted_at + n * interval '1 hour', case when n = 3 then true end, (select l.staff_id from leak.persona l where l.subject = 'lawyer' and n > 1)
  from korpu.detention_episode d, generate_series(1, 3) n where leak.dice('contact' || n, d.id, 2) = 0;
insert into korpu.monitoring_visit (id, agency_id, facility_id, staff_id, starts_at, ends_at)
select leak.uid(r.subject || 'visit', m.staff_id), m.agency_id, r.agency_id, m.staff_id, current_date - 10, current_date + 30
  from leak.persona m, leak.persona r where m.role = 'monitor' and r.subject = 'registrar';
update korpu.procedure_event e set author_id = p.staff_id from leak.persona p
 where p.subject = 'officer-sumgayit' and p.role = 'police_officer' and leak.dice('author', e.id, 3) = 0;
update korpu.procedure_event e set author_id = p.staff_id from leak.persona p where p.subject = 'inspector-sumgayit' and leak.dice('author', e.id, 3) = 1;
update korpu.procedure_event e set author_id = p.staff_id from leak.persona p where p.subject = 'secretary-sumgayit' and leak.dice('author', e.id, 9) = 2;
update korpu.detention_episode e set author_id = p.staff_id from leak.persona p
 where p.subject = 'officer-sumgayit' and p.role = 'police_officer' and leak.dice('author', e.id, 4) = 0;
insert into korpu.legal_note (id, child_id, case_id, agency_id, author_id, created_at, written_at, title, body, signed_at)
select leak.uid(p.subject || 'note', c.id), c.child_id, c.id, p.agency_id, p.staff_id, '2026-01-01', timestamptz '2026-01-01' + leak.dice('written', c.id, 200) * interval '1 day',
       convert_to('title ' || left(c.id::text, 4), 'UTF8'), convert_to('body ' || left(c.id::text, 4), 'UTF8'), case when leak.dice('signed', c.id, 2) = 0 then timestamptz '2026-05-01' end
  from leak.persona p, korpu.case_file c where p.role = 'clinic_lawyer' and leak.dice(p.subject || 'note', c.id, 3) = 0;
update korpu.legal_note n set reviewed_at = signed_at + interval '1 day', reviewer_id = p.staff_id from leak.persona p where p.subject = 'lawyer-two' and n.author_id <> p.staff_id and n.signed_at is not null and leak.dice('reviewed', n.id, 2) = 0;
insert into korpu.legal_task (id, child_id, case_id, agency_id, author_id, created_at, due_on, what, document, done_at)
select leak.uid(p.subject || 'task', c.id), c.child_id, c.id, p.agency_id, p.staff_id, '2026-01-01', date '2026-01-01' + leak.dice('due', c.id, 200), convert_to('what ' || left(c.id::text, 4), 'UTF8'),
       convert_to('document', 'UTF8'), case when leak.dice('done', c.id, 2) = 0 then timestamptz '2026-05-01' end
  from leak.persona p, korpu.case_file c where p.role = 'clinic_lawyer' and leak.dice(p.subject || 'task', c.id, 3) = 0;
insert into korpu.power_of_attorney (id, child_id, case_id, agency_id, author_id, created_at, mandate_id, lawyer_id, shown_at, ended_at)
select leak.uid(m.id::text || 'shown', c.id), c.child_id, c.id, m.agency_id, m.author_id, '2026-01-01', m.id, m.lawyer_id, timestamptz '2026-01-01' + leak.dice('shown', c.id, 200) * interval '1 day', m.ended_at
  from korpu.legal_mandate m join korpu.case_file c on c.child_id = m.child_id where leak.dice(m.id::text || 'shown', c.id, 2) = 0
on conflict do nothing;
update korpu.case_file set incident = 'incident ' || left(id::text, 4) where leak.dice('incident', id, 3) > 0;
insert into korpu.note_release (id, child_id, case_id, agency_id, author_id, created_at, note_id, recipient_id, at)
select leak.uid(p.subject || 'release', n.id), n.child_id, n.case_id, n.agency_id, n.author_id, '2026-06-01', n.id, p.agency_id, n.signed_at + leak.dice('released', n.id, 100) * interval '1 day'
  from leak.persona p, korpu.legal_note n where p.role = 'defence_lawyer' and n.signed_at is not null and leak.dice(p.subject || 'release', n.id, 3) > 0;
update korpu.case_file set closed_on = opened_on + 30 where stage = 'CLOSED' and closed_on is null and leak.dice('closed', id, 8) > 0;
insert into korpu.sealing_order (id, child_id, case_id, agency_id, author_id, created_at, reference, reason, seal_on)
select leak.uid('order', c.id), c.child_id, c.id, c.agency_id, c.author_id, '2026-06-01', 'order ' || left(c.id::text, 4), 'reason', date '2026-06-01' + leak.dice('order', c.id, 60)
  from korpu.case_file c where leak.dice('ordered', c.id, 2) = 0;
insert into korpu.unseal_order (id, agency_id, author_id, created_at, case_number, reference, legal_basis, person_id, until, opens_case_id, opens_child_id)
select leak.uid(p.subject || 'unseal', c.id), c.agency_id, c.author_id, '2026-06-01', c.number, 'order ' || left(c.id::text, 4), 'article', p.staff_id,
       case when leak.dice(p.subject || 'expired', c.id, 4) = 0 then current_date - 30 else current_date + 30 end, c.id, c.child_id
  from leak.persona p, korpu.case_file c where p.role in ('judge', 'clinic_lawyer', 'defence_lawyer') and leak.dice(p.subject || 'unseal', c.id, 6) = 0;

insert into korpu.access_log (id, child_id, case_id, agency_id, author_id, created_at, role, purpose, day, first_at, last_at, times, kinds, in_azerbaijani, in_russian, in_english)
select leak.uid(p.subject || p.role || 'read', c.id), c.child_id, case when leak.dice(p.subject || 'of case', c.id, 3) > 0 then c.id end, p.agency_id, p.staff_id, '2026-01-01', p.role, 'purpose',
       date '2026-01-01' + leak.dice('day', c.id, 200), timestamptz '2026-01-01' + leak.dice('day', c.id, 200) * interval '1 day', timestamptz '2026-01-02' + leak.dice('day', c.id, 200) * interval '1 day',
       1 + leak.dice('times', c.id, 9), (array['{NAME}', '{CASE,NAME}', '{FILE}'])[1 + leak.dice('kinds', c.id, 3)]::text[], 'az ' || left(c.id::text, 4), 'ru ' || left(c.id::text, 4), 'en ' || left(c.id::text, 4)
  from leak.persona p, korpu.case_file c where leak.dice(p.subject || p.role || 'read', c.id, 9) = 0
on conflict do nothing;

update korpu.child set sealed_at = '2026-05-01' where sealed_at is null and leak.dice('sealed', id, 15) = 0;
update korpu.case_file set sealed_at = '2026-05-01' where sealed_at is null and leak.dice('sealed', id, 15) = 0;
update korpu.case_file set sealed_at = '2019-05-01' where sealed_at is not null and leak.dice('long ago', id, 2) = 0;

insert into korpu.legal_hold (id, agency_id, author_id, created_at, case_number, reference, legal_basis, until)
select leak.uid(p.subject || 'hold', c.id), p.agency_id, p.staff_id, '2026-06-01', c.number, 'order ' || left(c.id::text, 4), 'article', case when leak.dice('held', c.id, 2) = 0 then current_date - 30 else current_date + 30 end
  from leak.persona p, korpu.case_file c where p.role = 'dpo' and leak.dice(p.subject || 'hold', c.id, 6) = 0;
insert into korpu.expungement (id, agency_id, author_id, created_at, status, case_id, decider_id, decided_at, reason)
select leak.uid('expungement', c.id), p.agency_id, p.staff_id, timestamptz '2026-06-01' + leak.dice('proposed', c.id, 100) * interval '1 day', s.status, c.id, case when s.status <> 'PROPOSED' then q.staff_id end,
       case when s.status <> 'PROPOSED' then timestamptz '2026-10-01' end, case when s.status = 'REFUSED' then 'reason ' || left(c.id::text, 4) end
  from leak.persona p, leak.persona q, korpu.case_file c
  cross join lateral (select (array['PROPOSED', 'APPROVED', 'REFUSED'])[1 + leak.dice('decided', c.id, 3)] as status) s
 where p.subject = 'dpo' and q.subject = 'dpo-two' and c.sealed_at is not null and not exists (select from korpu.expungement e where e.case_id = c.id) and leak.dice('expungement', c.id, 2) = 0;
insert into korpu.expungement (id, agency_id, author_id, created_at, status, decider_id, decided_at, number, rule, basis, expunged_on)
select leak.uid('certificate', d.id), p.agency_id, p.staff_id, timestamptz '2026-03-01' + row_number() over (order by d.id) * interval '1 day', 'EXPUNGED', q.staff_id, '2026-10-01',
       10 + row_number() over (order by d.id), 'retention', 'article', '2026-10-02'
  from leak.persona p, leak.persona q, korpu.district d where p.subject = 'dpo' and q.subject = 'dpo-two';
insert into korpu.expungement_rows (id, expungement_id, of_table, rows)
select leak.uid('rows' || t, e.id), e.id, t, 1 + leak.dice(t, e.id, 5) from korpu.expungement e, unnest(array['child', 'case_file']) t where e.number > 10;
insert into korpu.expungement_copy (id, expungement_id, kind, holds, expires_on)
select leak.uid('copy' || k.kind, e.id), e.id, k.kind, k.holds, e.expunged_on + k.days from korpu.expungement e, korpu.copy_kept k where e.number > 10;
insert into korpu.expungement_reader (id, expungement_id, agency_id, last_on)
select leak.uid('reader' || a.code, e.id), e.id, a.id, '2019-01-01' from korpu.expungement e, korpu.agency a where e.number > 10 and leak.dice('reader' || a.code, e.id, 9) = 0;

-- Nothing begins or ends while the proof runs: the clock stands still for every condition.
update korpu.consent set valid_until = valid_until + interval '10 days' where valid_until between now() - interval '1 hour' and now() + interval '2 days';
update korpu.consent set valid_from = valid_from - interval '10 days' where valid_from between now() - interval '1 hour' and now() + interval '2 days';
update korpu.consent set withdrawn_at = withdrawn_at - interval '10 days' where withdrawn_at between now() - interval '1 hour' and now() + interval '2 days';
update korpu.access_grant set ends_at = ends_at + interval '10 days' where ends_at between now() - interval '1 hour' and now() + interval '2 days';
update korpu.access_grant set starts_at = starts_at - interval '10 days' where starts_at between now() - interval '1 hour' and now() + interval '2 days';
update korpu.monitoring_visit set ends_at = ends_at + interval '10 days' where ends_at between now() - interval '1 hour' and now() + interval '2 days';
update korpu.monitoring_visit set starts_at = starts_at - interval '10 days' where starts_at between now() - interval '1 hour' and now() + interval '2 days';
