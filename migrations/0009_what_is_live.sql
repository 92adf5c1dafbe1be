-- A court, and a place of detention, list what is before them now, which is a small part of what ever was.
-- +goose Up
set local role korpu_owner;
create index case_file_before_court on korpu.case_file (court_id, opened_on desc, id desc) where court_id = any(parties) and sealed_at is null;
create index detention_episode_of_held on korpu.detention_episode (facility_id, admitted_at desc, id desc) where released_at is null;
reset role;
