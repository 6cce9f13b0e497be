//! Where the rows of a store are, and how that is found out before the first query.

use std::sync::Arc;

use strongroom_core::Error;

use super::{HEADER, KeychainVault};
use crate::sec_items::{OsStatus, SecItems, Service};

/// The name of the probe row. No store has this service, because there is no dot after the name.
const PROBE: &str = "dev.strongroom/probe";

/// The place of a store. Rows in another place do not belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) group: String,
    pub(super) synchronizable: bool,
    /// Whether the app named the group in order to share it: rows there may belong to others.
    pub(super) shared: bool,
}

impl Place {
    pub(super) fn same_rows(&self, other: &Self) -> bool {
        (&self.group, self.synchronizable) == (&other.group, other.synchronizable)
    }

    /// Whether rows here belong to this app and can be moved to another place. Rows of a shared group may belong to
    /// other apps. Synchronized rows belong to all devices of the user: if each device moved them at its own time, they
    /// would come back after another device removed them.
    pub(super) fn can_give(&self, other: &Self) -> bool {
        !(self.shared || self.synchronizable && other.synchronizable)
    }

    /// The text in the marker.
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
    /// The place of the rows. A process finds it out once, because the entitlements of an app do not change while it
    /// runs.
    pub(super) fn scope(&self, known: &mut Option<Arc<Scope>>) -> Result<Arc<Scope>, Error> {
        if let Some(scope) = known {
            return Ok(Arc::clone(scope));
        }
        let named = self.config.rows.access_group.clone();
        let scope = Arc::new(self.scope_of(Place {
            shared: named.is_some(),
            group: named.map_or_else(|| self.own_group(), Ok)?,
            synchronizable: self.config.rows.synchronizable,
        }));
        *known = Some(Arc::clone(&scope));
        Ok(scope)
    }

    pub(super) fn scope_of(&self, place: Place) -> Scope {
        Scope {
            items: self.edges.groups.rows_of(&place.group),
            place,
        }
    }

    /// `false` only if the system says so twice, because it also says so when it cannot read the entitlements at that
    /// moment.
    pub(super) fn entitled(&self, group: &str) -> bool {
        let rows = self.edges.groups.rows_of(group);
        let refused = |_| rows.attributes(&self.header, HEADER).err() == Some(OsStatus::MISSING_ENTITLEMENT);
        !(0..2).all(refused)
    }

    /// The group of a store if the app names none: the group that the store already uses, otherwise the app's default.
    /// A new entitlement of the app can make another group the default.
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
        // Nobody else has this account, so the row is certainly new, and the result of the system is about no other
        // row.
        let mut random = [0; 16];
        self.edges.random.fill(&mut random)?;
        let account = random.map(|byte| format!("{byte:02x}")).concat();
        Ok(self.edges.groups.default_group(&Self::probe(), &account)?)
    }

    /// The service of the probe row. A process that died may have left one.
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
