-- A lawyer's contact is of the child and case of its detention, a condition and a state of those of their diversion. Access
-- is decided by both, so a part that named others would be shown to the wrong ones, or to nobody.
-- +goose Up
set local role korpu_owner;

-- A key of foreign columns is not looked at where one of them is null, as the case of a detention may be. A detention without
-- a case stands for itself.
alter table korpu.detention_episode
  add column case_or_self uuid not null generated always as (coalesce(case_id, id)) stored,
  add constraint detention_episode_belongs_to_child_and_case unique (id, child_id, case_or_self);
alter table korpu.lawyer_contact
  add column case_or_detention uuid not null generated always as (coalesce(case_id, detention_id)) stored,
  add constraint lawyer_contact_is_of_its_detention foreign key (detention_id, child_id, case_or_detention)
    references korpu.detention_episode (id, child_id, case_or_self),
  drop constraint lawyer_contact_detention_exists;
comment on column korpu.detention_episode.case_or_self is 'The case, or the detention itself where it has none: what its lawyer contacts refer to.';
comment on column korpu.lawyer_contact.case_or_detention is 'The case, or the detention where there is none.';

alter table korpu.diversion
  add constraint diversion_belongs_to_case_and_child unique (id, case_id, child_id);
alter table korpu.diversion_condition
  add constraint diversion_condition_is_of_its_diversion foreign key (diversion_id, case_id, child_id) references korpu.diversion (id, case_id, child_id),
  drop constraint diversion_condition_diversion_exists;
alter table korpu.diversion_status_change
  add constraint diversion_status_change_is_of_its_diversion foreign key (diversion_id, case_id, child_id) references korpu.diversion (id, case_id, child_id),
  drop constraint diversion_status_change_diversion_exists;
reset role;
