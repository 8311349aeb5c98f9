//! How long a token lasts.

use std::time::Duration;

use crate::error::Error;
use crate::models::TokenScope;

/// The lifetimes the service takes, in minutes.
const MINUTES: std::ops::RangeInclusive<i32> = 60..=1440;

/// The lifetime that was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lifetime(Option<Duration>);

impl Lifetime {
    pub(super) fn new(lifetime: Duration) -> Self {
        Self(Some(lifetime))
    }

    /// In the unit of the service; nothing where the service is to choose.
    pub(super) fn minutes(self) -> Option<i32> {
        let lifetime = self.0?;
        let whole = lifetime.subsec_nanos() == 0 && lifetime.as_secs() % 60 == 0;
        i32::try_from(lifetime.as_secs() / 60)
            .ok()
            .filter(|minutes| whole && MINUTES.contains(minutes))
    }

    /// Refuses what the service would, for a token of these scopes.
    pub(super) fn check(self, scopes: &[TokenScope]) -> Result<(), Error> {
        if scopes.is_empty() {
            return Err(Error::invalid_argument("a token needs a scope"));
        }
        if self.0.is_some() && self.minutes().is_none() {
            return Err(Error::invalid_argument(
                "a token lasts a number of whole minutes from 60 to 1440",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn lifetimes_are_whole_minutes_from_an_hour_to_a_day() {
        let scopes = [TokenScope::Chat];
        Lifetime::default().check(&scopes).unwrap();
        for minutes in [60, 1440] {
            let lifetime = Lifetime::new(minutes * MINUTE);
            lifetime.check(&scopes).unwrap();
            assert_eq!(lifetime.minutes(), i32::try_from(minutes).ok());
        }
        for bad in [
            Duration::ZERO,
            59 * MINUTE,
            1441 * MINUTE,
            60 * MINUTE + Duration::from_secs(1),
            60 * MINUTE + Duration::from_nanos(1),
            Duration::MAX,
        ] {
            let error = Lifetime::new(bad).check(&scopes).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{bad:?}");
        }
    }

    #[test]
    fn a_token_without_a_scope_is_an_invalid_argument() {
        let error = Lifetime::default().check(&[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
}
