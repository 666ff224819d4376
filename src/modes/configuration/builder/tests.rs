use super::*;
use crate::core::filter::{TextField, TimeField, print_condition};
use proptest::prelude::*;

const CONDITIONS: [&str; 24] = [
    "service:A",
    "service:A,\"B C\"",
    "op:on_*",
    "agent=writer",
    "name~fetch",
    "kind:server",
    "desc~timeout",
    "workflow:w*",
    "trace:7c41e09b",
    "span:aa",
    "status:error,unset",
    "dur>=100ms",
    "dur<1s",
    "self>10us",
    "attr.k:v",
    "attr.\"a b\"~x",
    "attr.n>5",
    "attr.k:exists",
    "attr.k:\"exists\"",
    "has:agent,events",
    "root:true",
    "word",
    "\"two words\"",
    "dur=0ms",
];

fn node(text: &str) -> Node {
    Filter::parse(text).unwrap().root.unwrap()
}

fn any_node() -> impl Strategy<Value = Node> {
    let leaf = (prop::sample::select(CONDITIONS.to_vec()), any::<bool>())
        .prop_map(|(text, negated)| if negated { node(text).negate() } else { node(text) });
    leaf.prop_recursive(3, 16, 4, |inner| {
        (prop::collection::vec(inner, 1..4), 0..3_u8).prop_map(|(nodes, kind)| match kind {
            0 => Node::all(nodes).unwrap(),
            1 => Node::any(nodes).unwrap(),
            _ => Node::all(nodes).unwrap().negate(),
        })
    })
}

fn rows(filter: &str) -> Rows {
    Rows::read(&Filter::parse(filter).unwrap(), "", "", &[])
}

#[test]
fn a_filter_is_taken_apart_into_rows() {
    let rows = rows("service:A,B dur>=100ms -op:on_* (status:error OR dur>1s)");
    let simple: Vec<Option<Simple>> = rows.rows.iter().map(|row| row.item.simple()).collect();
    let first = simple[0].as_ref().unwrap();
    assert_eq!((first.field.slug(), first.operator), ("service", Operator::Is));
    assert_eq!(simple[1].as_ref().unwrap().value, Value::Time(Some(100_000_000)));
    assert_eq!(simple[2].as_ref().unwrap().operator, Operator::IsNot);
    assert_eq!(simple[3], None, "a group is text");
    assert_eq!(rows.rows[3].item.text(), "status:error OR dur>1s");
    assert!(!rows.any);
}

#[test]
fn a_row_that_is_off_keeps_its_place_and_leaves_the_filter() {
    let off = rows("service:A status:error dur>1s").switched(1);
    assert_eq!(off.filter().print(), "service:A dur>1s");
    assert_eq!(off.off().as_deref(), Some("1 status:error"));
    let again = Rows::read(&off.filter(), &off.off().unwrap(), "", &[]);
    assert_eq!(again, off);
    assert_eq!(again.switched(1).filter().print(), "service:A status:error dur>1s");
    assert_eq!(Rows::read(&Filter::default(), "x\n1\n7 service:\n9 root:true", "", &[]).rows.len(), 1, "nonsense is passed over");
}

#[test]
fn any_and_all_are_remembered_where_the_filter_does_not_say() {
    let any = rows("service:A status:error").matching_any(true);
    assert_eq!((any.filter().print().as_str(), any.matching()), ("service:A OR status:error", None));
    let one = any.without(0);
    assert_eq!((one.filter().print().as_str(), one.matching()), ("status:error", Some("any")));
    assert!(Rows::read(&one.filter(), "", "any", &[]).any);
    // One group that is on and a row that is off: the group stays a group.
    let group = rows("(a OR b) c").switched(1);
    assert_eq!(group.matching(), Some("all"));
    let again = Rows::read(&group.filter(), &group.off().unwrap(), group.matching().unwrap(), &[]);
    assert_eq!(again.switched(1).filter().print(), "(a OR b) c");
    assert!(!Rows::read(&Filter::parse("a b").unwrap(), "", "any", &[]).any, "the filter says all");
}

#[test]
fn a_row_without_a_value_waits_outside_of_the_filter() {
    let begun = rows("service:A").with(usize::MAX, Item::of(Simple::new(Field::Text(TextField::Agent))));
    assert_eq!(begun.filter().print(), "service:A");
    let again = Rows::read(&begun.filter(), "", "", &begun.drafts());
    assert_eq!(again, begun);
    let Some(Item::Draft(draft)) = again.rows.get(1).map(|row| row.item.clone()) else { panic!("a draft") };
    let done = Simple { value: Value::Texts(vec![draft.pattern("wri*")]), ..draft };
    assert_eq!(again.with(1, Item::of(done)).filter().print(), "service:A agent:wri*");
}

