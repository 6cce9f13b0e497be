//! What a store has to do, said of a map.

use std::collections::{BTreeMap, BTreeSet};

use strongroom_battery::step::{Answer, Heard, Item, Request, Response, Step, When};

/// The store, and what each handle on it knows.
pub(super) struct Map {
    /// `None` before the first write.
    current: Option<Current>,
    /// What is in quarantine, oldest first.
    aside: Vec<Aside>,
    /// By handle the records it saw expire, while they are still in the file: with the clock turned back it stays without
    /// them, and any other handle still has them. Its next write removes them for all.
    gone: Vec<BTreeSet<String>>,
}

struct Current {
    records: BTreeMap<String, Record>,
    last_reset_ms: Option<u64>,
}

struct Aside {
    at_ms: u64,
    records: BTreeMap<String, Record>,
}

#[derive(Clone)]
struct Record {
    value: String,
    expires_ms: Option<u64>,
}

impl Record {
    fn new(value: &str, when: When, now_ms: u64) -> Self {
        let expires_ms = match when {
            When::Never => None,
            When::After(ms) => Some(now_ms.saturating_add(ms)),
            When::At(ms) => Some(ms),
        };
        // 0 is taken for "never", so the first millisecond of 1970 counts as the second.
        let expires_ms = expires_ms.map(|ms| ms.max(1));
        Self {
            value: value.to_owned(),
            expires_ms,
        }
    }

    fn expired(&self, now_ms: u64) -> bool {
        self.expires_ms.is_some_and(|at| at <= now_ms)
    }
}

impl Map {
    pub(super) fn new(handles: usize) -> Self {
        Self {
            current: None,
            aside: Vec::new(),
            gone: vec![BTreeSet::new(); handles],
        }
    }

    /// A handle that was just opened has seen nothing.
    pub(super) fn restart(&mut self, handle: usize) {
        self.gone[handle].clear();
    }

    /// A handle wrote all it has into a new file.
    pub(super) fn rewrite(&mut self, handle: usize) {
        self.drop_gone(handle);
    }

    /// What a handle reads under a name.
    pub(super) fn value(&self, handle: usize, name: &str) -> Option<String> {
        self.record(handle, name).map(|record| record.value.clone())
    }

    pub(super) fn respond(&mut self, handle: usize, request: &Request) -> Response {
        let now_ms = request.now_ms;
        let mut heard = Vec::new();
        let looks = match &request.step {
            Step::Clear | Step::Reset => false,
            Step::GetMany(names) | Step::RemoveMany(names) => !names.is_empty(),
            Step::SetMany(items) => !items.is_empty(),
            _ => true,
        };
        if looks {
            heard.extend(self.expire(handle, now_ms));
        }
        let answer = match &request.step {
            Step::Clear => {
                *self = Self::new(self.gone.len());
                Answer::Done
            }
            Step::Reset => {
                heard.extend(self.reset(now_ms));
                Answer::Done
            }
            Step::Recover => Answer::Recovery {
                recovered: self.recover(handle, now_ms),
                remaining: 0,
            },
            Step::RotateKeys => Answer::Done,
            Step::Look => self.look(handle),
            Step::Get(name) => self.value(handle, name).map_or_else(not_found, Answer::Value),
            Step::Has(name) => Answer::Flag(self.record(handle, name).is_some()),
            Step::GetMany(names) => {
                Answer::Values(names.iter().map(|name| self.value(handle, name)).collect())
            }
            Step::SetMany(items) => {
                if !items.is_empty() {
                    self.put(handle, items.iter().map(|item| entry(item, now_ms)).collect());
                }
                Answer::Done
            }
            Step::GetOrCreate(item) => self.get_or_create(handle, item, now_ms),
            Step::CompareAndSet {
                name,
                expected,
                replacement,
            } => {
                let current = self.value(handle, name);
                let same = current == *expected;
                if same {
                    match replacement {
                        Some((value, when)) => {
                            let record = Record::new(value, *when, now_ms);
                            self.put(handle, vec![(name.clone(), record)]);
                        }
                        None => {
                            self.remove(handle, std::slice::from_ref(name));
                        }
                    }
                }
                Answer::Flag(same)
            }
            Step::Remove(name) => match self.remove(handle, std::slice::from_ref(name)) {
                0 => not_found(),
                _ => Answer::Done,
            },
            Step::RemoveMany(names) => Answer::Count(self.remove(handle, names)),
        };
        if looks {
            heard.extend(self.expire(handle, now_ms));
        }
        heard.sort();
        Response { answer, heard }
    }

