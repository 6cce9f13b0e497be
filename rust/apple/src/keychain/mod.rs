//! The Keychain of the system, and the only module with `unsafe` code.
//!
//! Every query names the class, the access group, the service, and whether it means synchronized rows. All queries but
//! those for a whole service name the account. Without a group, the system would search all groups of the app,
//! including those that it shares with others. No query names an accessibility class or an access control, because that
//! would hide rows with another one.

mod access_control;
mod dictionary;
mod names;

use std::sync::Arc;

use strongroom_core::policy::{Accessibility, Protection};

use self::dictionary::Dictionary;
use crate::sec_items::{AccessGroups, Added, Attributes, Content, OsStatus, Row, SecItems, Service};

/// The Keychain of the app.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "it holds nothing: what the app may see is the system's to know"
)]
pub struct Keychain;

impl AccessGroups for Keychain {
    fn default_group(&self, service: &Service, account: &str) -> Result<String, OsStatus> {
        let (Some(services), false) = (of_service(service), account.is_empty()) else {
            return Err(OsStatus::PARAM);
        };
        // The one query that names no group. It adds, and does not search.
        let probe = services
            .with_text(names::account(), account)
            .with_bytes(names::value(), &[0])
            .with(
                names::accessible(),
                &names::accessibility(Accessibility::AfterFirstUnlockThisDeviceOnly),
            )
            .with_flag(names::return_attributes(), true);
        let group = probe.add_and_find()?.group()?;
        // This also deletes probe rows of processes that died before this line. A probe row that stays does no harm.
        let _ = self.rows_of(&group).delete_all(service);
        Ok(group)
    }

    fn rows_of(&self, group: &str) -> Arc<dyn SecItems> {
        Arc::new(GroupRows {
            group: group.to_owned(),
        })
    }
}

/// The rows of one access group.
struct GroupRows {
    group: String,
}

impl GroupRows {
    fn service(&self, service: &Service) -> Result<Dictionary, OsStatus> {
        // For the Keychain, an empty name means "any", so an empty group must not reach it either.
        if self.group.is_empty() {
            return Err(OsStatus::PARAM);
        }
        let services = of_service(service).ok_or(OsStatus::PARAM)?;
        Ok(services.with_text(names::access_group(), &self.group))
    }

    fn row(&self, service: &Service, account: &str) -> Result<Dictionary, OsStatus> {
        if account.is_empty() {
            return Err(OsStatus::PARAM);
        }
        Ok(self.service(service)?.with_text(names::account(), account))
    }

    fn row_if(
        &self,
        service: &Service,
        account: &str,
        only_if: Option<&[u8]>,
    ) -> Result<Dictionary, OsStatus> {
        let row = self.row(service, account)?;
        Ok(match only_if {
            Some(tag) => row.with_bytes(names::generic(), tag),
            None => row,
        })
    }
}

impl SecItems for GroupRows {
    fn read(&self, service: &Service, account: &str) -> Result<Option<Row>, OsStatus> {
        let query = self
            .row(service, account)?
            .with_flag(names::return_data(), true)
            .with_flag(names::return_attributes(), true);
        optional(query.find())?.map(|found| found.row()).transpose()
    }

    fn attributes(&self, service: &Service, account: &str) -> Result<Option<Attributes>, OsStatus> {
        let query = self
            .row(service, account)?
            .with_flag(names::return_attributes(), true);
        optional(query.find())?
            .map(|found| found.attributes())
            .transpose()
    }

    fn list(&self, service: &Service) -> Result<Vec<Attributes>, OsStatus> {
        let query = self
            .service(service)?
            .with_flag(names::return_attributes(), true)
            .with(names::limit(), &names::limit_all());
        optional(query.find())?.map_or_else(|| Ok(Vec::new()), |found| found.list())
    }

    fn add(&self, service: &Service, account: &str, content: &Content<'_>) -> Result<Added, OsStatus> {
        let attributes = holding(self.row(service, account)?, content)?;
        match attributes.add() {
            Ok(()) => Ok(Added::Yes),
            Err(OsStatus::DUPLICATE) => Ok(Added::Duplicate),
            Err(failure) => Err(failure),
        }
    }

    fn update(
        &self,
        service: &Service,
        account: &str,
        only_if: Option<&[u8]>,
        content: &Content<'_>,
    ) -> Result<bool, OsStatus> {
        let query = self.row_if(service, account, only_if)?;
        whether(query.update(&holding(Dictionary::default(), content)?))
    }

    fn delete(&self, service: &Service, account: &str, only_if: Option<&[u8]>) -> Result<bool, OsStatus> {
        whether(self.row_if(service, account, only_if)?.delete())
    }

    fn delete_all(&self, service: &Service) -> Result<bool, OsStatus> {
        whether(self.service(service)?.delete())
    }

    fn protect_all(&self, service: &Service, protection: Protection) -> Result<bool, OsStatus> {
        whether(
            self.service(service)?
                .update(&protected(Dictionary::default(), protection)?),
        )
    }

    fn move_all(&self, from: &Service, to: &Service) -> Result<bool, OsStatus> {
        whether(self.service(from)?.update(&place(to)))
    }

    fn move_one(&self, from: &Service, to: &Service, account: &str) -> Result<bool, OsStatus> {
        whether(self.row(from, account)?.update(&place(to)))
    }

    fn hand_over(
        &self,
        from: &Service,
        account: &str,
        only_if: Option<&[u8]>,
        to: &Service,
        group: &str,
    ) -> Result<bool, OsStatus> {
        let query = self.row_if(from, account, only_if)?;
        whether(query.update(&place(to).with_text(names::access_group(), group)))
    }
}

/// `None` for an empty name, which means "any" for the Keychain.
fn of_service(service: &Service) -> Option<Dictionary> {
    let query = Dictionary::default()
        .with(names::class(), &names::generic_password())
        .with_text(names::service(), service.name())
        .with_flag(names::synchronizable(), service.synchronizable())
        .with_flag(names::data_protection(), true);
    (!service.name().is_empty()).then_some(query)
}

fn holding(dictionary: Dictionary, content: &Content<'_>) -> Result<Dictionary, OsStatus> {
    let filled = dictionary
        .with_bytes(names::generic(), content.tag)
        .with_bytes(names::value(), content.data);
    protected(filled, content.protection)
}

/// The two ways to say when a row can be read exclude each other.
fn protected(dictionary: Dictionary, protection: Protection) -> Result<Dictionary, OsStatus> {
    let class = protection.accessibility;
    Ok(match protection.authentication {
        None => dictionary.with(names::accessible(), &names::accessibility(class)),
        Some(authentication) => {
            let control = access_control::create(class, authentication)?;
            dictionary.with(names::access_control(), &control)
        }
    })
}

fn place(service: &Service) -> Dictionary {
    Dictionary::default().with_text(names::service(), service.name())
}

fn optional<T>(found: Result<T, OsStatus>) -> Result<Option<T>, OsStatus> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(OsStatus::NOT_FOUND) => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn whether(done: Result<(), OsStatus>) -> Result<bool, OsStatus> {
    Ok(optional(done)?.is_some())
}
