use super::*;
use proptest::prelude::*;

fn parse(text: &str) -> Filter {
    Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error} at {}", error.at))
}

#[test]
fn canonical_text() {
    for (text, canonical) in [
        ("", ""),
        ("   ", ""),
        ("service:Agent op:execute", "service:Agent op:execute"),
        ("SERVICE:Agent AND Operation:execute", "service:Agent op:execute"),
        ("a or b", "a OR b"),
        ("a b or c", "a b OR c"),
        ("a (b or c)", "a (b OR c)"),
        ("(a or b) or c", "a OR b OR c"),
        ("((a)) and (b c)", "a b c"),
        ("not a", "-a"),
        ("NOT not a", "a"),
        ("--a", "a"),
        ("-(a b)", "-(a b)"),
        ("not (a or b) c", "-(a OR b) c"),
        ("status:ERROR", "status:error"),
        ("status!=ok,unset", "-status:ok,unset"),
        ("dur>100ms dur<2s dur>=1.5s", "dur>100ms dur<2s dur>=1500ms"),
        ("dur > 100 ms x", "dur>100ms x"),
        ("duration:>=100ms", "dur>=100ms"),
        ("dur<=90s", "dur<=90s"),
        ("dur<=2m", "dur<=2min"),
        ("dur<0.5µs self>1h", "dur<500ns self>1h"),
        ("dur>0", "dur>0ms"),
        ("dur>1.0000000006s", "dur>1000000001ns"),
        ("attr.\"agent.name\"=critic", "attr.agent.name=critic"),
        ("agent.name:critic,writer", "attr.agent.name:critic,writer"),
        ("attr.\"a key\":\"exists\" attr.k:exists", "attr.\"a key\":\"exists\" attr.k:exists"),
        ("attr.n>5 attr.n<=-2.50 attr.n!=5", "attr.n>5 attr.n<=-2.5 -attr.n:5"),
        ("service:(A, \"B C\" ,D*)", "service:A,\"B C\",D*"),
        ("op:on_* op:\"on_*\" op:**x**", "op:on_* op:\"on_*\" op:*x*"),
        ("name:\"a b\"*\"c\"", "name:\"a b\"*c"),
        ("name=a*b", "name=\"a*b\""),
        ("name~*a*b*", "name~a*b"),
        ("\"free text\" word", "\"free text\" word"),
        ("\"and\" \"-x\" \"a:b\"", "\"and\" \"-x\" \"a:b\""),
        ("\"q\\\"b\\\\s\"", "\"q\\\"b\\\\s\""),
        ("root:true root:FALSE root!=true", "root:true root:false root:false"),
        ("has:exception,links -has:events", "has:exception,links -has:events"),
        ("trace:7C41 span:b8", "trace:7C41 span:b8"),
        ("orbit android notes", "orbit android notes"),
        ("service", "service"),
        ("service:\"\"", "service:\"\""),
    ] {
        assert_eq!(parse(text).print(), canonical, "{text}");
        assert_eq!(parse(canonical), parse(text), "{text}");
    }
}

