package resolvers

import (
	"korpu/graph/model"
	"korpu/internal/commands"
)

func words(classes []model.DataClass) []string {
	var all []string
	for _, c := range classes {
		all = append(all, string(c))
	}
	return all
}

func previewed(openings []commands.Opening) []*model.PreviewedAccess {
	if openings == nil {
		return nil
	}
	all := make([]*model.PreviewedAccess, len(openings))
	for i, o := range openings {
		a := &model.PreviewedAccess{Role: o.Profile.Role, Purpose: o.Profile.Purpose, Type: o.Record, Access: model.AccessKindAlways, Basis: o.Basis}
		if o.Field != "" {
			class := model.DataClass(o.Class)
			a.Field, a.Class = &o.Field, &class
		}
		if o.When != "" {
			a.Access, a.When, a.HowToRequest = model.AccessKindWhen, &o.When, &o.HowToRequest
		}
		all[i] = a
	}
	return all
}
