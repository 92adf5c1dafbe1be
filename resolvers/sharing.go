package resolvers

import (
	"time"

	"korpu/graph/model"
	"korpu/internal/accesslog"
	"korpu/internal/commands"
)

func shared(all []commands.Sharing) []*model.Sharing {
	if all == nil {
		return nil
	}
	told := make([]*model.Sharing, len(all))
	for i, s := range all {
		words := accesslog.Sharing{Agency: s.Name, Purpose: s.Purpose, State: s.State, Classes: s.Classes, Until: s.Until}
		m := &model.Sharing{
			Agency: s.Agency.String(), Recipient: s.Name, Purpose: model.Purpose(s.Purpose), State: model.SharingState(s.State), MayRefuse: s.State != "BY_LAW",
			Kinds: words.Kinds(),
		}
		m.InAzerbaijani, m.InRussian, m.InEnglish = words.InWords()
		if s.Until != nil {
			until := s.Until.UTC().Format(time.RFC3339Nano)
			m.Until = &until
		}
		for _, class := range s.Classes {
			m.Classes = append(m.Classes, model.DataClass(class))
		}
		told[i] = m
	}
	return told
}
