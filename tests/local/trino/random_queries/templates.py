"""What expressions are made of: constants of every kind, and templates whose `{kind}` holes are filled with others."""

from __future__ import annotations

CONSTANTS = {
    "integer": [
        "0", "1", "-3", "CAST(NULL AS integer)", "BIGINT '9223372036854775807'", "SMALLINT '7'", "TINYINT '-128'",
    ],
    "double": ["0e0", "-1.5e0", "1e17", "0.1", "nan()", "-infinity()", "CAST(NULL AS double)", "REAL '2.5'"],
    "decimal": [
        "DECIMAL '1.50'", "DECIMAL '-0.005'", "DECIMAL '12345678901234567890.12'", "DECIMAL '0'", "DECIMAL '.5'",
        "DECIMAL '123456789.123456789'", "DECIMAL '-0.000000000001'",
        "DECIMAL '.00000000000000000000000000000000000001'",
        "DECIMAL '99999999999999999999999999999999999999'", "CAST(NULL AS decimal(19, 4))",
    ],
    "varchar": [
        "'a'", "''", "'ab  '", "'é😀'", "CAST(NULL AS varchar)", "'2024-02-29'", "'12'", "'NULL'", "' 1.5e0 '",
        "'[1,null]'", "'{\"a\": 1.0}'", "'a,b,,c'", "'ẞßİ'",
    ],
    "char": ["CAST('ab' AS char(4))", "CAST('a' AS char(1))", "CAST('' AS char(3))", "CAST('é ' AS char(2))"],
    "date": ["DATE '2024-02-29'", "DATE '1969-12-31'", "DATE '9999-12-31'", "CAST(NULL AS date)"],
    "timestamp": [
        "TIMESTAMP '2024-01-15 10:30:00.123'", "TIMESTAMP '1969-12-31 23:59:59.999'",
        "TIMESTAMP '2024-03-31 02:30:00.123456'", "TIMESTAMP '2024-12-31 23:59:59.5'",
    ],
    "zoned": [
        "TIMESTAMP '2024-03-31 03:30:00 Europe/Berlin'", "TIMESTAMP '2024-01-15 10:30:00.123 UTC'",
        "TIMESTAMP '1969-12-31 23:59:59.999 -03:30'", "TIMESTAMP '2024-11-03 01:30:00 America/New_York'",
        "CAST(NULL AS timestamp(3) with time zone)",
    ],
    "time": ["TIME '10:30:00'", "TIME '23:59:59.999'", "CAST(NULL AS time)"],
    "interval": ["INTERVAL '1' DAY", "INTERVAL '-90' MINUTE", "INTERVAL '1 02:03:04.567' DAY TO SECOND"],
    "varbinary": ["X'6162'", "X''", "CAST(NULL AS varbinary)"],
    "boolean": ["true", "false", "CAST(NULL AS boolean)"],
    "json": [
        "JSON '{\"a\": 1.50, \"b\": [1, null, \"x\"], \"k\": {\"l\": 2}}'", "JSON '[1, 2.0, \"é\", null, true]'",
        "JSON 'null'", "CAST(NULL AS json)", "JSON '\"a\"'", "JSON '1e2'",
    ],
    "array": ["ARRAY[1, NULL, 3]", "ARRAY[]", "ARRAY[2, 2]", "CAST(NULL AS array(integer))"],
    "words": ["ARRAY['a', NULL, 'é']", "CAST(ARRAY[] AS array(varchar))", "ARRAY['b', 'a', 'b']"],
    "map": ["MAP(ARRAY['k', 'z'], ARRAY[1, NULL])", "CAST(MAP() AS map(varchar, integer))"],
    "row": ["CAST(ROW(1, 'x') AS row(p integer, q varchar))", "CAST(ROW(NULL, 'x') AS row(p integer, q varchar))"],
}  # fmt: skip
"""Of every kind; `zoned` are timestamps with time zone, `words` arrays of varchar."""


def _templates(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.split(";") if one.strip()]


