//! The choice of table and columns over the open file. Applying it opens the file anew; closing it changes nothing.

use std::rc::Rc;

use yew::prelude::*;

use super::{OpenerHandle, opening::Chosen, picker::Picker};
use crate::{
    browser::document,
    state::{
        session::Session,
        store::{Action, Store},
    },
    ui::icon::Icon,
};

/// All of the page but the dialog.
const BEHIND: [&str; 2] = [".app", ".skip"];

#[derive(Properties, PartialEq)]
pub struct MappingDialogProps {
    pub store: Store,
    pub session: Rc<Session>,
    pub opener: OpenerHandle,
}

#[component]
pub fn MappingDialog(props: &MappingDialogProps) -> Html {
    let MappingDialogProps { store, session, opener } = props;
    // Tab stays in the dialog; when it is gone the focus is where it was.
    use_effect_with((), |()| {
        BEHIND.iter().for_each(|part| document::set_inert(part, true));
        document::focus("#mapping-close");
        || {
            BEHIND.iter().for_each(|part| document::set_inert(part, false));
            document::focus("#change-mapping");
        }
    });
    let onclose = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::ShowMapping(false)))
    };
    let onpick = {
        let (store, opener) = (store.clone(), opener.clone());
        Callback::from(move |chosen: Chosen| {
            store.dispatch(Action::ShowMapping(false));
            opener.remap(chosen);
        })
    };
    let reading = &session.reading;
    let present = opener.tried().unwrap_or_else(|| Chosen { table: reading.table.clone(), columns: reading.columns.clone() });
    html! {
        <div class="cover">
            <div class="cover-c"><section class="dz ld" role="dialog" aria-modal="true" aria-labelledby="mapping-h" data-testid="mapping-dialog">
                <div class="ld-h"><Icon name="table" /><h2 id="mapping-h"><b>{ "Table and columns" }</b></h2><span class="dim cut">{ session.name.clone() }</span><span class="grow"></span>
                    <button type="button" id="mapping-close" class="icon-btn" aria-label="Close" title="Close (Esc)" onclick={onclose}><Icon name="x" /></button></div>
                <Picker file={session.name.clone()} tables={reading.tables.clone()} present={present} action="Read with these columns" {onpick} />
            </section></div>
        </div>
    }
}