#[test]
fn another_field_or_operator_keeps_what_it_understands() {
    let row = Simple::of(&node("service:A,on_*")).unwrap();
    assert_eq!(print_node(&row.with_field(Field::Text(TextField::Operation)).node().unwrap()), "op:A,on_*");
    assert_eq!(print_node(&row.with_operator(Operator::Exactly).node().unwrap()), "service=A,\"on_*\"");
    assert_eq!(print_node(&row.with_operator(Operator::NotContains).node().unwrap()), "-service~A,on_");
    assert_eq!(row.with_field(Field::Status).node(), None);
    let number = Simple::of(&node("attr.n:5")).unwrap();
    assert_eq!(print_node(&number.with_operator(Operator::AtLeast).node().unwrap()), "attr.n>=5");
    assert_eq!(number.with_operator(Operator::Exists).node(), Some(node("attr.n:exists")));
    let time = Simple::of(&node("dur>1s")).unwrap();
    assert_eq!(print_node(&time.with_field(Field::Time(TimeField::Own)).with_operator(Operator::LessThan).node().unwrap()), "self<1s");
}

#[test]
fn durations_are_read_and_written_as_the_filter_does() {
    assert_eq!(parse_time(" 1.5 s "), Ok(1_500_000_000));
    assert_eq!(time_text(1_500_000_000), "1500ms");
    assert_eq!(parse_time(&time_text(0)), Ok(0));
    for wrong in ["", "1", "1s service:A", "1s OR 2s", "soon", "-1s"] {
        assert!(parse_time(wrong).unwrap_err().contains("unit"), "{wrong}");
    }
    assert!(parse_time("99999999999h").unwrap_err().contains("too long"));
    assert_eq!(parse_number("-0"), Some(0.0));
    assert_eq!(parse_number("inf"), None);
}

#[test]
fn every_field_and_operator_has_a_word() {
    for (field, slug, label) in FIELDS {
        assert_eq!(Field::of_slug(slug), Some(field));
        assert!(!label.is_empty());
        for operator in field.operators() {
            assert_eq!(Operator::of_slug(operator.slug()), Some(*operator));
            assert!(!operator.label(field).is_empty());
            assert!(Simple::new(field).with_operator(*operator).operator == *operator);
        }
    }
}

proptest! {
    #[test]
    fn rows_give_the_filter_back(root in prop::option::of(any_node()), off in prop::collection::vec((0_usize..6, any_node()), 0..3)) {
        let filter = Filter { root };
        let text: Vec<String> = off.iter().map(|(place, node)| format!("{place} {}", print_node(node))).collect();
        let rows = Rows::read(&filter, &text.join("\n"), "", &[]);
        prop_assert_eq!(rows.filter(), filter);
        let again = Rows::read(&rows.filter(), rows.off().as_deref().unwrap_or(""), rows.matching().unwrap_or(""), &[]);
        prop_assert_eq!(again, rows);
    }

    #[test]
    fn a_row_taken_apart_is_the_same_condition(node in any_node()) {
        if let Some(simple) = Simple::of(&node) {
            prop_assert_eq!(simple.node(), Some(node));
        } else if let Node::Is(condition) = &node {
            prop_assert!(false, "{condition:?} has no row");
        }
    }

    #[test]
    fn no_edit_touches_another_row(filter in any_node(), place in 0_usize..5, edit in 0_u8..4) {
        let rows = Rows::read(&Filter { root: Some(filter) }, "", "", &[]);
        prop_assume!(place < rows.rows.len());
        let other = Item::Known(node("service:new"));
        let next = match edit {
            0 => rows.switched(place),
            1 => rows.without(place),
            2 => rows.with(place, other),
            _ => rows.with(usize::MAX, other),
        };
        let kept: Vec<&Row> = rows.rows.iter().enumerate().filter(|(at, _)| edit == 3 || *at != place).map(|(_, row)| row).collect();
        let conditions = next.filter().print();
        for row in kept {
            prop_assert!(next.rows.contains(row));
            for condition in (Filter { root: row.item.node().cloned() }).conditions() {
                prop_assert!(conditions.contains(&print_condition(condition)), "{conditions}");
            }
        }
    }
}
