//! Which rows a query finds, and which queries Strongroom must not make.

use crate::faults::Kind;
use crate::masked::Masked;
use crate::query::{Limit, Query, Synchronizable};
use crate::row::Stored;

impl Query {
    /// Each attribute that the query names must be the row's. `groups` are the app's.
    pub(crate) fn matches(&self, row: &Stored, groups: &[String]) -> bool {
        let access_control = self.access_control.is_none_or(|named| named == row.protection);
        is_or_any(self.service.as_ref(), &row.service)
            && is_or_any(self.account.as_ref(), &row.account)
            && (self.generic.is_none() || self.generic == row.generic)
            && (self.label.is_none() || self.label == row.label)
            && self
                .accessible
                .is_none_or(|named| named == row.protection.accessible)
            && access_control
            && match self.synchronizable.unwrap_or(Synchronizable::Just(false)) {
                Synchronizable::Any => true,
                Synchronizable::Just(synchronizable) => synchronizable == row.synchronizable,
            }
            && match &self.group {
                Some(group) => *group == row.group,
                None => groups.contains(&row.group),
            }
            && !(self.skip_protected && row.protection.asks_for_user())
    }

    /// What a query of Strongroom must never contain.
    pub(crate) fn violations(&self, kind: Kind) -> Vec<&'static str> {
        let one = kind == Kind::Add || (kind == Kind::Copy && self.limit != Some(Limit::All));
        let query = kind != Kind::Add;
        let checks = [
            (self.service.is_none(), "no service"),
            (is_empty(self.service.as_ref()), "empty service"),
            (one && self.account.is_none(), "no account"),
            (is_empty(self.account.as_ref()), "empty account"),
            (self.synchronizable.is_none(), "no explicit sync"),
            // Adding a row and asking for its group is the only way to find the default group.
            (
                self.group.is_none() && !(kind == Kind::Add && self.returns.attributes),
                "no access group",
            ),
            (self.data_protection != Some(true), "no data protection keychain"),
            (
                query && (self.accessible.is_some() || self.access_control.is_some()),
                "accessible in a query",
            ),
            (query && self.data.is_some(), "value data in a query"),
        ];
        checks
            .into_iter()
            .filter(|check| check.0)
            .map(|check| check.1)
            .collect()
    }
}

/// In a query, an empty text matches any.
fn is_or_any(named: Option<&Masked>, stored: &Masked) -> bool {
    named.is_none_or(|named| named.is_empty() || named == stored)
}

fn is_empty(named: Option<&Masked>) -> bool {
    named.is_some_and(Masked::is_empty)
}
