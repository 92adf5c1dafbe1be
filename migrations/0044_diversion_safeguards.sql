-- What General Comment 24, 18 asks of a diversion, element by element: none is ordered while one of them is not on record.
-- +goose Up
set local role korpu_owner;

alter table korpu.diversion add column alternatives_considered text;
alter table korpu.diversion add column acknowledged_freely boolean;
alter table korpu.diversion add column consequences text;
alter table korpu.diversion add column legal_advice_by text;
alter table korpu.diversion add column legal_advice_on date;
alter table korpu.diversion add column review_right_told_on date;
alter table korpu.diversion add column decided_on date;
alter table korpu.diversion add column decider_id uuid constraint diversion_decider_exists references korpu.staff (id);
comment on column korpu.diversion.acknowledged_freely is 'Whether the acknowledgement was free and without pressure, which authorities learn without its text.';
comment on column korpu.diversion.review_right_told_on is 'When the child was told that the decision can be reviewed.';

-- What is missing is told by its name: whoever orders has no sight of the text itself.
-- +goose StatementBegin
create function korpu.check_safeguards(d korpu.diversion) returns void language plpgsql security definer set search_path = '' as $$
begin
  if d.evidence_sufficient is not true then
    perform korpu.refuse('not on record: compelling evidence (General Comment 24, 18(a))');
  elsif d.acknowledgement is null or d.acknowledged_freely is not true then
    perform korpu.refuse('not on record: a free and voluntary acknowledgement (General Comment 24, 18(a))');
  elsif d.agreement is null or d.consequences is null or d.starts_on is null or d.ends_on is null
     or not exists (select from korpu.diversion_condition c where c.diversion_id = d.id) then
    perform korpu.refuse('not on record: an informed agreement with its conditions, its duration and the consequences of not completing (General Comment 24, 18(b))');
  elsif d.legal_advice_offered is not true or d.legal_advice_by is null or d.legal_advice_on is null then
    perform korpu.refuse('not on record: who offered legal advice, and when (General Comment 24, 18(d))');
  elsif d.review_right_told_on is null or d.review_right_told_on > current_date then
    perform korpu.refuse('not on record: when the child was told that the decision can be reviewed (General Comment 24, 18(c))');
  end if;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function korpu.check_diversion() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    if new.evidence_sufficient is not true then
      perform korpu.refuse('without compelling evidence there is no diversion: evidenceSufficient must be true');
    elsif (select c.stage = 'CLOSED' from korpu.case_file c where c.id = new.case_id) then
      perform korpu.refuse('the case is closed');
    end if;
  elsif new.status = 'AGREED' and old.status <> 'AGREED' and new.legal_advice_offered is not true then
    perform korpu.refuse('the child must have been offered legal advice: legalAdviceOffered must be true');
  elsif new.status = 'AGREED' and old.status <> 'AGREED' and new.ends_on <= new.starts_on then
    perform korpu.refuse('endsOn must be later than startsOn');
  elsif new.status = 'AGREED' and old.status <> 'AGREED' and new.legal_advice_on > current_date then
    perform korpu.refuse('legalAdviceOn lies in the future');
  elsif new.status = 'ORDERED' and old.status <> 'ORDERED' then
    perform korpu.check_safeguards(new);
  end if;
  return new;
end $$;
-- +goose StatementEnd
revoke all on function korpu.check_safeguards(korpu.diversion) from public;
reset role;