    /// Whether one handle still has what the other one saw expire.
    pub(super) fn views_differ(&self, now_ms: u64) -> bool {
        let alive = |name: &&String| {
            let current = self.current.as_ref();
            current.is_some_and(|current| !current.records[*name].expired(now_ms))
        };
        self.gone[0]
            .symmetric_difference(&self.gone[1])
            .any(|name| alive(&name))
    }

    fn record(&self, handle: usize, name: &str) -> Option<&Record> {
        let current = self.current.as_ref()?;
        current
            .records
            .get(name)
            .filter(|_| !self.gone[handle].contains(name))
    }

    /// Each handle says once of a record that it expired.
    fn expire(&mut self, handle: usize, now_ms: u64) -> Vec<Heard> {
        let gone = &mut self.gone[handle];
        let records = self.current.iter().flat_map(|current| &current.records);
        records
            .filter(|(name, record)| record.expired(now_ms) && gone.insert((*name).clone()))
            .map(|(name, _)| Heard::Expired(name.clone()))
            .collect()
    }

    fn get_or_create(&mut self, handle: usize, item: &Item, now_ms: u64) -> Answer {
        if let Some(value) = self.value(handle, &item.name) {
            return Answer::Created(value, false);
        }
        self.put(handle, vec![entry(item, now_ms)]);
        Answer::Created(item.value.clone(), true)
    }

    fn put(&mut self, handle: usize, records: Vec<(String, Record)>) {
        let last_reset_ms = self.aside.last().map(|aside| aside.at_ms);
        self.current.get_or_insert_with(|| Current {
            records: BTreeMap::new(),
            last_reset_ms,
        });
        self.drop_gone(handle);
        for gone in &mut self.gone {
            gone.retain(|name| !records.iter().any(|(set, _)| set == name));
        }
        self.change(|current| current.extend(records));
    }

    fn remove(&mut self, handle: usize, names: &[String]) -> u64 {
        let there: BTreeSet<_> = names
            .iter()
            .filter(|name| self.record(handle, name).is_some())
            .collect();
        if !there.is_empty() {
            self.drop_gone(handle);
            self.change(|current| current.retain(|name, _| !there.contains(name)));
        }
        there.len() as u64
    }

    /// Every write takes along what the handle saw expire.
    fn drop_gone(&mut self, handle: usize) {
        let gone = std::mem::take(&mut self.gone[handle]);
        self.change(|current| current.retain(|name, _| !gone.contains(name)));
    }

    fn change(&mut self, change: impl FnOnce(&mut BTreeMap<String, Record>)) {
        let Some(current) = &mut self.current else { return };
        change(&mut current.records);
        for gone in &mut self.gone {
            gone.retain(|name| current.records.contains_key(name));
        }
    }

    fn reset(&mut self, now_ms: u64) -> Option<Heard> {
        let current = self.current.take()?;
        self.gone.iter_mut().for_each(BTreeSet::clear);
        let at_ms = self
            .aside
            .last()
            .map_or(now_ms, |last| now_ms.max(last.at_ms + 1));
        self.aside.push(Aside {
            at_ms,
            records: current.records,
        });
        Some(Heard::Reset(at_ms))
    }

    /// What is there wins, then what was quarantined last.
    fn recover(&mut self, handle: usize, now_ms: u64) -> u64 {
        let mut recovered = 0;
        while let Some(aside) = self.aside.last() {
            let missing: Vec<_> = aside
                .records
                .iter()
                .filter(|(name, record)| !record.expired(now_ms) && self.record(handle, name).is_none())
                .map(|(name, record)| (name.clone(), record.clone()))
                .collect();
            recovered += missing.len() as u64;
            if !missing.is_empty() {
                self.put(handle, missing);
            }
            self.aside.pop();
        }
        recovered
    }

    fn look(&self, handle: usize) -> Answer {
        let all = self.current.iter().flat_map(|current| current.records.keys());
        let records: Vec<_> = all
            .filter_map(|name| Some((name.clone(), Some(self.value(handle, name)?))))
            .collect();
        let last_aside = self.aside.last().map(|aside| aside.at_ms);
        Answer::Seen {
            counted: records.len() as u64,
            records,
            damaged: 0,
            fresh: self.current.is_none(),
            last_reset_ms: self
                .current
                .as_ref()
                .map_or(last_aside, |current| current.last_reset_ms),
            quarantined: self.aside.len() as u64,
        }
    }
}

fn entry(item: &Item, now_ms: u64) -> (String, Record) {
    (item.name.clone(), Record::new(&item.value, item.when, now_ms))
}

fn not_found() -> Answer {
    Answer::Refused("NOT_FOUND".to_owned())
}