MADE = {
    kind: _templates(text)
    for kind, text in {
        "integer": """
        length({varchar}); cardinality({array}); cardinality({map}); year({date}); month({timestamp}); day({date});
        day_of_week({date}); date_diff('day', {date}, {date}); date_diff('hour', {timestamp}, {timestamp});
        abs({integer}); sign({integer}); {integer} + 1; {integer} - {integer}; {integer} * 2; {integer} % 7; {integer} /
        3; -({integer}); bitwise_and({integer}, 6); TRY_CAST({varchar} AS integer); TRY_CAST({double} AS bigint);
        TRY_CAST({decimal} AS integer); CAST({boolean} AS integer); element_at({array}, 1); element_at({map}, 'k');
        array_max({array}); ({row}).p; strpos({varchar}, 'b'); array_position({array}, 2); reduce({array}, 0, (s, x) ->
        s + coalesce(x, 0), s -> s); codepoint(CAST('é' AS varchar(1))); length({varbinary});
        levenshtein_distance({varchar}, 'abc'); quarter({date}); date_diff('month', {date}, {timestamp});
        hour({timestamp}); TRY({integer} / {integer}); TRY({integer} * {integer}); width_bucket({double}, 0e0, 10e0, 4);
        week({date}); millisecond({timestamp}); bit_count({integer}, 64); timezone_hour({zoned}); hour({zoned});
        day({zoned}); year_of_week({date}); date_diff('minute', {zoned}, {zoned}); json_array_length({json});
        json_size({json}, '$.b'); TRY_CAST({json} AS bigint); cardinality({words}); TRY_CAST({varchar} AS tinyint);
        TRY_CAST({integer} AS smallint); TRY(CAST({integer} AS integer) + 1); day_of_year({date}); second({timestamp});
        minute({time}); date_diff('second', {time}, {time}); to_milliseconds({interval}); hamming_distance('abc',
        'abd'); TRY({integer} - CAST({integer} AS bigint)); bitwise_xor({integer}, {integer});
        bitwise_left_shift({integer}, 3); crc32(to_utf8({varchar})); TRY(from_base({varchar}, 16)); strpos({varchar},
        {varchar}); array_min({array}); {array}[1]; json_value({varchar}, 'lax $.a' RETURNING bigint NULL ON ERROR);
        TRY({integer} % {integer}); array_position({words}, {varchar}); reduce({words}, 0, (s, x) -> s +
        length(coalesce(x, '')), s -> s); CASE {integer} WHEN 1 THEN 10 WHEN {integer} THEN 20 ELSE {integer} END;
        round({integer}, -1); CASE WHEN {varchar} LIKE 'a%' THEN 1 WHEN {varchar} IS NULL THEN 2 WHEN {integer} > 5 THEN
        3 ELSE 4 END; bitwise_right_shift({integer}, 2); ceil({integer}); regexp_count({varchar}, 'a|b');
        date_diff('week', {date}, {date}); date_diff('year', {timestamp}, {zoned}); regexp_position({varchar}, 'b');
        day_of_month({zoned})""",
        "double": """
        {double} + {double}; {double} - 1e0; {double} * {double}; {double} / 2e0; {double} / {double}; abs({double});
        CAST({integer} AS double); CAST({decimal} AS double); sqrt({double}); round({double}); round({double}, 1);
        floor({double}); ceil({double}); sign({double}); -({double}); CAST({double} AS real); TRY_CAST({varchar} AS
        double); truncate({double}); {integer} * 0.5; {double} % 2e0; to_unixtime({timestamp}); {decimal} * {double};
        mod({double}, 3e0); power({double}, 2e0); exp(-abs({double})); ln(abs({integer}) + 1); log10(1e0 +
        abs({integer})); TRY_CAST({json} AS double); round({double}, 3); round(REAL '2.675', 2); atan2({double}, 1e0);
        cbrt({double}); CAST({double} AS real) + CAST({double} AS real); {integer} / 2.5e0; nullif({double}, 0e0);
        CAST({integer} AS double) / {integer}; degrees({double}); TRY_CAST({varchar} AS real); to_unixtime({zoned});
        cosine_similarity(ARRAY[1e0, {double}], ARRAY[{double}, 2e0]); truncate({double}, 1);
        log(2e0, abs({double}))""",
        "decimal": """
        {decimal} + DECIMAL '0.01'; TRY({decimal} + {decimal}); TRY({decimal} * DECIMAL '1.5'); -({decimal});
        TRY({decimal} - {decimal}); TRY({decimal} / DECIMAL '3'); TRY({decimal} % DECIMAL '0.7'); abs({decimal});
        round({decimal}); round({decimal}, 1); floor({decimal}); ceil({decimal}); TRY_CAST({decimal} AS decimal(8,1));
        TRY_CAST({integer} AS decimal(12,2)); TRY_CAST({double} AS decimal(20,4)); TRY_CAST({varchar} AS decimal(10,2));
        TRY({decimal} * {integer}); truncate({decimal}); TRY({decimal} * {decimal}); sign({decimal}); TRY_CAST({decimal}
        AS decimal(38,10)); TRY_CAST({decimal} AS decimal(5,5)); TRY_CAST({double} AS decimal(18,0)); TRY_CAST({decimal}
        AS decimal(19,0)); TRY(DECIMAL '7.25' % {decimal}); TRY({decimal} / {decimal}); TRY({integer} / {decimal});
        TRY({decimal} + {integer}); TRY_CAST({json} AS decimal(12,3)); round({decimal}, -1); truncate({decimal}, 1);
        TRY_CAST({varchar} AS decimal(38,4)); mod({decimal}, 3); TRY(CAST({integer} AS decimal(19,0)) * {decimal}); CASE
        WHEN {boolean} THEN {decimal} ELSE {integer} END""",
        "varchar": """
        upper({varchar}); lower({varchar}); trim({varchar}); reverse({varchar}); {varchar} || {varchar};
        substr({varchar}, 2); substr({varchar}, -2, 1); replace({varchar}, 'a', 'xy'); lpad({varchar}, 5, '*');
        rpad({varchar}, 3, 'é'); split_part({varchar}, 'b', 1); CAST({integer} AS varchar); CAST({double} AS varchar);
        CAST({decimal} AS varchar); CAST({date} AS varchar); CAST({timestamp} AS varchar); CAST({boolean} AS varchar);
        CAST({char} AS varchar); to_hex({varbinary}); array_join({array}, ','); array_join({array}, ',', '-');
        json_format(CAST({array} AS json)); date_format({timestamp}, '%Y-%m-%d %H:%i'); ({row}).q;
        regexp_replace({varchar}, '[ab]', '<$0>'); concat({varchar}, '-', {char}); format_datetime({timestamp},
        'yyyy-MM-dd'); CAST({varchar} AS varchar(2)); json_extract_scalar('{"a":' || coalesce(CAST({integer} AS
        varchar), 'null') || '}', '$.a'); regexp_extract({varchar}, '([a-z])'); translate({varchar}, 'ab', 'b');
        normalize({varchar}); ltrim({varchar}); typeof({any}); json_format(CAST({map} AS json)); concat_ws(',',
        {varchar}, {varchar}); date_format({date}, '%W %j'); CAST({zoned} AS varchar); to_iso8601({timestamp});
        to_iso8601({zoned}); to_iso8601({date}); date_format({zoned}, '%d/%m/%y %T.%f %p'); format_datetime({zoned},
        'EEE, d MMM yyyy HH:mm:ss Z'); CAST({time} AS varchar); CAST({interval} AS varchar); json_format({json});
        json_extract_scalar({json}, '$.a'); json_extract_scalar({json}, '$.b[1]'); TRY_CAST({json} AS varchar);
        json_format(json_extract({json}, '$.k')); array_join({words}, '|'); array_join({words}, '|', '?');
        element_at({words}, -1); to_base64({varbinary}); url_encode({varchar}); url_decode({varchar}); lpad({varchar},
        2, 'ab'); format('%s|%5d|%.2f', {varchar}, {integer}, {double}); regexp_replace({varchar}, '(a)(b)?', '$2$1');
        regexp_extract({varchar}, '(.)(.)', 2); split_part({varchar}, ',', 2); substr({varchar}, {integer} % 5, 2);
        soundex('Robert'); trim(LEADING 'a' FROM {varchar}); trim(BOTH 'ab' FROM {varchar}); json_format(CAST({row} AS
        json)); json_query({varchar}, 'lax $.a' WITH ARRAY WRAPPER); json_value({varchar}, 'lax $[0]');
        from_utf8({varbinary}); substring({varchar} FROM 2 FOR 1); concat({varchar}, {varchar}, {varchar});
        CAST(CAST({varchar} AS varchar(3)) AS varchar(1)); date_format({timestamp}, '%a %b %e %k:%i:%s'); chr(97);
        CAST({double} AS varchar(24)); human_readable_seconds(abs({integer} % 100000)); CAST({decimal} AS varchar(45));
        CASE {varchar} WHEN 'a' THEN 'x' WHEN {varchar} THEN {varchar} END; format_number({integer});
        array_join({array}, ''); to_base({integer}, 36);
        json_format(CAST({decimal} AS json)); json_format(CAST({double} AS json)); json_format(CAST({date} AS json));
        json_object('a' VALUE {integer}, 'b' VALUE {varchar}); json_array({integer}, {varchar} NULL ON NULL);
        json_extract_scalar({varchar}, '$.a'); word_stem({varchar}); CAST({varchar} AS varchar(1)) || {char};
        json_format(TRY(json_parse({varchar}))); reverse(CAST({integer} AS varchar)); to_hex(to_utf8({varchar}))""",
        "char": """
        CAST({varchar} AS char(4)); {char} || {char}; lower({char}); trim({char});
        substr({char}, 1, 2); reverse({char}); CAST({char} AS char(2)); upper({char});
        rpad({char}, 6, 'x'); CASE WHEN {boolean} THEN {char} ELSE CAST('abcdef' AS char(6))
        END; concat({char}, {char})""",
        "date": """
        date_add('day', 1, {date}); date_add('month', -1, {date}); date_trunc('month', {date}); CAST({timestamp} AS
        date); TRY_CAST({varchar} AS date); {date} - INTERVAL '1' DAY; last_day_of_month({date}); date({timestamp});
        {date} + INTERVAL '2' MONTH; date_trunc('week', {date}); date_trunc('year', {date}); CAST({zoned} AS date);
        date_add('week', {integer} % 100, {date}); from_iso8601_date('2024-W05-3'); TRY(date({varchar}));
        date_trunc('quarter', {date}); CAST(date_parse('2024-02-29', '%Y-%m-%d') AS date); date_add('quarter', 1,
        {date}); {date} - INTERVAL '1' MONTH; last_day_of_month({timestamp})""",
        "timestamp": """
        date_add('hour', 25, {timestamp}); date_trunc('hour', {timestamp}); CAST({date} AS timestamp); {timestamp} +
        INTERVAL '90' MINUTE; TRY_CAST({varchar} AS timestamp); date_add('month', 1, {timestamp});
        TRY_CAST(CAST({timestamp} AS varchar) AS timestamp(6)); {timestamp} - INTERVAL '1' YEAR; date_trunc('quarter',
        {timestamp}); CAST({timestamp} AS timestamp(0)); from_unixtime(1700000000) AT TIME ZONE 'UTC'; CAST({zoned} AS
        timestamp); TRY(date_parse({varchar}, '%Y-%m-%d')); {timestamp} + {interval}; date_add('millisecond', {integer}
        % 5000, {timestamp}); date_trunc('week', {timestamp}); CAST({timestamp} AS timestamp(6)); {date} + INTERVAL '1'
        HOUR; date_add('day', {integer} % 1000, {timestamp}); CAST({zoned} AS timestamp(6)); CAST({timestamp} AS
        timestamp(1)); date_trunc('minute', {timestamp}); {timestamp} - {interval}""",
        "varbinary": """
        {varbinary} || {varbinary}; to_utf8({varchar}); substr({varbinary}, 1, 1); reverse({varbinary});
        md5({varbinary}); from_hex('FF00'); CAST({varchar} AS varbinary); concat({varbinary}, X'00');
        sha256(to_utf8({varchar})); from_base64(to_base64({varbinary})); sha1({varbinary}); xxhash64({varbinary});
        from_hex(to_hex({varbinary})); to_big_endian_64({integer}); TRY(from_hex({varchar})); rpad({varbinary}, 3,
        X'00'); hmac_sha256({varbinary}, X'01'); murmur3({varbinary}); to_ieee754_64({double});
        TRY(from_base64({varchar}))""",
        "boolean": """
        {integer} = {integer}; {integer} <> {integer}; {integer} < {integer}; {integer} >= 2; {double} > {double};
        {double} = {double}; {decimal} <= {decimal}; {decimal} = {integer}; {decimal} < {double}; {integer} < {double};
        {varchar} = {varchar}; {varchar} < {varchar}; {varchar} LIKE 'a%'; {varchar} LIKE '%b_'; {varchar} NOT LIKE '_';
        {char} = {varchar}; {char} < {char}; {date} = {date}; {date} < {timestamp}; {timestamp} >= {timestamp};
        {varbinary} = {varbinary}; {varbinary} < {varbinary}; coalesce({array} = {array}, true);
        coalesce({array} < {array}, false); coalesce(map_filter({map}, (k, v) -> true) = {map}, true); {row} = {row};
        ({boolean} AND {boolean}); ({boolean} OR {boolean}); NOT ({boolean});
        {any} IS NULL; {any} IS NOT NULL;
        {integer} IN (1, {integer}, NULL); {integer} IN (1, 2, 3); {varchar} IN ('a', {varchar}); {varchar} NOT IN ('a',
        ''); {double} BETWEEN {double} AND {double}; {date} BETWEEN DATE '1970-01-01' AND {date}; contains({array},
        {integer}); {T0} IS DISTINCT FROM {T0}; {T0} IS NOT DISTINCT FROM {T0}; regexp_like({varchar}, '[a-c]');
        is_nan({double}); starts_with({varchar}, 'b'); any_match({array}, x -> x > 1); all_match({array}, x -> x IS NOT
        NULL); {boolean} = {boolean}; is_finite({double}); arrays_overlap({array}, {array}); {decimal} IN ({decimal},
        DECIMAL '1.5'); TRY_CAST({varchar} AS boolean); {row} IS NULL; {boolean} IS DISTINCT FROM true; {char} LIKE
        'a%'; {zoned} = {zoned}; {zoned} < {zoned}; {time} <= {time}; {interval} > {interval}; {timestamp} < {zoned};
        {date} = {zoned}; {json} = {json}; json_array_contains({json}, 1); is_json_scalar({json}); contains({words},
        {varchar}); {words} = {words}; {words} < {words}; arrays_overlap({words}, {words}); none_match({array}, x -> x =
        2); {varchar} LIKE '%!_%' ESCAPE '!'; {varchar} LIKE {varchar}; {varchar} BETWEEN {varchar} AND {varchar};
        {decimal} BETWEEN {integer} AND {decimal}; {varchar} IN (NULL, {varchar}, 'a'); {integer} NOT IN ({integer},
        NULL); {integer} NOT IN ({integer}, {integer}); ({integer}, {varchar}) = ({integer}, {varchar}); ({integer},
        {varchar}) IN ((1, 'a'), ({integer}, {varchar})); {row} IS DISTINCT FROM {row};
        coalesce(map_filter({map}, (k, v) -> true) IS NOT DISTINCT FROM {map}, true);
        {date} IN ({date}, DATE '2024-01-15');
        {timestamp} BETWEEN {timestamp} AND {timestamp}; NOT ({varchar} =
        {char}); regexp_like({varchar}, '^(?i)A.*$'); json_exists({varchar}, 'lax $.a'); CASE WHEN {boolean} THEN
        {boolean} WHEN {boolean} THEN {boolean} ELSE {boolean} END; {varchar} IS NULL OR {varchar} = ''; TRY_CAST({json}
        AS boolean); contains_sequence({array}, ARRAY[2, 2]); {double} IN ({double}, nan(), 0e0); {boolean} IS NOT NULL
        AND {boolean}; luhn_check('79927398713'); {integer} = ANY (VALUES 1, 2); {integer} <> ALL (VALUES 3, NULL);
        {char} IN ('ab', {char}); {varbinary} IN ({varbinary}, X''); {char} = {char}; {decimal} > {decimal}; {double} <>
        {double}""",
        "array": """
        array_distinct({array}); array_sort({array}); {array} || {array}; {array} || {integer}; reverse({array});
        filter({array}, x -> x > 1); transform({array}, x -> x + 1); slice({array}, 1, 2); array_remove({array}, 1);
        array_union({array}, {array}); array_intersect({array}, {array}); map_values({map}); array_except({array},
        {array}); ARRAY[{integer}, {integer}]; sequence(1, 3); CAST({array} AS array(bigint)); repeat({integer}, 2);
        flatten(ARRAY[{array}]); zip_with({array}, {array}, (x, y) -> coalesce(x, y)); array_sort({array}, (x, y) ->
        CASE WHEN x > y THEN -1 WHEN x < y THEN 1 ELSE 0 END); map_keys({map}); split({varchar}, 'a');
        transform({array}, x -> CAST(x AS varchar)); sequence({integer} % 5, 3); flatten(ngrams({array}, 2));
        trim_array({array}, 0); shuffle(ARRAY[{integer}]); TRY_CAST({json} AS array(integer));
        map_values(map_filter({map}, (k, v) -> v > 1)); transform({words}, x -> length(x));
        array_sort(map_values({map})); CASE WHEN {boolean} THEN {array} ELSE ARRAY[{integer}] END; filter({array}, x ->
        x IS NOT NULL AND x <> {integer}); reduce({array}, CAST(ARRAY[] AS array(integer)), (s, x) -> x || s, s -> s);
        array_remove({array}, {integer}); concat({array}, {array}, {array}); transform({array}, x -> x * {integer} %
        10); zip_with({array}, {words}, (x, y) -> coalesce(x, 0) + length(coalesce(y, ''))); array_sort({array}, (x, y)
        -> IF(x IS NULL, -1, IF(y IS NULL, 1, IF(x < y, 1, IF(x = y, 0, -1)))))""",
        "map": """
        map_filter({map}, (k, v) -> v IS NOT NULL); transform_values({map}, (k, v) -> v + 1); map_concat({map}, {map});
        MAP(ARRAY['a'], ARRAY[{integer}]); transform_keys({map}, (k, v) -> k || '!'); TRY(map({array}, {array}));
        map_from_entries(ARRAY[('a', {integer})]); TRY_CAST({json} AS map(varchar, integer)); map_filter({map}, (k, v)
        -> k > 'k'); TRY(MAP({words}, {words})); TRY(split_to_map({varchar}, ',', '=')); transform_values({map}, (k, v)
        -> k || CAST(v AS varchar)); map_zip_with({map}, {map}, (k, x, y) -> coalesce(x, y));
        TRY(multimap_from_entries(ARRAY[('a', {integer}), ('a', {integer})])); array_histogram({words});
        transform_values({map}, (k, v) -> ARRAY[v])""",
        "row": """
        ROW({integer}, {varchar}); CAST(ROW({integer}, {varchar}) AS row(p integer, q varchar)); ROW({double}, {date},
        {array}); ROW({varchar}, {decimal}, {timestamp}); element_at(map_entries({map}), 1); CAST(ROW({boolean},
        {double}, {words}) AS row(a boolean, b real, c array(varchar))); ROW(ROW({integer}), {map});
        element_at(zip({array}, {words}), 1); TRY_CAST({json} AS row(a double))""",
        "zoned": """
        with_timezone({timestamp}, 'Europe/Berlin'); at_timezone({zoned}, 'Asia/Kolkata'); {zoned} AT TIME ZONE
        'America/New_York'; date_add('month', 1, {zoned}); date_trunc('day', {zoned}); from_unixtime({integer} %
        100000); {zoned} + {interval}; CAST({timestamp} AS timestamp with time zone);
        TRY(from_iso8601_timestamp({varchar})); TRY(parse_datetime({varchar}, 'yyyy-MM-dd')); from_unixtime({integer} %
        1000, 'Asia/Tokyo'); date_trunc('hour', {zoned}); {zoned} - INTERVAL '1' YEAR; CAST({date} AS timestamp with
        time zone); from_unixtime_nanos({integer} % 1000000000); TRY_CAST({varchar} AS timestamp with time zone);
        date_add('hour', 24, {zoned})""",
        "time": """
        CAST({timestamp} AS time); {time} + {interval}; date_add('minute', {integer} % 90, {time}); date_trunc('hour',
        {time}); CAST({zoned} AS time); TRY_CAST({varchar} AS time); CAST({time} AS time(0))""",
        "interval": """
        {timestamp} - {timestamp}; {interval} * 2; {interval} + {interval}; -({interval}); {date} - {date}; {zoned} -
        {zoned}; {interval} / 2e0; parse_duration('1.5h'); {time} - {time}""",
        "json": """
        CAST({array} AS json); CAST({map} AS json); CAST({row} AS json); CAST({varchar} AS json); CAST({integer} AS
        json); CAST({double} AS json); CAST({decimal} AS json); CAST({boolean} AS json); CAST({timestamp} AS json);
        CAST({date} AS json); json_extract({json}, '$.b'); json_extract({json}, '$.b[0]'); TRY(json_parse({varchar}));
        json_array_get({json}, 1); json_extract({varchar}, '$.a'); CAST({words} AS json); CAST(MAP(ARRAY['a'],
        ARRAY[{json}]) AS json); json_extract({json}, '$.k.l')""",
        "words": """
        split({varchar}, 'a'); regexp_extract_all({varchar}, '[a-z]'); ARRAY[{varchar}, {varchar}]; map_keys({map});
        regexp_split({varchar}, 'b'); array_distinct({words}); array_sort({words}); filter({words}, x -> x <> 'a');
        transform({words}, x -> upper(x)); {words} || {words}; {words} || {varchar}; reverse({words}); split({varchar},
        ',', 2); transform({array}, x -> CAST(x AS varchar)); array_union({words}, {words}); array_except({words},
        {words}); TRY_CAST({json} AS array(varchar)); slice({words}, -2, 2); array_remove({words}, 'a');
        array_intersect({words}, {words}); CAST({array} AS array(varchar)); flatten(ARRAY[{words}, {words}])""",
    }.items()
}

EVERY = _templates(
    "coalesce({T}, {T}); CASE WHEN {boolean} THEN {T} ELSE {T} END; CASE WHEN {boolean} THEN {T} END; try({T});"
    "if({boolean}, {T}, {T})"
)
"""For every kind."""

WITH_ORDER = _templates("nullif({T}, {T}); greatest({T}, {T}); least({T}, {T})")
"""For kinds with an order."""

LIFTED = {
    "zoned": ["CAST({timestamp} AS timestamp with time zone)", "with_timezone({timestamp}, 'Europe/Berlin')"],
    "time": ["CAST({timestamp} AS time)"],
    "interval": ["{timestamp} - TIMESTAMP '2024-01-01 00:00:00'", "{date} - DATE '2024-01-01'"],
    "json": ["CAST({varchar} AS json)", "CAST({array} AS json)", "CAST({map} AS json)", "CAST({row} AS json)"],
    "words": ["split({varchar}, 'a')", "map_keys({map})"],
}
"""From columns to the kinds no table has a column of."""
