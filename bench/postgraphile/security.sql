-- The same row rules as the hub's views have for these two roles, as row-level security over the same anchors and indexes,
-- and column grants. A policy's look at another table is itself under that table's policy.
-- What depends on a condition, as `allegedFacts` does for a judge, row-level security cannot say: PostGraphile shows it always.
do $$
declare peer text;
begin
  foreach peer in array array['bench_peer_judge', 'bench_peer_clinic_lawyer'] loop
    if not exists (select from pg_roles where rolname = peer) then
      execute format('create role %I nologin', peer);
    end if;
  end loop;
  if not exists (select from pg_roles where rolname = 'bench_peer') then
    create role bench_peer login noinherit;
  end if;
end $$;
grant bench_peer_judge, bench_peer_clinic_lawyer to bench_peer;
do $$ begin execute format('grant connect on database %I to bench_peer', current_database()); end $$;
grant usage on schema korpu to bench_peer, bench_peer_judge, bench_peer_clinic_lawyer;
grant execute on function korpu.staff(), korpu.agency() to bench_peer_judge, bench_peer_clinic_lawyer;

grant select (id, number, opened_on, stage, alleged_facts, child_id, court_id, parties, sealed_at) on korpu.case_file to bench_peer_judge, bench_peer_clinic_lawyer;
grant select (id, given_name, patronymic, family_name, born_on, school_status, parties, counsel, sealed_at) on korpu.child to bench_peer_judge, bench_peer_clinic_lawyer;
grant select (id, case_id, child_id, status, status_since, next_review_on, compliance, legal_ground, legal_advice_taken, agreement) on korpu.diversion to bench_peer_judge;
grant select (id, case_id, child_id, agency_id, written_at, signed_at, title, body) on korpu.legal_note to bench_peer_clinic_lawyer;
grant select (id, case_id, child_id, kind, at, place, outcome, reason) on korpu.procedure_event to bench_peer_clinic_lawyer;

alter table korpu.case_file enable row level security;
alter table korpu.child enable row level security;
alter table korpu.diversion enable row level security;
alter table korpu.legal_note enable row level security;
alter table korpu.procedure_event enable row level security;

create policy judge on korpu.case_file for select to bench_peer_judge
  using (court_id = (select korpu.agency()) and court_id = any(parties) and sealed_at is null);
create policy judge on korpu.child for select to bench_peer_judge
  using (parties @> array[(select korpu.agency())] and sealed_at is null);
create policy judge on korpu.diversion for select to bench_peer_judge
  using (exists (select from korpu.case_file c where c.id = case_id));

create policy lawyer on korpu.child for select to bench_peer_clinic_lawyer
  using (counsel @> array[(select korpu.staff())] and sealed_at is null);
create policy lawyer on korpu.case_file for select to bench_peer_clinic_lawyer
  using (sealed_at is null and exists (select from korpu.child k where k.id = child_id));
create policy lawyer on korpu.legal_note for select to bench_peer_clinic_lawyer
  using (agency_id = (select korpu.agency()) and exists (select from korpu.child k where k.id = child_id)
         and exists (select from korpu.case_file c where c.id = case_id));
create policy lawyer on korpu.procedure_event for select to bench_peer_clinic_lawyer
  using (exists (select from korpu.case_file c where c.id = case_id));
