-- Keeps the anchor arrays. The child row, then the case row, is locked before its source is read again: without the lock
-- concurrent writers lose a party, with `for share` they deadlock, and so they do in the other order, since sealing a child
-- goes on to its cases. A transaction that changes several rows of a child, or seals a case, locks the child row first.
-- +goose Up
set local role korpu_owner;

-- +goose StatementBegin
create function korpu.refresh_case(of_case uuid) returns void language plpgsql as $$
begin
  perform 1 from korpu.child where id = (select child_id from korpu.case_file where id = of_case) for no key update;
  perform 1 from korpu.case_file where id = of_case for no key update;
  update korpu.case_file c
     set parties = coalesce((select array_agg(distinct p.agency_id order by p.agency_id)
                               from korpu.case_party p where p.case_id = of_case and p.ended_at is null), '{}')
   where c.id = of_case;
end $$;
-- +goose StatementEnd
comment on function korpu.refresh_case(uuid) is 'Computes the parties of a case from its source again.';

-- +goose StatementBegin
create function korpu.refresh_child(of_child uuid) returns void language plpgsql as $$
begin
  perform 1 from korpu.child where id = of_child for no key update;
  update korpu.child c
     set parties = coalesce((select array_agg(distinct p.agency_id order by p.agency_id)
                               from korpu.case_party p join korpu.case_file f on f.id = p.case_id
                              where p.child_id = of_child and p.ended_at is null and f.sealed_at is null), '{}'),
         team = coalesce((select array_agg(distinct m.staff_id order by m.staff_id)
                            from korpu.care_team_member m where m.child_id = of_child and m.left_at is null), '{}'),
         counsel = coalesce((select array_agg(distinct m.lawyer_id order by m.lawyer_id)
                               from korpu.legal_mandate m where m.child_id = of_child and m.ended_at is null), '{}'),
         receivers = coalesce((select array_agg(distinct r.receiver_id order by r.receiver_id)
                                 from korpu.referral r where r.child_id = of_child and r.status in ('SENT','ACCEPTED','ACTIVE')), '{}'),
         holders = coalesce((select array_agg(distinct d.facility_id order by d.facility_id)
                               from korpu.detention_episode d where d.child_id = of_child and d.released_at is null), '{}'),
         covers = coalesce((select array_agg(distinct g.staff_id order by g.staff_id)
                              from korpu.access_grant g where g.child_id = of_child), '{}')
   where c.id = of_child;
end $$;
-- +goose StatementEnd
comment on function korpu.refresh_child(uuid) is 'Computes the anchors of a child from their sources again.';
create index case_party_by_child on korpu.case_party (child_id) where ended_at is null;

-- +goose StatementBegin
create function korpu.keep_case_anchors() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    perform korpu.refresh_case(old.case_id);
    perform korpu.refresh_child(old.child_id);
  end if;
  if tg_op <> 'DELETE' then
    perform korpu.refresh_case(new.case_id);
    perform korpu.refresh_child(new.child_id);
  end if;
  return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function korpu.keep_child_anchors() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    perform korpu.refresh_child(old.child_id);
  end if;
  if tg_op <> 'DELETE' then
    perform korpu.refresh_child(new.child_id);
  end if;
  return null;
end $$;
-- +goose StatementEnd

create trigger case_party_keeps_anchors after insert or update or delete on korpu.case_party
  for each row execute function korpu.keep_case_anchors();
create trigger case_file_keeps_anchors after update of sealed_at on korpu.case_file
  for each row when (old.sealed_at is distinct from new.sealed_at) execute function korpu.keep_child_anchors();
create trigger care_team_member_keeps_anchors after insert or update or delete on korpu.care_team_member
  for each row execute function korpu.keep_child_anchors();
create trigger legal_mandate_keeps_anchors after insert or update or delete on korpu.legal_mandate
  for each row execute function korpu.keep_child_anchors();
create trigger referral_keeps_anchors after insert or update or delete on korpu.referral
  for each row execute function korpu.keep_child_anchors();
create trigger detention_episode_keeps_anchors after insert or update or delete on korpu.detention_episode
  for each row execute function korpu.keep_child_anchors();
create trigger access_grant_keeps_anchors after insert or update or delete on korpu.access_grant
  for each row execute function korpu.keep_child_anchors();

-- A sealed child has no unsealed case, so that a record of a case need look at its case only.
-- +goose StatementBegin
create function korpu.seal_cases_of_child() returns trigger language plpgsql as $$
begin
  update korpu.case_file set sealed_at = new.sealed_at where child_id = new.id and sealed_at is null;
  return null;
end $$;
-- +goose StatementEnd
create trigger child_seals_its_cases after update of sealed_at on korpu.child
  for each row when (new.sealed_at is not null and old.sealed_at is null) execute function korpu.seal_cases_of_child();

-- A case waits for its child to be sealed or not, or it would be open under a child that is being sealed.
-- +goose StatementBegin
create function korpu.seal_case_of_sealed_child() returns trigger language plpgsql as $$
begin
  new.sealed_at := coalesce(new.sealed_at, (select k.sealed_at from korpu.child k where k.id = new.child_id for no key update));
  return new;
end $$;
-- +goose StatementEnd
create trigger case_file_of_sealed_child_is_sealed before insert or update of sealed_at, child_id on korpu.case_file
  for each row when (new.sealed_at is null) execute function korpu.seal_case_of_sealed_child();
reset role;