#[test]
fn errors_say_where_and_what_helps() {
    for (text, at, len, message) in [
        ("dur>fast", 4, 4, "dur needs a time such as 100ms. Units are ns, us, ms, s, min and h."),
        ("dur>100", 4, 3, "dur needs a time such as 100ms. Units are ns, us, ms, s, min and h."),
        ("dur>", 4, 0, "dur needs a time such as 100ms. Units are ns, us, ms, s, min and h."),
        ("dur:100ms", 3, 1, "dur is compared with > >= < or <=, such as dur>100ms."),
        ("dur>9999999h", 4, 8, "This time is too long to be compared."),
        ("é servce:A", 2, 6, "There is no key servce. Did you mean service?"),
        ("stauts:error", 0, 6, "There is no key stauts. Did you mean status?"),
        (
            "correlation_id:c-1",
            0,
            14,
            "There is no key correlation_id. An attribute is written attr.correlation_id; put the text in quotes to search for it.",
        ),
        ("service>A", 7, 1, "service is text: compare it with : = != or ~."),
        ("service:", 8, 0, "service needs a value, such as service:Agent."),
        ("service:A,", 10, 0, "A value is missing after the comma. Put lists with spaces in brackets, such as service:(A, B)."),
        ("service:(A", 8, 1, "This bracket is not closed. Put a ) after the last value."),
        ("service:(A B)", 11, 1, "Put a comma between two values, and quotes around a value with spaces."),
        ("status:bad", 7, 3, "status is ok, error or unset."),
        ("has:fun", 4, 3, "has takes exception, events, links or agent."),
        ("root:maybe", 5, 5, "root is true or false."),
        ("attr.n>x", 7, 1, "> compares numbers, such as attr.n>5."),
        ("attr:x", 0, 4, "The key of the attribute is missing, such as attr.correlation_id:c-12."),
        ("attr.:x", 0, 5, "The key of the attribute is missing, such as attr.correlation_id:c-12."),
        ("(a", 0, 1, "This bracket is not closed. Put a ) after the last condition of the group."),
        ("a)", 1, 1, "This bracket closes nothing. Remove it, or put a ( before it."),
        ("a ()", 2, 2, "These brackets are empty. Put a condition between them, or remove them."),
        ("a OR", 4, 0, "OR needs a condition after it."),
        ("or a", 0, 2, "OR needs a condition before it."),
        ("a and", 2, 3, "AND needs a condition after it."),
        ("and a", 0, 3, "AND needs a condition before it."),
        ("a not", 2, 3, "NOT needs a condition after it."),
        ("a - b", 2, 1, "- needs a condition after it."),
        ("a \"b", 2, 1, "This quote is not closed. Put a \" after the text."),
        ("a \"\"", 2, 2, "There is no text to search for here. Remove it, or write some text."),
        ("*", 0, 1, "There is no text to search for here. Remove it, or write some text."),
        (":x", 0, 1, "A key is missing, such as service:Agent. Quote the text to search for it as it is."),
    ] {
        let error = Filter::parse(text).expect_err(text);
        assert_eq!((error.at, error.len, error.message.as_str()), (at, len, message), "{text}");
    }
}

#[test]
fn what_no_reader_writes_is_refused_not_survived_by_luck() {
    for text in ["(".repeat(19_000), "-(".repeat(9_000), "x ".repeat(9_000), "x".repeat(30_000), "not ".repeat(4_000)] {
        assert!(Filter::parse(&text).is_err());
    }
}

#[test]
fn the_cheap_conditions_come_first() {
    let sql = parse("attr.k:v agent:writer word service:A status:error").to_sql().unwrap();
    let places = ["status_code", "lower(service) =", "status_description", "coalesce(lower(agent) = ", "attributes"]
        .map(|part| sql.find(part).unwrap());
    assert!(places.is_sorted(), "{sql}");
    let either = parse("attr.k:v OR service:A").to_sql().unwrap();
    assert!(either.find("service") < either.find("attributes"), "{either}");
}

#[test]
fn own_time_is_not_in_the_table() {
    let error = parse("service:A -self>10ms").to_sql().unwrap_err();
    assert_eq!(error.0, "self>10ms");
    assert!(parse("service:A").to_sql().is_ok());
}

#[test]
fn the_light_conditions_alone_never_lose_a_span() {
    for (text, light) in [
        ("root:true attr.k:v", Some("(parent_id IS NULL)")),
        ("root:true OR attr.k:v", None),
        ("-(root:true OR attr.k:v)", Some("(NOT parent_id IS NULL)")),
        ("-(root:true attr.k:v)", None),
        ("self>1ms root:true status:error", Some("(parent_id IS NULL AND coalesce(status_code IN ('ERROR'), false))")),
        ("root:true root:false OR attr.k:v root:true", Some("((parent_id IS NULL AND parent_id IS NOT NULL) OR (parent_id IS NULL))")),
        ("", None),
    ] {
        assert_eq!(parse(text).light_sql().as_deref(), light, "{text}");
    }
}

