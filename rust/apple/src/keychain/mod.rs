//! The Keychain of the system. The only place with `unsafe` code.
//!
//! Every query names the class, the service, and whether synchronized rows are meant, and all but those for a whole service name
//! the account. None of them names an accessibility class or an access control, which would hide the rows that have another one.

mod access_control;
mod dictionary;
mod names;

use strongroom_core::platform::Protection;

use self::dictionary::Dictionary;
use crate::sec_items::{Added, Attributes, Content, OsStatus, Row, SecItems, Service};

/// The rows of the app, or of an access group that it shares with others.
#[derive(Clone, Debug, Default)]
pub struct Keychain {
    access_group: Option<String>,
}

impl Keychain {
    /// The rows of `access_group`, which the app must be entitled to; those of the app itself for `None`.
    #[must_use]
    pub fn new(access_group: Option<String>) -> Self {
        Self { access_group }
    }

    fn service(&self, service: &Service) -> Result<Dictionary, OsStatus> {
        // The Keychain takes an empty name for "any".
        if service.name().is_empty() {
            return Err(OsStatus::PARAM);
        }
        let query = Dictionary::default()
            .with(names::class(), &names::generic_password())
            .with_text(names::service(), service.name())
            .with_flag(names::synchronizable(), service.synchronizable())
            .with_flag(names::data_protection(), true);
        Ok(match &self.access_group {
            Some(group) => query.with_text(names::access_group(), group),
            None => query,
        })
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

impl SecItems for Keychain {
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
