-- A case is of one child, so a record's case tells its child. PostgreSQL has to be told: it takes the two for unrelated,
-- expects next to no record where both are given, and looks up case and child again for each record of a list.
-- +goose Up
set local role korpu_owner;
create statistics korpu.case_party_keys (dependencies) on case_id, child_id from korpu.case_party;
create statistics korpu.allegation_keys (dependencies) on case_id, child_id from korpu.allegation;
create statistics korpu.procedure_event_keys (dependencies) on case_id, child_id from korpu.procedure_event;
create statistics korpu.detention_episode_keys (dependencies) on case_id, child_id from korpu.detention_episode;
create statistics korpu.lawyer_contact_keys (dependencies) on case_id, child_id from korpu.lawyer_contact;
create statistics korpu.diversion_keys (dependencies) on case_id, child_id from korpu.diversion;
create statistics korpu.diversion_condition_keys (dependencies) on case_id, child_id from korpu.diversion_condition;
create statistics korpu.diversion_status_change_keys (dependencies) on case_id, child_id from korpu.diversion_status_change;
create statistics korpu.legal_note_keys (dependencies) on case_id, child_id from korpu.legal_note;
reset role;