#[test]
fn completion_knows_where_the_cursor_is() {
    use Wants::{AttrKeys, Keys, Nothing};
    let values = |key| Wants::Values { key };
    let of_attr = |key: &str| Wants::AttrValues { key: key.to_owned() };
    // `|` is the cursor.
    for (text, replace, wants, prefix) in [
        ("|", 0..0, Keys, ""),
        ("ser|", 0..3, Keys, "ser"),
        ("ser|vice", 0..7, Keys, "ser"),
        ("a (op:x or sta|", 11..14, Keys, "sta"),
        ("-sta|", 1..4, Keys, "sta"),
        ("service:|", 8..8, values("service"), ""),
        ("svc:Ag|", 4..6, values("service"), "Ag"),
        ("service:A,B|", 10..11, values("service"), "B"),
        ("service:(A, B|", 12..13, values("service"), "B"),
        ("service:(A, |", 12..12, values("service"), ""),
        ("service:\"My A|", 8..13, values("service"), "My A"),
        ("service:A |", 10..10, Keys, ""),
        ("attr.|", 0..5, AttrKeys, ""),
        ("x attr.corr|", 2..11, AttrKeys, "corr"),
        ("attr.\"agent n|", 0..13, AttrKeys, "agent n"),
        ("attr.k:v|", 7..8, of_attr("k"), "v"),
        ("attr.\"a b\"~v|", 11..12, of_attr("a b"), "v"),
        ("agent.name:c|", 11..12, of_attr("agent.name"), "c"),
        ("dur>1|", 5..5, Nothing, ""),
        ("\"free te|", 8..8, Nothing, ""),
        ("nokey:x|", 7..7, Nothing, ""),
        ("a and|", 5..5, Nothing, ""),
        ("é status:er|", 9..11, values("status"), "er"),
    ] {
        let cursor = text.chars().position(|character| character == '|').unwrap();
        let found = complete(&text.replace('|', ""), cursor);
        assert_eq!(found, Completion { replace, wants, prefix: prefix.to_owned() }, "{text}");
    }
    assert_eq!(complete("a ser", 5).apply("a ser", "service"), ("a service:".to_owned(), 10));
    assert_eq!(complete("service:My", 10).apply("service:My", "My Agent"), ("service:\"My Agent\" ".to_owned(), 19));
    assert_eq!(complete("attr.x", 6).apply("attr.x", "x y"), ("attr.\"x y\":".to_owned(), 11));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,5}", "[a-cA-C*\\\\\":=~<>!,()% _.$/-]{0,6}", any::<String>(), Just("exists".to_owned()), Just("OR".to_owned())]
}

fn pattern() -> impl Strategy<Value = Pattern> {
    prop_oneof![text().prop_map(|text| Pattern::literal(&text)), prop::collection::vec(text(), 1..4).prop_map(Pattern::of_parts)]
}

fn how_and_values() -> impl Strategy<Value = (How, Vec<Pattern>)> {
    let how = prop_oneof![Just(How::Is), Just(How::Exactly), Just(How::Contains)];
    (how, prop::collection::vec(pattern(), 1..4)).prop_map(|(how, values)| {
        let fitting = |value: Pattern| match how {
            How::Is => value,
            How::Exactly => Pattern::literal(&value.parts().concat()),
            How::Contains => value.trimmed(),
        };
        (how, values.into_iter().map(fitting).collect())
    })
}

fn compare() -> impl Strategy<Value = Compare> {
    prop_oneof![Just(Compare::Less), Just(Compare::LessOrEqual), Just(Compare::Greater), Just(Compare::GreaterOrEqual)]
}

