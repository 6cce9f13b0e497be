//! Where the rows of a store lie, and how that is found out before the first query.

use std::sync::Arc;

use strongroom_core::Error;

use super::session::State;
use super::{HEADER, KeychainVault};
use crate::sec_items::{OsStatus, SecItems, Service};

/// Of the probe row. No store has this service: there is no dot behind the name.
const PROBE: &str = "dev.strongroom/probe";

/// Where a store lies. Its rows in another place are none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) group: String,
    pub(super) synchronizable: bool,
    /// Whether the app named the group, to share it: rows there may be those of others.
    pub(super) shared: bool,
}

impl Place {
    pub(super) fn same_rows(&self, other: &Self) -> bool {
        (&self.group, self.synchronizable) == (&other.group, other.synchronizable)
    }

    /// Whether records here are this app's and can be taken to another place. Rows of a shared group may be those of other apps. Rows that
    /// synchronize are those of all devices: copied by each when it is its turn, they would come back after another one removed them.
    pub(super) fn can_give(&self, other: &Self) -> bool {
        !(self.shared || self.synchronizable && other.synchronizable)
    }

    /// What stands in the marker.
    pub(super) fn to_text(&self) -> String {
        let shared = if self.shared { "shared" } else { "own" };
        let travels = if self.synchronizable { "synced" } else { "local" };
        format!("{shared} {travels} {}", self.group)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let (shared, rest) = text.split_once(' ')?;
        let (travels, group) = rest.split_once(' ')?;
        let either =
            |text: &str, yes: &str, no: &str| (text == yes).then_some(true).or((text == no).then_some(false));
        Some(Self {
            group: Some(group).filter(|group| !group.is_empty())?.to_owned(),
            synchronizable: either(travels, "synced", "local")?,
            shared: either(shared, "shared", "own")?,
        })
    }
}

/// A place and its rows.
pub(super) struct Scope {
    pub(super) place: Place,
    pub(super) items: Arc<dyn SecItems>,
}

impl KeychainVault {
    /// Where the rows are. It is found out once in a process: what an app is entitled to does not change while it runs.
    pub(super) fn scope(&self, state: &mut State) -> Result<Arc<Scope>, Error> {
        if let Some(scope) = &state.scope {
            return Ok(Arc::clone(scope));
        }
        let named = self.config.rows.access_group.clone();
        let scope = Arc::new(self.scope_of(Place {
            shared: named.is_some(),
            group: named.map_or_else(|| self.own_group(), Ok)?,
            synchronizable: self.config.rows.synchronizable,
        }));
        state.scope = Some(Arc::clone(&scope));
        Ok(scope)
    }

    pub(super) fn scope_of(&self, place: Place) -> Scope {
        Scope {
            items: self.edges.groups.rows_of(&place.group),
            place,
        }
    }

    /// `false` only if the system says so twice, which it also does where it cannot ask for the entitlements at that moment.
    pub(super) fn entitled(&self, group: &str) -> bool {
        let rows = self.edges.groups.rows_of(group);
        let refused = |_| rows.attributes(&self.header, HEADER).err() == Some(OsStatus::MISSING_ENTITLEMENT);
        !(0..2).all(refused)
    }

    /// The group of a store whose app names none: that in which it lies already, else the app's default. An entitlement that is added
    /// to the app can make another group the default.
    fn own_group(&self) -> Result<String, Error> {
        let mark = self.marker.as_ref().map(|marker| marker.read(&*self.edges.fs));
        if let Some(Ok(Some(mark))) = mark
            && let Some(place) = mark.places.into_iter().find(|place| !place.shared)
            && self.entitled(&place.group)
        {
            return Ok(place.group);
        }
        self.default_group()
    }

    pub(super) fn default_group(&self) -> Result<String, Error> {
        // Nobody else has this account, so the row is new for certain, and what the system says of it is said of no other.
        let mut random = [0; 16];
        self.edges.random.fill(&mut random)?;
        let account = random.map(|byte| format!("{byte:02x}")).concat();
        Ok(self.edges.groups.default_group(&Self::probe(), &account)?)
    }

    /// The service of the probe row, of which a process that died may have left one.
    pub(super) fn probe() -> Service {
        Service::new(PROBE.to_owned(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_return_as_they_were() {
        for shared in [false, true] {
            for synchronizable in [false, true] {
                let place = Place {
                    group: "TEAM.group with a space".to_owned(),
                    synchronizable,
                    shared,
                };
                assert_eq!(Place::parse(&place.to_text()), Some(place));
            }
        }
    }

    #[test]
    fn what_is_no_place_is_none() {
        for text in [
            "",
            "own",
            "own local",
            "own local ",
            "their local TEAM.a",
            "own far TEAM.a",
        ] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }
}
