package accesslog

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/policy"
)

// page is what was read of the audit at a time, and the entries of the log that come of it.
type page struct {
	catalog   *policy.Catalog
	records   int
	entries   map[string]*entry
	tellings  []*telling
	positions map[string]int64
}

// entry is a row of the log.
type entry struct {
	Child  string    `json:"child_id"`
	Case   *string   `json:"case_id"`
	Agency string    `json:"agency_id"`
	Author string    `json:"author_id"`
	Told   int       `json:"told"` // the place of its words
	Day    string    `json:"day"`
	First  time.Time `json:"first_at"`
	Last   time.Time `json:"last_at"`
	Times  int       `json:"times"`
}

// telling is what many entries have in common.
type telling struct {
	Told          int      `json:"told"`
	Role          string   `json:"role"`
	Purpose       string   `json:"purpose"`
	Kinds         []string `json:"kinds"`
	InAzerbaijani string   `json:"in_azerbaijani"`
	InRussian     string   `json:"in_russian"`
	InEnglish     string   `json:"in_english"`
}

// body is what the log needs of a record of the audit (docs/reference/audit-record.md).
type body struct {
	Kind, Staff, Agency, Role, Purpose string
	At                                 time.Time
	Fields                             []string
	Children                           map[string]map[string]json.RawMessage
}

// undrawn walks from chain to chain without reading the chains.
const undrawn = `with recursive chains (chain) as (
   (select chain from korpu.audit_record order by chain limit 1)
   union all
   select (select r.chain from korpu.audit_record r where r.chain > c.chain order by r.chain limit 1) from chains c where c.chain is not null)
 select r.chain, r.seq, r.body from chains c left join korpu.access_log_position p on p.chain = c.chain
  cross join lateral (select * from korpu.audit_record r where r.chain = c.chain and r.seq > coalesce(p.seq, 0) order by r.seq limit $1) r limit $1`

func (p *page) read(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, undrawn, mostRead)
	if err != nil {
		return fmt.Errorf("read the audit: %w", err)
	}
	var chain uuid.UUID
	var seq int64
	var text []byte
	_, err = pgx.ForEachRow(rows, []any{&chain, &seq, &text}, func() error {
		p.records++
		p.positions[chain.String()] = seq
		return p.add(text)
	})
	if err != nil {
		return fmt.Errorf("read the audit: %w", err)
	}
	return nil
}

// add adds what a record of the audit tells. One that does not tell of a reading adds nothing.
func (p *page) add(text []byte) error {
	var b body
	if err := json.Unmarshal(text, &b); err != nil {
		return nil //nolint:nilerr // what was changed there is for the audit's verification to tell, and must not hold up the log
	}
	if b.Kind != "request" || b.Staff == "" {
		return nil
	}
	kinds := p.kindsByType(b.Fields)
	for child, types := range b.Children {
		cases := map[string]map[string]json.RawMessage{}
		if text := types["cases"]; text != nil {
			if err := json.Unmarshal(text, &cases); err != nil {
				return nil //nolint:nilerr // as above
			}
			delete(types, "cases")
		}
		if len(types) > 0 {
			p.count(b, child, nil, kindsOf(types, kinds))
		}
		for file, types := range cases {
			p.count(b, child, &file, kindsOf(types, kinds))
		}
	}
	return nil
}

// kindsByType are the kinds of data that the fields of each type are of.
func (p *page) kindsByType(fields []string) map[string][]string {
	kinds := map[string][]string{}
	for _, title := range fields {
		name, field, _ := strings.Cut(title, ".")
		r := p.catalog.Records[name]
		if r == nil || r.Field(field) == nil {
			continue // a page, a question, or a field of another policy version
		}
		if kind := kindOf[r.Field(field).Class]; kind != "" && !untold[r.Field(field).Class] {
			kinds[name] = append(kinds[name], kind)
		}
	}
	return kinds
}

// kindsOf are those of the types of which records were read, in order.
func kindsOf(types map[string]json.RawMessage, byType map[string][]string) []string {
	var all []string
	for name := range types {
		all = append(all, byType[name]...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) == 0 {
		return []string{file}
	}
	return all
}

func (p *page) count(b body, child string, file *string, kinds []string) {
	e := &entry{
		Child: child, Case: file, Agency: b.Agency, Author: b.Staff, Told: p.telling(b.Role, b.Purpose, kinds), Day: b.At.UTC().Format(time.DateOnly),
		First: b.At, Last: b.At,
	}
	of := ""
	if file != nil {
		of = *file
	}
	key := strings.Join([]string{child, of, b.Staff, b.Agency, strconv.Itoa(e.Told), e.Day}, " ")
	if known := p.entries[key]; known != nil {
		e = known
	} else {
		p.entries[key] = e
	}
	e.Times++
	if b.At.Before(e.First) {
		e.First = b.At
	}
	if b.At.After(e.Last) {
		e.Last = b.At
	}
}

// telling returns the place of the words for a role, purpose and kinds.
func (p *page) telling(role, purpose string, kinds []string) int {
	i := slices.IndexFunc(p.tellings, func(t *telling) bool { return t.Role == role && t.Purpose == purpose && slices.Equal(t.Kinds, kinds) })
	if i >= 0 {
		return i
	}
	t := &telling{Told: len(p.tellings), Role: role, Purpose: purpose, Kinds: kinds}
	t.InAzerbaijani, t.InRussian, t.InEnglish = azerbaijani.tell(t), russian.tell(t), english.tell(t)
	p.tellings = append(p.tellings, t)
	return t.Told
}

const insert = `insert into korpu.access_log as l (child_id, case_id, agency_id, author_id, role, purpose, day, first_at, last_at, times, kinds, in_azerbaijani, in_russian, in_english)
 select e.child_id, e.case_id, e.agency_id, e.author_id, t.role, t.purpose, e.day, e.first_at, e.last_at, e.times, t.kinds,
        replace(t.in_azerbaijani, '{agency}', a.name), replace(t.in_russian, '{agency}', a.name), replace(t.in_english, '{agency}', a.name)
   from jsonb_to_recordset($1) e (child_id uuid, case_id uuid, agency_id uuid, author_id uuid, told integer, day date, first_at timestamptz, last_at timestamptz, times integer)
   join jsonb_to_recordset($2) t (told integer, role text, purpose text, kinds text[], in_azerbaijani text, in_russian text, in_english text) on t.told = e.told
   join korpu.agency a on a.id = e.agency_id
  where exists (select from korpu.on_file f where f.child_id = e.child_id and f.case_id is not distinct from e.case_id)
 on conflict on constraint access_log_is_one_a_day do update
    set times = l.times + excluded.times, first_at = least(l.first_at, excluded.first_at), last_at = greatest(l.last_at, excluded.last_at)`

func (p *page) write(ctx context.Context, tx pgx.Tx) error {
	if len(p.entries) > 0 {
		if _, err := tx.Exec(ctx, insert, slices.Collect(maps.Values(p.entries)), p.tellings); err != nil {
			return fmt.Errorf("write the access log: %w", err)
		}
	}
	_, err := tx.Exec(ctx, `insert into korpu.access_log_position (chain, seq) select key::uuid, value::bigint from jsonb_each_text($1)
	  on conflict (chain) do update set seq = excluded.seq`, p.positions)
	if err != nil {
		return fmt.Errorf("note how far the access log has been drawn: %w", err)
	}
	return nil
}