fn condition() -> impl Strategy<Value = Condition> {
    let fields: Vec<TextField> = KEYS
        .iter()
        .filter_map(|key| match key.subject {
            Subject::Text(field) => Some(field),
            _ => None,
        })
        .collect();
    let key = text().prop_filter("attributes have a key", |key| !key.is_empty());
    let attribute = prop_oneof![
        Just(AttributeTest::Exists),
        how_and_values().prop_map(|(how, values)| AttributeTest::Text { how, values }),
        (compare(), prop_oneof![(-1000_i32..1000).prop_map(f64::from), any::<f64>()])
            .prop_filter("numbers are finite", |(_, number)| number.is_finite() && (*number != 0.0 || number.is_sign_positive()))
            .prop_map(|(compare, number)| AttributeTest::Number { compare, number }),
    ];
    prop_oneof![
        (prop::sample::select(fields), how_and_values()).prop_map(|(field, (how, values))| Condition::Text { field, how, values }),
        prop::collection::vec(prop::sample::select(&Status::ALL[..]), 1..3).prop_map(Condition::Status),
        prop::collection::vec(prop::sample::select(&Part::ALL[..]), 1..3).prop_map(Condition::Has),
        (
            prop_oneof![Just(TimeField::Duration), Just(TimeField::Own)],
            compare(),
            prop_oneof![0..i64::MAX, 0_i64..5_000, (0_i64..200).prop_map(|n| n * 1_000_000)]
        )
            .prop_map(|(of, compare, ns)| Condition::Time { of, compare, ns }),
        any::<bool>().prop_map(Condition::Root),
        (key, attribute).prop_map(|(key, test)| Condition::Attribute { key, test }),
        pattern()
            .prop_map(Pattern::trimmed)
            .prop_filter("a word has text", |word| word.parts().iter().any(|part| part.chars().any(|character| character != '*')))
            .prop_map(Condition::Free),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let node = condition().prop_map(Node::Is).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_filter_map("a group", Node::all),
            prop::collection::vec(inner.clone(), 1..4).prop_filter_map("a group", Node::any),
            inner.prop_map(Node::negate),
        ]
    });
    prop::option::weighted(0.95, node).prop_map(|root| Filter { root })
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_the_same_filter(filter in filter()) {
        let printed = filter.print();
        let read = Filter::parse(&printed).map_err(|error| TestCaseError::fail(format!("{printed}: {error:?}")))?;
        prop_assert_eq!(&read, &filter, "{}", printed);
        prop_assert_eq!(read.print(), printed);
    }

    #[test]
    fn every_text_gets_an_answer(text in prop_oneof![any::<String>(), "[a-c:,()\"*= -]{0,20}", "(service|attr\\.|dur|or|not|-|\\(|\\)|:|>|=|\"| |,|x){0,12}"]) {
        let chars = text.chars().count();
        match Filter::parse(&text) {
            Ok(filter) => prop_assert_eq!(Filter::parse(&filter.print()), Ok(filter)),
            Err(error) => prop_assert!(error.at + error.len <= chars, "{:?}", error),
        }
    }

    #[test]
    fn every_place_gets_a_completion(text in prop_oneof![any::<String>(), "(service|attr\\.|dur|or|-|\\(|\\)|:|>|\"| |,|x){0,12}"], cursor in 0_usize..40) {
        let found = complete(&text, cursor);
        let chars = text.chars().count();
        prop_assert!(found.replace.start <= found.replace.end && found.replace.end <= chars.max(found.replace.start));
        prop_assert!(found.replace.start <= cursor.min(chars) && cursor.min(chars) <= found.replace.end);
    }

    #[test]
    fn patterns_fit_as_their_definition_says(pattern in "[aBé*]{1,5}", text in "[AbÉx]{0,6}") {
        let parts: Vec<String> = pattern.split('*').map(str::to_owned).collect();
        let chars = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
        prop_assert_eq!(fold::Glob::whole(&Pattern::of_parts(parts.clone())).fits(&text), by_definition(&chars(&pattern), &chars(&text)));
        let around = format!("*{pattern}*");
        prop_assert_eq!(fold::Glob::within(&Pattern::of_parts(parts).trimmed()).fits(&text), by_definition(&chars(&around), &chars(&text)));
    }
}

fn by_definition(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|skipped| by_definition(rest, &text[skipped..])),
        [first, rest @ ..] => text.first() == Some(first) && by_definition(rest, &text[1..]),
    }
}
