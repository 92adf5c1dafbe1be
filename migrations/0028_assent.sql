-- The child's own answer has a form of its own beside the consent of guardian or mature child (CRC 12): who explained what is
-- asked, how and in which language, and what the child said. Answers are kept as they were given; the latest one counts.
-- +goose Up
set local role korpu_owner;

create table korpu.assent (
  id              uuid not null default gen_random_uuid(),
  child_id        uuid not null,
  agency_id       uuid not null,
  author_id       uuid not null,
  created_at      timestamptz not null default now(),
  recipient_id    uuid not null,
  classes         text[] not null,
  purposes        text[] not null,
  explained_by_id uuid not null,
  form            text not null,
  language        text not null,
  answer          text not null,
  refused_classes text[] not null default '{}',
  answered_at     timestamptz not null,
  constraint assent_pkey primary key (id),
  constraint assent_child_exists foreign key (child_id) references korpu.child (id),
  constraint assent_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint assent_author_exists foreign key (author_id) references korpu.staff (id),
  constraint assent_recipient_exists foreign key (recipient_id) references korpu.agency (id),
  constraint assent_explained_by_exists foreign key (explained_by_id) references korpu.staff (id),
  constraint assent_form_is_known check (form in ('WORDS','PICTURES','READ_ALOUD')),
  constraint assent_answer_is_known check (answer in ('YES','NO','LATER')),
  constraint assent_language_is_a_code check (language ~ '^[a-z]{2,3}$')
);
comment on table korpu.assent is 'What a child answered when asked whether an agency may see classes of data. Whatever is not a yes outweighs every consent, until the child answers anew.';
create index assent_by_moment on korpu.assent (answered_at desc, id desc);
create index assent_by_child on korpu.assent (child_id, recipient_id, answered_at desc, id desc);

-- +goose StatementBegin
create function korpu.check_assent() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if cardinality(new.classes) = 0 or cardinality(new.purposes) = 0 then
    perform korpu.refuse('classes and purposes must name what the child was asked');
  elsif cardinality(new.refused_classes) > 0 and new.answer <> 'YES' then
    perform korpu.refuse('refusedClasses are the parts that a child who says yes leaves out');
  elsif not new.refused_classes <@ new.classes then
    perform korpu.refuse('refusedClasses must be among classes');
  elsif new.classes <@ new.refused_classes then
    perform korpu.refuse('a child who refuses all of it answers NO');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger assent_is_possible after insert on korpu.assent for each row when (korpu.commanded()) execute function korpu.check_assent();

-- +goose StatementBegin
create function korpu.check_consent() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform korpu.refuse('what the child itself answers is recorded with recordAssent');
  return null;
end $$;
-- +goose StatementEnd
create trigger consent_is_possible after insert on korpu.consent for each row when (korpu.commanded() and new.kind = 'ASSENT') execute function korpu.check_consent();

-- A note is not released to somebody to whom the child has not said yes.
-- +goose StatementBegin
create function korpu.check_release_is_assented() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from (select s.answer = 'YES' and not 'RELEASED_NOTE' = any (s.refused_classes) as yes from korpu.assent s
                           where s.child_id = new.child_id and s.recipient_id = new.recipient_id and s.classes @> array['RELEASED_NOTE']
                           order by s.answered_at desc, yes limit 1) latest where not latest.yes) then
    perform korpu.refuse('the child has not consented that the recipient sees released notes');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger release_is_assented after insert on korpu.note_release for each row when (korpu.commanded()) execute function korpu.check_release_is_assented();

alter table korpu.assent enable row level security;
create policy reads on korpu.assent for select to korpu_writer using (true);
create policy makes on korpu.assent for insert to korpu_writer with check (korpu.become(assent));
revoke all on function korpu.check_assent(), korpu.check_consent(), korpu.check_release_is_assented() from public;
reset role;
