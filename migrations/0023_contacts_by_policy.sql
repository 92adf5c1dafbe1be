-- The policy's condition own_stay holds a contact to a stay in the register of who records it; the trigger of 0021 said the same a second time.
-- +goose Up
set local role korpu_owner;
drop trigger contact_is_of_own_stay on korpu.lawyer_contact;
drop function korpu.check_contact();
reset role;
