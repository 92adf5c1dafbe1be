package hub

import (
	"context"
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"korpu/internal/accesslog"
	"korpu/internal/audit"
	"korpu/internal/fault"
	"korpu/internal/identity"
	"korpu/internal/postgres"
	"korpu/internal/records"
	"korpu/internal/server"
)

// reads is the name under which an operation keeps what it reads of records.
const reads = "korpu.reads"

// keepAudit begins this instance's chain, has every answer wait for its record, and the access log drawn from the records.
func (h *Hub) keepAudit(ctx context.Context, c Config, config *server.Config) error {
	keys, err := audit.NewKeys(c.AuditKey)
	if err != nil {
		return err
	}
	session, err := postgres.WriterConfig(c.DatabaseURL, postgres.AuditWriter)
	if err != nil {
		return err
	}
	if h.audit, err = audit.Open(ctx, session, keys, c.Metrics); err != nil {
		return err
	}
	config.Finish, config.Ready["audit"] = h.record, h.audit.Ready
	h.commands.Entry = entryOf
	drawing, err := postgres.WriterConfig(c.DatabaseURL, postgres.AccessLogWriter)
	if err != nil {
		return err
	}
	h.log = accesslog.Start(ctx, drawing, h.Policies.Current().Compiled.Catalog)
	return nil
}

// record makes durable what will be answered. What was refused before anybody looked at it is counted instead.
func (h *Hub) record(_ context.Context, o server.Outcome) error {
	switch {
	case !o.Subject.Known():
		h.audit.Count(audit.Refusal{Source: h.audit.Keys.Source(o.Source), Code: string(o.Code)})
		return nil
	case o.Run == nil && o.Code == fault.RateLimited:
		h.audit.Count(audit.Refusal{Staff: o.Subject.Staff, Code: string(o.Code)})
		return nil
	}
	e := entry(o.Subject, o.RequestID, o.Operation, o.Version)
	if o.Code != "" {
		e.Outcome = string(o.Code)
	}
	var done []audit.Command
	if o.Run != nil {
		request, _ := o.Run.Stats.GetExtension(reads).(*records.Request)
		e.Reading = reading(o, request)
		if request != nil {
			done = request.Commands()
		}
	}
	e.Digest = h.audit.Keys.Digest(o.Body)
	defer h.log.Wake()
	return h.audit.Write(&e, done...)
}

// entryOf begins the entry of a command that is being resolved.
func entryOf(ctx context.Context) audit.Entry {
	s, _ := identity.From(ctx)
	return entry(s, server.RequestID(ctx), server.OperationHash(ctx), server.PolicyVersion(ctx))
}

func entry(s identity.Subject, request, operation, version string) audit.Entry {
	return audit.Entry{
		At: time.Now(), Request: request, Staff: s.Staff, Agency: s.Agency, Issuer: s.Issuer, Client: s.Client, Asserted: s.Asserted,
		Role: s.Role, Purpose: s.Purpose, Operation: operation, Policy: version, Outcome: "OK",
	}
}

// reading is what the answer holds of records, and which other questions were asked.
func reading(o server.Outcome, request *records.Request) audit.Reading {
	var r audit.Reading
	if request != nil {
		r = request.Reading()
	}
	if !o.HasData {
		r.Records, r.Withheld = nil, nil
	}
	if o.Run.Operation != nil {
		r.Fields = withRoots(r.Fields, o.Run.Operation.SelectionSet)
	}
	return r
}

// withRoots adds the questions that read no record, or were refused before they could.
func withRoots(fields []string, set ast.SelectionSet) []string {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			title := s.ObjectDefinition.Name + "." + s.Name
			if at, known := slices.BinarySearch(fields, title); !known {
				fields = slices.Insert(slices.Clip(fields), at, title)
			}
		case *ast.InlineFragment:
			fields = withRoots(fields, s.SelectionSet)
		case *ast.FragmentSpread:
			fields = withRoots(fields, s.Definition.SelectionSet)
		}
	}
	return fields
}
