package records

import (
	"github.com/google/uuid"

	"korpu/policy"
)

// sealed compiles an encrypted field. Which key opens it, and that it stands in its place, is told by agency and id of its row,
// so they are selected beside it.
func (c *compiler) sealed(f *policy.Field, alias string, cols *columns) emit {
	value := cols.add(alias + "." + f.Column)
	id, agency := cols.add(alias+"."+f.Record.RowColumn()), cols.add(alias+"."+policy.AgencyColumn)
	place := f.Place()
	return func(out []byte, row [][]byte, r *Request) ([]byte, error) {
		if row[value] == nil {
			return append(out, null...), nil
		}
		text, err := r.store.vault.Open(r.ctx, uuid.UUID(row[agency]), place, uuid.UUID(row[id]), row[value])
		if err != nil {
			return nil, err
		}
		return appendText(out, text), nil
	}
}
