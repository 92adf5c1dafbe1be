-- Records of a child are not used in a proceeding against the adult (Beijing Rules 21.2). A case all of whose acts were at the
-- age of adults opens nothing of the child to its parties: they are none of the child's.
-- +goose Up
set local role korpu_owner;

alter table korpu.case_file add column of_adult boolean not null default false;
comment on column korpu.case_file.of_adult is 'Anchor: whether the acts, where any are on record, were all at the age of adults.';
comment on column korpu.child.parties is 'Anchor: agencies that are live parties to a case of the child that is neither sealed nor of an adult.';

-- +goose StatementBegin
create function korpu.is_of_adult(of_case uuid) returns boolean language sql stable as $$
  select coalesce(min(a.age_at_act) >= (select (j.ages ->> 'adult')::integer from korpu.jurisdiction j where j.in_force <= current_date order by j.in_force desc limit 1), false)
    from korpu.allegation a where a.case_id = of_case
$$;
-- +goose StatementEnd
comment on function korpu.is_of_adult(uuid) is 'Whether all acts of a case were at the age of adults.';

-- +goose StatementBegin
create or replace function korpu.refresh_child(of_child uuid) returns void language plpgsql as $$
begin
  perform 1 from korpu.child where id = of_child for no key update;
  update korpu.child c
     set parties = coalesce((select array_agg(distinct p.agency_id order by p.agency_id)
                               from korpu.case_party p join korpu.case_file f on f.id = p.case_id
                              where p.child_id = of_child and p.ended_at is null and f.sealed_at is null and not f.of_adult), '{}'),
         team = coalesce((select array_agg(distinct m.staff_id order by m.staff_id)
                            from korpu.care_team_member m where m.child_id = of_child and m.left_at is null), '{}'),
         counsel = coalesce((select array_agg(distinct m.lawyer_id order by m.lawyer_id)
                               from korpu.legal_mandate m where m.child_id = of_child and m.ended_at is null), '{}'),
         receivers = coalesce((select array_agg(distinct r.receiver_id order by r.receiver_id)
                                 from korpu.referral r where r.child_id = of_child and r.status in ('SENT','ACCEPTED','ACTIVE')), '{}'),
         holders = coalesce((select array_agg(distinct d.facility_id order by d.facility_id)
                               from korpu.detention_episode d where d.child_id = of_child and d.released_at is null), '{}'),
         covers = coalesce((select array_agg(distinct w.staff_id order by w.staff_id)
                              from (select g.staff_id from korpu.access_grant g where g.child_id = of_child
                                     union all
                                    select e.author_id from korpu.emergency_access e where e.child_id = of_child and e.ended_at is null) w), '{}')
   where c.id = of_child;
end $$;
-- +goose StatementEnd

-- The child is locked before the acts are read again, as for every anchor.
-- +goose StatementBegin
create function korpu.keep_age() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  act korpu.allegation;
begin
  foreach act in array case tg_op when 'INSERT' then array[new] when 'DELETE' then array[old] else array[old, new] end loop
    perform 1 from korpu.child where id = act.child_id for no key update;
    update korpu.case_file c set of_adult = not c.of_adult where c.id = act.case_id and c.of_adult <> korpu.is_of_adult(c.id);
    if found then
      perform korpu.refresh_child(act.child_id);
    end if;
  end loop;
  return null;
end $$;
-- +goose StatementEnd
create trigger allegation_keeps_age after insert or update or delete on korpu.allegation
  for each row execute function korpu.keep_age();
revoke all on function korpu.is_of_adult(uuid), korpu.keep_age() from public;

-- Without triggers: not one row is of an adult yet unless it was written past the hub.
update korpu.case_file c set of_adult = true where korpu.is_of_adult(c.id);
select korpu.refresh_child(c.child_id) from korpu.case_file c where c.of_adult;
reset role;
