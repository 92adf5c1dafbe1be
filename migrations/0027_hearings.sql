-- The registry of a court schedules, moves and cancels hearings. It finds a case by its number and the child's year of birth.
-- +goose Up
set local role korpu_owner;

alter table korpu.procedure_event add column hearing_kind text constraint procedure_event_hearing_kind_is_known check (hearing_kind in ('PREPARATORY','MAIN','JUDGMENT','REVIEW'));
alter table korpu.procedure_event add column cancelled_at timestamptz;
comment on column korpu.procedure_event.hearing_kind is 'What a hearing is for.';
comment on column korpu.procedure_event.cancelled_at is 'When a hearing was cancelled before it took place.';

create function korpu.case_of_own_court(of_number text, born_in integer) returns uuid language sql stable security definer set search_path = '' as $$
  select c.id from korpu.case_file c join korpu.child k on k.id = c.child_id
   where c.number = of_number and k.year_of_birth = born_in and c.court_id = korpu.agency() and c.sealed_at is null
$$;
comment on function korpu.case_of_own_court(text, integer) is 'The case of that number, among those that name the court of the caller and are not sealed. Whether the caller may do anything to it, the policy decides.';

-- +goose StatementBegin
create function korpu.check_hearing() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    if new.outcome is null and new.at <= now() then
      perform korpu.refuse('at lies in the past; a hearing that has taken place is recorded with its outcome');
    end if;
  elsif old.cancelled_at is not null then
    perform korpu.refuse('the hearing was cancelled');
  elsif new.at is distinct from old.at or new.place is distinct from old.place or new.cancelled_at is not null then
    if old.at <= now() or old.outcome is not null then
      perform korpu.refuse('the hearing has taken place');
    elsif new.at <= now() then
      perform korpu.refuse('at lies in the past');
    end if;
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger hearing_is_possible after insert on korpu.procedure_event for each row when (korpu.commanded() and new.kind = 'HEARING') execute function korpu.check_hearing();
create trigger b_checks before update on korpu.procedure_event for each row when (korpu.commanded() and old.kind = 'HEARING') execute function korpu.check_hearing();
revoke all on function korpu.case_of_own_court(text, integer), korpu.check_hearing() from public;
reset role;
