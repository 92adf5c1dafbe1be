package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// load is several clients who ask and command until they are told to stop. It remembers what they were answered.
type load struct {
	*site
	name   string
	client http.Client
	stop   atomic.Bool
	group  sync.WaitGroup

	mutex   sync.Mutex
	answers []string                  // request ids of answers that arrived whole
	sent    map[string]map[string]any // inputs by key
	done    map[string]string         // records by key, of commands that were answered
}

const (
	openCase = `mutation($input: OpenCaseInput!) { openCase(input: $input) { id } }`
	latest   = `{ cases(first: 20) { nodes { number child { familyName } procedure(first: 3) { nodes { at } } } } }`
)

func (s *site) load(name string) *load {
	l := &load{site: s, name: name, sent: map[string]map[string]any{}, done: map[string]string{}}
	l.client.Timeout = 5 * time.Second
	district, court := s.places()
	for client := range 4 {
		l.group.Go(func() {
			for n := 0; !l.stop.Load(); n++ {
				l.open(fmt.Sprintf("%s, client %d, case %d", name, client, n), district, court)
			}
		})
	}
	for _, who := range []string{"judge-sumgayit", "lawyer"} {
		l.group.Go(func() {
			for !l.stop.Load() {
				l.ask(who, latest, nil)
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
	return l
}

// places are a district and a court, of which the cases are.
func (s *site) places() (district, court string) {
	s.t.Helper()
	admin := s.admin()
	defer admin.Close(context.Background())
	err := admin.QueryRow(context.Background(), `select p.district_id::text, c.id::text from korpu.agency p, korpu.agency c where p.code = 'SUM-POLICE' and c.code = 'SUM-COURT'`).Scan(&district, &court)
	if err != nil {
		s.t.Fatal(err)
	}
	return district, court
}

func (l *load) open(key, district, court string) {
	born := time.Now().UTC().AddDate(-17, 0, -2).Format(time.DateOnly)
	input := map[string]any{
		"idempotencyKey": key, "district": district, "court": court, "allegedFacts": key,
		"newChild":    map[string]any{"givenName": "Orxan", "familyName": "Sınaqlı", "bornOn": born, "sex": "MALE", "district": district},
		"allegations": []any{map[string]any{"article": "CC 177.1", "actOn": time.Now().UTC().AddDate(0, 0, -3).Format(time.DateOnly)}},
	}
	l.mutex.Lock()
	l.sent[key] = input
	l.mutex.Unlock()
	l.command(key, input)
}

// command sends a command, and returns what arrived where that is not its record.
func (l *load) command(key string, input map[string]any) (failure string) {
	body := l.ask("officer-sumgayit", openCase, map[string]any{"input": input})
	var answer struct {
		Data struct{ OpenCase struct{ ID string } }
	}
	if json.Unmarshal(body, &answer) != nil || answer.Data.OpenCase.ID == "" {
		return "answered with: " + string(body)
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if before := l.done[key]; before != "" && before != answer.Data.OpenCase.ID {
		l.t.Errorf("%s: answered with the case %s and with %s", key, before, answer.Data.OpenCase.ID)
	}
	l.done[key] = answer.Data.OpenCase.ID
	return ""
}

// ask returns what arrived, or nothing where it did not arrive whole. The answers of the hub that succeed are remembered.
func (l *load) ask(who, query string, variables map[string]any) []byte {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		panic(err) // texts and numbers
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, l.url, bytes.NewReader(body))
	if err != nil {
		panic(err) // the address was printed by the hub
	}
	r.Header.Set("Authorization", "Bearer "+l.tokens[who])
	r.Header.Set("Content-Type", "application/json")
	w, err := l.client.Do(r)
	if err != nil {
		time.Sleep(20 * time.Millisecond)
		return nil
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil || w.StatusCode != http.StatusOK {
		time.Sleep(20 * time.Millisecond)
		return nil
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.answers = append(l.answers, w.Header.Get("Korpu-Request-Id"))
	return text
}

func (l *load) end() {
	l.stop.Store(true)
	l.group.Wait()
}

// repeat sends again what was not answered, and some of what was; it tells how many were not.
func (l *load) repeat() (lost int) {
	l.t.Helper()
	for key, input := range l.sent {
		answered := l.done[key] != ""
		if !answered {
			lost++
		}
		if answered && len(key)%7 > 0 {
			continue
		}
		if failure := l.command(key, input); failure != "" {
			l.t.Fatalf("%s is not done when it is sent again; %s", key, failure)
		}
	}
	return lost
}
