package country

import (
	"fmt"
	"slices"

	"korpu/internal/vault"
)

// secret is a text that stands encrypted in the database.
type secret string

// locks encrypts secrets with the keys of the agencies that keep them.
type locks struct {
	kek  *vault.KEK
	keys map[uid]*vault.Key
}

func newLocks(kek *vault.KEK) *locks { return &locks{kek: kek, keys: map[uid]*vault.Key{}} }

// seal encrypts the secrets of a batch, and adds the keys of agencies that had none.
func (l *locks) seal(b batch) error {
	for _, t := range tables {
		if !slices.ContainsFunc(b[t], holdsSecret) {
			continue
		}
		for _, row := range b[t] {
			if err := l.sealRow(b, t, row); err != nil {
				return err
			}
		}
	}
	return nil
}

func isSecret(value any) bool { _, is := value.(secret); return is }

func holdsSecret(row []any) bool { return slices.ContainsFunc(row, isSecret) }

func (l *locks) sealRow(b batch, t *table, row []any) error {
	key, err := l.keyOf(b, row[slices.Index(t.columns, "agency_id")].(uid))
	if err != nil {
		return err
	}
	for i, value := range row {
		text, is := value.(secret)
		if !is {
			continue
		}
		if row[i], err = key.Seal(t.name+"."+t.columns[i], row[0].(uid), []byte(text)); err != nil {
			return fmt.Errorf("encrypt %s: %w", t.name, err)
		}
	}
	return nil
}

func (l *locks) keyOf(b batch, agency uid) (*vault.Key, error) {
	if l.keys[agency] == nil {
		key, wrapped, err := l.kek.New(agency)
		if err != nil {
			return nil, fmt.Errorf("make a key: %w", err)
		}
		l.keys[agency] = key
		b.add(dataKeys, agency, wrapped)
	}
	return l.keys[agency], nil
}
