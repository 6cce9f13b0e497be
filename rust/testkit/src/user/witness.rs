use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use strongroom_core::policy::{GatePolicy, KeyPolicy, SecurityLevel};
use strongroom_core::ports::{DataKey, GateKeys, KeyError, Proof, Ticket};

use super::ScriptedDevice;

const MASK: u8 = 0x5b;

/// Gates that remember every answer they gave, for a search of memory. They keep the answers masked.
pub struct WitnessGates {
    device: Arc<ScriptedDevice>,
    seen: Mutex<Vec<SeenAnswer>>,
}

/// An answer that passed through [`WitnessGates`], masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenAnswer([u8; DataKey::LEN]);

impl SeenAnswer {
    /// What another process needs to know, masked.
    #[must_use]
    pub fn to_bytes(self) -> [u8; DataKey::LEN] {
        self.0
    }

    /// Reads what [`Self::to_bytes`] wrote.
    #[must_use]
    pub fn from_bytes(bytes: [u8; DataKey::LEN]) -> Self {
        Self(bytes)
    }

    /// The answer itself. Only a process that is not searched may ask for it.
    #[must_use]
    pub fn expose(self) -> [u8; DataKey::LEN] {
        self.0.map(|byte| byte ^ MASK)
    }
}

impl WitnessGates {
    /// The gates of this device.
    #[must_use]
    pub fn new(device: Arc<ScriptedDevice>) -> Self {
        Self {
            device,
            seen: Mutex::default(),
        }
    }

    /// The answers so far.
    #[must_use]
    pub fn seen(&self) -> Vec<SeenAnswer> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl GateKeys for WitnessGates {
    fn create(
        &self,
        alias: &str,
        gate: GatePolicy,
        keys: &KeyPolicy,
        wait: Duration,
    ) -> Result<SecurityLevel, KeyError> {
        self.device.create(alias, gate, keys, wait)
    }

    fn begin(&self, alias: &str, wait: Duration) -> Result<Ticket, KeyError> {
        self.device.begin(alias, wait)
    }

    fn finish(
        &self,
        ticket: Ticket,
        proof: Proof,
        message: &[u8],
        wait: Duration,
    ) -> Result<DataKey, KeyError> {
        let answer = self.device.finish(ticket, proof, message, wait)?;
        let mut masked = SeenAnswer([0; DataKey::LEN]);
        for (masked, byte) in masked.0.iter_mut().zip(answer.expose()) {
            *masked = byte ^ MASK;
        }
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(masked);
        Ok(answer)
    }

    fn abandon(&self, ticket: Ticket) {
        self.device.abandon(ticket);
    }
}
