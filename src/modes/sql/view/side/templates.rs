//! Statements that answer a question of their own: chosen from groups, their values asked for by name.

use std::{collections::BTreeMap, rc::Rc};

use yew::prelude::*;

use super::{super::desk::Desk, Find};
use crate::{
    browser::document,
    core::templates::{GROUPS, Param, Template, fill},
    state::{queries::use_later_query, session::Session},
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct TemplatesProps {
    pub session: Rc<Session>,
    pub desk: Desk,
    /// Name and statement.
    pub onrun: Callback<(String, String)>,
}

#[component]
pub fn Templates(props: &TemplatesProps) -> Html {
    let TemplatesProps { session, desk, onrun } = props;
    let looked_for = use_state(String::new);
    let chosen = use_state(|| None::<&'static str>);
    let needle = looked_for.trim().to_lowercase();
    let fits = |template: &Template| {
        needle.is_empty() || [template.title, template.about, template.sql].iter().any(|text| text.to_lowercase().contains(&needle))
    };
    let item = |template: &'static Template| {
        let is_chosen = *chosen == Some(template.id);
        let onclick = {
            let chosen = chosen.clone();
            Callback::from(move |_: MouseEvent| chosen.set((!is_chosen).then_some(template.id)))
        };
        html! {
            <li key={template.id} class={classes!(is_chosen.then_some("on"))}>
                <button type="button" class="tpl-b" aria-expanded={is_chosen.to_string()} data-testid="sql-template" data-id={template.id} {onclick}>
                    <Icon name="file" class="s" /><span><b>{ template.title }</b><small>{ template.about }</small></span>
                </button>
                if is_chosen { <Values session={session.clone()} desk={desk.clone()} id={template.id} onrun={onrun.clone()} /> }
            </li>
        }
    };
    let groups: Vec<(&str, Vec<&'static Template>)> = GROUPS
        .iter()
        .map(|group| (group.title, group.templates.iter().filter(|template| fits(template)).collect::<Vec<_>>()))
        .filter(|(_, templates)| !templates.is_empty())
        .collect();
    html! {
        <>
            <Find id="sql-find-template" label="Find a template" text={(*looked_for).clone()} onchange={Callback::from({ let looked_for = looked_for.setter(); move |text| looked_for.set(text) })} />
            <div class="scroll" data-testid="sql-templates">
                { for groups.into_iter().map(|(title, templates)| html! {
                    <section key={title}><h3 class="cap tcap">{ title }</h3><ul class="tpl">{ for templates.into_iter().map(item) }</ul></section>
                }) }
            </div>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ValuesProps {
    session: Rc<Session>,
    desk: Desk,
    id: &'static str,
    onrun: Callback<(String, String)>,
}

/// The values of a template, and what can be done with it.
#[component]
fn Values(props: &ValuesProps) -> Html {
    let values = use_state(BTreeMap::<String, String>::new);
    let failed = use_state(|| None::<String>);
    // What several fields give at once arrives before the next drawing.
    let latest = use_mut_ref(BTreeMap::<String, String>::new);
    let Some(template) = crate::core::templates::template(props.id) else { return Html::default() };
    let onvalue = {
        let (values, failed) = (values.clone(), failed.setter());
        Callback::from(move |(name, value, is_offer): (&'static str, String, bool)| {
            let mut next = latest.borrow().clone();
            if is_offer && next.contains_key(name) {
                return;
            }
            next.insert(name.to_owned(), value);
            (*latest.borrow_mut()).clone_from(&next);
            values.set(next);
            failed.set(None);
        })
    };
    let open = {
        let (values, failed, desk, onrun) = (values.clone(), failed.setter(), props.desk.clone(), props.onrun.clone());
        Callback::from(move |is_run: bool| match fill(template, &values) {
            Ok(sql) => {
                let text = format!("-- {}\n{}\n", template.about, sql.trim());
                match is_run {
                    true => onrun.emit((template.title.to_owned(), text)),
                    false => desk.open(template.title, &text),
                }
            }
            Err(error) => failed.set(Some(error.to_string())),
        })
    };
    let onkeydown = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && document::focus_is(".tpl-v input") {
                event.prevent_default();
                event.stop_propagation();
                open.emit(event.ctrl_key() || event.meta_key());
            }
        })
    };
    html! {
        <div class="tpl-v" {onkeydown}>
            { for template.params.iter().map(|param| html! {
                <Value key={param.name} session={props.session.clone()} template={template.id} name={param.name} value={values.get(param.name).cloned()} onvalue={onvalue.clone()} />
            }) }
            if let Some(why) = template.may_be_empty { <p class="dim">{ format!("May be empty: {why}") }</p> }
            if let Some(words) = &*failed { <p class="field-e" role="alert">{ words.clone() }</p> }
            <div class="tpl-a">
                <button type="button" class="btn sm primary" data-testid="sql-template-run" onclick={open.reform(|_: MouseEvent| true)}><Icon name="play" class="s" />{ "Open and run" }</button>
                <button type="button" class="btn sm" data-testid="sql-template-open" onclick={open.reform(|_: MouseEvent| false)}>{ "Open" }</button>
            </div>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ValueProps {
    session: Rc<Session>,
    template: &'static str,
    name: &'static str,
    value: Option<String>,
    /// Name, value, and whether it is only the first of what is offered.
    onvalue: Callback<(&'static str, String, bool)>,
}

#[component]
fn Value(props: &ValueProps) -> Html {
    let param: Option<&'static Param> =
        crate::core::templates::template(props.template).and_then(|template| template.params.iter().find(|param| param.name == props.name));
    let offers = param.and_then(|param| param.offers);
    let answer = use_later_query(&props.session, offers.map(Into::into));
    let offered: Vec<String> = offers
        .and_then(|sql| answer.of(sql))
        .and_then(|table| {
            let values = table.texts("value").ok()?;
            Some((0..table.rows().min(200)).filter_map(|row| values.get(row)).map(str::to_owned).collect())
        })
        .unwrap_or_default();
    {
        let (onvalue, name) = (props.onvalue.clone(), props.name);
        let first = offered.first().cloned().filter(|_| param.is_some_and(|param| param.default.is_empty()));
        use_effect_with(first, move |first| {
            if let Some(first) = first {
                onvalue.emit((name, first.clone(), true));
            }
        });
    }
    let Some(param) = param else { return Html::default() };
    let oninput = {
        let name = props.name;
        props.onvalue.reform(move |event: InputEvent| {
            (name, event.target_dyn_into::<web_sys::HtmlInputElement>().map(|input| input.value()).unwrap_or_default(), false)
        })
    };
    let id = format!("sql-value-{}-{}", props.template, props.name);
    let list = format!("{id}-list");
    html! {
        <>
            <label for={id.clone()} title={param.about}>{ param.label() }</label>
            <input class="in" id={id} list={(!offered.is_empty()).then(|| list.clone())} autocomplete="off" spellcheck="false" title={param.about} value={props.value.clone().unwrap_or_else(|| param.default.to_owned())} {oninput} />
            if !offered.is_empty() { <datalist id={list}>{ for offered.iter().map(|value| html! { <option value={value.clone()} /> }) }</datalist> }
        </>
    }
}
