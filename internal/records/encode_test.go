package records

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"korpu/internal/postgres/pgtest"
)

// postgres returns a connection that works in UTC, as the hub's login does.
func postgres(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pgtest.New(t, "empty", pgtest.Empty))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	if _, err := conn.Exec(t.Context(), "set timezone to 'UTC'"); err != nil {
		t.Fatal(err)
	}
	return conn
}

// encodeEach encodes values that PostgreSQL reads from their texts, and gives each to check beside PostgreSQL's own JSON.
func encodeEach(t *testing.T, typeName string, encode encoder, texts []string, check func(text, got, want string)) {
	t.Helper()
	sql := fmt.Sprintf("select v, v::text, to_json(v)::text from (select u.n, u.t::%s as v from unnest($1::text[]) with ordinality u (t, n)) q order by n", typeName)
	list, err := postgres(t).Query(t.Context(), sql, texts)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	n := 0
	for ; list.Next(); n++ {
		raw := list.RawValues()
		check(string(raw[1]), string(encode(nil, raw[0])), string(raw[2]))
	}
	if list.Err() != nil || n != len(texts) {
		t.Fatalf("%d of %d values, error %v", n, len(texts), list.Err())
	}
}

func expectPostgresJSON(t *testing.T) func(text, got, want string) {
	t.Helper()
	return func(text, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s is encoded as %s, and by PostgreSQL as %s", text, got, want)
		}
	}
}

const samples = 500

func TestIdentifiersNumbersAndFlagsAreEncodedAsPostgreSQLDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	ids := []string{uuid.Nil.String(), uuid.Max.String()}
	small := []string{"0", "-1", fmt.Sprint(math.MaxInt32), fmt.Sprint(math.MinInt32)}
	large := []string{"0", "-1", fmt.Sprint(math.MaxInt64), fmt.Sprint(math.MinInt64)}
	for range samples {
		var id uuid.UUID
		binary.BigEndian.PutUint64(id[:8], random.Uint64())
		binary.BigEndian.PutUint64(id[8:], random.Uint64())
		ids = append(ids, id.String())
		small = append(small, fmt.Sprint(int32(random.Uint32())))
		large = append(large, fmt.Sprint(int64(random.Uint64())))
	}
	encodeEach(t, "uuid", appendUUID, ids, expectPostgresJSON(t))
	encodeEach(t, "integer", appendInt, small, expectPostgresJSON(t))
	encodeEach(t, "bigint", appendInt, large, expectPostgresJSON(t))
	encodeEach(t, "boolean", appendBool, []string{"true", "false"}, expectPostgresJSON(t))
}

func TestDaysAndMomentsAreEncodedAsPostgreSQLDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	days := []string{"0001-01-01", "9999-12-31", "1999-12-31", "2000-01-01", "2000-02-29", "1900-02-28", "1970-01-01"}
	moments := []string{"0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00", "1999-12-31 23:59:59.999999+00", "1969-12-31 23:59:59.5+00"}
	for range samples {
		year, month, day := 1+random.IntN(9999), 1+random.IntN(12), 1+random.IntN(28)
		days = append(days, fmt.Sprintf("%04d-%02d-%02d", year, month, day))
		moments = append(moments, fmt.Sprintf("%04d-%02d-%02d %02d:%02d:%02d.%06d+00", year, month, day, random.IntN(24), random.IntN(60), random.IntN(60), random.IntN(1e6)))
	}
	encodeEach(t, "date", appendDate, days, expectPostgresJSON(t))
	encodeEach(t, "timestamptz", appendDateTime, moments, func(text, got, want string) {
		expectPostgresJSON(t)(text, got, strings.Replace(want, "+00:00", "Z", 1))
	})
}

func TestWhatIsNoDayOfACalendarIsNull(t *testing.T) {
	for typeName, encode := range map[string]encoder{"date": appendDate, "timestamptz": appendDateTime} {
		encodeEach(t, typeName, encode, []string{"infinity", "-infinity", "0044-03-15 BC", "0001-12-31 BC", "10000-01-01", "20000-01-01"}, func(text, got, _ string) {
			if got != null {
				t.Errorf("%s %s is encoded as %s", typeName, text, got)
			}
		})
	}
}

// What a cursor holds of a day or moment comes back to PostgreSQL unchanged, however far away it is.
func TestAnyDayAndMomentGoesIntoACursorAndBack(t *testing.T) {
	conn := postgres(t)
	days := []string{"infinity", "-infinity", "0044-03-15 BC", "0001-01-01", "2026-11-23", "9999-12-31", "5874897-12-31", "4713-01-01 BC"}
	moments := []string{"infinity", "-infinity", "0044-03-15 12:00:00.000001+00 BC", "2026-11-23 10:20:30.123456+00", "1999-12-31 23:59:59.999999+00", "294276-12-31 23:59:59.999999+00", "4713-01-01 00:00:00+00 BC"}
	for _, c := range []struct {
		typeName, graphql string
		texts             []string
	}{{"date", "Date", days}, {"timestamptz", "DateTime", moments}} {
		for _, text := range c.texts {
			back, same := conn.Query(t.Context(), fmt.Sprintf("select $1::text::%s", c.typeName), text)
			if same != nil {
				t.Fatal(same)
			}
			back.Next()
			raw := append([]byte(nil), back.RawValues()[0]...)
			back.Close()
			var equal bool
			if err := conn.QueryRow(t.Context(), fmt.Sprintf("select $1::%[1]s = $2::text::%[1]s", c.typeName), decoded(c.graphql, raw), text).Scan(&equal); err != nil || !equal {
				t.Errorf("%s %s does not come back: %v", c.typeName, text, err)
			}
		}
	}
}

func TestTextsAreEncodedSoThatAnyReaderOfJSONGetsThemBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		encoded := appendText(nil, []byte(text))
		var back string
		if err := json.Unmarshal(encoded, &back); err != nil || back != text || !utf8.Valid(encoded) {
			t.Fatalf("%q is encoded as %s, which reads %q: %v", text, encoded, back, err)
		}
	})
	for _, text := range []string{"", `"\`, "\x00\x01\x1f\x7f", "\b\f\n\r\t", "\u2028\u2029", "</script>", "Ə😀\U0010FFFF"} {
		var back string
		if err := json.Unmarshal(appendText(nil, []byte(text)), &back); err != nil || back != text {
			t.Errorf("%q reads %q: %v", text, back, err)
		}
	}
}

func TestListsOfTextsAreEncodedAsPostgreSQLDoes(t *testing.T) {
	lists := []string{`{}`, `{a}`, `{"",NULL,"NULL"}`, `{"a,b","{c}","\"","\\"}`, `{Şəki,😀}`}
	encodeEach(t, "text[]", appendTexts, lists, func(text, got, want string) {
		var ours, theirs any
		if json.Unmarshal([]byte(got), &ours) != nil || json.Unmarshal([]byte(want), &theirs) != nil || fmt.Sprint(ours) != fmt.Sprint(theirs) {
			t.Errorf("%s is encoded as %s, and by PostgreSQL as %s", text, got, want)
		}
	})
	encodeEach(t, "text[]", appendTexts, []string{`{{a,b},{c,d}}`}, func(text, got, _ string) {
		if got != null {
			t.Errorf("%s, which is no list, is encoded as %s", text, got)
		}
	})
}

func TestWhatIsAbsentIsNull(t *testing.T) {
	for _, encode := range []encoder{appendUUID, appendInt, appendBool, appendDate, appendDateTime, appendText, appendTexts} {
		if got := string(encode(nil, nil)); got != null {
			t.Errorf("nothing is encoded as %s", got)
		}
	}
}
