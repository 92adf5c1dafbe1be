package commands

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/fault"
	"korpu/internal/records"
	"korpu/policy"
)

// longestKey is the longest idempotency key, in bytes.
const longestKey = 100

// readEnvelope reads what every command carries beside its values.
func (s *step) readEnvelope() error {
	key, err := records.Parameter("idempotencyKey", ast.NamedType("String", nil), fmt.Sprint(s.input["idempotencyKey"]))
	if err != nil {
		return err
	}
	s.key = key.(string)
	if s.key == "" || len(s.key) > longestKey {
		return fault.New(fault.Invalid, "idempotencyKey must have from 1 to %d signs", longestKey)
	}
	if s.command.Action == "create" {
		s.id = uuid.New()
		return nil
	}
	id, err := records.Parameter("id", ast.NamedType("ID", nil), s.input["id"])
	if err != nil {
		return err
	}
	version, err := records.Parameter("expectedVersion", ast.NamedType("Int", nil), s.input["expectedVersion"])
	if err != nil {
		return err
	}
	s.id, s.expected = id.(uuid.UUID), version.(int32)
	return nil
}

// digestOf tells a repeated command from another under the same key. It needs a key of its own: what is given to a command
// could otherwise be guessed from its digest.
func (r *Runner) digestOf(cmd *policy.Command, input map[string]any) ([]byte, error) {
	body, err := json.Marshal(input) // keys in order
	if err != nil {
		return nil, fmt.Errorf("read the input: %w", err)
	}
	mac := hmac.New(sha256.New, r.Key)
	mac.Write([]byte("command\x00" + cmd.Name + "\x00"))
	mac.Write(body)
	return mac.Sum(nil), nil
}

// receipt takes the key, or finds what was done under it. It waits for a transaction that has taken the key meanwhile.
func (s *step) receipt(ctx context.Context, tx pgx.Tx) error {
	staff := s.request.Subject().Staff
	tag, err := tx.Exec(ctx, `insert into korpu.command_receipt (staff_id, key, digest, record_id, command_id) values ($1, $2, $3, $4, $5) on conflict do nothing`,
		staff, s.key, s.digest, s.id, uuid.NullUUID{UUID: s.entry.Command, Valid: s.entry.Command != uuid.Nil})
	if err != nil {
		return fmt.Errorf("take the key: %w", err)
	}
	if tag.RowsAffected() == 1 {
		return nil
	}
	var digest []byte
	var id uuid.UUID
	var command uuid.NullUUID
	err = tx.QueryRow(ctx, "select digest, record_id, command_id from korpu.command_receipt where staff_id = $1 and key = $2", staff, s.key).Scan(&digest, &id, &command)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.New(fault.Unavailable, "the key is being forgotten; try again")
	case err != nil:
		return fmt.Errorf("read the receipt: %w", err)
	case !hmac.Equal(digest, s.digest):
		return fault.New(fault.Conflict, "idempotencyKey was used for another command; choose a new one")
	}
	s.id, s.entry.Command, s.replayed = id, command.UUID, true
	return nil
}
