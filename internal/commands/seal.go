package commands

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"korpu/policy"
)

// secret is a text that is encrypted before it is written.
type secret struct{ place, text string }

// seal returns the row with its secrets encrypted, under the key of the agency that it belongs to.
func (s *step) seal(ctx context.Context, r row) (row, error) {
	r.values = slices.Clone(r.values) // the row may be written once more
	for i, value := range r.values {
		text, is := value.(secret)
		if !is {
			continue
		}
		sealed, err := s.runner.Vault.Seal(ctx, s.ownerOf(r), text.place, r.id, text.text)
		if err != nil {
			return r, fmt.Errorf("encrypt a value: %w", err)
		}
		r.values[i] = sealed
	}
	return r, nil
}

func (s *step) ownerOf(r row) uuid.UUID {
	if r.changes {
		return s.owner
	}
	return r.values[slices.Index(r.columns, policy.AgencyColumn)].(uuid.UUID)
}
